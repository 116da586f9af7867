//! `tests/vectors/tracking.json`: what a person does, and what a receiver must believe afterwards. The file says what
//! its words mean; `pkg/test` runs the same cases through the built package.

use crate::support::network::Fate;
use crate::support::phone::Phone;
use crate::support::START_MS;
use huitou::engine::command::Output;
use huitou::event::dropped::Dropped;
use huitou::program::load;
use huitou::summary::report::ReportStats;
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/tracking.json")).unwrap()
}

#[test]
fn tracking_vectors_hold() {
    let file = vectors();
    let cases = file["cases"].as_array().unwrap();
    let wrong: Vec<String> = cases.iter().flat_map(|case| run(&file["program"], case)).collect();
    println!("tracking vectors: {} cases", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The case's program: the file's, with the members that the case gives.
fn program(base: &Value, changes: &Value) -> Value {
    let mut program = base.as_object().unwrap().clone();
    program.extend(changes.as_object().cloned().unwrap_or_default());
    Value::Object(program)
}

/// What differs from what is expected, one line each.
pub(crate) fn run(base: &Value, case: &Value) -> Vec<String> {
    let name = case["name"].as_str().unwrap();
    let program = program(base, &case["program"]);
    let mut phone = Phone::with(&program.to_string());
    phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    let mut wrong = Vec::new();
    for step in case["steps"].as_array().unwrap() {
        let at_s = step["at"].as_f64().unwrap_or_else(|| panic!("{name}: a step without a time"));
        phone.now_ms = START_MS + (at_s * 1000.0) as i64;
        phone.offset_min = step["tz"].as_i64().map_or(phone.offset_min, |minutes| minutes as i32);
        let refused = perform(&mut phone, &program, step);
        if refused.as_deref() != step["refused"].as_str() {
            wrong.push(format!("{name}: {step} was refused with {refused:?}"));
        }
        phone.settle();
    }
    if phone.engine.is_some() && phone.network.then == Fate::Ok {
        phone.send_all();
    }
    let found = found(&mut phone);
    differences(&case["expect"], &found, name, &mut wrong);
    wrong
}

/// Carries out a step; the code of the error if it was refused.
fn perform(phone: &mut Phone, program: &Value, step: &Value) -> Option<String> {
    let text = |key: &str| step[key].as_str().unwrap_or_default();
    match text("op") {
        "launch" => launch(phone, program, step),
        "show" => track(phone, "show", &scene(step)),
        "hide" => phone.hide(),
        "page" => phone.page(step["page"].as_str()),
        "track" => (0..step["times"].as_u64().unwrap_or(1)).for_each(|_| track(phone, text("event"), &step["props"])),
        "flow" => phone.flow(text("flow"), text("step")),
        "server" => server(phone, step),
        "user" => return command(phone, &json!({"op": "user", "id": step["id"]})),
        "order" => return order(phone, step),
        "attributes" | "consent" | "sync" | "online" => {
            let mut body = step.as_object().unwrap().clone();
            body.retain(|key, _| !["at", "tz", "refused"].contains(&key.as_str()));
            return command(phone, &Value::Object(body));
        }
        other => panic!("there is no step {other:?}"),
    }
    None
}

fn scene(step: &Value) -> Value {
    json!({"scene": step["scene"]})
}

fn launch(phone: &mut Phone, program: &Value, step: &Value) {
    phone.close();
    if !step["program"].is_null() {
        phone.program = load(&self::program(program, &step["program"]).to_string()).unwrap().0;
        phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    }
    phone.consent = match &step["consent"] {
        Value::Null if step.get("consent").is_none() => Some(true),
        answer => answer.as_bool(),
    };
    phone.start();
    track(phone, "launch", &scene(step));
}

fn server(phone: &mut Phone, step: &Value) {
    phone.server.ahead_ms = step["ahead_s"].as_i64().map(|seconds| seconds * 1000).or(phone.server.ahead_ms);
    phone.network.then = if step["down"] == json!(true) { Fate::Lost } else { Fate::Ok };
    for (user, facts) in step["facts"].as_object().into_iter().flatten() {
        let fact = |fact: &Value| (fact[0].as_u64().unwrap() as u32, fact[1].as_str().unwrap().to_owned());
        phone.server.facts.insert(user.clone(), facts.as_array().unwrap().iter().map(fact).collect());
    }
}

fn order(phone: &mut Phone, step: &Value) -> Option<String> {
    let mut body = json!({"op": "order"});
    for key in ["order_id", "paid_fen", "items"] {
        if let Some(value) = step.get(key) {
            body[key] = value.clone();
        }
    }
    // The shell counts an order that the engine does not even read.
    let refused = command(phone, &body);
    if refused.is_some() {
        phone.engine().note(Dropped::OrderRefused, 1);
    }
    None
}

fn command(phone: &mut Phone, body: &Value) -> Option<String> {
    phone.command(&body.to_string()).err().map(|error| error.code.to_owned())
}

/// As `props.js`: whole numbers and flags are texts too, whatever is `null` is left out.
fn track(phone: &mut Phone, name: &str, props: &Value) {
    let Some(event) = phone.program.names.find_event(name) else {
        return phone.engine().note(Dropped::UndeclaredEvent, 1);
    };
    let names = phone.program.names.event(event).unwrap().clone();
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    for (key, value) in props.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        if names.find_dimension(key).is_some() {
            match text_of(value) {
                Some(text) => texts.push((key.as_str(), text)),
                None => phone.engine().note(Dropped::BadText, 1),
            }
        } else if names.find_number(key).is_some() {
            match number_of(value) {
                Some(number) => numbers.push((key.as_str(), number)),
                None => phone.engine().note(Dropped::BadNumber, 1),
            }
        } else {
            phone.engine().note(Dropped::UndeclaredProp, 1);
        }
    }
    let texts: Vec<(&str, &str)> = texts.iter().map(|(key, text)| (*key, text.as_str())).collect();
    phone.track(name, &texts, &numbers);
}

fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.as_i64()?.to_string(),
        _ => return None,
    };
    (text.encode_utf16().count() <= 64).then_some(text)
}

/// A number, or one that JSON can't say: `{"number": "NaN"}`.
fn number_of(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value["number"].as_str()?.parse().ok())
}

/// What there is to compare, in the words of `expect`.
fn found(phone: &mut Phone) -> Value {
    let mut days: BTreeMap<String, ReportStats> = BTreeMap::new();
    let mut users: BTreeMap<String, ReportStats> = BTreeMap::new();
    for (key, row) in &phone.server.rows {
        days.entry(key.day.clone()).or_default().merge(&row.stats);
        users.entry(key.user.clone()).or_default().merge(&row.stats);
    }
    let attributes = phone.server.attributes.iter().map(|((user, _), held)| (user.clone(), json!(held)["set"].clone()));
    let attributes: Map<String, Value> = attributes.collect();
    let mut found = json!({
        "days": days,
        "users": users,
        "rows": phone.server.rows.len(),
        "requests": phone.network.sent_bytes.len(),
        "attributes": attributes,
        "deletions": phone.server.deletions.len(),
        "facts": phone.received.iter().map(|received| received.facts.len()).sum::<usize>(),
    });
    if phone.engine.is_some() {
        for op in ["state", "orders"] {
            let output = phone.command(&json!({"op": op}).to_string());
            let Ok(Output::Json(text)) = output else { panic!("{output:?}") };
            found[op] = serde_json::from_str(&text).unwrap();
        }
    }
    found
}

/// Everything that is expected must be there; `null` must not, and of days and users there are no others.
fn differences(expected: &Value, found: &Value, path: &str, wrong: &mut Vec<String>) {
    let Some(members) = expected.as_object() else {
        if expected != found {
            wrong.push(format!("{path}: expected {expected}, found {found}"));
        }
        return;
    };
    for (key, value) in members {
        let path = format!("{path}.{key}");
        differences(value, found.get(key).unwrap_or(&Value::Null), &path, wrong);
        if ["days", "users"].contains(&key.as_str()) {
            let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
            if keys(value) != found.get(key).and_then(keys) {
                wrong.push(format!("{path}: found {}", found[key]));
            }
        }
    }
}
