//! `program.json`: `{"name", "program" | "text", "expect"}`. A program gives either `errors`, or `warnings` and as
//! much of the checked form as the case names.

use anyhow::{Context, Result};
use huitou::error::Error;
use huitou::id::EventIx;
use huitou::program::names::{EventNames, Names};
use huitou::program::signs::SIGNS;
use huitou::program::{load, DayZone, Flow, Program, Warning};
use serde_json::{json, Map, Value};

use crate::Outcome;

/// Built-in events stand first and are the same for every program.
const BUILT_IN_EVENTS: usize = 8;

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    let cases = file.as_array().context("not a list")?;
    Ok(cases.iter().map(outcome).collect())
}

fn outcome(case: &Value) -> Outcome {
    let text = match case.get("text").and_then(Value::as_str) {
        Some(text) => text.to_string(),
        None => case.get("program").cloned().unwrap_or_default().to_string(),
    };
    let expected = case.get("expect").cloned().unwrap_or_default();
    let loaded = load(&text);
    let digest = loaded.as_ref().ok().map(|(program, _)| program.names.hash().to_string());
    Outcome { digest, ..Outcome::of(case, crate::compare(&found(loaded, &expected), &expected)) }
}

fn found(loaded: Result<(Program, Vec<Warning>), Vec<Error>>, expected: &Value) -> Value {
    match loaded {
        Err(errors) => json!({"errors": errors.iter().map(error).collect::<Vec<_>>()}),
        Ok((program, warnings)) => {
            let mut found = named(&described(&program), expected);
            found.insert("warnings".to_string(), warnings.iter().map(warning).collect());
            Value::Object(found)
        }
    }
}

/// The members that the case names, in objects inside objects too.
fn named(all: &Value, expected: &Value) -> Map<String, Value> {
    let members = expected.as_object().into_iter().flatten().filter(|(key, _)| *key != "warnings");
    let narrow = |key: &str, wanted: &Value| match all.get(key) {
        Some(inner @ Value::Object(_)) => Value::Object(named(inner, wanted)),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    members.map(|(key, wanted)| (key.clone(), narrow(key, wanted))).collect()
}

fn error(error: &Error) -> Value {
    json!({"code": error.code, "path": error.path, "message": error.message})
}

fn warning(warning: &Warning) -> Value {
    json!({"path": warning.path, "message": warning.message})
}

fn described(program: &Program) -> Value {
    let pages = program.names.events.iter().find(|event| event.name == "page").and_then(|page| page.dimensions.first());
    json!({
        "app": program.names.app,
        "revision": program.revision,
        "pages": pages.map(|dimension| &dimension.values),
        "events": events(&program.names),
        "flows": program.names.flows.iter().map(|flow| json!({"name": flow.name, "steps": flow.steps})).collect::<Vec<_>>(),
        "settings": settings(program),
        "signs": signs(program),
        "segments": program.segments.0.iter().map(|one| json!([one.name, one.group, one.priority])).collect::<Vec<_>>(),
        "model": serde_json::from_str::<Value>(&program.model.0.to_json()).unwrap_or_default(),
    })
}

fn signs(program: &Program) -> Map<String, Value> {
    let rules = program.signs.0.iter().map(|rule| json!([rule.is_enabled, rule.threshold]));
    SIGNS.iter().zip(rules).map(|((name, ..), rule)| ((*name).to_string(), rule)).collect()
}

fn events(names: &Names) -> Vec<Value> {
    names.events.iter().skip(BUILT_IN_EVENTS).map(event).collect()
}

fn event(event: &EventNames) -> Value {
    let dimensions =
        event.dimensions.iter().map(|dimension| json!({"name": dimension.name, "values": dimension.values}));
    let numbers = event.numbers.iter().map(|number| json!({"name": number.name, "decimals": number.decimals}));
    json!({"name": event.name, "dimensions": dimensions.collect::<Vec<_>>(), "numbers": numbers.collect::<Vec<_>>()})
}

fn settings(program: &Program) -> Value {
    json!({
        "day_zone": match program.day_zone {
            DayZone::Fixed(offset) => json!(offset.get()),
            DayZone::Summer(_) => json!("summer time"),
            DayZone::Event => json!("event"),
        },
        "idle_minutes": program.idle_minutes,
        "attributes": program.attributes,
        "events_per_day": program.caps.events_per_day,
        "labels_per_dimension": program.caps.labels_per_dimension,
        "max_bytes": program.sync.max_bytes,
        "max_age_ms": program.sync.max_age_ms,
        "per_session": program.sync.per_session,
        "flows": program.flows.iter().map(flow).collect::<Vec<_>>(),
    })
}

fn flow(flow: &Flow) -> Value {
    let events: Vec<Option<u16>> = flow.steps.iter().map(|step| step.map(|EventIx(position)| position)).collect();
    json!({"events": events, "window_ms": flow.window_ms})
}
