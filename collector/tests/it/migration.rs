//! A database of an older version.

use huitou_collector::storage::SCHEMA_VERSION;
use rusqlite::Connection;
use serde_json::json;

use crate::phone::Phone;
use crate::support::{exposed, report, row, Place, FACTS_KEY};

/// As version 1 made it, with two orders of one user and one of another.
fn old_database(path: &str) {
    let db = Connection::open(path).unwrap();
    db.execute_batch(include_str!("schema-v1.sql")).unwrap();
    db.execute_batch("PRAGMA application_id = 1752525172; PRAGMA user_version = 1;").unwrap();
    for (user, n, order) in [("u1", 200_000_001, "o1"), ("u1", 200_000_009, "o2"), ("u2", 200_000_002, "o3")] {
        db.execute(
            "INSERT INTO facts VALUES ('tea-shop', ?1, ?2, 'order_paid', ?3, 1000, 1790000000000, 1790000001000, ?3, x'00')",
            rusqlite::params![user, n, order],
        )
        .unwrap();
    }
}

#[test]
fn orders_of_version_1_become_entries_of_the_ledger() {
    let place = Place::loyal();
    old_database(&place.path("db.sqlite"));
    let server = place.serve(&[]);
    assert_eq!(place.one::<i64>("PRAGMA user_version"), SCHEMA_VERSION);
    assert_eq!(
        place.one::<String>("SELECT group_concat(n || order_id) FROM facts WHERE user = 'u1'"),
        "200000001o1,200000009o2"
    );
    let mut older = report("u1", 1, json!([]));
    older["facts"] = json!(200_000_001);
    let answer = server.client.sync_json("u1", &older);
    assert_eq!((answer["facts"].as_array().unwrap().len(), &answer["facts"][0]["order_id"]), (1, &json!("o2")));
    let mut phone = Phone::new("u1", 2);
    phone.check_in(0);
    phone.sync(&server.client);
    let order = json!({ "app": "tea-shop", "user": "u1", "kind": "order_paid", "order_id": "o1", "paid_fen": 1,
                        "at": 1_790_000_000_000u64 });
    assert_eq!(server.signed_with(FACTS_KEY, "again", &order).code(), "order_conflict", "it is known");
    let (sound, text) = place.run(&["verify", "--db", &place.path("db.sqlite")]);
    assert!(sound, "{text}");
}

#[test]
fn a_database_of_version_2_takes_exposures_and_keeps_its_rows() {
    let place = Place::loyal();
    let db = Connection::open(place.path("db.sqlite")).unwrap();
    db.execute_batch(include_str!("schema-v2.sql")).unwrap();
    db.execute_batch("PRAGMA application_id = 1752525172; PRAGMA user_version = 2;").unwrap();
    let body = row(1, 1, 7).to_string();
    db.execute(
        "INSERT INTO rows (app, user, device, segment, day, revision, received_at, events, sessions, session_s, orders, paid_fen, body)
         VALUES ('tea-shop', 'u1', '0000000000000001', '0000000000000001', ?1, 1, 1, 7, 1, 7, 0, 0, ?2)",
        rusqlite::params![crate::support::day(0), body],
    )
    .unwrap();
    drop(db);
    let server = place.serve(&[]);
    assert_eq!(place.one::<i64>("PRAGMA user_version"), SCHEMA_VERSION);
    let mut upload = report("u1", 1, json!([]));
    upload["exposures"] = exposed(1, &[("buy", "0", 0, -1)]);
    assert_eq!(server.client.sync_json("u1", &upload)["exposures"], 1);
    assert_eq!(
        place.one::<f64>("SELECT sum_y FROM experiment_sums WHERE metric = 'event:launch'"),
        7.0,
        "rows from before the migration count"
    );
    drop(server);
    let (sound, text) = place.run(&["verify", "--db", &place.path("db.sqlite")]);
    assert!(sound, "{text}");
    place.serve(&[]);
}

#[test]
fn a_database_of_version_3_takes_judgements_and_plans() {
    let place = Place::loyal();
    let db = Connection::open(place.path("db.sqlite")).unwrap();
    db.execute_batch(include_str!("schema-v3.sql")).unwrap();
    db.execute_batch("PRAGMA application_id = 1752525172; PRAGMA user_version = 3;").unwrap();
    db.execute(
        "INSERT INTO exposures VALUES ('tea-shop', 'buy', 0, 'u1', '0000000000000001', '0', 1, '2026-01-01')",
        [],
    )
    .unwrap();
    drop(db);
    let server = place.serve(&[]);
    assert_eq!(place.one::<i64>("PRAGMA user_version"), SCHEMA_VERSION);
    let mut upload = report("u1", 1, json!([]));
    upload["insight"] = json!({ "rev": 3, "level": "new", "p": 1, "buy": 1, "signs": [], "segments": [] });
    assert_eq!(server.client.sync_json("u1", &upload)["insight"], 3);
    assert_eq!(place.one::<i64>("SELECT (SELECT count(*) FROM exposures) + (SELECT count(*) FROM insight)"), 2);
}
