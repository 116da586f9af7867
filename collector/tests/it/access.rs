//! Who may do what, and what is refused.

use serde_json::json;

use crate::support::{names, report, row, token, token_for, upload, Place, BINARY, JSON, TOKEN_KEY};

#[test]
fn bad_tokens_are_told_apart() {
    let place = Place::new();
    let server = place.serve(&[]);
    let body = report("u1", 1, json!([row(1, 1, 1)])).to_string();
    let other_key = "another-key-another-key-another-key-another";
    let forged_claims = {
        let (mine, other) = (token("u1"), token("u2"));
        format!("{}.{}", other.rsplit_once('.').unwrap().0, mine.rsplit_once('.').unwrap().1)
    };
    for (token, code) in [
        ("nonsense".to_owned(), "token_malformed"),
        (token_for("tea-shop", "u1", 3600, other_key), "token_forged"),
        (token_for("other-shop", "u1", 3600, TOKEN_KEY), "token_forged"),
        (forged_claims, "token_forged"),
        (token_for("tea-shop", "u1", -1, TOKEN_KEY), "token_expired"),
    ] {
        let answer = server.client.sync(&token, JSON, body.as_bytes());
        assert_eq!((answer.status, answer.code().as_str()), (401, code));
    }
    let answer = server.client.post("/v1/sync", &[("Content-Type", JSON)], body.as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (401, "token_missing"));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 0);
}

#[test]
fn nobody_writes_for_somebody_else() {
    let place = Place::new();
    let server = place.serve(&[]);
    let send = |who: &str, kind, body: &[u8]| server.client.sync(&token(who), kind, body);
    let of_u2 = report("u2", 1, json!([row(1, 1, 1)])).to_string();
    for who in ["u1", ""] {
        let answer = send(who, JSON, of_u2.as_bytes());
        assert_eq!((answer.status, answer.code().as_str()), (403, "wrong_user"));
        let answer = send(who, BINARY, &upload("u2", 1, 1, 1).encode(&names()));
        assert_eq!((answer.status, answer.code().as_str()), (403, "wrong_user"));
    }
    let mut other_app = report("u1", 1, json!([]));
    other_app["app"] = json!("other-shop");
    let answer = send("u1", JSON, other_app.to_string().as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (403, "wrong_app"));
    let mut deletion =
        json!({"v":1,"app":"tea-shop","device":"00000000000000aa","user":"u2","sent":1790000000000u64,"tz":480});
    deletion["delete"] = json!("00000000000000bb");
    assert_eq!(send("u1", JSON, deletion.to_string().as_bytes()).status, 403);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 0);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM deletions"), 0);
}

#[test]
fn garbage_is_refused_and_never_an_internal_error() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "0"]);
    let good = upload("u1", 1, 1, 1).encode(&names());
    let mut seed = 88_172_645_463_325_252u64;
    for turn in 0..300usize {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let mut bad = good.clone();
        match turn % 3 {
            0 => bad.truncate(seed as usize % good.len()),
            1 => bad[seed as usize % good.len()] ^= 1 << (turn % 8),
            _ => bad = seed.to_le_bytes().repeat(1 + turn % 20),
        }
        let answer = server.client.sync(&token("u1"), BINARY, &bad);
        // A flipped bit may also make another valid upload, another user or another dictionary.
        assert!(matches!(answer.status, 200 | 400 | 403), "{} {}", answer.status, answer.text);
    }
    let mut long = good.clone();
    long.push(0);
    assert_eq!(server.client.sync(&token("u1"), BINARY, &long).code(), "upload_malformed");
    let page = b"<html><body>Sign in to the WiFi of this cafe</body></html>";
    for (kind, body) in
        [(JSON, &b"{}"[..]), (JSON, page), (JSON, b"\xff\xfe"), (BINARY, page), (BINARY, b""), (JSON, b"")]
    {
        let answer = server.client.sync(&token("u1"), kind, body);
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert!(!answer.code().is_empty());
    }
    let answer = server.client.sync(&token("u1"), "text/html", page);
    assert_eq!((answer.status, answer.code().as_str()), (400, "content_type_unknown"));
}

#[test]
fn json_with_unknown_members_or_bad_values_is_refused() {
    let place = Place::new();
    let server = place.serve(&[]);
    let good = report("u1", 1, json!([row(1, 1, 1)]));
    for (pointer, value) in [
        ("/extra", json!(1)),
        ("/v", json!(2)),
        ("/device", json!("xyz")),
        ("/rows/0/d", json!("2026-02-30")),
        ("/rows/0/r", json!(-1)),
        ("/rows/0/h", json!({ "24": 1 })),
    ] {
        let mut bad = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap()[key] = value;
        let answer = server.client.sync(&token("u1"), JSON, bad.to_string().as_bytes());
        assert_eq!(answer.status, 400, "{pointer}: {}", answer.text);
    }
    assert_eq!(server.client.sync(&token("u1"), JSON, good.to_string().as_bytes()).status, 200);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 1);
}

#[test]
fn bodies_over_the_limit_are_refused() {
    let place = Place::new();
    let server = place.serve(&[]);
    for size in [65_537, 200_000] {
        let answer = server.client.sync(&token("u1"), JSON, &vec![b' '; size]);
        assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
    }
    let mut padded = report("u1", 1, json!([row(1, 1, 1)])).to_string().into_bytes();
    padded.resize(65_536, b' ');
    assert_eq!(server.client.sync(&token("u1"), JSON, &padded).status, 200, "the limit itself is within");
}

#[test]
fn rates_are_limited_by_user_and_by_device() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "60", "--rate-burst", "3"]);
    let send = |user: &str, device: u64| {
        let body = report(user, device, json!([])).to_string();
        server.client.sync(&token(user), JSON, body.as_bytes())
    };
    let statuses: Vec<u16> = (0..4).map(|device| send("u1", device).status).collect();
    assert_eq!(statuses, [200, 200, 200, 429], "a user on many devices");
    let limited = send("u1", 9);
    assert_eq!(limited.code(), "rate_limited");
    assert_eq!(limited.header("retry-after"), "1");
    assert_eq!(send("u2", 10).status, 200, "others are not affected");
    let statuses: Vec<u16> = (0..4).map(|_| send("", 20).status).collect();
    assert_eq!(statuses, [200, 200, 200, 429], "a device before login");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(send("u1", 9).status, 200, "after the time it was told to wait");
}

#[test]
fn web_pages_may_call_only_where_allowed() {
    let place = Place::new();
    let preflight = |server: &crate::support::Server, origin: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization,content-type"),
        ];
        let answer = server.client.send(("OPTIONS", "/v1/sync"), &headers, b"").unwrap();
        (answer.status, answer.header("access-control-allow-origin").to_owned())
    };
    let closed = place.serve(&[]);
    assert_eq!(preflight(&closed, "http://localhost:3000").1, "");
    drop(closed);
    let named = place.serve(&["--cors", "https://shop.example"]);
    assert_eq!(preflight(&named, "https://shop.example"), (200, "https://shop.example".into()));
    assert_eq!(preflight(&named, "http://localhost:3000").1, "");
    drop(named);
    let demo = place.serve(&["--demo"]);
    assert_eq!(preflight(&demo, "http://127.0.0.1:3000"), (200, "http://127.0.0.1:3000".into()));
    assert_eq!(preflight(&demo, "https://evil.example").1, "");
    let answer = demo.client.get("/v1/program", &[("Origin", "http://localhost:1")]);
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:1");
}

#[test]
fn other_paths_and_methods_answer_in_the_same_form() {
    let place = Place::new();
    let server = place.serve(&[]);
    let answer = server.client.get("/nothing", &[]);
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    let answer = server.client.get("/v1/sync", &[]);
    assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"));
    let answer = server.client.get("/healthz", &[]);
    assert_eq!((answer.status, answer.text.as_str()), (200, "ok\n"));
    for path in ["/v1/login", "/demo/pay"] {
        assert_eq!(server.client.post(path, &[], b"{}").status, 404, "{path} is for demonstrations only");
    }
}
