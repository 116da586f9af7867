//! The optional proof with WeChat's per-user key.

use huitou_collector::clock::now_ms;
use huitou_collector::secret::{hex, Secret};
use serde_json::{json, Value};

use crate::phone::Phone;
use crate::support::{token, Answer, Place, Server, FACTS_KEY, JSON, TOKEN_KEY};

const KEY: &[u8] = b"sixteen bytes ..";

fn place(rule: &str) -> Place {
    let place = Place::loyal();
    let keys = json!({ "tea-shop": { "token": [TOKEN_KEY], "facts": [FACTS_KEY], "mac": rule } });
    std::fs::write(place.path("keys.json"), keys.to_string()).unwrap();
    place
}

fn hand_over(server: &Server, version: u32, expires_at: i64) -> Answer {
    let key = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, KEY);
    let body = json!({ "app": "tea-shop", "user": "u1", "version": version, "key": key, "expires_at": expires_at });
    server.post_signed("/v1/userkeys", (FACTS_KEY, "k"), &body)
}

fn mac(version: u32, body: &Value) -> String {
    format!("{version}.{}", hex(&Secret::of_user(KEY.to_vec()).sign(&[body.to_string().as_bytes()])))
}

fn send(server: &Server, body: &Value, mac: Option<&str>) -> Answer {
    let bearer = format!("Bearer {}", token(body["user"].as_str().unwrap()));
    let mut headers = vec![("Authorization", bearer.as_str()), ("Content-Type", JSON)];
    headers.extend(mac.map(|mac| ("X-Huitou-Mac", mac)));
    server.client.post("/v1/sync", &headers, body.to_string().as_bytes())
}

#[test]
fn a_required_proof_must_be_there_fresh_and_right() {
    let place = place("required");
    let server = place.serve(&[]);
    let later = now_ms() + 3_600_000;
    assert_eq!(hand_over(&server, 7, later).status, 200);
    assert_eq!(hand_over(&server, 6, now_ms() - 1).status, 200);
    let mut phone = Phone::new("u1", 1);
    phone.check_in(0);
    let body = phone.body();
    let mut other = body.clone();
    other["sent"] = json!(now_ms() + 1);
    for (given, code) in [
        (None, "mac_missing"),
        (Some(mac(8, &body)), "mac_unknown"),
        (Some(mac(6, &body)), "mac_unknown"),
        (Some(mac(7, &other)), "mac_bad"),
        (Some("7".to_owned()), "mac_bad"),
    ] {
        let answer = send(&server, &body, given.as_deref());
        assert_eq!((answer.status, answer.code().as_str()), (401, code));
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM ledger"), 0);
    assert_eq!(send(&server, &body, Some(&mac(7, &body))).status, 200);
    let before_login = crate::support::report("", 1, json!([]));
    assert_eq!(send(&server, &before_login, None).status, 200, "nobody has no key");
    for version in 8..12 {
        hand_over(&server, version, later);
    }
    assert_eq!(place.one::<String>("SELECT group_concat(version) FROM user_keys"), "9,10,11", "WeChat keeps three");
}

#[test]
fn an_optional_proof_is_checked_where_it_can_be() {
    let place = place("optional");
    let server = place.serve(&[]);
    hand_over(&server, 7, now_ms() + 3_600_000);
    let body = crate::support::report("u1", 1, json!([]));
    assert_eq!(send(&server, &body, None).status, 200);
    assert_eq!(send(&server, &body, Some(&mac(7, &body))).status, 200);
    assert_eq!(send(&server, &body, Some(&mac(9, &body))).status, 200, "a key nobody handed over");
    assert_eq!(send(&server, &body, Some(&mac(7, &json!({})))).code(), "mac_bad");
}

#[test]
fn keys_come_from_the_merchant_only() {
    let place = place("optional");
    let server = place.serve(&[]);
    let body = json!({ "app": "tea-shop", "user": "u1", "version": 1, "key": "AAAAAAAAAAAAAAAAAAAAAA==",
                       "expires_at": now_ms() });
    assert_eq!(server.post_signed("/v1/userkeys", (TOKEN_KEY, "k"), &body).code(), "signature_bad");
    for (member, value) in [("key", json!("AAAA")), ("user", json!("")), ("version", json!(-1)), ("more", json!(1))] {
        let mut bad = body.clone();
        bad[member] = value;
        assert_eq!(server.post_signed("/v1/userkeys", (FACTS_KEY, "k"), &bad).code(), "userkey_malformed", "{member}");
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM user_keys"), 0);
}
