//! `docs/summary.schema.json` takes what phones send and what the reference receiver takes, and refuses the rest.

use super::document::block;
use super::sample::{any_names, any_upload, Choices};
use huitou::summary::report::Report;
use serde_json::{json, Map, Value};

const SCHEMA: &str = include_str!("../../../docs/summary.schema.json");
const VECTORS: &str = include_str!("../../vectors/wire.json");

/// As much of JSON Schema, draft 7, as the schema uses; a keyword that is not known fails the test.
struct Validator {
    root: Value,
}

impl Validator {
    fn takes(&self, value: &Value) -> bool {
        self.fits(value, &self.root)
    }

    fn fits(&self, value: &Value, schema: &Value) -> bool {
        match schema {
            Value::Bool(anything) => *anything,
            Value::Object(rules) => rules.iter().all(|rule| self.obeys(value, rule, rules)),
            other => panic!("{other} is no schema"),
        }
    }

    fn obeys(&self, value: &Value, (keyword, rule): (&String, &Value), rules: &Map<String, Value>) -> bool {
        let limit = rule.as_f64().unwrap_or(f64::NAN);
        match keyword.as_str() {
            "$schema" | "title" | "description" | "definitions" => true,
            "$ref" => self.fits(value, self.root.pointer(&rule.as_str().unwrap()[1..]).unwrap()),
            "type" => has_type(value, rule.as_str().unwrap()),
            "const" => value == rule,
            "anyOf" => rule.as_array().unwrap().iter().any(|schema| self.fits(value, schema)),
            "minimum" => value.as_f64().is_none_or(|number| number >= limit),
            "maximum" => value.as_f64().is_none_or(|number| number <= limit),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as f64 >= limit),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as f64 <= limit),
            "pattern" => value.as_str().is_none_or(|text| matches_pattern(text, rule.as_str().unwrap())),
            "minItems" => value.as_array().is_none_or(|items| items.len() as f64 >= limit),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as f64 <= limit),
            "items" => value.as_array().is_none_or(|items| self.items_fit(items, rule)),
            _ => value.as_object().is_none_or(|members| self.members_obey(members, (keyword, rule), rules)),
        }
    }

    fn items_fit(&self, items: &[Value], rule: &Value) -> bool {
        match rule.as_array() {
            Some(schemas) => items.iter().zip(schemas).all(|(item, schema)| self.fits(item, schema)),
            None => items.iter().all(|item| self.fits(item, rule)),
        }
    }

    fn members_obey(&self, members: &Map<String, Value>, rule: (&String, &Value), rules: &Map<String, Value>) -> bool {
        let (keyword, rule) = rule;
        let of = |object: &Value| object.as_object().unwrap().clone();
        match keyword.as_str() {
            "required" => rule.as_array().unwrap().iter().all(|name| members.contains_key(name.as_str().unwrap())),
            "maxProperties" => members.len() as u64 <= rule.as_u64().unwrap(),
            "propertyNames" => members.keys().all(|name| self.fits(&json!(name), rule)),
            "properties" => {
                of(rule).iter().all(|(name, schema)| members.get(name).is_none_or(|m| self.fits(m, schema)))
            }
            "additionalProperties" => {
                let named = rules.get("properties").map(of).unwrap_or_default();
                members.iter().all(|(name, member)| named.contains_key(name) || self.fits(member, rule))
            }
            "dependencies" => of(rule).iter().all(|(name, schema)| {
                !members.contains_key(name) || self.fits(&Value::Object(members.clone()), schema)
            }),
            unknown => panic!("the validator does not know {unknown}"),
        }
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        unknown => panic!("the validator does not know the type {unknown}"),
    }
}

fn matches_pattern(text: &str, pattern: &str) -> bool {
    let is_hex = |len: usize| text.len() == len && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    match pattern {
        "^[0-9a-f]{16}$" => is_hex(16),
        "^[0-9a-f]{32}$" => is_hex(32),
        "^[0-9a-f]{64}$" => is_hex(64),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => {
            let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            shape == "0000-00-00"
        }
        "^([0-9]|1[0-9]|2[0-3])$" => (0..24).any(|hour: u8| hour.to_string() == text),
        unknown => panic!("the validator does not know the pattern {unknown}"),
    }
}

fn validator() -> Validator {
    Validator { root: serde_json::from_str(SCHEMA).unwrap() }
}

fn reports() -> Vec<Value> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let reports = file["cases"].as_array().unwrap().iter().filter_map(|case| case.get("report").cloned());
    reports.collect()
}

#[test]
fn it_takes_every_report_of_a_phone() {
    let validator = validator();
    for report in reports() {
        assert!(validator.takes(&report), "{report}");
    }
    for seed in 100..300 {
        let mut c = Choices::seeded(seed, 1_000);
        let names = any_names(&mut c);
        let json = any_upload(&mut c, &names).to_json(&names);
        assert!(validator.takes(&json.parse().unwrap()), "{json}");
    }
}

/// Every place of a value, as a JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places(member, &format!("{at}/{}", escaped(name)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        _ => (),
    }
}

/// What the reference receiver refuses for a reason that a schema can't state.
fn is_beyond_schemas(message: &str) -> bool {
    ["ascending [bucket, count]", "a date between"].iter().any(|reason| message.contains(reason))
}

#[test]
fn it_agrees_with_the_reference_receiver_on_every_change_of_a_value() {
    let validator = validator();
    let (mut taken, mut refused) = (0, 0);
    let changes = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(7.5),
        json!(1u64 << 32),
        json!(1u64 << 53),
        json!(""),
        json!("x"),
        json!("2026-02-03"),
        json!("0123456789abcdef"),
        json!("x".repeat(65)),
        json!([]),
        json!([1, 2]),
        json!([1, 2, 3]),
        json!({}),
        json!({"x": 1}),
        json!({"": 1}),
        json!({"24": 1}),
    ];
    let report: Value = block("json upload").parse().unwrap();
    let mut all = Vec::new();
    places(&report, "", &mut all);
    for place in all {
        for change in &changes {
            let mut changed = report.clone();
            *changed.pointer_mut(&place).unwrap() = change.clone();
            let verdict = Report::from_json(&changed.to_string());
            match &verdict {
                Err(error) if is_beyond_schemas(&error.message) => (),
                _ => assert_eq!(validator.takes(&changed), verdict.is_ok(), "{place} = {change}: {verdict:?}"),
            }
            *if verdict.is_ok() { &mut taken } else { &mut refused } += 1;
        }
    }
    assert!(taken > 80 && refused > 1_000, "{taken} taken, {refused} refused");
}
