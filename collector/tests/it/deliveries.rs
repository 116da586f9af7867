//! Plans are done: once, by the rules, whatever happens to the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use huitou_collector::clock::{now_ms, Stopwatch};
use huitou_collector::secret::{hex, Secret};
use serde_json::{json, Value};

use crate::receiver::Receiver;
use crate::support::{id, report, Place, Server, FACTS_KEY};

/// Journeys of every sort that a plan of these tests names.
fn program() -> Value {
    let coupon = |reference: &str| json!([{ "do": { "kind": "coupon", "ref": reference, "data": { "fen": 500 } } }]);
    json!({
        "app": "tea-shop", "revision": 3, "events": [],
        "journeys": [
            { "id": "gift", "enter_on": "visit", "steps": coupon("five") },
            { "id": "rare", "enter_on": "visit", "re_entry": "30d", "steps": coupon("ten") },
            { "id": "order", "enter_on": "order_paid", "key": "order_id", "steps": coupon("again") },
            { "id": "hello", "enter_on": "visit", "exit_on": ["order_paid"], "steps": [
                { "do": { "kind": "message", "template": "T1", "data": {
                    "page": "pages/cart", "fields": { "thing1": "茶还在", "date2": "{date}" } } } },
                { "after": "1d", "do": { "kind": "message", "template": "T2" } },
            ] },
            { "id": "care", "enter_on": "visit", "steps": [
                { "do": { "kind": "message", "template": "T3", "purpose": "service" } }] },
        ],
        "messages": { "max_per_day": 2, "max_per_7_days": 3, "need_subscription": true },
    })
}

fn place() -> Place {
    let place = Place::new();
    std::fs::write(place.path("program.json"), program().to_string()).unwrap();
    place
}

/// What is to be done now, of a trip that began so many minutes ago.
fn trip(journey: &str, minutes_ago: i64, (kind, reference): (&str, &str)) -> Value {
    let at = now_ms() / 1000 * 1000 - minutes_ago * 60_000;
    json!({
        "journey": journey, "key": "", "at": at, "standing": "running", "ended": at, "variation": 0, "held_out": false,
        "once": false, "by_order": false, "cancel_on": ["order_paid"], "done": [],
        "due": [{ "step": 0, "at": at, "kind": kind, "ref": reference, "service": journey == "care" }],
    })
}

fn with(mut trip: Value, more: Value) -> Value {
    trip.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    trip
}

/// Sends a plan; gives the answer.
fn tell(server: &Server, (user, device): (&str, u64), trips: &[Value]) -> Value {
    let mut body = report(user, device, json!([]));
    // Any revision that grows will do.
    static REVISION: AtomicUsize = AtomicUsize::new(1);
    body["plan"] = json!({ "rev": REVISION.fetch_add(1, Ordering::Relaxed), "trips": trips });
    server.client.sync_json(user, &body)
}

fn sync(server: &Server, (user, device): (&str, u64)) -> Value {
    server.client.sync_json(user, &report(user, device, json!([])))
}

/// What was done, by journey.
fn outcomes(place: &Place) -> String {
    place.one(
        "SELECT coalesce(group_concat(journey || ' ' || what, ', '), '') FROM (
           SELECT journey, iif(standing = 'settled', outcome, standing) AS what FROM deliveries ORDER BY journey, key, begun, step)",
    )
}

fn wait_for(place: &Place, expected: &str) {
    let start = Stopwatch::start();
    while outcomes(place) != expected {
        assert!(start.elapsed() < Duration::from_secs(20), "{} instead of {expected}", outcomes(place));
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_webhook_hears_of_an_action_once_and_the_phone_of_what_came_of_it() {
    let (place, hook) = (place(), Receiver::agreeable());
    let server = place.serve(&["--webhook", &format!("{}/do", hook.url)]);
    let gift = trip("gift", 1, ("coupon", "five"));
    tell(&server, ("u1", 1), std::slice::from_ref(&gift));
    let heard = hook.wait_for(1).remove(0);
    wait_for(&place, "gift sent");
    let body = heard.json();
    assert_eq!((&body["user"], &body["ref"], &body["data"]["fen"]), (&json!("u1"), &json!("five"), &json!(500)));
    assert_eq!(body["key"], heard.header("Idempotency-Key"));
    assert_eq!(heard.path, "/do");
    let key = Secret::new(FACTS_KEY).unwrap().sign(&[b"huitou-webhook-1"]);
    let signed = [heard.header("X-Huitou-Timestamp").as_bytes(), b".", heard.text.as_bytes()].concat();
    assert_eq!(heard.header("X-Huitou-Signature"), hex(&Secret::of_user(key).sign(&[&signed])));

    let told = json!([{ "journey": "gift", "key": "", "at": gift["at"], "step": 0, "outcome": "sent" }]);
    assert_eq!(sync(&server, ("u1", 1))["journeys"]["results"], told, "until the phone says that it knows");
    assert_eq!(sync(&server, ("u1", 2))["journeys"], Value::Null, "another phone knows nothing of that trip");
    assert_eq!(
        tell(&server, ("u1", 1), std::slice::from_ref(&gift))["journeys"]["results"],
        told,
        "a plan made before it knew"
    );
    let knows = with(gift, json!({ "done": [[0, "sent"]], "due": [], "standing": "finished" }));
    assert_eq!(tell(&server, ("u1", 1), &[knows])["journeys"], Value::Null);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(hook.heard().len(), 1, "nothing is done twice");
    assert_eq!(server.metric("huitou_deliveries_total{result=\"sent\"} "), 1.0);
    let page = server.client.get("/journeys", &[("Authorization", "Basic x")]);
    assert_eq!(page.status, 404, "pages are closed without a password");
}

#[test]
fn what_came_at_once_on_the_phone_is_done_too() {
    let (place, hook) = (place(), Receiver::agreeable());
    let server = place.serve(&["--webhook", &hook.url]);
    let fired = json!({ "done": [[0, "done"]], "due": [] });
    let gone = json!({ "done": [[0, "done"]], "due": [], "standing": "goal" });
    let old = 40 * 24 * 60;
    tell(
        &server,
        ("u1", 1),
        &[
            with(trip("gift", 1, ("coupon", "five")), gone.clone()),
            with(trip("hello", 1, ("message", "T1")), gone),
            with(trip("rare", old, ("coupon", "ten")), fired.clone()),
        ],
    );
    tell(&server, ("u2", 2), &[with(trip("hello", 1, ("message", "T1")), fired)]);
    wait_for(&place, "gift sent, hello sent");
    let users: Vec<Value> = hook.wait_for(2).iter().map(|heard| heard.json()["user"].clone()).collect();
    assert!(users.contains(&json!("u1")) && users.contains(&json!("u2")), "a goal stops messages, not what was given");
}

#[test]
fn a_plan_is_a_claim_only_what_is_declared_is_done() {
    let (place, hook) = (place(), Receiver::agreeable());
    let server = place.serve(&["--webhook", &hook.url]);
    let forged = trip("gift", 1, ("coupon", "five-hundred"));
    tell(&server, ("u1", 1), &[forged, trip("nothing", 1, ("coupon", "five")), trip("hello", 1, ("message", "T2"))]);
    wait_for(&place, "gift refused, hello refused, nothing refused");
    for minutes in [9, 8, 7] {
        tell(&server, ("u2", 2), &[trip("rare", minutes, ("coupon", "ten"))]);
    }
    // Of trips through one journey the newest counts; a phone that ends each first gets no more.
    let ended = json!({ "standing": "finished", "done": [[0, "done"]], "due": [] });
    tell(&server, ("u2", 2), &[with(trip("rare", 6, ("coupon", "ten")), ended.clone())]);
    tell(&server, ("u2", 2), &[with(trip("rare", 5, ("coupon", "ten")), ended)]);
    thread::sleep(Duration::from_millis(2500));
    assert_eq!(hook.heard().len(), 1, "{}", outcomes(&place));
    assert!(outcomes(&place).ends_with("rare sent, rare refused") || outcomes(&place).contains("rare refused"));
}

#[test]
fn a_coupon_for_an_order_waits_for_the_order() {
    let (place, hook) = (place(), Receiver::agreeable());
    let server = place.serve(&["--webhook", &hook.url, "--demo"]);
    let for_order = json!({ "key": "o-1", "by_order": true, "cancel_on": [] });
    tell(&server, ("u1", 1), &[with(trip("order", 1, ("coupon", "again")), for_order.clone())]);
    assert_eq!((hook.heard().len(), outcomes(&place)), (0, String::new()), "nobody paid it");
    server.fact(json!({ "user": "u1", "kind": "order_paid", "order_id": "o-1", "paid_fen": 900 }));
    server.client.sync_json("u1", &report("u1", 1, json!([])));
    assert_eq!(hook.heard().len(), 0, "it is looked at once an hour");
    ahead(&server, ("u1", 1), 3_601_000);
    assert_eq!((hook.heard().len(), outcomes(&place)), (1, "order sent".to_owned()));
    tell(&server, ("u1", 1), &[with(trip("order", 0, ("coupon", "again")), for_order)]);
    assert_eq!(outcomes(&place), "order sent, order refused", "an order brings it once");
}

/// A phone whose clock runs ahead sends.
fn ahead(server: &Server, (user, device): (&str, u64), ms: i64) -> Value {
    let (bearer, ahead) = (format!("Bearer {}", crate::support::token(user)), ms.to_string());
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", crate::support::JSON),
        ("X-Huitou-Demo-Ahead-Ms", ahead.as_str()),
    ];
    server.client.post("/v1/sync", &headers, report(user, device, json!([])).to_string().as_bytes()).json()
}

#[test]
fn what_fails_is_tried_again_and_given_up_at_last() {
    let place = place();
    let count = AtomicUsize::new(0);
    let hook = Receiver::start(move |heard| match heard.json()["user"].as_str() {
        Some("u1") if count.fetch_add(1, Ordering::Relaxed) == 0 => Some((503, String::new())),
        Some("u1") if count.load(Ordering::Relaxed) == 2 => Some((200, "<html>log in first</html>".to_owned())),
        Some("u1") => Some((200, "{}".to_owned())),
        Some("u2") => Some((404, "no such door".to_owned())),
        _ => None,
    });
    let server = place.serve(&["--webhook", &hook.url, "--demo"]);
    tell(&server, ("u1", 1), &[trip("gift", 1, ("coupon", "five"))]);
    assert_eq!(outcomes(&place), "gift waiting");
    ahead(&server, ("u1", 1), 29_000);
    assert_eq!(hook.heard().len(), 1, "not before half a minute");
    ahead(&server, ("u1", 1), 31_000);
    assert_eq!((hook.heard().len(), outcomes(&place)), (2, "gift waiting".to_owned()));
    ahead(&server, ("u1", 1), 95_000);
    assert_eq!((hook.heard().len(), outcomes(&place)), (3, "gift sent".to_owned()));
    let keys: Vec<String> = hook.heard().iter().map(|heard| heard.header("Idempotency-Key")).collect();
    assert!(keys.iter().all(|key| *key == keys[0] && key.len() == 32));
    tell(&server, ("u2", 2), &[trip("care", 1, ("message", "T3"))]);
    assert_eq!(outcomes(&place), "gift sent".to_owned().replace("gift", "care dead, gift"));
    assert!(place.one::<String>("SELECT why FROM deliveries WHERE standing = 'dead'").contains("404 no such door"));
    assert!(server.client.get("/journeys", &[]).text.contains("no such door"), "the page names dead letters");
    let (fine, text) = place.run(&["retry", "--db", &place.path("db.sqlite")]);
    assert!(fine && text.starts_with("1 "), "{text}");
    tell(&server, ("u3", 3), &[trip("gift", 1, ("coupon", "five"))]);
    wait_for(&place, "care dead, gift sent, gift waiting");
    for turn in 1..12 {
        ahead(&server, ("u3", 3), turn * 6 * 3_600_000 + 1000);
    }
    wait_for(&place, "care dead, gift sent, gift dead");
    assert_eq!(sync(&server, ("u3", 3))["journeys"]["results"][0]["outcome"], "refused");
}

#[test]
fn caps_and_quiet_hours_hold_over_all_phones() {
    let (place, hook) = (place(), Receiver::agreeable());
    let mut rules = program();
    // Around the clock but for the minute before now, which is over.
    let minute = (now_ms() / 60_000 + 480).rem_euclid(1440);
    let clock = |minute: i64| format!("{:02}:{:02}", minute.rem_euclid(1440) / 60, minute.rem_euclid(60));
    rules["messages"]["quiet_hours"] = json!([clock(minute - 5), clock(minute + 120)]);
    std::fs::write(place.path("program.json"), rules.to_string()).unwrap();
    let server = place.serve(&["--webhook", &hook.url, "--demo"]);
    tell(&server, ("u1", 1), &[trip("hello", 1, ("message", "T1")), trip("care", 1, ("message", "T3"))]);
    assert_eq!(outcomes(&place), "care sent", "marketing waits, service does not");
    ahead(&server, ("u1", 1), 121 * 60_000);
    assert_eq!(outcomes(&place), "care sent, hello sent");
    tell(&server, ("u2", 3), &[trip("hello", 23 * 60, ("message", "T1"))]);
    ahead(&server, ("u2", 3), 121 * 60_000);
    assert_eq!(outcomes(&place), "care sent, hello expired, hello sent", "what quiet hours hold does not get younger");
    let again = |key: &str| with(trip("hello", 0, ("message", "T1")), json!({ "key": key }));
    tell(&server, ("u1", 2), &[again("a"), again("b")]);
    ahead(&server, ("u1", 2), 122 * 60_000);
    assert_eq!(
        outcomes(&place),
        "care sent, hello expired, hello sent, hello sent, hello capped",
        "two on a date, from any phone"
    );
    assert_eq!(hook.heard().len(), 3);
}

#[test]
fn a_goal_reached_stops_what_is_behind_it_and_what_is_late_is_not_said() {
    let (place, hook) = (place(), Receiver::start(|_| Some((503, String::new()))));
    let server = place.serve(&["--webhook", &hook.url, "--demo"]);
    tell(&server, ("u1", 1), &[trip("hello", 1, ("message", "T1"))]);
    assert_eq!(outcomes(&place), "hello waiting");
    server.fact(json!({ "user": "u1", "kind": "order_paid", "order_id": "o-1", "paid_fen": 900 }));
    ahead(&server, ("u1", 1), 60_000);
    assert_eq!((hook.heard().len(), outcomes(&place)), (1, "hello stopped".to_owned()));
    tell(&server, ("u2", 2), &[trip("hello", 25 * 60, ("message", "T1")), trip("care", 25 * 60, ("message", "T3"))]);
    assert_eq!(outcomes(&place), "care waiting, hello expired, hello stopped");
    assert_eq!(sync(&server, ("u2", 2))["journeys"]["results"][0]["outcome"], "expired");
}

#[test]
fn the_platform_s_count_of_subscriptions_wins() {
    let (place, hook) = (place(), Receiver::agreeable());
    let server = place.serve(&["--webhook", &hook.url, "--demo"]);
    let say = |key: &str, changes: Value| {
        let body = json!({ "app": "tea-shop", "user": "u1", "changes": changes });
        server.post_signed("/v1/subscriptions", (FACTS_KEY, key), &body)
    };
    assert_eq!(say("k1", json!({ "T1": 1 })).status, 200);
    assert_eq!(say("k1", json!({ "T1": 1 })).status, 200, "a repetition counts once");
    assert_eq!(say("k1", json!({ "T1": 2 })).code(), "idempotency_key_reused");
    assert_eq!(say("k2", json!({ "T1": 1000 })).code(), "subscriptions_malformed");
    assert_eq!(
        server.signed_with("wrong-key-wrong-key-wrong-key-wrong", "k", &json!({ "app": "tea-shop" })).status,
        401
    );
    assert_eq!(sync(&server, ("u1", 1))["journeys"]["credits"], json!({ "T1": 1 }));
    let (first, second) = (json!({ "key": "a" }), json!({ "key": "b" }));
    let message = || trip("hello", 1, ("message", "T1"));
    tell(&server, ("u1", 1), &[with(message(), first), with(message(), second)]);
    assert_eq!(outcomes(&place), "hello sent, hello no_quota");
    let told = sync(&server, ("u1", 1));
    assert_eq!(told["journeys"]["credits"], json!({ "T1": 0 }));
    let body = json!({ "v": 1, "app": "tea-shop", "device": id(1), "user": "u1", "sent": now_ms(), "tz": 480, "delete": id(9) });
    server.client.sync_json("u1", &body);
    assert_eq!(place.one::<i64>("SELECT (SELECT count(*) FROM credits) + (SELECT count(*) FROM deliveries)"), 0);
}

#[test]
fn every_action_is_done_exactly_once_through_kill_9() {
    let (place, users) = (place(), 60);
    let hook = Receiver::start(|_| {
        thread::sleep(Duration::from_millis(30));
        Some((200, String::new()))
    });
    let flags = ["--webhook", &hook.url, "--actions-per-second", "10", "--rate-per-minute", "0"];
    for round in 0..4 {
        let server = place.serve(&flags);
        for user in (round * users / 4)..((round + 1) * users / 4) {
            tell(&server, (&format!("u{user}"), user as u64 + 1), &[trip("gift", 1, ("coupon", "five"))]);
        }
        thread::sleep(Duration::from_millis(1100 + 37 * round as u64));
        server.kill();
    }
    let server = place.serve(&["--webhook", &hook.url, "--actions-per-second", "0"]);
    wait_for(&place, &vec!["gift sent"; users].join(", "));
    drop(server);
    let mut by_key: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for heard in hook.heard() {
        by_key.entry(heard.header("Idempotency-Key")).or_default().push(heard.json()["user"].clone());
    }
    assert_eq!(by_key.len(), users, "a key for each");
    assert!(by_key.values().all(|told| told.iter().all(|user| *user == told[0])), "repetitions say the same");
}
