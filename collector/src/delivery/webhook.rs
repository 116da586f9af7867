//! Tells the merchant's server what is to be done: a signed request, with a key that is the same for every try.

use serde_json::{json, Value};

use super::courier::{check_url, excerpt, Answer, Courier, Sender, Silence};
use super::guide::Guide;
use super::{Action, Attempt};
use crate::clock;
use crate::error::Failure;
use crate::secret::{hex, Secrets};

/// The merchant's server.
#[derive(Debug)]
pub struct Webhook {
    url: String,
    secrets: Secrets,
    sender: Sender,
}

impl Webhook {
    /// Sends to that address, signed with the app's key for webhooks.
    pub fn new(url: &str, secrets: Secrets) -> Result<Webhook, Failure> {
        check_url(url).map_err(|failure| Failure::new(format!("--webhook: {failure}")))?;
        Ok(Webhook { url: url.to_owned(), secrets, sender: Sender::new() })
    }
}

impl Courier for Webhook {
    fn deliver(&self, action: &Action, guide: &Guide, _now_ms: i64) -> Attempt {
        let body = body(action, guide).to_string();
        let timestamp = (clock::now_ms() / 1000).to_string();
        let Some(signature) = self.secrets.of(&action.app).and_then(|keys| keys.sign_webhook(&timestamp, &body)) else {
            return Attempt::Broken("this app has no key to sign with".to_owned());
        };
        let (key, signature) = (action.idempotency_key(), hex(&signature));
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key.as_str()),
            ("X-Huitou-Timestamp", timestamp.as_str()),
            ("X-Huitou-Signature", signature.as_str()),
        ];
        match self.sender.post(&self.url, &headers, body.as_bytes()) {
            Ok(answer) => attempt(&answer),
            Err(Silence::Unsent(why) | Silence::Unknown(why)) => Attempt::Again(None, why),
        }
    }

    /// The receiver keeps the keys that it has seen.
    fn is_repeatable(&self) -> bool {
        true
    }
}

/// docs/journeys.md has it for those who receive it.
fn body(action: &Action, guide: &Guide) -> Value {
    let deed = guide.deed(&action.journey, action.step, action.variation);
    let data = deed.and_then(|deed| serde_json::from_str(&deed.data.to_json()).ok()).unwrap_or(Value::Null);
    json!({
        "v": 1, "key": action.idempotency_key(), "app": action.app, "user": action.user,
        "journey": action.journey, "journey_key": action.key, "begun": action.begun_ms, "step": action.step,
        "variation": action.variation, "due": action.due_ms, "kind": action.kind, "ref": action.reference,
        "service": action.is_service, "data": data, "attempt": action.attempts + 1,
    })
}

fn attempt(answer: &Answer) -> Attempt {
    match answer.status {
        200..=299 => said(&answer.text),
        408 | 425 | 429 | 500..=599 => Attempt::Again(answer.retry_after_s, excerpt(answer)),
        _ => Attempt::Broken(excerpt(answer)),
    }
}

/// A receiver may say what came of it; saying nothing is yes. A page that some proxy put in its place is no answer.
fn said(text: &str) -> Attempt {
    if text.trim().is_empty() {
        return Attempt::Sent;
    }
    let Ok(answer) = serde_json::from_str::<Value>(text) else {
        return match text.trim_start().starts_with('<') {
            true => Attempt::Again(None, "a web page came back instead of an answer".to_owned()),
            false => Attempt::Sent,
        };
    };
    match answer.get("outcome").and_then(Value::as_str) {
        None | Some("sent") => Attempt::Sent,
        Some("refused") => Attempt::Refused("the receiver refused it".to_owned()),
        Some("no_quota") => Attempt::NoQuota("the receiver has no subscription of her".to_owned()),
        Some(_) => Attempt::Broken("the answer names an outcome that there is not".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_mean_what_they_say() {
        let tried = |status, text: &str| {
            attempt(&Answer { status, text: text.to_owned(), retry_after_s: (status == 429).then_some(7) })
        };
        assert_eq!(tried(204, ""), Attempt::Sent);
        assert_eq!(tried(200, "ok"), Attempt::Sent);
        assert_eq!(tried(200, r#"{"outcome":"sent"}"#), Attempt::Sent);
        assert!(matches!(tried(200, r#"{"outcome":"refused"}"#), Attempt::Refused(_)));
        assert!(matches!(tried(200, r#"{"outcome":"no_quota"}"#), Attempt::NoQuota(_)));
        assert!(matches!(tried(200, r#"{"outcome":"?"}"#), Attempt::Broken(_)));
        assert!(matches!(tried(200, "<html>welcome to the wifi</html>"), Attempt::Again(None, _)));
        assert!(matches!(tried(429, "slow"), Attempt::Again(Some(7), _)));
        assert!(matches!(tried(503, ""), Attempt::Again(None, _)));
        for status in [301, 400, 401, 404, 410] {
            assert!(matches!(tried(status, ""), Attempt::Broken(_)), "{status}");
        }
    }
}
