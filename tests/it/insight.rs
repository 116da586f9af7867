//! What the engine says of a person: levels and signs by `tests/vectors/insight.json`, news told once, what is due, what
//! to show, and what the backend gets.

use crate::judged::{ask, run};
use crate::support::phone::Phone;
use crate::support::{DAY, HOUR, SECOND, START_MS};
use serde_json::{json, Value};

const CASES: &str = include_str!("../vectors/insight.json");

fn program(more: &Value) -> String {
    let mut program = json!({"app": "ways", "revision": 1, "pages": ["home"], "flows": [{"name": "buy", "steps": ["cart", "pay", "done"]}]});
    program.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    program.to_string()
}

fn outlook(phone: &mut Phone) -> Value {
    ask(phone, &json!({"op": "outlook"}))
}

fn news(phone: &mut Phone) -> Value {
    ask(phone, &json!({"op": "news"}))
}

#[test]
fn cases_give_the_expected_outlook() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    for case in &cases {
        assert_eq!(run(case), [] as [String; 0], "{}", case["name"]);
    }
}

/// Visits on these days, an app start each.
fn visits(phone: &mut Phone, days: impl IntoIterator<Item = i64>) {
    for day in days {
        phone.now_ms = START_MS + day * DAY;
        phone.boot();
        phone.now_ms += HOUR;
        phone.hide();
        phone.close();
    }
}

#[test]
fn whoever_comes_back_after_months_was_lost_until_then() {
    let mut phone = Phone::with(&program(&json!({})));
    visits(&mut phone, (0..40).map(|visit| visit * 2));
    phone.now_ms = START_MS + 79 * DAY;
    phone.boot();
    assert_eq!(
        (outlook(&mut phone)["level"].clone(), outlook(&mut phone)["signs"].clone()),
        (json!("active"), json!([]))
    );
    news(&mut phone);
    phone.close();
    phone.now_ms = START_MS + 500 * DAY;
    phone.boot();
    let back = outlook(&mut phone);
    assert_eq!(back["level"], "lost", "{back}");
    assert_eq!(back["signs"][0]["name"], "stop");
    assert_eq!(back["signs"][0]["evidence"], json!({"silence_days": 421, "usual_days": 2}));
    assert_eq!(back["since"], "2028-04-05");
    let told = news(&mut phone);
    assert_eq!(told[0], json!({"event": "level", "level": "lost", "before": "active"}));
    assert_eq!(told[1], json!({"event": "sign", "name": "stop"}));
    assert_eq!(news(&mut phone), json!([]), "told once");
    phone.close();
    phone.now_ms += HOUR;
    phone.boot();
    assert_eq!(news(&mut phone), json!([]), "over restarts too");
    phone.close();
    visits(&mut phone, [502, 504]);
    phone.now_ms = START_MS + 506 * DAY;
    phone.boot();
    assert_ne!(outlook(&mut phone)["level"], "lost", "she is back in her rhythm");
}

#[test]
fn a_segment_is_entered_and_left_and_one_of_a_group_holds() {
    let segments = json!({"segments": [
        {"name": "buyer", "group": "worth", "priority": 1, "when": {"frequency": {"$gte": 1}}},
        {"name": "big", "group": "worth", "priority": 2, "when": {"monetary_fen": {"$gte": 10_000}}},
        {"name": "first", "group": "worth", "priority": 2, "when": {"monetary_fen": {"$gte": 20_000}}},
        {"name": "full", "when": {"cart_fen": {"$gt": 0}}},
        {"name": "never", "when": {"$not": {"level": {"$like": 1}}}}]});
    let mut phone = Phone::with(&program(&segments));
    phone.boot();
    let segments = |phone: &mut Phone| ask(phone, &json!({"op": "segments"}));
    assert_eq!(segments(&mut phone), json!([]));
    ask(&mut phone, &json!({"op": "cart", "items": [{"item": "tea", "price_fen": 5}]}));
    assert_eq!(segments(&mut phone), json!(["full"]));
    phone.order("o1", 9_999);
    assert_eq!(segments(&mut phone), json!(["buyer"]), "an order empties the cart");
    ask(&mut phone, &json!({"op": "order", "order_id": "o2", "paid_fen": 10_001}));
    assert_eq!(segments(&mut phone), json!(["big"]), "of equal priority the first");
    let told = news(&mut phone);
    let of = |segment: &str, entered: bool| json!({"event": "segment", "segment": segment, "entered": entered});
    assert!(told.as_array().unwrap().contains(&of("big", true)), "{told}");
    let why = ask(&mut phone, &json!({"op": "why", "id": "big"}));
    assert_eq!(why["attributes"], json!({"monetary_fen": 20_000}));
    assert_eq!((&why["segment"], &why["is_in"]), (&json!("big"), &json!(true)));
    assert_eq!(ask(&mut phone, &json!({"op": "why", "id": "nothing"}))["code"], "why_unknown");
}

#[test]
fn what_she_buys_every_fortnight_is_due() {
    let mut phone = Phone::with(&program(&json!({})));
    let buy = |number: i64, items: Value| json!({"op": "order", "order_id": format!("o{number}"), "paid_fen": 4_900, "items": items});
    for number in 0..6 {
        phone.now_ms = START_MS + number * 14 * DAY;
        phone.boot();
        let items = json!([{"item": "tea-1", "category": "tea", "quantity": 2}, {"item": format!("cup-{number}"), "category": "once"}]);
        let items = if number == 0 { items } else { json!([items[0]]) };
        assert_eq!(ask(&mut phone, &buy(number, items)), json!(true));
        phone.close();
    }
    phone.now_ms += 12 * DAY;
    phone.boot();
    let due = ask(&mut phone, &json!({"op": "due", "n": 5, "horizon_days": 14}));
    assert_eq!(due.as_array().unwrap().len(), 1, "one purchase is no habit: {due}");
    let tea = &due[0];
    assert_eq!((&tea["category"], &tea["purchases"], &tea["last"]), (&json!("tea"), &json!(6), &json!("2027-01-31")));
    assert!(tea["probability"].as_f64().unwrap() > 0.4, "{tea}");
    let (from, to) = (tea["from"].as_str().unwrap(), tea["to"].as_str().unwrap());
    assert!("2027-02-12" <= from && from < to && to < "2027-03-20", "{tea}");
    let why = ask(&mut phone, &json!({"op": "why", "id": "tea-1"}));
    assert_eq!((&why["bought"], &why["category"]), (&json!(6), &json!("tea")));
    let bought = outlook(&mut phone)["purchase"].clone();
    assert!(bought["probability"].as_f64().unwrap() > 0.5 && bought["value_fen"].as_u64().unwrap() > 4_000, "{bought}");
}

#[test]
fn what_is_shown_comes_from_the_catalogue_and_has_a_reason() {
    let mut phone = Phone::with(&program(&json!({})));
    phone.boot();
    let catalogue = json!({"items": [["tea", "tea", 4_900, 200, 0], ["cup", "ware", 990, 50, 0], ["pot", "ware", 9_900, 20, 1], ["gone", "tea", 1, 255, 2]],
        "neighbours": "AQEBAQDI"});
    let set =
        |phone: &mut Phone, text: &str| phone.engine().set_catalogue(text).map_err(|error| (error.code, error.path));
    assert_eq!(set(&mut phone, &catalogue.to_string()).unwrap(), r#"{"items":4,"categories":2}"#);
    let show = |phone: &mut Phone, more: Value| {
        let mut command = json!({"op": "recommend", "n": 3});
        command.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(phone, &command)
    };
    assert_eq!(
        show(&mut phone, json!({}))[0],
        json!({"item": "tea", "reason": "popular", "category": "tea"}),
        "not what is gone"
    );
    ask(
        &mut phone,
        &json!({"op": "order", "order_id": "o1", "paid_fen": 1, "items": [{"item": "tea", "category": "tea"}, {"item": "pot", "category": "ware"}]}),
    );
    assert_eq!(
        show(&mut phone, json!({"kind": "again"})),
        json!([{"item": "tea", "reason": "bought", "category": "tea"}]),
        "a pot lasts"
    );
    let cup = json!({"item": "cup", "reason": "goes_with", "with": "tea", "category": "ware"});
    assert_eq!(show(&mut phone, json!({"kind": "new"})), json!([cup]));
    assert_eq!(show(&mut phone, json!({"kind": "similar", "item": "tea"}))[0], cup);
    assert_eq!(
        show(&mut phone, json!({"kind": "similar", "item": "x"})),
        json!({"code": "recommend_invalid", "path": "item"})
    );
    ask(&mut phone, &json!({"op": "follow", "item": "cup", "facts": {"price_fen": 1_290, "in_stock": false}}));
    assert_eq!(
        ask(&mut phone, &json!({"op": "followed"})),
        json!([{"item": "cup", "price_fen": 990, "off_fen": 300, "is_back": true}])
    );
    ask(&mut phone, &json!({"op": "follow", "item": "cup", "facts": null}));
    assert_eq!(ask(&mut phone, &json!({"op": "followed"})), json!([]));
    for (bad, path) in [
        (r#"{"items":[["a","b"]]}"#, "items"),
        (r#"{"items":[["a","b",1],["a","b",1]]}"#, "items"),
        (r#"{"items":[],"neighbours":"AQ=="}"#, "neighbours"),
    ] {
        assert_eq!(set(&mut phone, bad), Err(("catalogue_invalid", path.to_owned())), "{bad}");
    }
    assert_eq!(show(&mut phone, json!({"kind": "new"})), json!([cup]), "the one before is in force");
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let mut phone = Phone::with(&program(&json!({})));
    phone.boot();
    for (command, path) in [
        (json!({"op": "browse"}), "item"),
        (json!({"op": "browse", "item": "x".repeat(41)}), "item"),
        (json!({"op": "browse", "item": "13812345678"}), "item"),
        (json!({"op": "browse", "item": "a", "category": 5}), "category"),
        (json!({"op": "cart"}), "items"),
        (json!({"op": "cart", "items": [{"item": "a", "price_fen": -1}]}), "price_fen"),
        (json!({"op": "follow", "item": "a", "facts": {"price_fen": 0.5}}), "price_fen"),
        (json!({"op": "prompt"}), "accepted"),
        (json!({"op": "order", "order_id": "o", "paid_fen": 1, "items": [{}]}), "item"),
    ] {
        assert_eq!(ask(&mut phone, &command), json!({"code": "insight_invalid", "path": path}), "{command}");
    }
    assert_eq!(ask(&mut phone, &json!({"op": "why", "id": "a"}))["code"], "why_unknown");
    assert_eq!(ask(&mut phone, &json!({"op": "recommend"})), json!([]), "without a catalogue");
}

#[test]
fn the_backend_gets_the_latest_judgement_once() {
    let mut phone = Phone::with(&program(&json!({"segments": [{"name": "all", "when": {}}]})));
    visits(&mut phone, 0..5);
    let told = phone.server.insight.values().next().unwrap().clone();
    assert_eq!(told.len(), 5, "one a hide, since chances change by the day");
    assert!(told.windows(2).all(|two| two[0].revision < two[1].revision));
    let last = told.last().unwrap();
    assert_eq!((last.level.as_str(), &last.segments[..]), ("active", &["all".to_owned()][..]));
    assert!(last.visit_permille > 800 && last.buy_permille == 0, "{last:?}");
    phone.boot();
    phone.send_all();
    phone.send_all();
    assert_eq!(phone.server.insight.values().next().unwrap().len(), 5, "acknowledged");
}

#[test]
fn withdrawal_and_another_account_forget_her_ways() {
    let mut phone = Phone::with(&program(&json!({})));
    phone.log_in("anna");
    ask(&mut phone, &json!({"op": "browse", "item": "tea", "category": "tea"}));
    phone.now_ms += SECOND;
    phone.log_in("bert");
    assert_eq!(ask(&mut phone, &json!({"op": "why", "id": "tea"}))["code"], "why_unknown");
    ask(&mut phone, &json!({"op": "browse", "item": "cup"}));
    ask(&mut phone, &json!({"op": "consent", "granted": false}));
    phone.send_all();
    assert_eq!(ask(&mut phone, &json!({"op": "why", "id": "cup"}))["code"], "why_unknown");
    assert!(phone.server.insight.is_empty());
}
