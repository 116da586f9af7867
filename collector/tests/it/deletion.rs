//! Withdrawal of consent.

use serde_json::{json, Value};

use crate::support::{id, report, row, signature, Place, FACTS_KEY};

fn deletion(user: &str, device: u64, number: u64, sent: i64) -> Value {
    json!({ "v": 1, "app": "tea-shop", "device": id(device), "user": user, "sent": sent, "tz": 480, "delete": id(number) })
}

fn of_u1(place: &Place, device: u64) -> i64 {
    place.one(&format!("SELECT count(*) FROM rows WHERE user = 'u1' AND device = '{}'", id(device)))
}

#[test]
fn everything_of_the_user_on_the_device_goes_and_nothing_else() {
    let place = Place::new();
    let server = place.serve(&[]);
    for (user, device) in [("u1", 1), ("u1", 2), ("u2", 1), ("", 1)] {
        let mut old = row(9, 1, 1);
        old["d"] = json!("2026-01-01");
        let mut body = report(user, device, json!([row(1, 1, 1), old]));
        body["attributes"] = json!({ "rev": 1, "set": { "city": "深圳" } });
        server.client.sync_json(user, &body);
    }
    let fact = json!({ "app": "tea-shop", "user": "u1", "kind": "order_paid", "order_id": "o", "paid_fen": 1,
                       "at": 1_790_000_000_000u64 });
    let now = huitou_collector::clock::now_ms() / 1000;
    let (timestamp, signature) = (now.to_string(), signature(now, &fact.to_string(), FACTS_KEY));
    let headers = [("X-Huitou-Timestamp", &*timestamp), ("X-Huitou-Signature", &*signature), ("Idempotency-Key", "k")];
    assert_eq!(server.client.post("/v1/facts", &headers, fact.to_string().as_bytes()).status, 200);

    let answer = server.client.sync_json("u1", &deletion("u1", 1, 77, now * 1000));
    assert_eq!((&answer["deleted"], &answer["acks"]), (&json!(id(77)), &json!([])));
    assert_eq!(of_u1(&place, 1), 0);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 2, "others and other devices stay");
    assert_eq!(place.one::<i64>("SELECT count(*) FROM attributes"), 2);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM quarantine"), 2);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM facts"), 0);
    assert_eq!(place.one::<String>("SELECT id || ' ' || removed FROM deletions"), format!("{} 7", id(77)));
}

#[test]
fn what_was_made_before_the_deletion_stays_out_and_what_comes_after_stays() {
    let place = Place::new();
    let server = place.serve(&[]);
    let before = report("u1", 1, json!([row(1, 1, 1)]));
    let sent = before["sent"].as_i64().unwrap();
    server.client.sync_json("u1", &before);
    server.client.sync_json("u1", &deletion("u1", 1, 5, sent + 1000));
    let late = server.client.sync_json("u1", &before);
    assert_eq!(late["acks"][0]["r"], 1, "acknowledged, so that nobody sends it again");
    assert_eq!(of_u1(&place, 1), 0, "an upload that was still on its way");
    let mut after = report("u1", 1, json!([row(2, 1, 1)]));
    after["sent"] = json!(sent + 2000);
    server.client.sync_json("u1", &after);
    assert_eq!(of_u1(&place, 1), 1, "new consent");
    let answer = server.client.sync_json("u1", &deletion("u1", 1, 5, sent + 1000));
    assert_eq!(answer["deleted"], id(5), "a retry of the request is answered again");
    assert_eq!(of_u1(&place, 1), 1, "and takes nothing that came since");
    assert_eq!(place.one::<i64>("SELECT discarded FROM traffic"), 1);
}
