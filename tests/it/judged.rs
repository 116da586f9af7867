//! `insight.json`: what somebody does, and what the engine then says of her. Run by these tests, and beside the built package.

use crate::support::phone::Phone;
use crate::support::{DAY, START_MS};
use huitou::engine::command::Output;
use serde_json::{json, Value};

/// What differs between a case and what the engine says; nothing if it passes.
pub(crate) fn run(case: &Value) -> Vec<String> {
    let signs = case.get("signs").cloned().unwrap_or_else(|| json!({}));
    let flows = json!([{"name": "buy", "steps": ["cart", "pay", "done"]}]);
    let program = json!({"app": "ways", "revision": 1, "pages": ["home"], "flows": flows, "signs": signs});
    let mut phone = Phone::with(&program.to_string());
    phone.start();
    for deed in case["do"].as_array().unwrap() {
        phone.now_ms = START_MS + deed[0].as_i64().unwrap() * DAY;
        carry_out(&mut phone, &deed[1]);
    }
    phone.now_ms = START_MS + (case["at"].as_f64().unwrap() * DAY as f64) as i64;
    let found = ask(&mut phone, &json!({"op": "outlook"}));
    let expected = case["expect"].as_object().unwrap();
    let wrong = expected.iter().filter(|(key, expected)| found[key.as_str()] != **expected);
    wrong.map(|(key, expected)| format!("{key}: expected {expected}, found {}", found[key])).collect()
}

fn carry_out(phone: &mut Phone, deed: &Value) {
    match deed.as_str() {
        Some("visit") => phone.track("launch", &[("scene", "1")], &[]),
        Some("error") => phone.track("error", &[("code", "500")], &[]),
        Some("begin") => phone.flow("buy", "cart"),
        Some("go on") => phone.flow("buy", "pay"),
        Some("end") => phone.flow("buy", "done"),
        Some("tap") => assert_eq!(ask(phone, &json!({"op": "tap", "target": "pay"})), Value::Null),
        Some("step") => assert_eq!(ask(phone, &json!({"op": "tap", "target": "plus", "kind": "stepper"})), Value::Null),
        _ => assert_eq!(ask(phone, deed), Value::Null, "{deed}"),
    }
}

/// A command's answer, or why it was refused.
pub(crate) fn ask(phone: &mut Phone, command: &Value) -> Value {
    match phone.command(&command.to_string()) {
        Ok(Output::Json(text)) => serde_json::from_str(&text).unwrap(),
        Ok(Output::Done) => Value::Null,
        Ok(Output::Flag(flag)) => json!(flag),
        Err(error) => json!({"code": error.code, "path": error.path}),
    }
}
