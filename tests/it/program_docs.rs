//! The reference and the schema say what the reader does.

use huitou::program::{load, BUILT_IN_ATTRIBUTES};
use serde_json::{json, Value};

const REFERENCE: &str = include_str!("../../docs/program.md");
const SCHEMA: &str = include_str!("../../docs/program.schema.json");
const CASES: &str = include_str!("../vectors/program.json");

/// A whole number of the program: its row in the reference, its place in the schema, where it goes in a program.
const NUMBERS: [(&str, &str, &str); 9] = [
    ("revision", "/properties/revision", "/revision"),
    ("session.idle_minutes", "/properties/session/properties/idle_minutes", "/session/idle_minutes"),
    ("caps.events_per_day", "/properties/caps/properties/events_per_day", "/caps/events_per_day"),
    ("caps.labels_per_dimension", "/properties/caps/properties/labels_per_dimension", "/caps/labels_per_dimension"),
    ("sync.max_bytes", "/properties/sync/properties/max_bytes", "/sync/max_bytes"),
    ("sync.max_age_hours", "/properties/sync/properties/max_age_hours", "/sync/max_age_hours"),
    ("sync.per_session", "/properties/sync/properties/per_session", "/sync/per_session"),
    (
        "numbers[].decimals",
        "/definitions/event/properties/numbers/items/properties/decimals",
        "/events/0/numbers/0/decimals",
    ),
    ("window_minutes", "/definitions/flow/properties/window_minutes", "/flows/0/window_minutes"),
];

/// A list of the program, as above.
const LISTS: [(&str, &str, &str); 8] = [
    ("pages", "/definitions/values", "/pages"),
    ("events", "/properties/events", "/events"),
    ("flows", "/properties/flows", "/flows"),
    ("attributes", "/properties/attributes", "/attributes"),
    ("dimensions", "/definitions/event/properties/dimensions", "/events/0/dimensions"),
    ("dimensions[].values", "/definitions/values", "/events/0/dimensions/0/values"),
    ("numbers", "/definitions/event/properties/numbers", "/events/0/numbers"),
    ("steps", "/definitions/flow/properties/steps", "/flows/0/steps"),
];

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// A program that has every field.
fn full() -> Value {
    json!({
        "app": "a", "revision": 1, "day_zone": "event", "session": {"idle_minutes": 1}, "pages": [],
        "events": [{"name": "e", "dimensions": [{"name": "d", "values": []}], "numbers": [{"name": "n", "decimals": 0}]}],
        "flows": [{"name": "f", "steps": ["x", "y"], "window_minutes": 1}], "attributes": [],
        "caps": {"events_per_day": 100, "labels_per_dimension": 8},
        "sync": {"max_bytes": 512, "max_age_hours": 1, "per_session": 0},
    })
}

/// True if the full program with `value` at `place` loads without a mistake.
fn takes(place: &str, value: Value) -> bool {
    let mut program = full();
    *program.pointer_mut(place).unwrap() = value;
    load(&program.to_string()).is_ok_and(|(_, warnings)| warnings.is_empty())
}

fn row(field: &str) -> &'static str {
    let start = format!("| `{field}` |");
    REFERENCE.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no row of {field}"))
}

#[test]
fn ranges_of_numbers_are_the_same_everywhere() {
    for (field, place, in_program) in NUMBERS {
        let schema = schema().pointer(place).cloned().unwrap();
        let (low, high) = (schema["minimum"].as_i64().unwrap(), schema["maximum"].as_i64().unwrap());
        for (value, fits) in [(low - 1, false), (low, true), (high, true), (high + 1, false)] {
            assert_eq!(takes(in_program, json!(value)), fits, "{field} {value}");
        }
        assert!(row(field).contains(&format!("| {low}–{high}")), "{field}");
        if let Some(default) = schema["default"].as_i64() {
            assert!(row(field).contains(&format!("| {default} |")), "{field}");
        }
    }
}

#[test]
fn lengths_of_lists_are_the_same_everywhere() {
    for (field, place, in_program) in LISTS {
        let schema = schema().pointer(place).cloned().unwrap();
        let (low, high) = (schema["minItems"].as_u64().unwrap_or(0), schema["maxItems"].as_u64().unwrap());
        let items = |count: u64| -> Value { (0..count).map(|n| element(field, n)).collect() };
        assert!(takes(in_program, items(low)) && takes(in_program, items(high)), "{field}");
        assert!(!takes(in_program, items(high + 1)), "{field}");
        assert!(low == 0 || !takes(in_program, items(low - 1)), "{field}");
        assert!(row(field).contains(&format!("{low}–{high}")) || field == "events" || field == "flows", "{field}");
    }
}

fn element(field: &str, n: u64) -> Value {
    let name = format!("{}{n}", &field[..2]);
    match field {
        "events" | "dimensions" | "numbers" => json!({"name": name}),
        "flows" => json!({"name": name, "steps": ["x", "y"]}),
        _ => json!(name),
    }
}

#[test]
fn every_field_of_the_schema_is_known_and_every_other_refused() {
    let mut program = full();
    assert_eq!(unknown(&program), Vec::<String>::new());
    let schema = schema();
    let objects = [
        ("", ""),
        ("/properties/session", "/session"),
        ("/properties/caps", "/caps"),
        ("/properties/sync", "/sync"),
        ("/definitions/event", "/events/0"),
        ("/definitions/event/properties/dimensions/items", "/events/0/dimensions/0"),
        ("/definitions/event/properties/numbers/items", "/events/0/numbers/0"),
        ("/definitions/flow", "/flows/0"),
    ];
    for (place, in_program) in objects {
        let declared = schema.pointer(place).unwrap();
        assert_eq!(declared["additionalProperties"], json!(false), "{place}");
        let object = program.pointer_mut(in_program).unwrap().as_object_mut().unwrap();
        assert!(object.keys().eq(declared["properties"].as_object().unwrap().keys()), "{place}");
        object.insert("extra".into(), json!(1));
    }
    assert_eq!(unknown(&program).len(), objects.len());
}

fn unknown(program: &Value) -> Vec<String> {
    let (_, warnings) = load(&program.to_string()).unwrap();
    warnings.into_iter().filter(|warning| warning.message.contains("unknown field")).map(|w| w.path).collect()
}

#[test]
fn built_in_names_are_the_same_everywhere() {
    let schema = schema();
    let attributes = &schema["properties"]["attributes"]["items"]["allOf"][1]["not"]["enum"];
    assert_eq!(*attributes, json!(BUILT_IN_ATTRIBUTES));
    let (program, _) = load(r#"{"app":"a","revision":1}"#).unwrap();
    let events: Vec<&str> = program.names.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(schema["definitions"]["event"]["properties"]["name"]["allOf"][1]["not"]["enum"], json!(events));
    for name in BUILT_IN_ATTRIBUTES {
        assert!(REFERENCE.contains(&format!("`{name}`")), "{name}");
    }
    for event in &program.names.events {
        for prop in event.dimensions.iter().map(|d| &d.name).chain(event.numbers.iter().map(|n| &n.name)) {
            assert!(row(&event.name).contains(&format!("`{prop}`")), "{} {prop}", event.name);
        }
    }
}

#[test]
fn every_error_code_is_in_the_reference() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    let errors = cases.iter().filter_map(|case| case["expect"]["errors"].as_array()).flatten();
    for error in errors {
        row(error["code"].as_str().unwrap());
    }
}

/// The example of mistakes in the reference is what a program with these mistakes gives.
#[test]
fn the_messages_in_the_reference_are_real() {
    let program = json!({
        "app": "a", "revision": 1, "sync": {"max_age_hours": 720}, "flwos": [],
        "events": [{"name": "add-cart"}],
        "flows": [
            {"name": "a", "steps": ["x", "y"]},
            {"name": "b", "steps": ["x"]},
            {"name": "c", "steps": ["x", "y"], "window": 5},
        ],
    });
    let (_, warnings) = load(&program.to_string()).unwrap();
    let listed: Vec<String> = warnings.iter().map(|w| format!("{}: {}", w.path, w.message)).collect();
    assert!(REFERENCE.contains(&format!("```\n{}\n```", listed.join("\n"))), "{listed:#?}");
}

/// Objects in the reference are programs, or parts of one, that load without a warning.
#[test]
fn examples_in_the_reference_load() {
    let examples: Vec<Value> = REFERENCE
        .split("```json\n")
        .skip(1)
        .map(|rest| serde_json::from_str(rest.split("```").next().unwrap()).unwrap())
        .collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        let program = match (example.get("steps"), example.get("name")) {
            (Some(_), _) => json!({"app": "a", "revision": 1, "flows": [example]}),
            (_, Some(_)) => json!({"app": "a", "revision": 1, "events": [example]}),
            _ => example,
        };
        assert_eq!(load(&program.to_string()).unwrap().1, [], "{program}");
    }
}
