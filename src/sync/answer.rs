//! What a server's answer says. Anything may come back (a captive portal answers 200 with HTML), so nothing counts
//! but a well-formed echo.

use super::InFlight;
use crate::clock::{Day, UnixMs};
use crate::id::{DeletionId, SegmentId};
use crate::program::value::{parse, Value};

/// The largest answer that is looked at.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Facts taken from one answer.
pub const FACTS_MAX: usize = 32;

/// What the shell saw.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// HTTP status; 0 if there was no answer.
    pub status: u16,
    /// The body as text.
    pub body: &'a str,
    /// The Retry-After header in seconds, 0 if none.
    pub retry_after_s: u32,
}

/// What to make of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Well answered.
    Taken(Answer),
    /// The server lacks the names.
    Names,
    /// A token is needed or stale: keep everything.
    Token,
    /// Too large as one request.
    TooLarge,
    /// Refused for good.
    Refused,
    /// Keep everything, try later.
    Later,
    /// A good status that acknowledges nothing.
    Nonsense,
}

/// A well-formed answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Rows echoed as they were sent.
    pub acks: Vec<(SegmentId, i32, u32)>,
    /// Attributes revision echoed.
    pub attributes: Option<u32>,
    /// The deletion was carried out.
    pub deleted: bool,
    /// The server's clock.
    pub time: Option<UnixMs>,
    /// The server's program revision.
    pub program: Option<u32>,
    /// New facts, ascending.
    pub facts: Vec<Fact>,
}

/// What a trusted server says happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// Ascending per user.
    pub number: u32,
    /// `order_paid` …
    pub kind: String,
    /// The order it is about, or empty.
    pub order_id: String,
    /// Whole fen.
    pub paid_fen: u64,
    /// When it happened, ms.
    pub at: i64,
}

/// Holds an answer against what was sent. `id` is the pending deletion's.
pub fn judge(reply: Reply<'_>, sent: &InFlight, id: Option<DeletionId>) -> Verdict {
    match reply.status {
        200..=299 => judge_body(reply.body, sent, id),
        401 | 403 => Verdict::Token,
        413 => Verdict::TooLarge,
        400 | 422 => Verdict::Refused,
        _ => Verdict::Later,
    }
}

fn judge_body(body: &str, sent: &InFlight, id: Option<DeletionId>) -> Verdict {
    if body.len() > ANSWER_BYTES_MAX {
        return Verdict::Nonsense;
    }
    let Ok(value) = parse(body) else { return Verdict::Nonsense };
    let answer = read(&value, sent, id);
    let echoes = !answer.acks.is_empty() || answer.deleted || answer.attributes.is_some();
    if echoes {
        return Verdict::Taken(answer);
    }
    match value.get("names").and_then(Value::as_bool) {
        Some(true) if !sent.with_names => Verdict::Names,
        _ => Verdict::Nonsense,
    }
}

fn read(value: &Value, sent: &InFlight, id: Option<DeletionId>) -> Answer {
    let echo = |item: &Value| {
        let segment = SegmentId::parse(item.get("s")?.as_str()?)?;
        let day = Day::parse(item.get("d")?.as_str()?)?.number();
        let key = (segment, day, number(item.get("r")?)?);
        sent.rows.contains(&key).then_some(key)
    };
    let deleted = value.get("deleted").and_then(Value::as_str).and_then(DeletionId::parse);
    Answer {
        acks: list(value, "acks").iter().filter_map(echo).collect(),
        attributes: value.get("attributes").and_then(number).filter(|&rev| sent.attributes == Some(rev)),
        deleted: sent.deletion && deleted.is_some() && deleted == id,
        time: value.get("time").and_then(Value::as_i64).map(UnixMs::new),
        program: value.get("program").and_then(number),
        facts: list(value, "facts").iter().take(FACTS_MAX).filter_map(fact).collect(),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_list).unwrap_or_default()
}

fn number(value: &Value) -> Option<u32> {
    value.as_i64()?.try_into().ok()
}

fn fact(value: &Value) -> Option<Fact> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Fact {
        number: number(value.get("n")?)?,
        kind: text("kind"),
        order_id: text("order_id"),
        paid_fen: value.get("paid_fen").and_then(Value::as_i64).and_then(|fen| fen.try_into().ok()).unwrap_or(0),
        at: value.get("at").and_then(Value::as_i64).unwrap_or(0),
    })
}
