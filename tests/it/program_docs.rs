//! The reference and the schema say what the reader does.

use huitou::program::{load, BUILT_IN_ATTRIBUTES, SIGNS};
use serde_json::{json, Value};

const REFERENCE: &str = include_str!("../../docs/program.md");
const SCHEMA: &str = include_str!("../../docs/program.schema.json");
const CASES: &str = include_str!("../vectors/program.json");

/// A whole number of the program: its row in the reference, its place in the schema, where it goes in a program.
const NUMBERS: [(&str, &str, &str); 61] = [
    ("journeys[].goal_days", "/properties/journeys/items/properties/goal_days", "/journeys/0/goal_days"),
    ("journeys[].priority", "/properties/journeys/items/properties/priority", "/journeys/0/priority"),
    (
        "journeys[].hold_out_permille",
        "/properties/journeys/items/properties/hold_out_permille",
        "/journeys/0/hold_out_permille",
    ),
    (
        "journeys[].steps[].weekday",
        "/properties/journeys/items/properties/steps/items/properties/weekday",
        "/journeys/0/steps/0/weekday",
    ),
    (
        "journeys[].steps[].keeps_days",
        "/properties/journeys/items/properties/steps/items/properties/keeps_days",
        "/journeys/0/steps/0/keeps_days",
    ),
    ("messages.max_per_day", "/properties/messages/properties/max_per_day", "/messages/max_per_day"),
    ("messages.max_per_7_days", "/properties/messages/properties/max_per_7_days", "/messages/max_per_7_days"),
    ("messages.max_ignored", "/properties/messages/properties/max_ignored", "/messages/max_ignored"),
    (
        "messages.subscribe.keep_credits",
        "/properties/messages/properties/subscribe/properties/keep_credits",
        "/messages/subscribe/keep_credits",
    ),
    (
        "messages.subscribe.ask_again_after_days",
        "/properties/messages/properties/subscribe/properties/ask_again_after_days",
        "/messages/subscribe/ask_again_after_days",
    ),
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
    ("zone_change_min_hours", "/properties/zone_change_min_hours", "/zone_change_min_hours"),
    ("check_in.cycle_days", "/properties/check_in/properties/cycle_days", "/check_in/cycle_days"),
    (
        "milestones[].day",
        "/properties/check_in/properties/milestones/items/properties/day",
        "/check_in/milestones/0/day",
    ),
    (
        "milestones[].points",
        "/properties/check_in/properties/milestones/items/properties/points",
        "/check_in/milestones/0/points",
    ),
    (
        "milestones[].max_times",
        "/properties/check_in/properties/milestones/items/properties/max_times",
        "/check_in/milestones/0/max_times",
    ),
    (
        "make_up.window_days",
        "/properties/check_in/properties/make_up/properties/window_days",
        "/check_in/make_up/window_days",
    ),
    (
        "make_up.max_per_month",
        "/properties/check_in/properties/make_up/properties/max_per_month",
        "/check_in/make_up/max_per_month",
    ),
    (
        "make_up.cost_points",
        "/properties/check_in/properties/make_up/properties/cost_points",
        "/check_in/make_up/cost_points",
    ),
    (
        "freeze.held_at_start",
        "/properties/check_in/properties/freeze/properties/held_at_start",
        "/check_in/freeze/held_at_start",
    ),
    ("points.per_yuan", "/properties/points/properties/per_yuan", "/points/per_yuan"),
    ("points.claims_per_day_max", "/properties/points/properties/claims_per_day_max", "/points/claims_per_day_max"),
    (
        "activities[].points",
        "/properties/points/properties/activities/items/properties/points",
        "/points/activities/0/points",
    ),
    (
        "activities[].max_per_day",
        "/properties/points/properties/activities/items/properties/max_per_day",
        "/points/activities/0/max_per_day",
    ),
    ("multipliers[].percent", "/properties/multipliers/items/properties/percent", "/multipliers/0/percent"),
    ("daily_caps[].max_points", "/properties/daily_caps/items/properties/max_points", "/daily_caps/0/max_points"),
    ("growth_per_yuan", "/properties/growth_per_yuan", "/growth_per_yuan"),
    ("tiers.window_days", "/properties/tiers/properties/window_days", "/tiers/window_days"),
    ("tiers.term_days", "/properties/tiers/properties/term_days", "/tiers/term_days"),
    ("tiers.grace_days", "/properties/tiers/properties/grace_days", "/tiers/grace_days"),
    ("plans[].months", "/properties/membership/properties/plans/items/properties/months", "/membership/plans/0/months"),
    (
        "plans[].price_fen",
        "/properties/membership/properties/plans/items/properties/price_fen",
        "/membership/plans/0/price_fen",
    ),
    ("every_n_orders.n", "/properties/every_n_orders/properties/n", "/every_n_orders/n"),
    ("rewards[].spent_fen", "/properties/rewards/items/oneOf/0/properties/spent_fen", "/rewards/0/spent_fen"),
    ("mall[].points", "/properties/mall/items/properties/points", "/mall/0/points"),
    ("mall[].cash_fen", "/properties/mall/items/properties/cash_fen", "/mall/0/cash_fen"),
    ("mall[].max_per_person", "/properties/mall/items/properties/max_per_person", "/mall/0/max_per_person"),
    (
        "prizes[].weight",
        "/properties/lottery/items/properties/prizes/items/properties/weight",
        "/lottery/0/prizes/0/weight",
    ),
    (
        "prizes[].points",
        "/properties/lottery/items/properties/prizes/items/properties/points",
        "/lottery/0/prizes/0/points",
    ),
    ("referral.max_per_month", "/properties/referral/properties/max_per_month", "/referral/max_per_month"),
    ("referral.max_total", "/properties/referral/properties/max_total", "/referral/max_total"),
    ("segments[].priority", "/properties/segments/items/properties/priority", "/segments/0/priority"),
    ("signs.stop.threshold", "/properties/signs/properties/stop/properties/threshold", "/signs/stop/threshold"),
    (
        "signs.slow_down.threshold",
        "/properties/signs/properties/slow_down/properties/threshold",
        "/signs/slow_down/threshold",
    ),
    ("signs.flow.threshold", "/properties/signs/properties/flow/properties/threshold", "/signs/flow/threshold"),
    ("signs.cart.threshold", "/properties/signs/properties/cart/properties/threshold", "/signs/cart/threshold"),
    ("signs.dwell.threshold", "/properties/signs/properties/dwell/properties/threshold", "/signs/dwell/threshold"),
    ("signs.errors.threshold", "/properties/signs/properties/errors/properties/threshold", "/signs/errors/threshold"),
    ("signs.taps.threshold", "/properties/signs/properties/taps/properties/threshold", "/signs/taps/threshold"),
    (
        "signs.prompts.threshold",
        "/properties/signs/properties/prompts/properties/threshold",
        "/signs/prompts/threshold",
    ),
    ("signs.coupon.threshold", "/properties/signs/properties/coupon/properties/threshold", "/signs/coupon/threshold"),
    ("signs.tier.threshold", "/properties/signs/properties/tier/properties/threshold", "/signs/tier/threshold"),
    (
        "signs.inactive.threshold",
        "/properties/signs/properties/inactive/properties/threshold",
        "/signs/inactive/threshold",
    ),
];

/// A list of the program, as above.
const LISTS: [(&str, &str, &str); 24] = [
    ("journeys", "/properties/journeys", "/journeys"),
    ("segments", "/properties/segments", "/segments"),
    ("pages", "/definitions/values", "/pages"),
    ("events", "/properties/events", "/events"),
    ("flows", "/properties/flows", "/flows"),
    ("attributes", "/properties/attributes", "/attributes"),
    ("dimensions", "/definitions/event/properties/dimensions", "/events/0/dimensions"),
    ("dimensions[].values", "/definitions/values", "/events/0/dimensions/0/values"),
    ("numbers", "/definitions/event/properties/numbers", "/events/0/numbers"),
    ("steps", "/definitions/flow/properties/steps", "/flows/0/steps"),
    ("check_in.milestones", "/properties/check_in/properties/milestones", "/check_in/milestones"),
    ("points.activities", "/properties/points/properties/activities", "/points/activities"),
    ("multipliers", "/properties/multipliers", "/multipliers"),
    ("multipliers[].applies_to", "/properties/multipliers/items/properties/applies_to", "/multipliers/0/applies_to"),
    ("daily_caps", "/properties/daily_caps", "/daily_caps"),
    ("daily_caps[].sources", "/properties/daily_caps/items/properties/sources", "/daily_caps/0/sources"),
    ("tiers.levels", "/properties/tiers/properties/levels", "/tiers/levels"),
    ("levels[].benefits", "/properties/tiers/properties/levels/items/properties/benefits", "/tiers/levels/0/benefits"),
    ("membership.plans", "/properties/membership/properties/plans", "/membership/plans"),
    ("membership.benefits", "/properties/membership/properties/benefits", "/membership/benefits"),
    ("rewards", "/properties/rewards", "/rewards"),
    ("rewards[].cart", "/properties/rewards/items/oneOf/2/properties/cart", "/rewards/2/cart"),
    ("mall", "/properties/mall", "/mall"),
    ("lottery[].prizes", "/properties/lottery/items/properties/prizes", "/lottery/0/prizes"),
];

/// An object of the program: its place in the schema, its place in a program.
const OBJECTS: [(&str, &str); 38] = [
    ("/properties/journeys/items", "/journeys/0"),
    ("/properties/messages", "/messages"),
    ("/properties/messages/properties/subscribe", "/messages/subscribe"),
    ("/properties/signs", "/signs"),
    ("/properties/signs/properties/stop", "/signs/stop"),
    ("/properties/segments/items", "/segments/0"),
    ("", ""),
    ("/properties/session", "/session"),
    ("/properties/caps", "/caps"),
    ("/properties/sync", "/sync"),
    ("/definitions/event", "/events/0"),
    ("/definitions/event/properties/dimensions/items", "/events/0/dimensions/0"),
    ("/definitions/event/properties/numbers/items", "/events/0/numbers/0"),
    ("/definitions/flow", "/flows/0"),
    ("/properties/check_in", "/check_in"),
    ("/properties/check_in/properties/milestones/items", "/check_in/milestones/0"),
    ("/properties/check_in/properties/make_up", "/check_in/make_up"),
    ("/properties/check_in/properties/freeze", "/check_in/freeze"),
    ("/properties/points", "/points"),
    ("/properties/points/properties/redeem", "/points/redeem"),
    ("/properties/points/properties/activities/items", "/points/activities/0"),
    ("/properties/multipliers/items", "/multipliers/0"),
    ("/properties/daily_caps/items", "/daily_caps/0"),
    ("/properties/tiers", "/tiers"),
    ("/properties/tiers/properties/levels/items", "/tiers/levels/0"),
    ("/properties/membership", "/membership"),
    ("/properties/membership/properties/plans/items", "/membership/plans/0"),
    ("/properties/every_n_orders", "/every_n_orders"),
    ("/properties/rewards/items/oneOf/0", "/rewards/0"),
    ("/properties/rewards/items/oneOf/1", "/rewards/1"),
    ("/properties/rewards/items/oneOf/2", "/rewards/2"),
    ("/properties/rewards/items/oneOf/2/properties/cart/items", "/rewards/2/cart/0"),
    ("/properties/mall/items", "/mall/0"),
    ("/properties/lottery/items", "/lottery/0"),
    ("/properties/lottery/items/properties/prizes/items", "/lottery/0/prizes/0"),
    ("/properties/referral", "/referral"),
    ("/properties/referral/properties/inviter", "/referral/inviter"),
    ("/properties/referral/properties/invitee", "/referral/invitee"),
];

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// A program that has every field.
fn full() -> Value {
    let mut program = loyal();
    program.as_object_mut().unwrap().extend(tracked().as_object().unwrap().clone());
    program
}

/// Every field of the loyalty sections.
fn loyal() -> Value {
    let gift = json!({"points": 1, "coupon": "c", "ticket": "w"});
    json!({
        "day_starts_at": "04:00", "zone_change_min_hours": 6,
        "check_in": {"daily_points": 1, "cycle_days": 1, "ticket": "w", "freeze": {"held_at_start": 1},
            "milestones": [{"day": 7, "of": "run", "points": 1, "coupon": "c", "ticket": "w", "max_times": 1}],
            "make_up": {"window_days": 1, "max_per_month": 1, "cost_points": 1, "pays_daily_points": true}},
        "points": {"per_yuan": 1, "validity": {"days": 1}, "pending_days": {"order": 1}, "redeem": {"step": 1, "fen_per_step": 1},
            "refund_shortfall": "stop_at_zero", "claims_per_day_max": 1,
            "activities": [{"name": "share", "points": 1, "source": "share", "max_per_day": 1}]},
        "growth_per_yuan": 1,
        "multipliers": [{"name": "m", "percent": 100, "applies_to": ["order"], "when": {"weekday": 1}}],
        "stacking": "add", "daily_caps": [{"sources": ["order"], "max_points": 1}],
        "tiers": {"levels": [{"name": "l", "from": 0, "benefits": ["b"], "icon": "i"}], "window_days": 1, "term_days": 1,
            "grace_days": 1, "downgrade": "one_step", "after_refund": "immediate"},
        "membership": {"plans": [{"id": "p", "months": 1, "price_fen": 1}], "benefits": ["b"]},
        "every_n_orders": {"n": 1, "coupon": "c"},
        "rewards": [{"id": "r", "spent_fen": 1, "repeats": true, "points": 1, "coupon": "c", "ticket": "w"},
            {"id": "s", "bought": "x", "offer": "o"}, {"id": "t", "cart": [{"from_fen": 1, "off_fen": 1}]}],
        "mall": [{"id": "i", "points": 1, "cash_fen": 1, "max_per_person": 1}],
        "lottery": [{"id": "w", "prizes": [{"id": "p", "weight": 1, "points": 1}]}],
        "features": {"a": {"defaultValue": 1}},
        "saved_groups": {"g": [1]},
        "referral": {"inviter": gift, "invitee": gift, "max_per_month": 1, "max_total": 1},
    })
}

fn tracked() -> Value {
    let sign = json!({"enabled": true, "threshold": 1});
    let signs: serde_json::Map<String, Value> =
        SIGNS.iter().map(|(name, ..)| ((*name).to_owned(), sign.clone())).collect();
    json!({
        "journeys": [{"id": "j", "enter_on": "visit", "when": {}, "key": "k", "re_entry": "never", "restart_on_repeat": true,
            "exit_on": ["order_paid"], "goal": ["order_paid"], "goal_days": 1, "priority": 0, "from": "2026-01-01", "to": "2026-12-31",
            "hold_out_permille": 0, "experiment": "e", "steps": [{"after": "1d", "at_clock": "10:00", "weekday": 1, "when": {},
                "keeps_days": 0, "do": {"kind": "message", "template": "t", "purpose": "service", "data": {}}}]}],
        "messages": {"quiet_hours": ["22:00", "08:00"], "max_per_day": 0, "max_per_7_days": 0, "max_ignored": 0,
            "need_subscription": true, "subscribe": {"keep_credits": 1, "ask_again_after_days": 0}},
        "model": {}, "signs": signs, "segments": [{"name": "s", "when": {}, "priority": 0, "group": "g"}],
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
        "check_in.milestones" => json!({"day": n + 1, "points": 1}),
        "points.activities" => json!({"name": name, "points": 1}),
        "multipliers" => json!({"name": name, "percent": 100, "applies_to": ["order"], "when": {"weekday": 1}}),
        "daily_caps" => json!({"sources": ["order"], "max_points": 1}),
        "tiers.levels" => json!({"name": name, "from": n, "benefits": ["b"]}),
        "membership.plans" => json!({"id": name, "months": 1, "price_fen": 1}),
        "rewards" => json!({"id": name, "spent_fen": 1, "points": 1}),
        "rewards[].cart" => json!({"from_fen": n + 1, "off_fen": n + 1}),
        "segments" => json!({"name": name, "when": {}}),
        "mall" => json!({"id": name, "points": 1}),
        "lottery[].prizes" => json!({"id": name, "weight": 1}),
        "events" | "dimensions" | "numbers" => json!({"name": name}),
        "flows" => json!({"name": name, "steps": ["x", "y"]}),
        "journeys" => json!({"id": name, "enter_on": "visit", "steps": [{"do": {"kind": "feedback"}}]}),
        _ => json!(name),
    }
}

#[test]
fn every_field_of_the_schema_is_known_and_every_other_refused() {
    let mut program = full();
    assert_eq!(unknown(&program), Vec::<String>::new());
    let schema = schema();
    for (place, in_program) in OBJECTS {
        let declared = schema.pointer(place).unwrap();
        assert_eq!(declared["additionalProperties"], json!(false), "{place}");
        let object = program.pointer_mut(in_program).unwrap().as_object_mut().unwrap();
        assert!(object.keys().eq(declared["properties"].as_object().unwrap().keys()), "{place}");
        object.insert("extra".into(), json!(1));
    }
    assert_eq!(unknown(&program).len(), OBJECTS.len());
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
    assert_eq!(examples.len(), 6);
    for example in examples {
        let program = match (example.get("steps"), example.get("name")) {
            (Some(_), _) => json!({"app": "a", "revision": 1, "flows": [example]}),
            (_, Some(_)) => json!({"app": "a", "revision": 1, "events": [example]}),
            _ => example,
        };
        assert_eq!(load(&program.to_string()).unwrap().1, [], "{program}");
    }
}

const EXAMPLES: [&str; 5] = [
    include_str!("../../examples/programs/mall.json"),
    include_str!("../../examples/programs/tea-shop.json"),
    include_str!("../../examples/programs/course.json"),
    include_str!("../../examples/programs/journeys.json"),
    include_str!("../../miniprogram-demo/program.json"),
];

/// The schema takes what the reader takes, and most of what it refuses is refused by both.
#[test]
fn complete_examples_load_and_fit_the_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for text in EXAMPLES {
        let program: Value = serde_json::from_str(text).unwrap();
        assert_eq!(load(text).unwrap().1, [], "{}", program["app"]);
        assert!(validator.is_valid(&program), "{}: {:?}", program["app"], validator.validate(&program));
        let most = load(text).unwrap().0.rules.worst_case();
        assert!(most.per_day > 0 && most.per_month > most.per_day && most.lifetime.is_none(), "{most:?}");
    }
    assert!(validator.is_valid(&full()), "{:?}", validator.validate(&full()));
    for (place, value) in [
        ("/day_zone", json!("Asia Tokyo")),
        ("/day_starts_at", json!("24:00")),
        ("/points/validity", json!({"days": 1, "months": 1})),
        ("/multipliers/0/when", json!({})),
        ("/rewards/1", json!({"id": "r", "bought": "x"})),
        ("/stacking", json!("sum")),
    ] {
        let mut program = full();
        *program.pointer_mut(place).unwrap() = value.clone();
        assert!(!validator.is_valid(&program) && !takes(place, value), "{place}");
    }
}
