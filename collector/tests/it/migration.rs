//! A database of an older version.

use rusqlite::Connection;
use serde_json::json;

use crate::phone::Phone;
use crate::support::{report, Place, FACTS_KEY};

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
    assert_eq!(place.one::<i64>("PRAGMA user_version"), 2);
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
