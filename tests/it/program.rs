//! Programs, by `tests/vectors/program.json`: the same cases run on the built package.

use huitou::clock::OffsetMin;
use huitou::id::{builtin, EventIx};
use huitou::program::names::Names;
use huitou::program::{load, DayZone, Program, Warning, SIGNS};
use serde_json::{json, Value};

const CASES: &str = include_str!("../vectors/program.json");
const TEA_SHOP: &str = include_str!("../vectors/programs/tea-shop.json");

#[test]
fn cases_give_the_expected_mistakes_and_values() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() > 60);
    for case in &cases {
        let text = case["text"].as_str().map_or_else(|| case["program"].to_string(), str::to_owned);
        let found = outcome(&text, &case["expect"]);
        assert_eq!(found, case["expect"], "{}", case["name"]);
    }
}

/// What came of a program, in as many words as the case expects.
fn outcome(text: &str, expect: &Value) -> Value {
    let (program, warnings) = match load(text) {
        Ok(loaded) => loaded,
        Err(errors) => {
            let each = |error: &huitou::error::Error| json!({"code": error.code, "path": error.path, "message": error.message});
            return json!({"errors": errors.iter().map(each).collect::<Vec<_>>()});
        }
    };
    let each = |warning: &Warning| json!({"path": warning.path, "message": warning.message});
    let mut found = json!({"warnings": warnings.iter().map(each).collect::<Vec<_>>()});
    let all = described(&program);
    for (key, value) in expect.as_object().unwrap() {
        if key != "warnings" {
            found[key] = narrowed(&all[key], value);
        }
    }
    found
}

/// The members of `all` that `wanted` has.
fn narrowed(all: &Value, wanted: &Value) -> Value {
    match (all, wanted) {
        (Value::Object(all), Value::Object(wanted)) => {
            wanted.keys().map(|key| (key.clone(), all.get(key).cloned().unwrap_or_default())).collect()
        }
        _ => all.clone(),
    }
}

/// The program in JSON; events without the built-in ones, which are the same for all.
fn described(program: &Program) -> Value {
    let zone = match program.day_zone {
        DayZone::Fixed(offset) => json!(offset.get()),
        DayZone::Summer(_) => json!("summer time"),
        DayZone::Event => json!("event"),
    };
    let resolved = |flow: &huitou::program::Flow| {
        let steps: Vec<Option<u16>> = flow.steps.iter().map(|step| step.map(|EventIx(position)| position)).collect();
        json!({"events": steps, "window_ms": flow.window_ms})
    };
    json!({
        "app": program.names.app,
        "revision": program.revision,
        "pages": program.names.event(builtin::PAGE).unwrap().dimensions[0].values,
        "events": described_events(&program.names),
        "flows": program.names.flows.iter().map(|flow| json!({"name": flow.name, "steps": flow.steps})).collect::<Vec<_>>(),
        "model": program.model.0.get("revision").and_then(huitou::program::value::Value::as_i64),
        "signs": SIGNS.iter().zip(program.signs.0).map(|((name, ..), rule)| {
            ((*name).to_owned(), json!([rule.is_enabled, rule.threshold]))
        }).collect::<serde_json::Map<String, Value>>(),
        "segments": program.segments.0.iter().map(|segment| json!([segment.name, segment.group, segment.priority]))
            .collect::<Vec<_>>(),
        "settings": {
            "day_zone": zone,
            "idle_minutes": program.idle_minutes,
            "attributes": program.attributes,
            "events_per_day": program.caps.events_per_day,
            "labels_per_dimension": program.caps.labels_per_dimension,
            "max_bytes": program.sync.max_bytes,
            "max_age_ms": program.sync.max_age_ms,
            "per_session": program.sync.per_session,
            "flows": program.flows.iter().map(resolved).collect::<Vec<_>>(),
        },
    })
}

fn described_events(names: &Names) -> Vec<Value> {
    let dimension =
        |dimension: &huitou::program::names::Dimension| json!({"name": dimension.name, "values": dimension.values});
    let number = |number: &huitou::program::names::Number| json!({"name": number.name, "decimals": number.decimals});
    let event = |event: &huitou::program::names::EventNames| {
        json!({
            "name": event.name,
            "dimensions": event.dimensions.iter().map(dimension).collect::<Vec<_>>(),
            "numbers": event.numbers.iter().map(number).collect::<Vec<_>>(),
        })
    };
    names.events.iter().skip(8).map(event).collect()
}

#[test]
fn built_in_events_stand_at_their_positions() {
    let (program, _) = load(r#"{"app":"a","revision":1}"#).unwrap();
    let expected = [
        (builtin::LAUNCH, "launch", &["scene"][..], &[][..]),
        (builtin::SHOW, "show", &["scene"], &[]),
        (builtin::HIDE, "hide", &[], &[]),
        (builtin::PAGE, "page", &["page"], &["dwell_ms"]),
        (builtin::SEARCH, "search", &[], &["results"]),
        (builtin::SHARE, "share", &["channel"], &[]),
        (builtin::ERROR, "error", &["code"], &[]),
        (builtin::ORDER, "order", &[], &["paid_fen", "items"]),
    ];
    assert_eq!(program.names.events.len(), expected.len());
    for (position, name, dimensions, numbers) in expected {
        let event = program.names.event(position).unwrap();
        assert_eq!(event.name, name);
        assert_eq!(event.dimensions.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), dimensions);
        assert_eq!(event.numbers.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(), numbers);
    }
}

#[test]
fn the_tea_shop_loads_without_a_warning() {
    let (program, warnings) = load(TEA_SHOP).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(program.day_zone, DayZone::Fixed(OffsetMin::new(480)));
    assert_eq!(program.names.events.len(), 14);
    let purchase = &program.flows[0];
    assert_eq!(purchase.steps, [8, 9, 10, 7].map(|position| Some(EventIx(position))));
    assert_eq!(purchase.window_ms, 86_400_000);
    assert!(program.flows[1].steps.iter().all(Option::is_none));
}

/// A program at every limit; the readers and the dictionary's codec must agree on what is too much.
#[test]
fn a_program_at_its_limits_loads_and_has_a_dictionary() {
    let texts = |count: usize, len: usize| (0..count).map(|n| format!("{n:0len$}")).collect::<Vec<_>>();
    let names = |count: usize| (0..count).map(|n| format!("{:x<32}", format!("n{n}_"))).collect::<Vec<_>>();
    let props = |first: &str| (0..4).map(|n| json!({"name": format!("{first}{n}")})).collect::<Vec<_>>();
    let mut events: Vec<Value> =
        names(64).iter().map(|name| json!({"name": name, "dimensions": props("d"), "numbers": props("m")})).collect();
    events[0]["dimensions"][0]["values"] = json!(texts(128, 64));
    events[0]["numbers"][0]["decimals"] = json!(3);
    let flows: Vec<Value> = names(16).iter().map(|name| json!({"name": name, "steps": names(12)})).collect();
    let program = json!({
        "app": "a".repeat(32), "revision": 2_147_483_648u32, "pages": texts(128, 64), "events": events,
        "flows": flows, "attributes": names(16),
    });
    let (program, warnings) = load(&program.to_string()).unwrap();
    assert_eq!(warnings, []);
    assert_eq!((program.names.events.len(), program.flows.len(), program.attributes.len()), (72, 16, 16));
    let mut bytes = huitou::bytes::Writer::default();
    program.names.encode(&mut bytes);
    assert_eq!(Names::decode(&mut huitou::bytes::Reader::new(&bytes.out)).as_ref(), Some(&program.names));
}

#[test]
fn one_element_past_a_limit_is_off() {
    let texts: Vec<String> = (0..129).map(|n| n.to_string()).collect();
    let names = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
    let events: Vec<Value> = names(65).iter().map(|name| json!({"name": name})).collect();
    let flows: Vec<Value> = names(17).iter().map(|name| json!({"name": name, "steps": ["a", "b"]})).collect();
    let program =
        json!({"app": "a", "revision": 1, "pages": texts, "events": events, "flows": flows, "attributes": names(17)});
    let (program, warnings) = load(&program.to_string()).unwrap();
    let listed: Vec<String> = warnings.iter().map(|warning| format!("{}: {}", warning.path, warning.message)).collect();
    assert_eq!(
        listed,
        [
            "pages: expected a list of 0..=128 elements; those past it are off",
            "events: expected a list of 0..=64 elements; those past it are off",
            "flows: expected a list of 0..=16 elements; those past it are off",
            "attributes: expected a list of 0..=16 elements; those past it are off",
        ]
    );
    assert_eq!((program.names.events.len(), program.flows.len(), program.attributes.len()), (72, 16, 16));
}

#[test]
fn no_more_than_fifty_mistakes_are_listed() {
    let events: Vec<Value> = (0..64).map(|n| json!({"name": n})).collect();
    let (_, warnings) = load(&json!({"app": "a", "revision": 1, "events": events}).to_string()).unwrap();
    assert_eq!(warnings.len(), 51);
    assert_eq!(warnings[49].path, "events[49].name");
    assert_eq!(warnings[50], Warning { path: String::new(), message: "14 more mistakes, not listed".into() });
}

#[test]
fn size_and_depth_are_bounded_before_anything_is_built() {
    for (text, place) in [
        (format!("{{\"app\":\"{}", "x".repeat(70_000)), "line 1, column 1, byte 0: more bytes than are allowed"),
        ("[".repeat(1_000_000), "line 1, column 1, byte 0: more bytes than are allowed"),
        ("[".repeat(60_000), "line 1, column 17, byte 16: nested deeper than is allowed"),
        ("{\"a\":".repeat(10_000), "line 1, column 81, byte 80: nested deeper than is allowed"),
    ] {
        let errors = load(&text).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!((errors[0].code, errors[0].message.as_str()), ("program_too_big", place));
    }
}

/// Mutations of the example, the same ones in every run: nothing panics, and an error says where.
#[test]
fn damaged_programs_never_panic() {
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let (mut loaded, mut refused) = (0, 0);
    for _ in 0..6000 {
        let mut bytes = TEA_SHOP.as_bytes().to_vec();
        for _ in 0..=next(4) {
            if bytes.is_empty() {
                break;
            }
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] = b"\"\\{}[]:,0-eE.u \n\x00\x7f\xef"[next(19)],
                1 => drop(bytes.drain(at..(at + next(40)).min(bytes.len()))),
                2 => {
                    let end = (at + next(40)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes.truncate(at.max(1)),
            }
        }
        match load(&String::from_utf8_lossy(&bytes)) {
            Ok((program, _)) => {
                loaded += 1;
                assert_eq!(program.flows.len(), program.names.flows.len());
            }
            Err(errors) => {
                refused += 1;
                assert!(!errors.is_empty() && errors.iter().all(|error| !error.message.is_empty()));
            }
        }
    }
    assert!(loaded > 100 && refused > 1000, "{loaded} loaded, {refused} refused: the mutations miss their aim");
}
