//! What a server's answer says. Anything may come back (a captive portal answers 200 with HTML), so nothing counts
//! but a well-formed echo.

use super::InFlight;
use crate::bytes::{from_base64, unhex, Reader};
use crate::clock::{Day, OffsetMin, UnixMs};
use crate::event::journey::Outcome;
use crate::id::{DeletionId, DeviceId, SegmentId};
use crate::json::JsonWriter;
use crate::loyalty::form::act_of;
use crate::loyalty::wire::Head;
use crate::loyalty::{Act, State};
use crate::program::rules::Rules;
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
    Taken(Box<Answer>),
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
    /// Exposures revision echoed.
    pub exposures: Option<u32>,
    /// Judgement's revision echoed.
    pub insight: Option<u32>,
    /// Plan's revision echoed.
    pub plan: Option<u32>,
    /// What came of plans.
    pub journeys: JourneysAnswer,
    /// The deletion was carried out.
    pub deleted: bool,
    /// The server's clock.
    pub time: Option<UnixMs>,
    /// The server's program revision.
    pub program: Option<u32>,
    /// New facts, ascending.
    pub facts: Vec<Fact>,
    /// What the server holds of the ledger.
    pub ledger: Option<LedgerAnswer>,
}

/// What a server that keeps ledgers says of a person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerAnswer {
    /// Highest claim of this phone that it holds.
    pub seq: u32,
    /// Head of the chain there.
    pub head: Head,
    /// Claims refused for good, with their codes.
    pub refused: Vec<(u32, String)>,
    /// Why its state takes the place of the phone's.
    pub reset: Option<String>,
    /// That state, its latest moment in seconds, and the highest entry in it.
    pub base: Option<(State, i64, u32)>,
    /// The receipt, as JSON.
    pub receipt: String,
}

/// What a server that carries out plans says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneysAnswer {
    /// What came of steps.
    pub results: Vec<StepResult>,
    /// Credits of templates, as far as it knows them.
    pub credits: Vec<(String, u32)>,
}

/// What came of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepResult {
    /// The journey.
    pub journey: String,
    /// The trip's key.
    pub key: String,
    /// When the trip began.
    pub at: UnixMs,
    /// Which step.
    pub step: u8,
    /// What came of it.
    pub outcome: Outcome,
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
    /// The offset of whoever says so.
    pub offset: OffsetMin,
    /// The phone that claimed it, and its number there; `None` if a server says so.
    pub claimed: Option<(DeviceId, u32)>,
    /// The program revision it stands under, if told.
    pub revision: Option<u32>,
    /// What it does to the ledger, if anything.
    pub act: Option<Act>,
}

/// Holds an answer against what was sent. `id` is the pending deletion's.
pub fn judge(reply: Reply<'_>, sent: &InFlight, id: Option<DeletionId>, rules: &Rules) -> Verdict {
    match reply.status {
        200..=299 => judge_body(reply.body, sent, id, rules),
        401 | 403 => Verdict::Token,
        413 => Verdict::TooLarge,
        400 | 422 => Verdict::Refused,
        _ => Verdict::Later,
    }
}

fn judge_body(body: &str, sent: &InFlight, id: Option<DeletionId>, rules: &Rules) -> Verdict {
    if body.len() > ANSWER_BYTES_MAX {
        return Verdict::Nonsense;
    }
    let Ok(value) = parse(body) else { return Verdict::Nonsense };
    let answer = read(&value, sent, id, rules);
    let echoes = !answer.acks.is_empty()
        || answer.deleted
        || answer.attributes.is_some()
        || answer.exposures.is_some()
        || answer.ledger.is_some();
    if echoes {
        return Verdict::Taken(Box::new(answer));
    }
    // Claims or exposures alone: a backend that keeps none has nothing to echo, and says so.
    let needs_echo = sent.deletion || sent.attributes.is_some() || !sent.rows.is_empty();
    match value.get("names").and_then(Value::as_bool) {
        Some(true) if !sent.with_names => Verdict::Names,
        _ if !needs_echo && value.get("acks").and_then(Value::as_list).is_some() => Verdict::Taken(Box::new(answer)),
        _ => Verdict::Nonsense,
    }
}

fn read(value: &Value, sent: &InFlight, id: Option<DeletionId>, rules: &Rules) -> Answer {
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
        insight: value.get("insight").and_then(number).filter(|&rev| sent.insight == Some(rev)),
        plan: value.get("plan").and_then(number).filter(|&rev| sent.plan == Some(rev)),
        journeys: value.get("journeys").map(journeys).unwrap_or_default(),
        exposures: value.get("exposures").and_then(number).filter(|&rev| sent.exposures == Some(rev)),
        deleted: sent.deletion && deleted.is_some() && deleted == id,
        time: value.get("time").and_then(Value::as_i64).map(UnixMs::new),
        program: value.get("program").and_then(number),
        facts: facts(value, rules),
        ledger: ledger(value).filter(|_| sent.claims),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_list).unwrap_or_default()
}

fn number(value: &Value) -> Option<u32> {
    value.as_i64()?.try_into().ok()
}

/// The facts of an answer, at most [`FACTS_MAX`].
pub fn facts(value: &Value, rules: &Rules) -> Vec<Fact> {
    list(value, "facts").iter().take(FACTS_MAX).filter_map(|value| fact(value, rules)).collect()
}

fn fact(value: &Value, rules: &Rules) -> Option<Fact> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let whole = |key: &str| value.get(key).and_then(number);
    let device = value.get("device").and_then(Value::as_str).and_then(DeviceId::parse);
    Some(Fact {
        number: whole("n")?,
        kind: text("kind"),
        order_id: text("order_id"),
        paid_fen: value.get("paid_fen").and_then(Value::as_i64).and_then(|fen| fen.try_into().ok()).unwrap_or(0),
        at: value.get("at").and_then(Value::as_i64).unwrap_or(0),
        offset: OffsetMin::new(value.get("tz").and_then(Value::as_i64).unwrap_or(0) as i32),
        claimed: device.map(|device| (device, whole("seq").unwrap_or(0))),
        revision: whole("rev"),
        act: act_of(value, rules),
    })
}

/// The member `ledger`, if it is whole.
pub fn ledger(value: &Value) -> Option<LedgerAnswer> {
    let ledger = value.get("ledger")?;
    let refused = |item: &Value| {
        let [seq, code] = item.as_list()? else { return None };
        Some((number(seq)?, code.as_str()?.to_owned()))
    };
    Some(LedgerAnswer {
        seq: number(ledger.get("seq")?)?,
        head: unhex(ledger.get("head")?.as_str()?)?,
        refused: list(ledger, "refused").iter().filter_map(refused).collect(),
        reset: ledger.get("reset").and_then(Value::as_str).map(str::to_owned),
        base: ledger.get("base").and_then(base),
        receipt: ledger.get("receipt").map(receipt).unwrap_or_default(),
    })
}

fn base(value: &Value) -> Option<(State, i64, u32)> {
    let bytes = from_base64(value.get("state")?.as_str()?)?;
    let mut r = Reader::new(&bytes);
    let state = State::decode(&mut r).filter(|_| r.is_empty())?;
    Some((state, value.get("moment")?.as_i64()?, number(value.get("n")?)?))
}

/// The receipt again, member by member: short texts and whole numbers.
fn receipt(value: &Value) -> String {
    let mut w = JsonWriter::default();
    w.begin_object();
    for key in ["seq", "head", "digest", "points", "time", "sig"] {
        match value.get(key) {
            Some(Value::Text(text)) => w.text_member(key, text.get(..64).unwrap_or(text)),
            Some(number) => {
                w.key(key);
                w.integer(number.as_i64().unwrap_or_default());
            }
            None => {}
        }
    }
    w.end_object();
    w.finish()
}

/// `{"results": [{"journey", "key", "at", "step", "outcome"}], "credits": {template: count}}`; what is malformed is left out.
fn journeys(value: &Value) -> JourneysAnswer {
    let result = |value: &Value| {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let word = text("outcome")?;
        Some(StepResult {
            journey: text("journey")?.to_owned(),
            key: text("key").unwrap_or_default().to_owned(),
            at: UnixMs::new(value.get("at")?.as_i64()?),
            step: value.get("step")?.as_i64()?.try_into().ok()?,
            outcome: *Outcome::ALL.iter().find(|outcome| outcome.word() == word)?,
        })
    };
    let credits = value.get("credits").and_then(Value::as_map).unwrap_or_default();
    JourneysAnswer {
        results: list(value, "results").iter().take(FACTS_MAX).filter_map(result).collect(),
        credits: credits
            .iter()
            .take(FACTS_MAX)
            .filter_map(|(name, count)| Some((name.clone(), number(count)?)))
            .collect(),
    }
}
