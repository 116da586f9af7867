//! The served program.

use crate::support::{Place, PROGRAM};

#[test]
fn the_program_is_served_with_its_revision_as_tag() {
    let place = Place::new();
    let server = place.serve(&[]);
    let answer = server.client.get("/v1/program", &[]);
    assert_eq!((answer.status, answer.text.as_str()), (200, PROGRAM));
    assert_eq!((answer.header("etag"), answer.header("content-type")), ("\"r3\"", "application/json"));
    let answer = server.client.get("/v1/program", &[("If-None-Match", "\"r3\"")]);
    assert_eq!((answer.status, answer.text.as_str()), (304, ""));
    assert_eq!(server.client.get("/v1/program", &[("If-None-Match", "\"r2\"")]).status, 200);
    assert_eq!(server.client.get("/v1/program?app=tea-shop", &[]).status, 200);
    assert_eq!(server.client.get("/v1/program?app=other", &[]).status, 404);
}

#[test]
fn a_bad_program_or_missing_keys_end_the_start_with_a_remedy() {
    let place = Place::new();
    std::fs::write(place.path("bad.json"), r#"{"app":"Tea Shop","revision":0}"#).unwrap();
    let db = place.path("other.sqlite");
    let (done, text) = place.run(&["serve", "--db", &db, "--program", &place.path("bad.json")]);
    assert!(!done && text.contains("app") && text.contains("revision"), "{text}");
    let (done, text) = place.run(&["serve", "--db", &db, "--program", &place.path("program.json")]);
    assert!(!done && text.contains("HUITOU_TOKEN_SECRET"), "{text}");
    let (done, text) = place.run(&["serve", "--db", &db, "--secrets", &place.path("keys.json")]);
    assert!(!done && text.contains("--program"), "{text}");
    let demo = ["serve", "--db", &db, "--program", &place.path("program.json"), "--demo", "--listen", "0.0.0.0:0"];
    let (done, text) = place.run(&demo);
    assert!(!done && text.contains("this machine only"), "{text}");
    assert!(!std::path::Path::new(&db).exists(), "nothing was made");
}

#[test]
fn a_busy_port_ends_the_start_with_a_remedy() {
    let place = Place::new();
    let server = place.serve(&[]);
    let address = server.base.strip_prefix("http://").unwrap();
    let flags = ["--db", &place.path("other.sqlite"), "--program", &place.path("program.json")];
    let (done, text) =
        place.run(&[&["serve", "--listen", address, "--secrets", &place.path("keys.json")], &flags[..]].concat());
    assert!(!done && text.contains("--listen"), "{text}");
}

#[test]
fn keys_may_come_from_the_environment() {
    let place = Place::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_huitou-collector"));
    command.args(["token", "--app", "tea-shop", "--user", "u1"]);
    command.env_remove("HUITOU_SECRETS").env("HUITOU_TOKEN_SECRET", crate::support::TOKEN_KEY);
    let token = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let server = place.serve(&[]);
    let body = crate::support::report("u1", 1, serde_json::json!([]));
    assert_eq!(server.client.sync(token.trim(), crate::support::JSON, body.to_string().as_bytes()).status, 200);
}
