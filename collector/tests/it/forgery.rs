//! People who cheat, against the real collector over HTTP: each is refused with a code, nothing changes, and an honest
//! user does not notice.

use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::loyalty::Act;
use serde_json::{json, Value};

use crate::phone::Phone;
use crate::support::{daytime_ms, id, spend, token, Answer, Place, Server, JSON};

const HOUR_S: i64 = 3600;
const DAY_S: i64 = 24 * HOUR_S;

/// A shop with an honest customer, whose state must never move.
struct Shop {
    place: Place,
    server: Server,
    honest: Phone,
    receipt: Value,
}

impl Shop {
    fn open() -> Shop {
        let place = Place::loyal();
        let server = place.serve(&["--rate-per-minute", "0"]);
        let mut honest = Phone::new("honest", 77);
        honest.check_in(-DAY_S);
        honest.check_in(0);
        server.fact(json!({ "user": "honest", "kind": "order_paid", "order_id": "honest-1", "paid_fen": 3000 }));
        honest.sync(&server.client);
        let receipt = honest.sync(&server.client)["receipt"].clone();
        assert_eq!(receipt["points"], 40);
        Shop { place, server, honest, receipt }
    }

    /// The honest user's receipt says the same as before, and her phone agrees with it.
    fn close(mut self) {
        let ledger = self.honest.sync(&self.server.client);
        assert!(ledger["reset"].is_null() && ledger["refused"] == json!([]), "{ledger}");
        for member in ["seq", "head", "digest", "points"] {
            assert_eq!(ledger["receipt"][member], self.receipt[member], "{member}");
        }
        let (sound, text) = self.place.run(&["verify", "--db", &self.place.path("db.sqlite")]);
        assert!(sound, "{text}");
    }

    fn redeem(&self, user: &str, key: &str, points: u32) -> Answer {
        spend(&self.server.client, (user, key), "/v1/redeem", &json!({ "points": points }))
    }

    fn accepted(&self, user: &str) -> i64 {
        self.place.one(&format!("SELECT count(*) FROM ledger WHERE user = '{user}' AND verdict IS NULL"))
    }
}

fn refusals(ledger: &Value) -> Vec<String> {
    ledger["refused"].as_array().unwrap().iter().map(|pair| pair[1].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_forged_balance_is_found_out_and_replaced() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(0);
    let mut body = phone.body();
    body["claims"]["digest"] = json!("00112233445566778899aabbccddeeff");
    let answer = phone.send(&shop.server.client, &body).json();
    assert_eq!(answer["ledger"]["reset"], "digest");
    assert_eq!(answer["ledger"]["receipt"]["points"], 5, "the claim itself was honest");
    phone.take(&answer);
    assert!(phone.sync(&shop.server.client)["reset"].is_null(), "healed");
    assert_eq!(shop.place.one::<i64>("SELECT mismatches FROM devices WHERE user = 'u1'"), 1);
    let refused = shop.redeem("u1", "k", 1000);
    assert_eq!((refused.status, refused.code().as_str()), (409, "not_enough_points"));
    shop.close();
}

#[test]
fn a_history_that_was_edited_does_not_continue() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(-2 * HOUR_S);
    phone.claim(Act::Activity { activity: 0 }, -HOUR_S);
    let before = phone.clone();
    phone.sync(&shop.server.client);
    // The same storage, with another past: the share was two shares.
    let mut edited = before;
    edited.claims.remove(0);
    edited.claim(Act::Activity { activity: 0 }, -HOUR_S);
    edited.claim(Act::Activity { activity: 0 }, 0);
    let ledger = edited.sync(&shop.server.client);
    assert_eq!(ledger["reset"], "forked");
    assert_eq!((&ledger["seq"], &ledger["receipt"]["points"]), (&json!(2), &json!(7)));
    assert_eq!(shop.accepted("u1"), 2);
    shop.close();
}

#[test]
fn replayed_claims_count_once() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(0);
    let body = phone.body();
    let first = phone.send(&shop.server.client, &body).json();
    for _ in 0..5 {
        let again = phone.send(&shop.server.client, &body).json();
        assert_eq!((&again["facts"], &again["ledger"]["head"]), (&first["facts"], &first["ledger"]["head"]));
        assert_eq!(again["ledger"]["receipt"]["points"], 5);
    }
    // The same claims as if of another phone, or of another person: their chains begin elsewhere.
    let mut stolen = body.clone();
    stolen["device"] = json!(id(2));
    assert_eq!(phone.send(&shop.server.client, &stolen).json()["ledger"]["reset"], "forked");
    let mut stolen = body;
    stolen["user"] = json!("u2");
    let answer = shop.server.client.sync(&token("u2"), JSON, stolen.to_string().as_bytes());
    assert_eq!(answer.json()["ledger"]["reset"], "forked");
    assert_eq!((shop.accepted("u1"), shop.accepted("u2")), (1, 0));
    shop.close();
}

#[test]
fn a_copied_phone_forks_the_chain() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(-2 * HOUR_S);
    phone.sync(&shop.server.client);
    let mut copy = phone.clone();
    phone.claim(Act::Activity { activity: 0 }, -HOUR_S);
    copy.claim(Act::Activity { activity: 0 }, -HOUR_S + 1);
    assert!(phone.sync(&shop.server.client)["reset"].is_null());
    let ledger = copy.sync(&shop.server.client);
    assert_eq!((&ledger["reset"], &ledger["receipt"]["points"]), (&json!("forked"), &json!(7)));
    assert_eq!(shop.accepted("u1"), 2);
    copy.claim(Act::Activity { activity: 0 }, 0);
    assert!(copy.sync(&shop.server.client)["reset"].is_null(), "numbered and chained anew it goes on");
    let ledger = phone.sync(&shop.server.client);
    assert_eq!(ledger["reset"], "forked", "and now the other one is behind");
    shop.close();
}

#[test]
fn numbers_that_skip_some_are_a_gap() {
    let shop = Shop::open();
    let mut other = Phone::new("u1", 2);
    other.check_in(-60);
    other.sync(&shop.server.client);
    let mut phone = Phone::new("u1", 1);
    phone.acked = 5;
    phone.claim(Act::Activity { activity: 0 }, -120);
    let ledger = phone.sync(&shop.server.client);
    assert_eq!((&ledger["reset"], &ledger["seq"]), (&json!("gap"), &json!(0)));
    assert_eq!(shop.accepted("u1"), 1);
    // The claim is numbered anew, and on this phone dated after the state that it was given.
    let ledger = phone.sync(&shop.server.client);
    assert!(ledger["reset"].is_null(), "{ledger}");
    assert_eq!((&ledger["seq"], &ledger["receipt"]["points"]), (&json!(1), &json!(7)));
    shop.close();
}

#[test]
fn storage_set_back_spends_nothing_twice() {
    let shop = Shop::open();
    shop.server.fact(json!({ "user": "u1", "kind": "order_paid", "order_id": "o1", "paid_fen": 1000 }));
    let mut phone = Phone::new("u1", 1);
    phone.sync(&shop.server.client);
    let backup = phone.clone();
    phone.check_in(-HOUR_S);
    phone.sync(&shop.server.client);
    assert_eq!(shop.redeem("u1", "first", 10).status, 200);
    let mut phone = backup;
    let again = shop.redeem("u1", "second", 10);
    assert_eq!((again.status, again.code().as_str()), (409, "not_enough_points"));
    phone.check_in(0);
    let ledger = phone.sync(&shop.server.client);
    assert_eq!((&ledger["reset"], &ledger["receipt"]["points"]), (&json!("forked"), &json!(5)));
    assert_eq!(shop.accepted("u1"), 3);
    shop.close();
}

#[test]
fn a_clock_a_month_ahead_earns_nothing() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    phone.check_in(0);
    for day in 1..30 {
        phone.check_in(day * DAY_S);
    }
    let ledger = phone.sync(&shop.server.client);
    assert_eq!(refusals(&ledger), vec!["clock_ahead"; 29]);
    assert_eq!(ledger["receipt"]["points"], 5);
    phone.claim(Act::Activity { activity: 0 }, 0);
    let ledger = phone.sync(&shop.server.client);
    assert_eq!((refusals(&ledger).len(), &ledger["receipt"]["points"]), (0, &json!(7)), "the clock put right");
    shop.close();
}

#[test]
fn a_clock_a_month_back_earns_nothing() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    for day in 4..30 {
        phone.check_in(-day * DAY_S);
    }
    phone.claims.reverse();
    let ledger = phone.sync(&shop.server.client);
    assert_eq!(refusals(&ledger), vec!["too_late"; 26], "a phone nobody has heard of has no past");
    phone.check_in(0);
    assert_eq!(phone.points(&shop.server.client), 5);
    // A phone that is known and turns its clock back is still where it was.
    for day in 1..30 {
        phone.check_in(-day * DAY_S);
    }
    let ledger = phone.sync(&shop.server.client);
    assert_eq!(refusals(&ledger), vec!["already_checked_in"; 29]);
    assert_eq!(ledger["receipt"]["points"], 5);
    shop.close();
}

#[test]
fn two_phones_check_in_once_and_spend_once() {
    let shop = Shop::open();
    let (mut one, mut two) = (Phone::new("u1", 1), Phone::new("u1", 2));
    one.check_in(-60);
    two.check_in(-30);
    one.sync(&shop.server.client);
    let ledger = two.sync(&shop.server.client);
    assert_eq!((refusals(&ledger), &ledger["receipt"]["points"]), (vec!["already_checked_in".to_owned()], &json!(5)));
    shop.server.fact(json!({ "user": "u1", "kind": "order_paid", "order_id": "o1", "paid_fen": 500 }));
    let answers = [shop.redeem("u1", "from one", 10).status, shop.redeem("u1", "from two", 10).status];
    assert_eq!(answers, [200, 409]);
    let (one, two) = (one.sync(&shop.server.client), two.sync(&shop.server.client));
    assert_eq!(one["receipt"]["digest"], two["receipt"]["digest"]);
    assert!(one["reset"].is_null() && two["reset"].is_null(), "{one} {two}");
    shop.close();
}

#[test]
fn a_thousand_check_ins_in_an_hour_are_one() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    let mut codes = Vec::new();
    for batch in 0..8 {
        for n in 0..125 {
            phone.check_in(-HOUR_S + batch * 400 + n * 3);
        }
        let ledger = phone.sync(&shop.server.client);
        assert!(ledger["reset"].is_null());
        codes.extend(refusals(&ledger));
    }
    let count = |code: &str| codes.iter().filter(|found| *found == code).count();
    assert_eq!((codes.len(), count("already_checked_in"), count("too_many")), (999, 29, 970));
    assert_eq!(phone.points(&shop.server.client), 5);
    for n in 0..40 {
        let mut phone = Phone::new("u1", 100 + n);
        phone.claim(Act::Activity { activity: 0 }, -1);
        codes = refusals(&phone.sync(&shop.server.client));
    }
    assert_eq!(codes, ["too_many"], "many phones of one user do not help");
    shop.close();
}

#[test]
fn nobody_acts_with_anothers_token() {
    let shop = Shop::open();
    let mut phone = Phone::new("honest", 5);
    phone.check_in(0);
    let answer = shop.server.client.sync(&token("u1"), JSON, phone.body().to_string().as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (403, "wrong_user"));
    let answer = shop.redeem("u1", "k", 10);
    assert_eq!((answer.status, answer.code().as_str()), (409, "not_enough_points"), "it names no other user");
    let nobody = spend(&shop.server.client, ("", "k"), "/v1/redeem", &json!({ "points": 10 }));
    assert_eq!((nobody.status, nobody.code().as_str()), (403, "wrong_user"));
    let forged = format!("{}x", token("honest"));
    let headers = [("Authorization", format!("Bearer {forged}")), ("Idempotency-Key", "k".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(shop.server.client.post("/v1/redeem", &headers, br#"{"points":10}"#).status, 401);
    shop.close();
}

#[test]
fn facts_need_the_merchants_key_and_no_phone_may_claim_them() {
    let shop = Shop::open();
    let body = json!({ "app": "tea-shop", "user": "u1", "kind": "grant", "source": "activity", "points": 1000,
                       "at": daytime_ms() });
    let answer = shop.server.signed_with("a key that nobody gave me, 32 bytes or more", "k", &body);
    assert_eq!((answer.status, answer.code().as_str()), (401, "signature_bad"));
    assert_eq!(shop.server.client.post("/v1/facts", &[], body.to_string().as_bytes()).code(), "timestamp_missing");
    let mut upload = Phone::new("u1", 1).body();
    upload["claims"]["list"] =
        json!([{ "kind": "grant", "source": "activity", "points": 1000, "at": daytime_ms() / 1000 * 1000, "tz": 0 }]);
    assert_eq!(shop.server.client.sync(&token("u1"), JSON, upload.to_string().as_bytes()).status, 400);
    for only_here in ["/demo/fact", "/demo/refund", "/demo/pay", "/v1/login"] {
        // Without a body: one that nobody reads ends the connection, and the client's next request with it.
        assert_eq!(shop.server.client.post(only_here, &[], b"").status, 404, "{only_here}");
    }
    assert_eq!(shop.accepted("u1"), 0);
    shop.close();
}

#[test]
fn fifty_at_once_spend_no_more_than_there_is() {
    let shop = Shop::open();
    shop.server.fact(json!({ "user": "u1", "kind": "order_paid", "order_id": "o1", "paid_fen": 10_000 }));
    let race = |same_key: bool| -> Vec<Answer> {
        std::thread::scope(|scope| {
            let one = |n: usize| {
                let client = crate::support::Client::new(&shop.server.base);
                let key = if same_key { "same".to_owned() } else { format!("k{n}") };
                move || spend(&client, ("u1", &key), "/v1/redeem", &json!({ "points": 10 }))
            };
            let threads: Vec<_> = (0..50).map(|n| scope.spawn(one(n))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    };
    let same = race(true);
    let first = same[0].json()["n"].clone();
    assert!(same.iter().all(|answer| answer.status == 200 && answer.json()["n"] == first), "one key, one redemption");
    let answers = race(false);
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 9, "90 points were left");
    let refused = answers.iter().filter(|answer| answer.status == 409);
    assert!(refused.into_iter().all(|answer| answer.code() == "not_enough_points"));
    assert_eq!(Phone::new("u1", 1).points(&shop.server.client), 0);
    shop.close();
}

#[test]
fn what_is_spent_stays_spent_whoever_comes_late() {
    let shop = Shop::open();
    let mut phone = Phone::new("u1", 1);
    let hours_ago_ms = |hours: i64| daytime_ms() - hours * HOUR_S * 1000;
    shop.server.fact(json!({ "user": "u1", "kind": "order_paid", "order_id": "o1", "paid_fen": 500,
                             "at": hours_ago_ms(2) }));
    phone.check_in(-60);
    let mut other = Phone::new("u1", 2);
    phone.sync(&shop.server.client);
    assert_eq!(shop.redeem("u1", "all", 10).status, 200);
    // A make-up dated before the redemption would cost points that are gone.
    let day = Day::of(UnixMs::new(daytime_ms() - DAY_S * 1000), OffsetMin::new(0));
    other.claim(Act::MakeUp { day }, -30);
    let ledger = other.sync(&shop.server.client);
    assert_eq!((refusals(&ledger), &ledger["receipt"]["points"]), (vec!["too_late".to_owned()], &json!(0)));
    // A refund dated before a redemption counts from now on.
    shop.server.fact(json!({ "user": "u2", "kind": "order_paid", "order_id": "o2", "paid_fen": 1000,
                             "at": hours_ago_ms(2) }));
    assert_eq!(shop.redeem("u2", "all", 10).status, 200);
    shop.server.fact(json!({ "user": "u2", "kind": "refund", "order_id": "o2", "refund_fen": 1000,
                             "at": hours_ago_ms(1) }));
    assert_eq!(Phone::new("u2", 3).points(&shop.server.client), 0, "written off, and the redemption stands");
    assert_eq!(shop.accepted("u2"), 3);
    shop.close();
}
