//! The other commands.

use serde_json::{json, Value};

use crate::phone::Phone;
use crate::support::{exposed, names, report, row, token, upload, Place, BINARY};

fn filled() -> Place {
    let place = Place::loyal();
    let server = place.serve(&[]);
    for segment in 1..=5 {
        let body = upload("u1", 1, segment, 2).encode(&names());
        assert_eq!(server.client.sync(&token("u1"), BINARY, &body).status, 200);
    }
    server.client.sync_json("u2", &report("u2", 2, json!([row(1, 1, 7)])));
    for (user, device, variation) in [("u1", 1, "0"), ("u2", 2, "0"), ("u3", 3, "0"), ("u3", 4, "1"), ("u4", 5, "1")] {
        let mut body = report(user, device, json!([]));
        body["exposures"] = exposed(1, &[("buy-colour", variation, 0, -1)]);
        server.client.sync_json(user, &body);
    }
    server.fact(json!({ "user": "u1", "kind": "order_paid", "order_id": "o1", "paid_fen": 10_050 }));
    server.fact(json!({ "user": "u1", "kind": "refund", "order_id": "o1", "refund_fen": 3350 }));
    let mut phone = Phone::new("u1", 9);
    phone.check_in(-2);
    phone.check_in(-1);
    phone.check_in(86_400);
    assert_eq!(phone.points(&server.client), 71);
    place
}

/// An exported ledger.
fn exported(place: &Place) -> (String, Value) {
    let (db, out) = (place.path("db.sqlite"), place.path("ledger.json"));
    let (done, text) = place.run(&["export-ledger", "--db", &db, "--user", "u1", "--out", &out]);
    assert!(done, "{text}");
    let export = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    (out, export)
}

#[test]
fn an_exported_ledger_proves_itself() {
    let place = filled();
    let (file, export) = exported(&place);
    assert_eq!((export["entries"].as_array().unwrap().len(), export["aside"].as_array().unwrap().len()), (4, 1));
    let (sound, text) = place.run(&["verify", &file]);
    assert!(sound && text.contains("ok: 4 entries, 1 put aside, 1 phones, 71 points"), "{text}");
    let replayed = huitou::loyalty::exported::replay_json(&export.to_string()).unwrap();
    let replayed: Value = serde_json::from_str(&replayed).unwrap();
    assert_eq!(replayed["digest"], export["result"]["digest"], "the engine alone finds the same");
    assert_eq!(replayed["state"]["points"]["available"], 71);
    let (done, text) = place.run(&["export-ledger", "--db", &place.path("db.sqlite"), "--user", "nobody"]);
    assert!(!done && text.contains("no ledger"), "{text}");
}

#[test]
fn verify_names_the_entry_that_was_edited() {
    let place = filled();
    let (file, export) = exported(&place);
    let verify = |edited: &Value| {
        std::fs::write(&file, edited.to_string()).unwrap();
        place.run(&["verify", &file])
    };
    let edits: [(&str, usize, &str, Value); 9] = [
        ("entries", 0, "paid_fen", json!(20_050)),
        ("entries", 0, "tz", json!(0)),
        ("entries", 1, "refund_fen", json!(1)),
        ("entries", 2, "told_at", json!(1_790_000_000_000u64)),
        ("entries", 2, "kind", json!("granted")),
        ("entries", 3, "verdict", Value::Null),
        ("entries", 3, "device", json!("00000000000000aa")),
        ("entries", 3, "head", json!("00")),
        ("aside", 0, "rev", json!(2)),
    ];
    for (list, at, member, value) in edits {
        let mut edited = export.clone();
        edited[list][at][member] = value.clone();
        let (sound, text) = verify(&edited);
        let n = export[list][at]["n"].to_string();
        let named = text.contains(&n) || member == "kind";
        assert!(!sound && named, "{list} {at} {member} {value}: {text}");
    }
    let mut shorter = export.clone();
    shorter["entries"].as_array_mut().unwrap().remove(1);
    let (sound, text) = verify(&shorter);
    assert!(!sound && text.contains(&export["entries"][2]["n"].to_string()), "the next one does not follow: {text}");
    let mut richer = export.clone();
    richer["result"]["points"] = json!(1000);
    let (sound, text) = verify(&richer);
    assert!(!sound && text.contains("1000"), "{text}");
    assert!(verify(&export).0);
}

#[test]
fn check_tells_mistakes_and_the_worst_case() {
    let place = Place::loyal();
    let (done, text) = place.run(&["check", &place.path("program.json")]);
    assert!(done && text.contains("worst case of a forged phone") && !text.contains("warning"), "{text}");
    std::fs::write(place.path("odd.json"), r#"{"app":"a","revision":1,"points":{"per_yuan":"many"}}"#).unwrap();
    let (done, text) = place.run(&["check", &place.path("odd.json")]);
    assert!(done && text.contains("points.per_yuan"), "{text}");
    std::fs::write(place.path("bad.json"), r#"{"app":"a"}"#).unwrap();
    let (done, text) = place.run(&["check", &place.path("bad.json")]);
    assert!(!done && text.contains("revision"), "{text}");
}

#[test]
fn exports_hold_every_row() {
    let place = filled();
    let db = place.path("db.sqlite");
    let (done, csv) = place.run(&["export", "--db", &db, "--format", "csv"]);
    assert!(done, "{csv}");
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with("id,app,user,device,segment,day,revision,received_at,events"));
    assert_eq!(lines.count(), 6);
    let out = place.path("rows.ndjson");
    let (done, text) = place.run(&["export", "--db", &db, "--format", "ndjson", "--out", &out]);
    assert!(done && text.trim() == "6 rows", "{text}");
    let rows: Vec<Value> =
        std::fs::read_to_string(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.iter().map(|row| row["events"].as_i64().unwrap()).sum::<i64>(), 37);
    assert_eq!(rows[0]["body"]["e"]["page"]["n"], 5);
    let (done, csv) = place.run(&["export", "--db", &db, "--table", "flow_steps"]);
    assert!(done && csv.lines().count() == 1 + 15, "{csv}");
    let (done, text) = place.run(&["export", "--db", &db, "--table", "rows; DROP TABLE rows"]);
    assert!(!done && text.contains("event_counts"), "names what there is: {text}");
}

#[test]
fn verify_finds_what_was_tampered_with() {
    let place = filled();
    let db = place.path("db.sqlite");
    let (done, text) = place.run(&["verify", "--db", &db]);
    assert!(done && text.contains("8 checked, 0 problems"), "{text}");
    let tampering = [
        ("UPDATE rows SET events = events + 1 WHERE id = 1", "rows 1: the columns differ from the body"),
        ("UPDATE rows SET revision = 9 WHERE id = 2", "rows 2: the body is that of another row"),
        ("UPDATE rows SET body = 'x' WHERE id = 3", "rows 3: the body can't be read"),
        ("UPDATE dictionaries SET names = x'00'", "the names can't be read"),
        ("UPDATE ledger SET body = replace(body, '10050', '90050')", "(order_paid): it was changed"),
    ];
    let connection = rusqlite::Connection::open(&db).unwrap();
    for (sql, _) in tampering {
        connection.execute(sql, []).unwrap();
    }
    let (done, text) = place.run(&["verify", "--db", &db]);
    assert!(!done && text.contains("5 problems"), "{text}");
    for (_, problem) in tampering {
        assert!(text.contains(problem), "{problem}: {text}");
    }
}

#[test]
fn verify_finds_a_damaged_file() {
    let place = filled();
    let db = place.path("db.sqlite");
    drop(rusqlite::Connection::open(&db).unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    let mut bytes = std::fs::read(&db).unwrap();
    let pages = bytes.len() / 4096;
    assert!(pages > 10);
    for page in 2..pages {
        bytes[page * 4096..page * 4096 + 64].fill(0xa5);
    }
    std::fs::write(&db, bytes).unwrap();
    let (done, text) = place.run(&["verify", "--db", &db]);
    assert!(!done, "{text}");
}

#[test]
fn a_backup_is_a_whole_database() {
    let place = filled();
    let server = place.serve(&[]);
    let (db, copy) = (place.path("db.sqlite"), place.path("copy.sqlite"));
    let (done, text) = place.run(&["backup", "--db", &db, "--out", &copy]);
    assert!(done, "{text}");
    let (done, text) = place.run(&["verify", "--db", &copy]);
    assert!(done && text.contains("8 checked"), "{text}");
    let (done, text) = place.run(&["backup", "--db", &db, "--out", &copy]);
    assert!(!done && text.contains("already"), "{text}");
    assert_eq!(server.client.get("/healthz", &[]).status, 200);
}

#[test]
fn files_of_others_are_left_alone() {
    let place = Place::new();
    let (foreign, newer) = (place.path("foreign.sqlite"), place.path("newer.sqlite"));
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let version = "PRAGMA application_id = 1752525172; PRAGMA user_version = 99; CREATE TABLE t (a)";
    rusqlite::Connection::open(&newer).unwrap().execute_batch(version).unwrap();
    for (file, said) in [(&foreign, "another program"), (&newer, "newer")] {
        let program = place.path("program.json");
        let flags = ["serve", "--db", file, "--program", &program, "--secrets", &place.path("keys.json")];
        let (done, text) = place.run(&flags);
        assert!(!done && text.contains(said), "{text}");
    }
    let (done, text) = place.run(&["verify", "--db", &place.path("missing.sqlite")]);
    assert!(!done && text.contains("missing.sqlite"), "{text}");
    assert!(!std::path::Path::new(&place.path("missing.sqlite")).exists());
}

#[test]
fn the_load_command_measures_a_running_collector() {
    let place = Place::new();
    let server = place.serve(&["--demo"]);
    let (done, text) = place.run(&["load", "--url", &server.base, "--clients", "4", "--seconds", "1", "--json"]);
    assert!(done, "{text}");
    let measured: Value = serde_json::from_str(&text).unwrap();
    let acked = measured["acked"].as_i64().unwrap();
    assert!(acked > 4 && measured["failed"] == 0 && measured["p99_ms"].as_f64().unwrap() > 0.0, "{text}");
    assert_eq!(place.one::<i64>("SELECT sum(uploads) FROM traffic"), acked);
}

/// The guide's example queries run, and answer something.
#[test]
fn the_queries_of_the_guide_work() {
    let place = filled();
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/collector.md")).unwrap();
    let queries: Vec<&str> = guide.split("```sql").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(queries.len() >= 5, "five examples at least");
    let db = place.db();
    for query in queries {
        let mut statement = db.prepare(query).unwrap_or_else(|e| panic!("{e}: {query}"));
        let rows = statement.query_map([], |_| Ok(())).unwrap().filter(Result::is_ok).count();
        assert!(rows > 0, "no row: {query}");
    }
}

#[test]
fn a_simulation_keeps_the_rules_and_is_decided_by_its_seed() {
    let place = Place::new();
    let run = |seed: &str| place.run(&["simulate", "--persons", "60", "--days", "40", "--seed", seed]);
    let (sound, report) = run("1");
    assert!(sound && report.contains("without a yes: 0"), "{report}");
    assert_eq!(run("1").1, report, "to the byte");
    assert_ne!(run("2").1.replace("seed 2", "seed 1"), report);
    for line in ["cart message sent", "cart coupon sent", "away message sent"] {
        assert!(report.contains(line), "{line} is missing in {report}");
    }
}
