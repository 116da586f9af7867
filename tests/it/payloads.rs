//! Payloads of every sort of badness: a clear error, or a rule that is off; and laws that hold for all of them.

use huitou::condition::Dialect;
use huitou::experiment::evaluate::{Evaluation, Person};
use huitou::experiment::payload::Payload;
use huitou::experiment::{decrypt, reduce};
use huitou::json::JsonWriter;
use huitou::program::value::{parse_within, Limits, Value as Data};
use proptest::prelude::*;
use serde_json::{json, Value};

fn whole() -> Value {
    json!({
        "features": {
            "gate": {"defaultValue": true, "rules": [{"condition": {"city": "深圳"}, "force": false}]},
            "colour": {"defaultValue": "plain", "rules": [
                {"id": "r1", "parentConditions": [{"id": "gate", "condition": {"value": true}, "gate": true}],
                 "condition": {"$or": [{"age": {"$gt": 18}}, {"tags": {"$elemMatch": {"$eq": "vip"}}}]},
                 "coverage": 0.9, "hashAttribute": "id", "seed": "s", "hashVersion": 2, "range": [0, 0.9], "force": "gold"},
                {"key": "buy", "name": "Buy", "phase": "1", "variations": ["grey", "red"], "weights": [0.5, 0.5],
                 "coverage": 1, "namespace": ["n", 0, 1], "ranges": [[0, 0.5], [0.5, 1]], "hashVersion": 2,
                 "filters": [{"seed": "f", "ranges": [[0, 1]], "hashVersion": 2, "attribute": "id"}],
                 "meta": [{"key": "a", "name": "A"}, {"key": "b", "passthrough": false}], "bucketVersion": 1,
                 "minBucketVersion": 0, "fallbackAttribute": "device", "disableStickyBucketing": false}]},
            "next": {"defaultValue": 0, "rules": [{"contextualBanditRef": "bandit", "variations": [1, 2], "key": "cb"}]},
        },
        "experiments": [{"key": "own", "variations": [0, 1], "status": "running", "active": true, "force": 1,
                         "condition": {"id": {"$inGroup": "g"}}}],
        "savedGroups": {"g": ["u1"], "h": {"type": "list", "attributeKey": "id", "values": ["u1"]},
                        "i": {"type": "condition", "condition": {"age": {"$lt": 9}}}},
        "contextualBandits": {"bandit": {"banditVersion": 3, "contexts": [
            {"leafId": 1, "condition": {"city": "深圳"}, "weights": [0.1, 0.9]}]}},
    })
}

fn data(value: &Value) -> Data {
    let limits = Limits { bytes_max: 1 << 24, depth_max: 64, fields_max: 1 << 16 };
    parse_within(&value.to_string(), limits).unwrap()
}

fn people() -> Vec<Data> {
    let people = [
        json!({"id": "u1", "city": "深圳", "age": 30, "tags": ["vip"]}),
        json!({"id": 7, "age": "x", "device": "d"}),
        json!({}),
    ];
    people.iter().map(data).collect()
}

/// Everything that the payload says to a person, as one text.
fn told(payload: &Payload, attributes: &Data) -> String {
    let person = Person { attributes: Some(attributes), dialect: Dialect::Strict, ..Person::default() };
    let evaluation = Evaluation::new(payload, person);
    let mut w = JsonWriter::default();
    w.begin_array();
    let keys: Vec<String> = payload.keys().map(str::to_owned).collect();
    for feature in keys.iter().filter_map(|key| payload.find(key)) {
        let number = evaluation.feature(feature).number;
        payload.value(feature, number).write(&mut w);
        payload.explain_feature(feature, &evaluation, &mut w);
    }
    for position in 0..payload.experiments_len() {
        payload.explain_experiment(position, &evaluation, &mut w);
    }
    w.end_array();
    w.finish()
}

/// Loads it and asks everything; an error has a code that says what to do.
fn survives(text: &str) {
    match Payload::load(text, 1) {
        Ok((payload, _)) => people().iter().for_each(|person| {
            assert_eq!(told(&payload, person), told(&payload, person), "the same question has one answer");
        }),
        Err(error) => assert!(error.code.starts_with("payload_"), "{error:?}"),
    }
}

/// Paths of everything in a value.
fn paths(value: &Value, at: String, all: &mut Vec<String>) {
    all.push(at.clone());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| paths(item, format!("{at}/{index}"), all));
        }
        Value::Object(members) => members.iter().for_each(|(key, item)| paths(item, format!("{at}/{key}"), all)),
        _ => {}
    }
}

#[test]
fn a_wrong_type_anywhere_is_survived() {
    let whole = whole();
    let wrong =
        [json!(null), json!(true), json!(-1), json!(1e308), json!(""), json!("x"), json!([]), json!({}), json!([[{}]])];
    let mut all = Vec::new();
    paths(&whole, String::new(), &mut all);
    assert!(all.len() > 100);
    for path in &all {
        for value in &wrong {
            let mut spoiled = whole.clone();
            *spoiled.pointer_mut(path).unwrap() = value.clone();
            survives(&spoiled.to_string());
        }
    }
}

#[test]
fn a_payload_cut_anywhere_is_no_payload() {
    let text = whole().to_string();
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let error = Payload::load(&text[..end], 1).unwrap_err();
        assert_eq!(error.code, "payload_not_json", "{end}");
    }
}

#[test]
fn the_huge_and_the_deep_are_refused_with_what_to_do() {
    let ids = vec!["\"u0000001\""; 1_000_000].join(",");
    let huge = format!("{{\"features\":{{}},\"savedGroups\":{{\"g\":[{ids}]}}}}");
    let deep = |open: &str, close: &str| format!("{{\"features\":{}{}}}", open.repeat(10_000), close.repeat(10_000));
    let wide = format!("{{{}}}", (0..5_000).map(|at| format!("\"f{at}\":{{}}")).collect::<Vec<_>>().join(","));
    for text in [huge, deep("[", "]"), deep("{\"a\":", "}"), format!("{{\"features\":{wide}}}")] {
        let error = Payload::load(&text, 1).unwrap_err();
        assert_eq!(error.code, "payload_too_big", "{error:?}");
    }
}

#[test]
fn a_group_as_large_as_a_payload_may_be_is_searched() {
    let ids: Vec<String> = (0..40_000).map(|at| format!("u{at:07}")).collect();
    let rule = json!({"condition": {"id": {"$inGroup": "g"}}, "force": true});
    let text =
        json!({"features": {"f": {"defaultValue": false, "rules": [rule]}}, "savedGroups": {"g": ids}}).to_string();
    let (payload, warnings) = Payload::load(&text, 1).unwrap();
    assert!(warnings.is_empty());
    for (id, is_in) in [("u0000000", true), ("u0039999", true), ("u0040000", false)] {
        assert!(told(&payload, &data(&json!({"id": id}))).starts_with(&format!("[{is_in}")), "{id}");
    }
}

#[test]
fn a_long_chain_and_a_circle_of_prerequisites_end() {
    let on = |id: usize, count: usize| {
        let parent = json!({"id": format!("f{}", (id + 1) % count), "condition": {"value": true}});
        json!({"defaultValue": true, "rules": [{"parentConditions": [parent], "force": true}]})
    };
    for count in [1, 2, 33, 3_000] {
        let features: serde_json::Map<String, Value> = (0..count).map(|id| (format!("f{id}"), on(id, count))).collect();
        let (payload, _) = Payload::load(&json!({"features": features}).to_string(), 1).unwrap();
        let person = data(&json!({"id": "u1"}));
        let evaluation = Evaluation::new(&payload, Person { attributes: Some(&person), ..Person::default() });
        let reason = evaluation.feature(payload.find("f0").unwrap()).reason;
        assert_eq!(reason.name(), "cyclicPrerequisite", "{count}");
    }
}

#[test]
fn what_cannot_be_decrypted_is_named() {
    let text = json!({"encryptedFeatures": "AAAA.AAAA"}).to_string();
    let error = decrypt::decrypt_payload(&text, "MDEyMzQ1Njc4OWFiY2RlZg==").unwrap_err();
    assert_eq!((error.code, error.path.as_str()), ("payload_encrypted", "encryptedFeatures"));
    assert_eq!(Payload::load(&text, 1).unwrap_err().code, "payload_encrypted");
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-3..4i64).prop_map(|number| json!(number)),
        prop::sample::select(vec!["a", "b", "深圳", "1", ""]).prop_map(|text| json!(text)),
        any::<bool>().prop_map(|flag| json!(flag)),
        Just(json!(null)),
    ]
}

fn operator() -> impl Strategy<Value = Value> {
    let one = ("\\$(eq|ne|gt|gte|lt|lte)", scalar()).prop_map(|(name, value)| json!({name: value}));
    let list = prop::collection::vec(scalar(), 0..3);
    let many = (prop::sample::select(vec!["$in", "$nin", "$all"]), list).prop_map(|(name, list)| json!({name: list}));
    let there = any::<bool>().prop_map(|flag| json!({"$exists": flag}));
    prop_oneof![3 => one, 2 => many, 1 => there, 1 => scalar()]
}

fn condition() -> impl Strategy<Value = Value> {
    let test = (prop::sample::select(vec!["a", "b", "c"]), operator()).prop_map(|(name, test)| json!({name: test}));
    test.prop_recursive(3, 12, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            (prop::sample::select(vec!["$and", "$or", "$nor"]), list).prop_map(|(name, list)| json!({name: list})),
            inner.prop_map(|inner| json!({"$not": inner})),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Value> {
    let member =
        prop::option::of(prop_oneof![3 => scalar(), 1 => prop::collection::vec(scalar(), 0..3).prop_map(Value::from)]);
    (member.clone(), member.clone(), member).prop_map(|(a, b, c)| {
        let members = [("id", Some(json!("u1"))), ("a", a), ("b", b), ("c", c)];
        members.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect()
    })
}

fn with_condition(condition: &Value) -> Value {
    json!({"features": {"f": {"defaultValue": false, "rules": [{"condition": condition, "force": true}]}},
           "experiments": [], "savedGroups": {}})
}

fn passes(payload: &Value, attributes: &Value) -> bool {
    let (payload, _) = Payload::load(&payload.to_string(), 1).unwrap();
    told(&payload, &data(attributes)).starts_with("[true")
}

/// Only those that are known.
fn known(attributes: &Value, names: &[&str]) -> Value {
    let members = attributes.as_object().unwrap().iter();
    members
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn not_turns_a_condition_round(condition in condition(), attributes in attributes()) {
        let one = passes(&with_condition(&condition), &attributes);
        let other = passes(&with_condition(&json!({"$not": condition})), &attributes);
        prop_assert_ne!(one, other);
    }

    #[test]
    fn what_is_left_of_a_condition_decides_as_the_whole_one(condition in condition(), attributes in attributes()) {
        let request = json!({"condition": condition, "attributes": known(&attributes, &["a", "c"])});
        let left: Value = serde_json::from_str(&reduce::prune_json(&request.to_string()).unwrap()).unwrap();
        let whole = passes(&with_condition(&condition), &attributes);
        let pruned = left.as_bool().unwrap_or_else(|| passes(&with_condition(&left), &attributes));
        prop_assert_eq!(whole, pruned, "{}", left);
    }

    #[test]
    fn a_reduced_payload_decides_as_the_whole_one(one in condition(), other in condition(), attributes in attributes()) {
        let rules = json!([{"condition": one, "force": 1}, {"condition": other, "variations": [2, 3], "key": "e"}]);
        let payload = json!({"features": {"f": {"defaultValue": 0, "rules": rules}}});
        let request = json!({"payload": payload, "attributes": known(&attributes, &["b"])});
        let reduced = reduce::reduce_json(&request.to_string()).unwrap();
        let value = |text: &str| {
            let (payload, _) = Payload::load(text, 1).unwrap();
            told(&payload, &data(&attributes)).split(',').next().map(str::to_owned)
        };
        prop_assert_eq!(value(&payload.to_string()), value(&reduced), "{}", reduced);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,60}") {
        survives(&text);
    }
}
