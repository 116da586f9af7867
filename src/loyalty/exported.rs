//! A whole ledger as JSON, replayed: what a cloud function, a test or an auditor calls.

use serde_json::Value as Json;

use super::act::{Act, Refusal, Stamp};
use super::admit::{Admitted, Arrival};
use super::form::act_of;
use super::replay::{action, in_order, replay, Action, Replayed};
use super::state::State;
use super::view::write_day;
use super::Line;
use crate::bytes::hex;
use crate::bytes::Writer;
use crate::clock::OffsetMin;
use crate::error::Error;
use crate::json::JsonWriter;
use crate::program::rules::Rules;
use crate::program::value::Value;
use crate::program::{load, Program};

/// An activity that no program offers: entries whose kind nobody knows are refused like it.
const UNKNOWN: Act = Act::Activity { activity: u8::MAX };

/// Replays `{"program" | "programs", "entries", "observe_at"?, "tz"?}` and tells the state, its digest, what was
/// refused, what is to be done, and every line with its arithmetic.
///
/// # Errors
/// `ledger_not_json`, `ledger_invalid`, and those of [`load`].
pub fn replay_json(text: &str) -> Result<String, Error> {
    let ledger: Json = serde_json::from_str(text).map_err(|fault| Error::new("ledger_not_json", fault.to_string()))?;
    let programs = programs(&ledger)?;
    let newest = programs.last().ok_or_else(|| invalid("expected a program", "programs"))?;
    let arrivals = arrivals(&ledger, &programs)?;
    let looked_at = ledger.get("observe_at").map(|at| stamp(at, ledger.get("tz"))).transpose()?;
    Ok(told(&programs, &newest.1, (&arrivals, looked_at)))
}

/// The entries of such a ledger that count, by position, in the order in which they are folded.
///
/// # Errors
/// Those of [`replay_json`].
pub fn effective(ledger: &Json) -> Result<Vec<(usize, Stamp)>, Error> {
    let programs = programs(ledger)?;
    let arrivals = arrivals(ledger, &programs)?;
    let Replayed { results, .. } = replay(&programs, &arrivals, &mut |_, _| {});
    Ok(in_order(&arrivals, &results).into_iter().map(|(stamp, position)| (position, stamp)).collect())
}

fn invalid(message: &str, path: &str) -> Error {
    Error::new("ledger_invalid", message).at(path)
}

/// The programs by revision, ascending.
fn programs(ledger: &Json) -> Result<Vec<(u32, Rules)>, Error> {
    let one = ledger.get("program").map(std::slice::from_ref);
    let list = ledger.get("programs").and_then(Json::as_array).map(Vec::as_slice);
    let mut programs = Vec::new();
    for text in list.or(one).unwrap_or_default() {
        let (Program { revision, rules, .. }, _) =
            load(&text.to_string()).map_err(|mut errors| errors.swap_remove(0))?;
        programs.push((revision, rules));
    }
    programs.sort_by_key(|program| program.0);
    Ok(programs)
}

fn arrivals(ledger: &Json, programs: &[(u32, Rules)]) -> Result<Vec<Arrival>, Error> {
    let entries =
        ledger.get("entries").and_then(Json::as_array).ok_or_else(|| invalid("expected a list", "entries"))?;
    entries.iter().map(|entry| arrival(entry, programs)).collect()
}

fn arrival(entry: &Json, programs: &[(u32, Rules)]) -> Result<Arrival, Error> {
    let text = |name| entry.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let Stamp { moment_s: at_s, offset } = stamp(entry.get("at").unwrap_or(&Json::Null), entry.get("tz"))?;
    let revision = entry.get("rev").and_then(Json::as_u64).and_then(|revision| u32::try_from(revision).ok());
    let known = programs.iter().rfind(|(known, _)| revision.is_none_or(|revision| revision == *known));
    let act = match (entry.get("kind"), known) {
        (None, _) => None,
        (Some(_), Some((_, rules))) => Some(act_of(&plain(entry), rules).unwrap_or(UNKNOWN)),
        (Some(_), None) => Some(UNKNOWN),
    };
    let received_s = entry.get("received_at").and_then(Json::as_i64).map(|ms| ms.div_euclid(1000));
    let revision = known.map_or(0, |(known, _)| *known);
    Ok(Arrival { id: text("id"), device: text("device"), at_s, offset, received_s, revision, act })
}

fn stamp(at: &Json, tz: Option<&Json>) -> Result<Stamp, Error> {
    let ms = at.as_i64().ok_or_else(|| invalid("expected milliseconds since 1970", "at"))?;
    let offset = tz.and_then(Json::as_i64).and_then(|minutes| i32::try_from(minutes).ok());
    Ok(Stamp { moment_s: ms.div_euclid(1000), offset: OffsetMin::new(offset.unwrap_or(480)) })
}

/// As the engine's own plain data.
pub fn plain(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(plain).collect()),
        Json::Object(members) => Value::Map(members.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
    }
}

/// The ids, the lines and the actions, as they come.
struct Story<'a> {
    arrivals: &'a [Arrival],
    lines: JsonWriter,
    actions: JsonWriter,
}

impl Story<'_> {
    fn hear(&mut self, position: usize, line: &Line) {
        let id = self.arrivals.get(position).map_or("", |arrival| &arrival.id);
        line.write(&mut self.lines, (id, true), true);
        if let Some(action) = action(line) {
            write_action(&mut self.actions, &action);
        }
    }
}

fn told(programs: &[(u32, Rules)], newest: &Rules, (arrivals, looked_at): (&[Arrival], Option<Stamp>)) -> String {
    let mut story = Story { arrivals, lines: JsonWriter::default(), actions: JsonWriter::default() };
    story.lines.begin_array();
    story.actions.begin_array();
    let Replayed { state, results } = replay(programs, arrivals, &mut |position, line| story.hear(position, line));
    let last = results.iter().flatten().map(|admitted| admitted.stamp).max_by_key(|stamp| stamp.moment_s);
    let stamp = looked_at.or(last).unwrap_or_default();
    let seen = state.observed(newest, stamp, &mut |line| story.hear(arrivals.len(), line));
    story.lines.end_array();
    story.actions.end_array();
    let mut json = JsonWriter::default();
    json.begin_object();
    json.text_member("digest", &hex(&state.digest()));
    json.text_member("bytes", &hex(&bytes(&state)));
    json.key("state");
    write_state(&mut json, &seen, newest);
    json.key("results");
    write_results(&mut json, arrivals, &results);
    json.key("actions");
    json.raw(&story.actions.finish());
    json.key("lines");
    json.raw(&story.lines.finish());
    json.end_object();
    json.finish()
}

/// What a phone can start from.
fn bytes(state: &State) -> Vec<u8> {
    let mut w = Writer::default();
    state.encode(&mut w);
    w.out
}

fn write_state(json: &mut JsonWriter, state: &State, rules: &Rules) {
    json.begin_object();
    for (name, write) in [
        ("streak", State::write_streak as fn(&State, &mut JsonWriter, &Rules)),
        ("points", State::write_points),
        ("tier", State::write_tier),
        ("membership", State::write_membership),
        ("rewards", State::write_rewards),
        ("forecast", State::write_forecast),
    ] {
        json.key(name);
        write(state, json, rules);
    }
    json.count_member("growth", state.growth(rules));
    json.end_object();
}

/// The codes of what was not simply accepted, by id; a repeated id stands under `+dup:`.
fn write_results(json: &mut JsonWriter, arrivals: &[Arrival], results: &[Result<Admitted, Refusal>]) {
    json.begin_object();
    for (arrival, result) in arrivals.iter().zip(results) {
        let (before, code) = match result {
            Ok(Admitted { went_back: false, .. }) => continue,
            Ok(_) => ("", "clock_went_back"),
            Err(Refusal::DuplicateEvent) => ("+dup:", Refusal::DuplicateEvent.code()),
            Err(refusal) => ("", refusal.code()),
        };
        json.text_member(&(before.to_owned() + &arrival.id), code);
    }
    json.end_object();
}

fn write_action(json: &mut JsonWriter, action: &Action) {
    json.begin_object();
    json.text_member("kind", action.kind);
    json.key("ref");
    if action.kind == "discount_fen" {
        json.integer(action.fen);
    } else {
        json.string(action.subject);
    }
    json.key("on");
    write_day(json, action.day);
    json.end_object();
}
