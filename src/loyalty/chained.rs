//! The chain over a phone's claims, followed anew: for backends without a copy of this crate.

use serde_json::Value as Json;

use super::act::Act;
use super::exported::plain;
use super::form::{act_of, is_claim};
use super::wire::{first_head, next_head, Claim, Head};
use crate::bytes::{hex, unhex};
use crate::clock::OffsetMin;
use crate::error::Error;
use crate::id::{DeviceId, UserId};
use crate::json::JsonWriter;
use crate::program::rules::Rules;
use crate::program::value::Value;
use crate::program::{load, Program};

/// The head before the first and after each claim of `{"app", "user", "device", "head"?, "program" | "programs", "claims"}`, as JSON texts of
/// 64 digits. Without `head` the chain begins. A claim is `{"kind", "at", "tz", "rev", …}`; an activity has its `name`, or
/// its position as `activity`.
///
/// # Errors
/// `claims_invalid`, and those of [`load`].
pub fn heads_json(text: &str) -> Result<String, Error> {
    // Not the core's own parser: years of claims are longer than a program may be.
    let asked: Json = serde_json::from_str(text).map_err(|fault| invalid(&fault.to_string(), ""))?;
    let programs = programs(&asked)?;
    let asked = plain(&asked);
    let mut head = start(&asked)?;
    let mut w = JsonWriter::default();
    w.begin_array();
    w.string(&hex(&head));
    for claim in asked.get("claims").and_then(Value::as_list).unwrap_or_default() {
        head = next_head(
            &head,
            &claim_of(claim, &programs).ok_or_else(|| invalid("no claim of these programs", "claims"))?,
        );
        w.string(&hex(&head));
    }
    w.end_array();
    Ok(w.finish())
}

fn invalid(message: &str, path: &str) -> Error {
    Error::new("claims_invalid", message).at(path)
}

fn start(asked: &Value) -> Result<Head, Error> {
    let text = |name| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    if let Some(head) = asked.get("head").and_then(Value::as_str) {
        return unhex(head).ok_or_else(|| invalid("expected 64 hexadecimal digits", "head"));
    }
    let user = UserId::new(text("user")).ok_or_else(|| invalid("expected a user's id", "user"))?;
    let device = DeviceId::parse(text("device")).ok_or_else(|| invalid("expected 16 hexadecimal digits", "device"))?;
    Ok(first_head(text("app"), &user, device))
}

fn programs(asked: &Json) -> Result<Vec<(u32, Rules)>, Error> {
    let one = asked.get("program").map(std::slice::from_ref);
    let list = asked.get("programs").and_then(Json::as_array).map(Vec::as_slice);
    let mut programs = Vec::new();
    for program in list.or(one).unwrap_or_default() {
        let loaded = load(&program.to_string()).map_err(|mut errors| errors.swap_remove(0))?;
        let (Program { revision, rules, .. }, _) = loaded;
        programs.push((revision, rules));
    }
    Ok(programs)
}

fn claim_of(claim: &Value, programs: &[(u32, Rules)]) -> Option<Claim> {
    let whole = |name| claim.get(name).and_then(Value::as_i64);
    let revision = u32::try_from(whole("rev")?).ok()?;
    let (_, rules) = programs.iter().find(|(known, _)| *known == revision)?;
    let act = match whole("activity") {
        Some(position) => Act::Activity { activity: u8::try_from(position).ok()? },
        None => act_of(claim, rules)?,
    };
    let offset = OffsetMin::new(i32::try_from(whole("tz")?).ok()?);
    is_claim(&act).then_some(Claim { revision, at_s: whole("at")?.div_euclid(1000), offset, act })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = r#""program":{"app":"shop","revision":2}"#;

    fn heads(rest: &str) -> Result<String, Error> {
        heads_json(&["{", PROGRAM, r#","app":"shop","user":"u1","device":"00000000000000aa","#, rest, "}"].concat())
    }

    #[test]
    fn a_chain_can_be_followed_in_one_go_or_piece_by_piece() {
        let first = r#"{"kind":"check_in","at":1790000000000,"tz":480,"rev":2}"#;
        let second = r#"{"kind":"activity","activity":0,"at":1790000060000,"tz":480,"rev":2}"#;
        let both = heads(&[r#""claims":["#, first, ",", second, "]"].concat()).unwrap();
        let texts: Vec<String> = serde_json::from_str(&both).unwrap();
        let user = UserId::new("u1").unwrap();
        let mut head = first_head("shop", &user, DeviceId(0xaa));
        let claim = |at_s, act| Claim { revision: 2, at_s, offset: OffsetMin::new(480), act };
        assert_eq!(texts[0], hex(&head));
        head = next_head(&head, &claim(1_790_000_000, Act::CheckIn));
        assert_eq!(texts[1], hex(&head));
        head = next_head(&head, &claim(1_790_000_060, Act::Activity { activity: 0 }));
        assert_eq!(texts[2], hex(&head));
        let rest = heads(&[r#""head":""#, &texts[1], r#"","claims":["#, second, "]"].concat()).unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(&rest).unwrap(), texts[1..]);
    }

    #[test]
    fn years_of_claims_are_followed() {
        let claim =
            |n: i64| format!(r#"{{"kind":"check_in","at":{},"tz":480,"rev":2}}"#, 1_790_000_000_000 + n * 86_400_000);
        let claims: Vec<String> = (0..2_000).map(claim).collect();
        let texts = heads(&format!(r#""claims":[{}]"#, claims.join(","))).unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(&texts).unwrap().len(), 2_001);
    }

    #[test]
    fn what_is_no_claim_is_refused() {
        for claims in [
            r#"{"kind":"grant","source":"x","points":5,"at":0,"tz":480,"rev":2}"#,
            r#"{"kind":"check_in","at":0,"tz":480,"rev":3}"#,
            r#"{"kind":"check_in","tz":480,"rev":2}"#,
            r#"{"kind":"activity","name":"dance","at":0,"tz":480,"rev":2}"#,
        ] {
            assert_eq!(heads(&[r#""claims":["#, claims, "]"].concat()).unwrap_err().code, "claims_invalid");
        }
        assert_eq!(heads(r#""head":"00","claims":[]"#).unwrap_err().path, "head");
        assert_eq!(heads_json("{").unwrap_err().code, "claims_invalid");
    }
}
