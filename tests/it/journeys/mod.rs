//! Journeys in the engine: what begins them, what is told once, what goes to the backend and comes back.

mod properties;

use crate::formats::{assert_frozen, frozen, hex, lines};
use crate::support::books::Books;
use crate::support::network::Fate;
use crate::support::phone::{Phone, LANDINGS};
use crate::support::{DAY, HOUR, MINUTE, SECOND, START_MS};
use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::engine::command::Output;
use huitou::event::journey::{Answer, Change, Entry, Notice, Outcome, Standing};
use huitou::event::Record;
use huitou::loyalty::Act;
use serde_json::{json, Value};

/// A shop with these journeys.
fn shop(journeys: &Value, more: &Value) -> String {
    let mut program = json!({
        "app": "ways", "revision": 1, "pages": ["home"], "events": [{"name": "weather", "dimensions": [{"name": "kind"}]}],
        "flows": [{"name": "buy", "steps": ["cart", "pay"]}], "journeys": journeys,
    });
    program.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    program.to_string()
}

/// One journey of one step that shows a badge at once.
fn badge(enter_on: &str, more: Value) -> Value {
    let mut journey = json!({"id": "j", "enter_on": enter_on, "steps": [{"do": {"kind": "badge", "ref": "b"}}]});
    journey.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([journey])
}

fn ask(phone: &mut Phone, command: &Value) -> Value {
    match phone.command(&command.to_string()) {
        Ok(Output::Json(text)) => serde_json::from_str(&text).unwrap(),
        Ok(_) => Value::Null,
        Err(error) => json!({"code": error.code, "path": error.path}),
    }
}

fn op(phone: &mut Phone, op: &str) -> Value {
    ask(phone, &json!({"op": op}))
}

/// The app ends and is started again so much later.
fn again(phone: &mut Phone, ms: i64) {
    phone.close();
    phone.now_ms += ms;
    phone.boot();
}

/// Keys of the trips begun.
fn trips(phone: &mut Phone) -> Vec<String> {
    let all = op(phone, "journeys");
    all.as_array().unwrap().iter().map(|trip| trip["key"].as_str().unwrap().to_owned()).collect()
}

fn opened(journeys: &Value, more: &Value) -> Phone {
    let mut phone = Phone::with(&shop(journeys, more));
    phone.boot();
    phone
}

#[test]
fn everything_that_a_journey_may_begin_with_begins_it() {
    type Deed = fn(&mut Phone);
    let cart: Deed = |phone| drop(ask(phone, &json!({"op": "cart", "items": [{"item": "tea", "price_fen": 990}]})));
    let deeds: [(&str, &str, Deed, &str); 10] = [
        ("visit", "", |phone| phone.track("launch", &[("scene", "1")], &[]), ""),
        ("cart_changed", "", cart, ""),
        ("cart_emptied", "", |phone| drop(ask(phone, &json!({"op": "cart", "items": []}))), ""),
        ("weather:rain", "kind", |phone| phone.track("weather", &[("kind", "rain")], &[]), "rain"),
        ("search", "", |phone| phone.track("search", &[], &[("results", 0.0)]), ""),
        ("flow_done:buy", "flow", |phone| ["cart", "pay"].iter().for_each(|step| phone.flow("buy", step)), "buy"),
        (
            "flow_broken:buy",
            "flow",
            |phone| {
                phone.flow("buy", "cart");
                phone.hide();
            },
            "buy",
        ),
        ("order_paid", "order_id", |phone| assert!(phone.order("o-1", 100)), "o-1"),
        ("segment:buyers", "segment", |phone| assert!(phone.order("o-1", 100)), "buyers"),
        ("segment_left:strangers", "segment", |phone| assert!(phone.order("o-1", 100)), "strangers"),
    ];
    let segments = json!({"segments": [
        {"name": "buyers", "when": {"frequency": {"$gte": 1}}}, {"name": "strangers", "when": {"frequency": 0}}]});
    for (trigger, key, deed, expected) in deeds {
        let mut phone = opened(&badge(trigger, json!({"key": key})), &segments);
        let before = trips(&mut phone).len();
        deed(&mut phone);
        let found = trips(&mut phone);
        assert!(before == 0 || trigger == "visit", "{trigger} by itself");
        assert_eq!(found.last().map(String::as_str), Some(expected), "{trigger}: {found:?}");
    }
}

#[test]
fn a_level_and_what_it_was_before_begin_journeys() {
    let mut phone = Phone::with(&shop(&badge("level:lost", json!({"key": "before"})), &json!({})));
    for day in [0, 1, 2, 3, 5, 400] {
        phone.now_ms = START_MS + day * DAY;
        phone.boot();
        phone.hide();
        phone.close();
    }
    phone.boot();
    assert_eq!(trips(&mut phone), ["active"], "she comes back after a year");
}

#[test]
fn facts_of_the_server_begin_and_end_journeys_once() {
    let journeys = json!([
        {"id": "thanks", "enter_on": "order_paid", "key": "order_id", "exit_on": ["order_refunded"],
         "steps": [{"after": "3d", "do": {"kind": "message", "template": "t"}}]},
        {"id": "up", "enter_on": "tier_up", "key": "tier", "steps": [{"do": {"kind": "popup", "ref": "up"}}]}]);
    let tiers = json!({"growth_per_yuan": 1, "tiers": {"window_days": 365, "levels": [{"name": "plain", "from": 0}, {"name": "gold", "from": 40, "benefits": ["free delivery"]}]}});
    let mut phone = Phone::with(&shop(&journeys, &tiers));
    phone.server.books = Some(Books::of(vec![(1, phone.program.rules.clone())]));
    phone.log_in("anna");
    phone.order("told-by-the-app", 100);
    phone.send_all();
    let at_ms = phone.now_ms;
    for (order, paid_fen) in [("told-by-the-app", 100), ("elsewhere", 4_900)] {
        let act = Act::OrderPaid { order_id: order.into(), paid_fen, categories: vec![] };
        phone.server.books.as_mut().unwrap().fact("anna", at_ms, act);
    }
    op(&mut phone, "sync");
    phone.settle();
    assert_eq!(trips(&mut phone), ["told-by-the-app", "elsewhere"], "each order once");
    phone.order("elsewhere", 4_900);
    assert_eq!(trips(&mut phone), ["told-by-the-app", "elsewhere", "gold"], "the app told it after the server");
    let refund = Act::Refund { order_id: "elsewhere".into(), refund_fen: 4_900 };
    phone.server.books.as_mut().unwrap().fact("anna", at_ms + SECOND, refund);
    op(&mut phone, "sync");
    phone.settle();
    let standings: Vec<Value> =
        op(&mut phone, "journeys").as_array().unwrap().iter().map(|trip| trip["standing"].clone()).collect();
    assert_eq!(standings, ["running", "exited", "finished"], "the refund is about the second order");
}

#[test]
fn what_lies_ahead_is_waited_for() {
    let step = |days: &str| json!([{"before": days, "at_clock": "09:00", "do": {"kind": "popup", "ref": "soon"}}]);
    let journeys = json!([
        {"id": "birthday", "enter_on": "birthday", "steps": step("1d")},
        {"id": "member", "enter_on": "member_day:day18", "steps": step("1d")},
        {"id": "points", "enter_on": "points_expiring", "steps": step("3d")},
        {"id": "tea", "enter_on": "purchase_due:tea", "steps": step("0d")}]);
    let rules = json!({"points": {"per_yuan": 1, "validity": {"days": 30}}, "multipliers": [
        {"name": "day18", "percent": 200, "applies_to": ["order"], "when": {"day_of_month": 18}}]});
    let mut phone = Phone::with(&shop(&journeys, &rules));
    phone.server.books = Some(Books::of(vec![(1, phone.program.rules.clone())]));
    phone.log_in("anna");
    let at_ms = phone.now_ms;
    let birthday = Day::of(UnixMs::new(at_ms + 20 * DAY), OffsetMin::new(480)).parts();
    let books = phone.server.books.as_mut().unwrap();
    books.fact("anna", at_ms, Act::Birthday { month: birthday.1 as u8, day: birthday.2 as u8 });
    books.fact("anna", at_ms, Act::OrderPaid { order_id: "o-1".into(), paid_fen: 9_900, categories: vec![] });
    op(&mut phone, "sync");
    phone.settle();
    for week in 0..4 {
        again(&mut phone, 7 * DAY * i64::from(week > 0));
        ask(
            &mut phone,
            &json!({"op": "order", "order_id": format!("w{week}"), "paid_fen": 1, "items": [{"item": "a", "category": "tea"}]}),
        );
    }
    let found = op(&mut phone, "journeys");
    let ids: Vec<&str> = found.as_array().unwrap().iter().map(|trip| trip["journey"].as_str().unwrap()).collect();
    for id in ["birthday", "member", "points", "tea"] {
        assert!(ids.contains(&id), "{id} is not waited for: {found}");
    }
    let of = |id: &str| ids.iter().filter(|other| **other == id).count();
    assert!(of("birthday") == 1, "the same birthday every day: {found}");
}

#[test]
fn what_she_follows_is_told_once_when_it_is_cheaper_or_back() {
    let journeys = json!([
        {"id": "cheaper", "enter_on": "price_dropped", "key": "item", "steps": [{"do": {"kind": "popup", "ref": "cheaper"}}]},
        {"id": "back", "enter_on": "back_in_stock", "key": "item", "steps": [{"do": {"kind": "popup", "ref": "back"}}]}]);
    let mut phone = opened(&journeys, &json!({}));
    ask(&mut phone, &json!({"op": "follow", "item": "pot", "facts": {"price_fen": 9_900, "in_stock": true}}));
    let mut seen = |price_fen: u64, flags: u8| {
        let catalogue = json!({"items": [["pot", "ware", price_fen, 1, flags]]}).to_string();
        again(&mut phone, DAY);
        phone.engine().set_catalogue(&catalogue).unwrap();
        phone.hide();
        op(&mut phone, "actions")
            .as_array()
            .unwrap()
            .iter()
            .map(|action| action["ref"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(seen(9_900, 0), [""; 0]);
    assert_eq!(seen(8_900, 0), ["cheaper"]);
    assert_eq!(seen(8_900, 0), [""; 0], "no news any more");
    assert_eq!(seen(9_500, 0), [""; 0], "dearer again");
    assert_eq!(seen(9_000, 2), [""; 0], "cheaper, but not to be had");
    assert_eq!(seen(9_000, 0), ["back"]);
    assert_eq!(seen(7_000, 0), ["cheaper"]);
}

#[test]
fn conditions_hold_outs_and_experiments_decide() {
    let features = json!({"features": {"strength": {"defaultValue": 5, "rules": [{
        "variations": [5, 8], "weights": [0, 1], "hashAttribute": "id"}]}}});
    let journeys = json!([{"id": "cart", "enter_on": "cart_changed", "experiment": "strength",
        "when": {"frequency": 0}, "steps": [
            {"do": [{"kind": "popup", "ref": "five"}, {"kind": "popup", "ref": "eight"}]},
            {"do": [{"kind": "popup", "ref": "more"}, null]},
            {"when": {"frequency": {"$gt": 0}}, "do": {"kind": "popup", "ref": "never"}}]}]);
    let mut phone = opened(&journeys, &features);
    ask(&mut phone, &json!({"op": "cart", "items": [{"item": "tea"}]}));
    let refs =
        |actions: Value| actions.as_array().unwrap().iter().map(|action| action["ref"].clone()).collect::<Vec<_>>();
    assert_eq!(refs(op(&mut phone, "actions")), ["eight"]);
    assert_eq!(op(&mut phone, "exposures")[0]["variation"], "1", "she was exposed");
    phone.order("o-1", 1);
    ask(&mut phone, &json!({"op": "cart", "items": [{"item": "tea"}]}));
    assert_eq!(trips(&mut phone).len(), 1, "the condition does not hold any more");
    let mut held = 0;
    for person in 0..200 {
        let mut phone = Phone::with(&shop(&badge("visit", json!({"hold_out_permille": 200})), &json!({})));
        phone.log_in(&format!("person {person}"));
        op(&mut phone, "actions");
        again(&mut phone, DAY);
        let is_held_out = op(&mut phone, "journeys").as_array().unwrap().last().unwrap()["held_out"] == true;
        held += u32::from(is_held_out);
        assert_eq!(op(&mut phone, "actions").as_array().unwrap().is_empty(), is_held_out);
    }
    assert!((20..=62).contains(&held), "{held} of 200 with 20 %");
}

#[test]
fn an_action_is_handed_over_once_whatever_crashes() {
    for landing in LANDINGS {
        for writes in 0..4 {
            let mut phone = Phone::with(&shop(&badge("visit", json!({"re_entry": "never"})), &json!({})));
            phone.boot();
            for _ in 0..writes {
                phone.finish_write();
            }
            let handed = op(&mut phone, "actions").as_array().unwrap().len();
            // The shell writes at once, and tells the app only if that went well.
            phone.run();
            phone.kill(landing);
            phone.boot();
            let again = op(&mut phone, "actions").as_array().unwrap().len();
            assert_eq!((handed, again), (1, 0), "{landing:?} after {writes} writes");
        }
    }
}

#[test]
fn what_is_due_wakes_the_engine() {
    let journeys =
        json!([{"id": "j", "enter_on": "visit", "steps": [{"after": "30min", "do": {"kind": "popup", "ref": "p"}}]}]);
    let mut phone = opened(&journeys, &json!({}));
    phone.settle();
    assert!(!phone.engine().has_news());
    assert_eq!(phone.wake_ms, Some(START_MS + 30 * MINUTE));
    phone.pass(30 * MINUTE);
    assert!(phone.engine().has_news());
    assert_eq!(op(&mut phone, "actions")[0]["ref"], "p");
}

const CART: &str = r#"[{"id":"cart","enter_on":"cart_changed","restart_on_repeat":true,"exit_on":["cart_emptied"],
    "goal":["order_paid"],"steps":[{"after":"1h","do":{"kind":"message","template":"waits"}},
    {"after":"1d","do":{"kind":"coupon","ref":"five"}},{"after":"2d","do":{"kind":"popup","ref":"late"}}]}]"#;

fn with_cart() -> Phone {
    let messages = json!({"messages": {"need_subscription": true}});
    let mut phone = Phone::with(&shop(&serde_json::from_str(CART).unwrap(), &messages));
    phone.log_in("anna");
    phone.track("launch", &[("scene", "1")], &[]);
    ask(&mut phone, &json!({"op": "subscribe_result", "results": {"waits": "accept", "errMsg": "ok"}}));
    ask(&mut phone, &json!({"op": "cart", "items": [{"item": "tea", "price_fen": 990}]}));
    phone
}

#[test]
fn the_backend_gets_the_plan_and_what_changes_of_it() {
    let mut phone = with_cart();
    phone.hide();
    phone.settle();
    let [plan] = &phone.server.plans[..] else { panic!("{:?}", phone.server.plans) };
    let [trip] = &plan.trips[..] else { panic!("{plan:?}") };
    let due: Vec<(&str, &str, i64)> =
        trip.due.iter().map(|due| (due.kind.as_str(), due.reference.as_str(), due.at_ms - trip.at_ms)).collect();
    assert_eq!(due, [("message", "waits", HOUR), ("coupon", "five", DAY)], "the popup is the phone's");
    assert_eq!(trip.cancel_on, ["order_paid"]);
    phone.show();
    phone.order("o-0", 1);
    op(&mut phone, "sync");
    phone.settle();
    let last = phone.server.plans.last().unwrap();
    assert_eq!((last.trips[0].standing.as_str(), last.trips[0].due.len()), ("goal", 0));
    let told = phone.server.plans.len();
    phone.track("launch", &[("scene", "1")], &[]);
    op(&mut phone, "sync");
    phone.settle();
    assert_eq!(phone.server.plans.len(), told, "acknowledged, and nothing new");
    phone.network.then = Fate::Lost;
    ask(&mut phone, &json!({"op": "cart", "items": [{"item": "tea"}]}));
    phone.send_all();
    phone.network.then = Fate::Ok;
    phone.now_ms += HOUR;
    phone.send_all();
    assert_eq!(phone.server.plans.last().unwrap().trips[0].standing, "running", "told again until it is acknowledged");
}

#[test]
fn what_the_backend_did_comes_back() {
    let mut phone = with_cart();
    let entered = phone.now_ms / 1000 * 1000;
    phone.pass(2 * HOUR);
    phone.server.journeys = Some(format!(
        r#"{{"results":[{{"journey":"cart","key":"","at":{entered},"step":0,"outcome":"refused"}},{{"journey":7}}],"credits":{{"waits":4}}}}"#
    ));
    phone.track("launch", &[("scene", "1")], &[]);
    phone.send_all();
    let steps = op(&mut phone, "journeys")[0]["steps"].clone();
    assert_eq!(steps[0]["outcome"], "refused", "{steps}");
    assert_eq!(op(&mut phone, "askable"), json!([]), "four credits are there");
}

#[test]
fn trips_follow_a_login_and_end_with_consent() {
    let mut phone =
        opened(&badge("visit", json!({"steps": [{"after": "1d", "do": {"kind": "coupon", "ref": "c"}}]})), &json!({}));
    phone.log_in("anna");
    assert_eq!(trips(&mut phone).len(), 1, "before the login she was nobody else");
    phone.log_in("bert");
    assert_eq!(trips(&mut phone).len(), 0);
    again(&mut phone, DAY);
    assert_eq!(trips(&mut phone).len(), 1);
    ask(&mut phone, &json!({"op": "consent", "granted": false}));
    assert_eq!((trips(&mut phone).len(), op(&mut phone, "plan")), (0, json!([])));
}

#[test]
fn too_many_trips_are_counted_not_begun() {
    let steps = json!([{"after": "300d", "do": {"kind": "popup", "ref": "p"}}]);
    let mut phone = opened(&badge("order_paid", json!({"key": "order_id", "steps": steps})), &json!({}));
    for number in 0..60 {
        phone.order(&format!("o-{number}"), 1);
    }
    assert_eq!(trips(&mut phone).len(), huitou::journey::TRIPS_MAX);
    let dropped = op(&mut phone, "stats")["dropped"].clone();
    assert!(dropped.as_array().unwrap().contains(&json!(["journey_overflow", 12])), "{dropped}");
}

#[test]
fn five_trips_are_a_small_plan() {
    let journeys: Vec<Value> = (0..5)
        .map(|number| json!({"id": format!("journey-{number}"), "enter_on": "visit", "steps": [
            {"after": "1d", "do": {"kind": "message", "template": "template-1"}}, {"after": "3d", "do": {"kind": "coupon", "ref": "five"}}]}))
        .collect();
    let mut plain = Phone::with(&shop(&json!([]), &json!({})));
    let mut phone = Phone::with(&shop(&json!(journeys), &json!({})));
    let bytes = [&mut plain, &mut phone].map(|phone| {
        phone.log_in("anna");
        again(phone, DAY);
        phone.hide();
        phone.take_request().map_or(0, |body| body.len())
    });
    assert!(bytes[0] > 0 && bytes[1] - bytes[0] <= 300, "{bytes:?}");
}

fn changes() -> Vec<(&'static str, Record)> {
    let at = UnixMs::new(START_MS);
    let day = Day::of(at, OffsetMin::new(480));
    let entry = Entry {
        journey: "cart".into(),
        key: "单号".into(),
        at,
        offset: OffsetMin::new(-210),
        anchor: at.plus(-DAY),
        variation: 2,
        is_held_out: true,
        is_once: true,
    };
    let fired = |outcome, counted, template: &str, shown_until| Change::Fired {
        place: 3,
        step: 1,
        at,
        outcome,
        counted,
        template: template.into(),
        shown_until,
    };
    let changes = [
        ("entered", Change::Entered(entry)),
        ("ended", Change::Ended { place: 47, standing: Standing::Goal, at }),
        ("fired", fired(Outcome::Done, Some(day), "t1", None)),
        ("fired_shown", fired(Outcome::Done, None, "", Some(at.plus(7 * DAY)))),
        ("fired_not", fired(Outcome::Expired, None, "", None)),
        ("handed", Change::Handed(16)),
        ("subscribed", Change::Subscribed { template: "t1".into(), answer: Answer::Ban, day }),
        ("told", Change::Told { place: 1, step: 11, outcome: Outcome::Refused }),
        ("credits", Change::Credits { template: "t1".into(), credits: 3 }),
        ("wecom_refused", Change::Wecom(false)),
        ("wecom_linked", Change::Wecom(true)),
        ("tier", Change::Tier("gold".into())),
        ("acknowledged", Change::Acknowledged(217_000_004)),
        ("noticed", Change::Noticed(Notice { item: 0x0123_4567, price_fen: 9_900, in_stock: true })),
    ];
    changes.map(|(name, change)| (name, Record::Journey(change))).into()
}

#[test]
fn stored_journeys_go_on() {
    assert_frozen("records-v1-journeys.hex", &changes());
    let text = frozen("store-v1-journeys.hex", || {
        let mut phone = with_cart();
        again(&mut phone, 2 * DAY);
        phone.hide();
        phone.settle();
        let keys = phone.storage.values.into_iter().enumerate().filter(|(_, value)| !value.is_empty());
        keys.map(|(key, value)| format!("{key} {}\n", hex(&value))).collect()
    });
    let mut phone = Phone::with(&shop(&serde_json::from_str(CART).unwrap(), &json!({})));
    for (key, bytes) in lines(&text) {
        phone.storage.values[key.parse::<usize>().unwrap()] = bytes;
    }
    phone.boots = 1_000;
    phone.now_ms = START_MS + 2 * DAY + HOUR;
    phone.start();
    assert_eq!(op(&mut phone, "actions").as_array().unwrap().len(), 2, "the coupon and the popup");
    let trip = op(&mut phone, "journeys")[0].clone();
    let outcomes: Vec<&Value> = trip["steps"].as_array().unwrap().iter().map(|step| &step["outcome"]).collect();
    assert_eq!(outcomes, ["done", "done", "done"], "{trip}");
}
