//! Who does things: the merchant's webhook, WeChat, or in a demonstration nobody.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::guide::Guide;
use super::{Action, Attempt};
use crate::error::Failure;

/// How long one try may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// What is read of an answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// Does one action. Called on a thread where it may block; several at the same time.
pub trait Courier: Debug + Send + Sync {
    /// Tries once.
    fn deliver(&self, action: &Action, guide: &Guide, now_ms: i64) -> Attempt;

    /// True if its receiver does the same key once, so that it may be told again when nobody knows.
    fn is_repeatable(&self) -> bool;
}

/// Who does which kind.
#[derive(Clone, Debug, Default)]
pub struct Couriers {
    /// Messages; `None`: they wait for whoever asks the database.
    pub messages: Option<Arc<dyn Courier>>,
    /// Coupons and points.
    pub gifts: Option<Arc<dyn Courier>>,
}

impl Couriers {
    /// Who does that kind.
    pub fn of(&self, kind: &str) -> Option<&Arc<dyn Courier>> {
        if kind == "message" {
            self.messages.as_ref()
        } else {
            self.gifts.as_ref()
        }
    }
}

/// For a demonstration: everything is done, by nobody.
#[derive(Debug)]
pub struct Nobody;

impl Courier for Nobody {
    fn deliver(&self, _action: &Action, _guide: &Guide, _now_ms: i64) -> Attempt {
        Attempt::Sent
    }

    fn is_repeatable(&self) -> bool {
        true
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
    pub(super) retry_after_s: Option<u64>,
}

/// Why nothing came back.
pub(super) enum Silence {
    /// The request did not get there.
    Unsent(String),
    /// It may have got there.
    Unknown(String),
}

/// Sends requests.
#[derive(Clone, Debug)]
pub(super) struct Sender(ureq::Agent);

impl Sender {
    pub(super) fn new() -> Sender {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Sender(config.timeout_global(Some(TIMEOUT)).build().new_agent())
    }

    pub(super) fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, Silence> {
        let mut request = ureq::http::Request::builder().method("POST").uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).map_err(|e| Silence::Unsent(e.to_string()))?;
        let mut response = self.0.run(request).map_err(silence)?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after_s = header("retry-after").and_then(|text| text.parse().ok());
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        Ok(Answer { status, text: text.unwrap_or_default(), retry_after_s })
    }
}

/// An address can hold a secret: errors are told without it.
fn silence(error: ureq::Error) -> Silence {
    use ureq::{Error, Timeout};
    match error {
        Error::HostNotFound => Silence::Unsent("no such host".to_owned()),
        Error::ConnectionFailed => Silence::Unsent("no connection".to_owned()),
        Error::Tls(_) | Error::Rustls(_) => Silence::Unsent("no secure connection".to_owned()),
        Error::BadUri(_) => Silence::Unsent("the address is none".to_owned()),
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => Silence::Unsent("no connection in time".to_owned()),
        Error::Timeout(_) => Silence::Unknown("no answer in time".to_owned()),
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Silence::Unsent("the connection was refused".to_owned())
        }
        _ => Silence::Unknown("the connection broke".to_owned()),
    }
}

/// An address to send to.
pub(super) fn check_url(url: &str) -> Result<(), Failure> {
    let parsed = url.parse::<ureq::http::Uri>().ok();
    let host = parsed.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    let is_secure = parsed.as_ref().and_then(|uri| uri.scheme_str()) == Some("https");
    let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&host) && url.starts_with("http://");
    if host.is_empty() || !(is_secure || is_here) {
        return Err(Failure::new("expected an address that begins with https:// (http:// on this machine only)"));
    }
    Ok(())
}

/// The first words of an answer, for the log of what went wrong.
pub(super) fn excerpt(answer: &Answer) -> String {
    let text: String = answer.text.chars().filter(|c| !c.is_control()).take(120).collect();
    format!("{} {text}", answer.status)
}
