//! Claims, facts and transactions of honest people.

use huitou::loyalty::Act;
use huitou_collector::clock::now_ms;
use huitou_collector::secret::{from_hex, Secret};
use serde_json::{json, Value};

use crate::phone::{loyal_program, Phone};
use crate::support::{daytime_ms, id, report, row, spend, token, Place, Server, JSON, TOKEN_KEY};

const DAY_S: i64 = 24 * 3600;

fn shop() -> (Place, Server) {
    let place = Place::loyal();
    let server = place.serve(&["--rate-per-minute", "0"]);
    (place, server)
}

fn order(user: &str, id: &str, paid_fen: u64) -> Value {
    json!({ "user": user, "kind": "order_paid", "order_id": id, "paid_fen": paid_fen, "at": daytime_ms() })
}

/// True if phone and server agree on everything, down to the last byte of the state.
fn agrees(phone: &mut Phone, server: &Server) -> bool {
    let ledger = phone.sync(&server.client);
    let digest = huitou_collector::secret::hex(&phone.state().digest());
    ledger["reset"].is_null() && ledger["receipt"]["digest"] == digest.as_str()
}

#[test]
fn every_kind_of_fact_reaches_the_phone_and_counts_there_too() {
    let (place, server) = shop();
    let facts = [
        json!({ "user": "u1", "kind": "order_paid", "order_id": "o1", "paid_fen": 10_000, "categories": ["tea"] }),
        json!({ "user": "u1", "kind": "refund", "order_id": "o1", "refund_fen": 5000 }),
        json!({ "user": "u1", "kind": "grant", "source": "activity", "points": 7 }),
        json!({ "user": "u1", "kind": "referral", "friend": "u2", "role": "inviter" }),
        json!({ "user": "u1", "kind": "membership_bought", "months": 12 }),
        json!({ "user": "u1", "kind": "birthday", "month": 2, "day": 29 }),
        json!({ "user": "u1", "kind": "game", "game_id": "g1", "game": "group_buy", "have": 1, "need": 3 }),
    ];
    for fact in &facts {
        server.fact(fact.clone());
    }
    let mut phone = Phone::new("u1", 1);
    phone.check_in(0);
    assert!(agrees(&mut phone, &server));
    assert_eq!(phone.points(&server.client), 50 + 7 + 3 + 5);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM ledger WHERE verdict IS NULL"), 8);
    let refused = server.signed_with(
        crate::support::FACTS_KEY,
        "k",
        &json!({ "app": "tea-shop", "user": "u1",
        "kind": "refund", "order_id": "o1", "refund_fen": 5001, "at": now_ms() }),
    );
    assert_eq!((refused.status, refused.code().as_str()), (409, "more_than_paid"));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM ledger"), 8, "a refused fact is not kept");
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let start_s = daytime_ms() / 1000 / DAY_S * DAY_S - 2 * DAY_S;
    let mut digests = Vec::new();
    for order_of in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let (_place, server) = shop();
        let (mut one, mut two) = (Phone::new("u1", 1), Phone::new("u1", 2));
        for (phone, first_s, second_s) in [(&mut one, 10, DAY_S + 20), (&mut two, 20, DAY_S + 10)] {
            phone.claim_at(Act::CheckIn, start_s + first_s);
            phone.claim_at(Act::CheckIn, start_s + second_s);
        }
        for step in order_of {
            match step {
                0 => drop(one.sync(&server.client)),
                1 => drop(two.sync(&server.client)),
                _ => {
                    let mut fact = order("u1", "o1", 5000);
                    fact["at"] = json!((start_s + DAY_S / 2) * 1000);
                    server.fact(fact);
                }
            }
        }
        one.sync(&server.client);
        let ledger = two.sync(&server.client);
        assert_eq!(ledger["receipt"]["points"], 60);
        assert!(agrees(&mut one, &server) && agrees(&mut two, &server));
        digests.push(ledger["receipt"]["digest"].clone());
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
}

#[test]
fn long_histories_are_replayed_from_the_last_checkpoint() {
    let (place, server) = shop();
    let mut phone = Phone::new("u1", 1);
    let start_ms = now_ms() - 400 * DAY_S * 1000;
    for n in 0..160 {
        let mut fact = order("u1", &format!("o{n}"), 1000 + n);
        fact["at"] = json!(start_ms + n as i64 * 2 * DAY_S * 1000);
        server.fact(fact);
        if n % 20 == 0 {
            assert!(agrees(&mut phone, &server), "after {n}");
        }
    }
    phone.check_in(0);
    while !phone.claims.is_empty() || !agrees(&mut phone, &server) {
        assert!(phone.sync(&server.client)["reset"].is_null());
    }
    let checkpoints = "SELECT count(*) FROM checkpoints";
    assert!((2..=8).contains(&place.one::<i64>(checkpoints)));
    // Older than every checkpoint: they go, and everything still fits.
    let mut late = order("u1", "late", 7700);
    late["at"] = json!(start_ms - DAY_S * 1000);
    server.fact(late);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM checkpoints WHERE moment_s < 0"), 0);
    assert!(agrees(&mut phone, &server));
    server.fact(order("u1", "one more", 100));
    assert!(place.one::<i64>(checkpoints) > 0, "they come again");
    let (sound, text) = place.run(&["verify", "--db", &place.path("db.sqlite")]);
    assert!(sound, "{text}");
    let db = rusqlite::Connection::open(place.path("db.sqlite")).unwrap();
    db.execute("UPDATE checkpoints SET state = x'00'", []).unwrap();
    let (sound, text) = place.run(&["verify", "--db", &place.path("db.sqlite")]);
    assert!(!sound && text.contains("checkpoint"), "{text}");
}

#[test]
fn a_phone_drops_a_claim_only_when_it_has_its_entry() {
    let (_place, server) = shop();
    let mut phone = Phone::new("u1", 1);
    for n in 0..25 {
        phone.claim(Act::Activity { activity: 0 }, n - DAY_S - 30);
    }
    for n in 0..25 {
        phone.claim(Act::Activity { activity: 0 }, n - 30);
    }
    let ledger = phone.sync(&server.client);
    assert_eq!((&ledger["seq"], phone.claims.len()), (&json!(32), 18), "one answer takes 32 entries");
    assert!(ledger["reset"].is_null());
    let ledger = phone.sync(&server.client);
    assert_eq!((&ledger["seq"], phone.claims.len()), (&json!(50), 0));
    assert_eq!(ledger["receipt"]["points"], 12, "three shares a day");
    assert!(agrees(&mut phone, &server));
}

#[test]
fn a_base_is_given_when_asked_for() {
    let (_place, server) = shop();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(-60);
    server.fact(order("u1", "o1", 5000));
    phone.sync(&server.client);
    phone.wants_base = true;
    let ledger = phone.sync(&server.client);
    assert_eq!((&ledger["reset"], &ledger["seq"]), (&json!("asked"), &json!(1)));
    phone.claim(Act::Activity { activity: 0 }, 0);
    assert!(agrees(&mut phone, &server), "it goes on from the base");
}

#[test]
fn claims_wait_for_a_program_that_the_server_knows() {
    let (place, server) = shop();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(-60);
    phone.revision = 4;
    phone.claims[0].revision = 4;
    let mut body = phone.body();
    body["rows"] = json!([row(1, 1, 1)]);
    let answer = phone.send(&server.client, &body).json();
    assert!(answer.get("ledger").is_none() && answer["acks"][0]["r"] == 1, "rows are taken, claims stay: {answer}");
    drop(server);
    std::fs::write(place.path("program.json"), loyal_program(4)).unwrap();
    let server = place.serve(&[]);
    let ledger = phone.sync(&server.client);
    assert_eq!((&ledger["seq"], &ledger["receipt"]["points"]), (&json!(1), &json!(5)));
    let mut older = Phone::new("u2", 2);
    older.check_in(0);
    assert_eq!(older.points(&server.client), 5, "older revisions stay known");
    assert_eq!(place.one::<i64>("SELECT sum(revision) FROM ledger"), 7);
}

#[test]
fn uploads_without_claims_know_nothing_of_the_ledger() {
    let (place, server) = shop();
    let answer = server.client.sync_json("u1", &report("u1", 1, json!([row(1, 1, 1)])));
    assert!(answer.get("ledger").is_none() && answer.get("facts").is_none());
    assert_eq!(place.one::<i64>("SELECT (SELECT count(*) FROM devices) + (SELECT count(*) FROM ledger)"), 0);
}

/// The number of the only coupon that the phone knows after a sync.
fn coupon(phone: &mut Phone, server: &Server) -> u64 {
    phone.sync(&server.client);
    let mut json = huitou::json::JsonWriter::default();
    phone.state().write_rewards(&mut json, &phone.rules);
    let rewards: Value = serde_json::from_str(&json.finish()).unwrap();
    let coupon = rewards["rights"].as_array().unwrap().iter().find(|right| right["kind"] == "coupon");
    coupon.unwrap_or_else(|| panic!("{rewards}"))["right"].as_u64().unwrap()
}

#[test]
fn transactions_are_done_once_and_told_with_a_receipt() {
    let (_place, server) = shop();
    server.fact(order("u1", "o1", 10_000));
    let mut phone = Phone::new("u1", 1);
    phone.check_in(0);
    phone.sync(&server.client);
    let ask = |key: &str, path: &str, mut body: Value| {
        body["device"] = json!(id(1));
        spend(&server.client, ("u1", key), path, &body)
    };
    let wish = json!({ "points": 30, "order_id": "o2", "cursor": phone.cursor });
    let first = ask("k1", "/v1/redeem", wish.clone()).json();
    assert_eq!((&first["discount_fen"], &first["ledger"]["receipt"]["points"]), (&json!(300), &json!(75)));
    assert_eq!(first["facts"][0]["n"], first["n"]);
    let again = ask("k1", "/v1/redeem", wish).json();
    assert_eq!((&again["n"], &again["ledger"]["receipt"]["points"]), (&first["n"], &json!(75)));
    let other = ask("k1", "/v1/redeem", json!({ "points": 40 }));
    assert_eq!((other.status, other.code().as_str()), (409, "idempotency_key_reused"));
    phone.take(&first);
    assert!(agrees(&mut phone, &server), "what an answer tells is what a sync tells");

    let cup = ask("k2", "/v1/redeem", json!({ "item": "cup", "cursor": phone.cursor })).json();
    assert_eq!((&cup["cash_fen"], &cup["ledger"]["receipt"]["points"]), (&json!(500), &json!(55)));
    let drawn = ask("k3", "/v1/draw", json!({ "lottery": "wheel" })).json();
    assert!(["none", "five"].contains(&drawn["prize"].as_str().unwrap()), "{drawn}");
    server.fact(order("u1", "o3", 100));
    // A coupon and a ticket are numbered in the order of their seconds, which is not that of the requests.
    let granted = ask("k4", "/v1/grant", json!({ "right": coupon(&mut phone, &server) })).json();
    assert!(granted["n"].as_u64() > drawn["n"].as_u64(), "{granted}");
    for (path, wish, code) in [
        ("/v1/redeem", json!({ "item": "cup" }), "limit_reached"),
        ("/v1/redeem", json!({ "item": "plate" }), "not_offered"),
        ("/v1/redeem", json!({ "points": 15 }), "not_a_multiple"),
        ("/v1/redeem", json!({ "points": 1000 }), "not_enough_points"),
        ("/v1/draw", json!({ "lottery": "wheel" }), "unknown_right"),
        ("/v1/draw", json!({ "lottery": "bingo" }), "not_offered"),
        ("/v1/grant", json!({ "right": 1 }), "unknown_right"),
    ] {
        let answer = ask(&format!("{path}{wish}"), path, wish.clone());
        assert_eq!((answer.status, answer.code().as_str()), (409, code), "{path} {wish}");
    }
    for wish in [json!({}), json!({ "points": 0 }), json!({ "points": 10, "item": "cup" }), json!({ "points": "10" })] {
        assert_eq!(ask("k9", "/v1/redeem", wish).code(), "wish_malformed");
    }
    assert_eq!(ask("", "/v1/redeem", json!({ "points": 10 })).code(), "idempotency_key_missing");
    assert!(agrees(&mut phone, &server));
    assert_eq!(server.metric("huitou_spends_total{result=\"refused\"}"), 7.0);
}

#[test]
fn receipts_are_signed_for_the_server_alone() {
    let (_place, server) = shop();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(0);
    let receipt = phone.sync(&server.client)["receipt"].clone();
    let text = |name: &str| receipt[name].as_str().map_or_else(|| receipt[name].to_string(), str::to_owned);
    let signed = ["seq", "head", "digest", "points", "time"].map(text).join(".");
    let key = Secret::new(TOKEN_KEY).unwrap().sign(&[b"huitou-receipt-1"]);
    let signature = from_hex(receipt["sig"].as_str().unwrap()).unwrap();
    assert!(Secret::of_user(key).verify(&[signed.as_bytes()], &signature), "{receipt}");
}

#[test]
fn a_deletion_takes_the_whole_ledger() {
    let (place, server) = shop();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(-60);
    server.fact(order("u1", "o1", 5000));
    phone.sync(&server.client);
    assert_eq!(spend(&server.client, ("u1", "k"), "/v1/redeem", &json!({ "points": 10 })).status, 200);
    let mut other = Phone::new("u2", 2);
    other.check_in(0);
    other.sync(&server.client);
    let body = json!({ "v": 1, "app": "tea-shop", "device": id(1), "user": "u1", "sent": now_ms(), "tz": 0,
                       "delete": id(5) });
    assert_eq!(server.client.sync(&token("u1"), JSON, body.to_string().as_bytes()).json()["deleted"], id(5));
    for table in ["ledger", "devices", "checkpoints", "requests", "user_keys"] {
        assert_eq!(place.one::<i64>(&format!("SELECT count(*) FROM {table} WHERE user = 'u1'")), 0, "{table}");
    }
    assert!(agrees(&mut other, &server));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let mut anew = Phone::new("u1", 3);
    anew.check_in(0);
    assert_eq!(anew.points(&server.client), 5, "nothing of the past is left");
}

#[test]
fn a_demonstration_looks_ahead_and_plays_the_back_office() {
    let place = Place::loyal();
    let server = place.serve(&["--demo"]);
    let mut phone = Phone::new("u1", 1);
    let at = |days: i64, path: &str, body: &Value| {
        let (bearer, ahead) = (format!("Bearer {}", token("u1")), (days * DAY_S * 1000).to_string());
        let headers = [("Authorization", &*bearer), ("X-Huitou-Demo-Ahead-Ms", &ahead), ("Content-Type", JSON)];
        let answer = server.client.post(path, &headers, body.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    };
    for day in 0..3 {
        phone.check_in(day * DAY_S);
        let answer = at(day, "/v1/sync", &phone.body());
        assert!((answer["time"].as_i64().unwrap() - now_ms() - day * DAY_S * 1000).abs() < 20_000);
        phone.take(&answer);
    }
    at(2, "/demo/pay", &json!({ "order_id": "o1", "paid_fen": 3000, "categories": ["tea"] }));
    at(2, "/demo/refund", &json!({ "order_id": "o1", "refund_fen": 1000 }));
    at(2, "/demo/fact", &json!({ "kind": "game", "id": "g1", "game": "bargain", "have": 1, "need": 2 }));
    let answer = at(3, "/v1/sync", &phone.body());
    assert_eq!(answer["ledger"]["receipt"]["points"], 3 * 5 + 20 + 20);
    let page = server.client.get("/users/u1", &[]);
    for text in ["账本", "积分与等级", "签到", "o1", answer["ledger"]["receipt"]["digest"].as_str().unwrap()] {
        assert!(page.text.contains(text), "{text} is missing in {}", page.text);
    }
    phone.take(&answer);
    phone.check_in(40 * DAY_S);
    at(3, "/v1/sync", &phone.body());
    assert!(server.client.get("/", &[]).text.contains("手机时钟超前"));
}
