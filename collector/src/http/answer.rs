//! The parts of an answer that are about loyalty and plans.

use std::collections::BTreeMap;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Shared;
use crate::secret::hex;
use crate::storage::{Base, Fact, LedgerDone, StepTold, Told};

/// Where a user stands.
#[derive(Serialize)]
pub(super) struct Ledger {
    seq: u32,
    head: String,
    refused: Vec<(u32, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<BaseText>,
    receipt: Receipt,
}

#[derive(Serialize)]
struct BaseText {
    state: String,
    moment: i64,
    n: u32,
}

/// What this server vouches for.
#[derive(Serialize)]
struct Receipt {
    seq: u32,
    head: String,
    digest: String,
    points: i64,
    time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sig: Option<String>,
}

/// Signs and writes where a user stands.
pub(super) fn ledger(app: &Shared, name: &str, done: LedgerDone, now_ms: i64) -> Ledger {
    let (head, digest) = (hex(&done.head), hex(&done.digest));
    let signed = format!("{}.{head}.{digest}.{}.{now_ms}", done.seq, done.points);
    let sig = app.secrets.of(name).and_then(|keys| keys.sign_receipt(&signed));
    Ledger {
        seq: done.seq,
        head: head.clone(),
        refused: done.refused,
        reset: done.reset,
        base: done.base.map(base),
        receipt: Receipt { seq: done.seq, head, digest, points: done.points, time: now_ms, sig },
    }
}

fn base(base: Base) -> BaseText {
    BaseText { state: STANDARD.encode(base.state), moment: base.moment_s, n: base.n }
}

/// Entries, JSON already.
pub(super) fn facts(facts: Vec<Fact>) -> Vec<Box<RawValue>> {
    facts.into_iter().filter_map(|fact| RawValue::from_string(fact.text).ok()).collect()
}

/// What a phone is told of its plans.
#[derive(Serialize)]
pub(super) struct Journeys {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<StepTold>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    credits: BTreeMap<String, u32>,
}

/// `None` if there is nothing to tell.
pub(super) fn journeys(told: Told) -> Option<Journeys> {
    let is_some = !told.results.is_empty() || !told.credits.is_empty();
    is_some.then(|| Journeys { results: told.results, credits: told.credits.into_iter().collect() })
}
