//! What a merchant's server says, on its way to the phone.

use huitou_collector::clock::now_ms;
use serde_json::{json, Value};

use crate::support::{report, signature, Answer, Place, Server, FACTS_KEY, TOKEN_KEY};

fn fact(user: &str, order: &str) -> Value {
    json!({ "app": "tea-shop", "user": user, "kind": "order_paid", "order_id": order, "paid_fen": 4900,
            "at": 1_790_000_000_000u64 })
}

fn send(server: &Server, key: &str, body: &Value) -> Answer {
    let now = now_ms() / 1000;
    send_signed(server, key, body, (now, signature(now, &body.to_string(), FACTS_KEY)))
}

fn send_signed(server: &Server, key: &str, body: &Value, (timestamp, signature): (i64, String)) -> Answer {
    let timestamp = timestamp.to_string();
    let headers =
        [("X-Huitou-Timestamp", timestamp.as_str()), ("X-Huitou-Signature", &signature), ("Idempotency-Key", key)];
    server.client.post("/v1/facts", &headers, body.to_string().as_bytes())
}

#[test]
fn a_fact_reaches_its_user_once_and_in_order() {
    let place = Place::new();
    let server = place.serve(&[]);
    for n in 0..40 {
        let answer = send(&server, &format!("k{n}"), &fact("u1", &format!("o{n}")));
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(send(&server, "other", &fact("u2", "x")).status, 200);
    let (mut cursor, mut seen) = (0, Vec::new());
    loop {
        let mut body = report("u1", 1, json!([]));
        body["facts"] = json!(cursor);
        let answer = server.client.sync_json("u1", &body);
        let Some(facts) = answer["facts"].as_array() else { break };
        assert!(facts.len() <= 32);
        for fact in facts {
            assert!(fact["n"].as_u64().unwrap() > cursor, "ascending");
            cursor = fact["n"].as_u64().unwrap();
            seen.push(fact["order_id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(seen, (0..40).map(|n| format!("o{n}")).collect::<Vec<_>>());
    assert!(server.client.sync_json("u1", &report("", 1, json!([]))).get("facts").is_none(), "not before login");
    let answer = server.client.sync_json("u2", &report("u2", 1, json!([])));
    let expected = json!({ "kind": "order_paid", "order_id": "x", "paid_fen": 4900, "at": 1_790_000_000_000u64 });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&answer["facts"][0][member], value);
    }
}

#[test]
fn a_retry_gets_the_same_answer_and_another_body_a_conflict() {
    let place = Place::new();
    let server = place.serve(&[]);
    let first = send(&server, "k1", &fact("u1", "o1"));
    let again = send(&server, "k1", &fact("u1", "o1"));
    assert_eq!((again.status, &again.text), (200, &first.text));
    let other = send(&server, "k1", &fact("u1", "o2"));
    assert_eq!((other.status, other.code().as_str()), (409, "idempotency_key_reused"));
    let same_order = send(&server, "k2", &fact("u1", "o1"));
    assert_eq!((same_order.status, &same_order.text), (200, &first.text), "an order is paid once, whatever the key");
    let mut dearer = fact("u1", "o1");
    dearer["paid_fen"] = json!(1);
    let answer = send(&server, "k3", &dearer);
    assert_eq!((answer.status, answer.code().as_str()), (409, "order_conflict"));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM facts"), 1);
}

#[test]
fn only_the_merchants_server_may_say_so_and_only_now() {
    let place = Place::new();
    let server = place.serve(&[]);
    let (body, now) = (fact("u1", "o1"), now_ms() / 1000);
    let signed = |at: i64, key: &str| (at, signature(at, &body.to_string(), key));
    let mut refused = vec![
        (send_signed(&server, "k", &body, signed(now, TOKEN_KEY)), "signature_bad"),
        (send_signed(&server, "k", &body, (now, "zz".into())), "signature_bad"),
        (send_signed(&server, "k", &body, (now, String::new())), "signature_bad"),
        (send_signed(&server, "k", &body, (now + 1, signature(now, &body.to_string(), FACTS_KEY))), "signature_bad"),
        (send_signed(&server, "k", &body, signed(now - 400, FACTS_KEY)), "timestamp_stale"),
        (send_signed(&server, "k", &body, signed(now + 400, FACTS_KEY)), "timestamp_stale"),
    ];
    let mut changed = body.clone();
    changed["paid_fen"] = json!(1);
    refused.push((send_signed(&server, "k", &changed, signed(now, FACTS_KEY)), "signature_bad"));
    refused.push((server.client.post("/v1/facts", &[], body.to_string().as_bytes()), "timestamp_missing"));
    for (answer, code) in refused {
        assert_eq!((answer.status, answer.code().as_str()), (401, code));
    }
    assert_eq!(
        send_signed(&server, "k", &body, signed(now - 250, FACTS_KEY)).status,
        200,
        "clocks may differ a little"
    );
}

#[test]
fn malformed_facts_are_refused() {
    let place = Place::new();
    let server = place.serve(&[]);
    for (member, value) in [
        ("user", json!("")),
        ("kind", json!("refund")),
        ("order_id", json!("x".repeat(41))),
        ("order_id", json!("")),
        ("paid_fen", json!(-1)),
        ("paid_fen", json!(1.5)),
        ("at", json!(12)),
        ("extra", json!(1)),
    ] {
        let mut bad = fact("u1", "o1");
        bad[member] = value;
        let answer = send(&server, "k", &bad);
        assert_eq!((answer.status, answer.code().as_str()), (400, "fact_malformed"), "{member}");
    }
    assert_eq!(send(&server, "", &fact("u1", "o1")).code(), "idempotency_key_missing");
    assert_eq!(place.one::<i64>("SELECT count(*) FROM facts"), 0);
}
