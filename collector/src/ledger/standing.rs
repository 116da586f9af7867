//! Where a user stands, for people to read.

use huitou::json::JsonWriter;
use huitou::loyalty::State;
use huitou::program::rules::Rules;
use serde_json::Value;

use super::entry::{stamp, Entry};
use super::place::{replay, sort, Checkpoint};
use super::wish::OFFSET_MIN;
use super::Rulebook;
use crate::secret::hex;

/// The confirmed state in a few figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Points that may be spent; negative: a debt.
    pub points: i64,
    /// Points that may be spent later.
    pub pending: i64,
    /// Dates in the unbroken run.
    pub streak: i64,
    /// The tier's name; empty without one.
    pub tier: String,
    /// Of the state.
    pub digest: String,
}

/// What follows from a user's entries, seen now.
pub fn of(book: &Rulebook, entries: &[Entry], now_ms: i64) -> Standing {
    let mut counted: Vec<Entry> = entries.iter().filter(|entry| !entry.aside).cloned().collect();
    sort(&mut counted);
    let state = replay(book, &Checkpoint::default(), &counted).state;
    let rules = book.of(book.newest());
    let seen = state.observed(rules, stamp(now_ms / 1000, OFFSET_MIN), &mut |_| {});
    let [points, streak, tier] =
        [State::write_points, State::write_streak, State::write_tier].map(|write| read(&seen, rules, write));
    Standing {
        points: figure(&points, "available"),
        pending: figure(&points, "pending"),
        streak: figure(&streak, "length"),
        tier: tier.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        digest: hex(&state.digest()),
    }
}

/// Points that may be spent in a state that time has passed in; negative: a debt.
pub fn available(seen: &State, rules: &Rules) -> i64 {
    figure(&read(seen, rules, State::write_points), "available")
}

/// What the engine shows of a state.
fn read(state: &State, rules: &Rules, write: fn(&State, &mut JsonWriter, &Rules)) -> Value {
    let mut json = JsonWriter::default();
    write(state, &mut json, rules);
    serde_json::from_str(&json.finish()).unwrap_or_default()
}

fn figure(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap_or(0)
}
