//! Plans of phones, and what ends them.

use huitou::loyalty::Act;
use huitou_collector::clock::now_ms;
use serde_json::{json, Value};

use crate::phone::Phone;
use crate::support::{report, row, Client, Place, FACTS_KEY};

/// A trip that began so many minutes ago, with one coupon due tomorrow.
fn trip(journey: &str, minutes_ago: i64, more: Value) -> Value {
    let at = now_ms() / 1000 * 1000 - minutes_ago * 60_000;
    let mut trip = json!({
        "journey": journey, "key": "", "at": at, "standing": "running", "ended": at, "variation": 0, "held_out": false,
        "once": false, "by_order": false, "cancel_on": ["order_paid"], "done": [],
        "due": [{ "step": 0, "at": at + 86_400_000, "kind": "coupon", "ref": "five", "service": false }],
    });
    trip.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    trip
}

fn tell(client: &Client, (user, device, revision): (&str, u64, u32), trips: &[Value]) -> Value {
    let mut body = report(user, device, json!([]));
    body["plan"] = json!({ "rev": revision, "trips": trips });
    client.sync_json(user, &body)
}

/// Journeys with something to be done.
fn pending(place: &Place) -> String {
    let sql = "SELECT coalesce(group_concat(journey || key || ' ' || device, ', '), '') FROM (
                 SELECT p.journey, p.key, t.device FROM pending_actions p JOIN trips t USING (app, user, journey, key, begun)
                 ORDER BY p.journey, p.key, t.device)";
    place.one::<String>(sql).replace("000000000000000", "")
}

fn paid(server: &crate::support::Server, order: &str) {
    let fact = json!({ "app": "tea-shop", "user": "u1", "kind": "order_paid", "order_id": order, "paid_fen": 1, "at": now_ms() });
    assert_eq!(server.signed_with(FACTS_KEY, order, &fact).status, 200);
}

#[test]
fn a_plan_replaces_what_was_told_of_the_same_trip() {
    let place = Place::new();
    let server = place.serve(&[]);
    let first = trip("cart", 5, json!({}));
    assert_eq!(tell(&server.client, ("u1", 1, 7), std::slice::from_ref(&first))["plan"], 7);
    assert_eq!(pending(&place), "cart 1");
    let mut over = first.clone();
    (over["standing"], over["due"]) = (json!("goal"), json!([]));
    tell(&server.client, ("u1", 1, 8), &[over]);
    tell(&server.client, ("u1", 1, 7), &[first]);
    assert_eq!(pending(&place), "", "an upload that comes late changes nothing");
    assert_eq!(place.one::<i64>("SELECT converted FROM journey_sums"), 1);
    tell(&server.client, ("", 2, 1), &[trip("cart", 5, json!({}))]);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM trips"), 1, "nobody can be reached without a name");
}

#[test]
fn two_phones_have_one_plan() {
    let place = Place::new();
    let server = place.serve(&[]);
    for order in [[1, 2], [2, 1]] {
        for device in order {
            let (ago, once) = (if device == 1 { 60 } else { 30 }, json!({ "once": true }));
            let name = format!("{}", order[0]);
            let trips =
                [trip(&("again".to_owned() + &name), ago, json!({})), trip(&("once".to_owned() + &name), ago, once)];
            tell(&server.client, ("u1", device, order[0] as u32 * 10), &trips);
        }
    }
    assert_eq!(pending(&place), "again1 2, again2 2, once1 1, once2 1", "the newest, or of what may be once the first");
}

#[test]
fn what_the_server_sees_ends_what_it_ends() {
    let place = Place::loyal();
    let server = place.serve(&[]);
    let check_in = json!({ "cancel_on": ["check_in"] });
    let of_order = json!({ "key": "o-1", "by_order": true });
    let trips = [
        trip("a-order", 5, json!({})),
        trip("b-check-in", 5, check_in),
        trip("c-visit", 5, json!({ "cancel_on": ["visit"] })),
        trip("d-order", 5, of_order),
        trip("e-stays", 5, json!({ "cancel_on": [] })),
    ];
    tell(&server.client, ("u1", 1, 1), &trips);
    assert_eq!(pending(&place).matches(',').count(), 4);
    server.client.sync_json("u1", &report("u1", 1, json!([row(1, 1, 1)])));
    assert!(pending(&place).contains("c-visit"), "a phone knows of its own visits");
    server.client.sync_json("u1", &report("u1", 2, json!([row(2, 1, 1)])));
    assert!(!pending(&place).contains("c-visit"), "another one's are seen here");
    paid(&server, "o-2");
    assert_eq!(pending(&place), "b-check-in 1, d-ordero-1 1, e-stays 1", "another order than that of d");
    paid(&server, "o-1");
    let mut phone = Phone::new("u1", 3);
    phone.claim_at(Act::CheckIn, now_ms() / 1000);
    phone.sync(&server.client);
    assert_eq!(pending(&place), "e-stays 1");
}

#[test]
fn an_order_that_the_phone_told_itself_has_ended_there_what_it_ends() {
    let place = Place::new();
    let server = place.serve(&[]);
    let mut one = row(1, 1, 1);
    one["o"] = json!([["o-1", 1]]);
    let mut body = report("u1", 1, json!([one]));
    body["plan"] = json!({ "rev": 1, "trips": [trip("after-order", 5, json!({}))] });
    server.client.sync_json("u1", &body);
    paid(&server, "o-1");
    assert_eq!(pending(&place), "after-order 1", "it began with that order");
    paid(&server, "o-2");
    assert_eq!(pending(&place), "", "the phone knows nothing of the second");
}

#[test]
fn a_fact_from_before_the_upload_counts_and_those_held_out_get_nothing() {
    let place = Place::new();
    let server = place.serve(&["--demo"]);
    paid(&server, "o-1");
    tell(
        &server.client,
        ("u1", 1, 1),
        &[trip("cart", 5, json!({})), trip("held", 5, json!({ "held_out": true, "cancel_on": [] }))],
    );
    assert_eq!(pending(&place), "", "paid while the phone had no network");
    let page = server.client.get("/journeys", &[]);
    assert!(page.status == 200 && page.text.contains("cart") && page.text.contains("留出组"), "{}", page.text);
}
