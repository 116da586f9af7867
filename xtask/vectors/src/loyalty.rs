//! `loyalty.json`, `loyalty-rules.json` and `journeys.json`: a program and dated events in a neutral vocabulary, and what is expected
//! at a moment. The program's keys are the product's own; this file says which entry each event is.

use anyhow::{Context, Result};
use chrono::{DateTime, Days, FixedOffset};
use huitou::clock::{OffsetMin, UnixMs};
use huitou::journey::exported::play_json;
use huitou::loyalty::exported::replay_json;
use huitou::program::DayZone;
use serde_json::{json, Map, Value};

use crate::Outcome;

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    let scenarios = file.get("scenarios").and_then(Value::as_array).context("no list of scenarios")?;
    scenarios.iter().map(outcome).collect()
}

fn outcome(scenario: &Value) -> Result<Outcome> {
    let text = |key: &str| scenario.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = format!("{} {}", text("id"), text("title"));
    let ledger = ledger(scenario)?.to_string();
    let mut replayed: Value = serde_json::from_str(&replay_json(&ledger).with_context(|| name.clone())?)?;
    let played: Value = serde_json::from_str(&play_json(&ledger).with_context(|| name.clone())?)?;
    add_journeys(&mut replayed, &played);
    let expected = scenario.get("expected").context("nothing is expected")?;
    let difference = crate::compare(&found(&replayed, expected), &comparable(expected));
    let digest = replayed.get("digest").and_then(Value::as_str).map(str::to_owned);
    Ok(Outcome { name, difference, digest, skipped: false })
}

/// The scenario as the product replays it.
fn ledger(scenario: &Value) -> Result<Value> {
    let mut program = scenario.get("program").and_then(Value::as_object).context("no program")?.clone();
    program.insert("app".to_string(), json!("vectors"));
    program.insert("revision".to_string(), json!(1));
    let observe = moment(scenario.pointer("/expected/observe_at").context("no observe_at")?)?;
    let events = scenario.get("events").and_then(Value::as_array).context("no events")?;
    let entries: Vec<Vec<Value>> = events.iter().map(entries).collect::<Result<_>>()?;
    let (at, tz) = (observe.timestamp_millis(), observe.offset().local_minus_utc() / 60);
    let attributes = scenario.get("attributes");
    Ok(json!({"program": program, "entries": entries.concat(), "observe_at": at, "tz": tz, "attributes": attributes}))
}

fn moment(value: &Value) -> Result<DateTime<FixedOffset>> {
    let text = value.as_str().context("a moment is text")?;
    DateTime::parse_from_rfc3339(text).map_err(|fault| anyhow::anyhow!("{text}: {fault}"))
}

/// The entries of an event: one, or `repeat_days` of them, numbered from 1.
fn entries(event: &Value) -> Result<Vec<Value>> {
    let at = moment(event.get("at").context("an event without a moment")?)?;
    let Some(days) = event.get("repeat_days").and_then(Value::as_u64) else {
        return Ok(vec![entry(event, at, "")?]);
    };
    let zone = event.get("repeat_zone").and_then(Value::as_str);
    (0..days).map(|day| entry(event, later(at, day, zone)?, &(day + 1).to_string())).collect()
}

/// The same clock time so many dates later: with the same offset, or in a zone.
fn later(at: DateTime<FixedOffset>, days: u64, zone: Option<&str>) -> Result<DateTime<FixedOffset>> {
    let later = at.checked_add_days(Days::new(days)).context("a date too far away")?;
    let Some(zone) = zone else { return Ok(later) };
    let zone = DayZone::parse(zone).with_context(|| format!("no zone {zone}"))?;
    let offset = |minutes: i32| FixedOffset::east_opt(minutes * 60).context("no offset");
    let minutes = zone.offset_at(UnixMs::new(later.timestamp_millis()), OffsetMin::new(0)).get();
    later.naive_local().and_local_timezone(offset(minutes)?).single().context("a time that comes twice")
}

fn entry(event: &Value, at: DateTime<FixedOffset>, number: &str) -> Result<Value> {
    let text = |key: &str| event.get(key).and_then(Value::as_str);
    let mut entry: Map<String, Value> = members(event)?;
    entry.insert("id".to_string(), json!(format!("{}{number}", text("id").context("an event without an id")?)));
    entry.insert("device".to_string(), json!(text("device").unwrap_or("phone")));
    entry.insert("at".to_string(), json!(at.timestamp_millis()));
    entry.insert("tz".to_string(), json!(at.offset().local_minus_utc() / 60));
    if let Some(received) = event.get("received_at") {
        entry.insert("received_at".to_string(), json!(moment(received)?.timestamp_millis()));
    }
    Ok(Value::Object(entry))
}

/// An event's own members, under the product's names. What earns nothing has no kind.
fn members(event: &Value) -> Result<Map<String, Value>> {
    let mut members = event.as_object().context("an event is an object")?.clone();
    let Some(kind) = event.get("type").and_then(Value::as_str) else { return Ok(members) };
    match kind {
        "check_in" | "order_paid" | "refund" | "redeem" | "membership_bought" => {
            members.insert("kind".to_string(), json!(kind));
        }
        "make_up" => {
            members.insert("kind".to_string(), json!(kind));
            members.insert("day".to_string(), event.get("date").cloned().unwrap_or_default());
        }
        "share" | "activity" | "referral_confirmed" => {
            members.insert("kind".to_string(), json!("grant"));
            members.entry("source").or_insert(json!(kind));
        }
        _ => {}
    }
    members.insert("name".to_string(), json!(kind));
    Ok(members)
}

/// What journeys did, among what the ledger asks to be done: of one date the ledger's goes first.
fn add_journeys(replayed: &mut Value, played: &Value) {
    replayed["credits"] = played.get("credits").cloned().unwrap_or_default();
    let Some(actions) = replayed.get_mut("actions").and_then(Value::as_array_mut) else { return };
    actions.extend(played.get("actions").and_then(Value::as_array).into_iter().flatten().cloned());
    actions.sort_by_key(|action| action.get("on").and_then(Value::as_str).unwrap_or_default().to_string());
}

/// What the expectation names, as the replay found it.
fn found(replayed: &Value, expected: &Value) -> Value {
    let at = |path: &str| replayed.pointer(path).cloned().unwrap_or_default();
    let mut found = Map::new();
    for (key, wanted) in expected.as_object().into_iter().flatten() {
        let value = match key.as_str() {
            "observe_at" => continue,
            "streak" | "points" => inner(replayed, key, wanted),
            "tier" => at("/state/tier/name"),
            "growth" => at("/state/growth"),
            "member_until" => at("/state/membership/until"),
            "event_results" => at("/results"),
            "actions" => like(&actions(&at("/actions")), wanted),
            "credits" => at("/credits"),
            _ => json!("not told"),
        };
        found.insert(key.clone(), value);
    }
    Value::Object(found)
}

fn inner(replayed: &Value, section: &str, wanted: &Value) -> Value {
    let names = wanted.as_object().into_iter().flatten().map(|(name, _)| name);
    let figure = |name: &String| {
        let own = if name == "expired_total" { "expired" } else { name };
        (name.clone(), replayed.pointer(&format!("/state/{section}/{own}")).cloned().unwrap_or_default())
    };
    Value::Object(names.map(figure).collect())
}

fn comparable(expected: &Value) -> Value {
    let mut expected = expected.clone();
    if let Some(members) = expected.as_object_mut() {
        members.remove("observe_at");
        if let Some(list) = members.get_mut("actions") {
            *list = actions(list);
            for action in list.as_array_mut().into_iter().flatten() {
                if let Some(at) = action.get_mut("at") {
                    *at = moment(at).map_or(json!("no moment"), |moment| json!(moment.timestamp_millis()));
                }
            }
        }
    }
    expected
}

/// Each action with the members that are expected of it.
fn like(found: &Value, wanted: &Value) -> Value {
    let wanted = wanted.as_array().into_iter().flatten().map(Some).chain(std::iter::repeat(None));
    let cut = |(action, wanted): (&Value, Option<&Value>)| -> Value {
        let members = action.as_object().into_iter().flatten();
        let kept = members.filter(|(name, _)| wanted.is_none_or(|wanted| wanted.get(name.as_str()).is_some()));
        kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<String, Value>>().into()
    };
    found.as_array().into_iter().flatten().zip(wanted).map(cut).collect()
}

/// Actions with the reference as text: a discount's is a number of fen.
fn actions(list: &Value) -> Value {
    let text = |action: &Value| {
        let mut action = action.clone();
        if let Some(reference) = action.get_mut("ref").filter(|reference| reference.is_number()) {
            *reference = json!(reference.to_string());
        }
        action
    };
    list.as_array().into_iter().flatten().map(text).collect()
}
