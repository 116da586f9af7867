//! What becomes of rows.

use huitou::summary::report::ReportStats;
use serde_json::{json, Value};

use crate::support::{day, id, names, other_names, report, row, token, upload, Place, BINARY, JSON};

#[test]
fn both_profiles_make_the_same_row() {
    let place = Place::new();
    let server = place.serve(&[]);
    let binary = upload("u1", 1, 7, 57);
    let answer = server.client.sync(&token("u1"), BINARY, &binary.encode(&names()));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let ack = json!([{ "s": id(7), "d": day(0), "r": 57 }]);
    assert_eq!(answer.json()["acks"], ack);
    assert_eq!(answer.json()["program"], 3);
    assert!((answer.json()["time"].as_i64().unwrap() - huitou_collector::clock::now_ms()).abs() < 10_000);
    let json = upload("u1", 2, 7, 57).to_json(&names());
    assert_eq!(server.client.sync(&token("u1"), JSON, json.as_bytes()).json()["acks"], ack);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 2);
    assert_eq!(place.one::<i64>("SELECT count(DISTINCT body) FROM rows"), 1);
    let columns =
        "SELECT DISTINCT events || ' ' || sessions || ' ' || session_s || ' ' || orders || ' ' || paid_fen FROM rows";
    assert_eq!(place.one::<String>(columns), "6 2 340 1 4900");
    let body: Value = serde_json::from_str(&place.one::<String>("SELECT body FROM rows")).unwrap();
    assert_eq!(body["e"]["page"]["by"]["page"]["product"], json!([5, 61_000]));
    assert_eq!(body["f"]["purchase"], json!([3, 2, 1]));
}

#[test]
fn a_repeated_upload_changes_nothing() {
    let place = Place::new();
    let server = place.serve(&[]);
    let body = report("u1", 1, json!([row(1, 4, 10), row(2, 1, 5)]));
    let first = server.client.sync_json("u1", &body);
    for _ in 0..3 {
        assert_eq!(server.client.sync_json("u1", &body)["acks"], first["acks"]);
    }
    assert_eq!(place.one::<i64>("SELECT sum(events) FROM rows"), 15);
    assert_eq!(place.one::<String>("SELECT taken || ' ' || held || ' ' || uploads FROM traffic"), "2 6 4");
    assert_eq!(server.metric("huitou_rows_total{result=\"held\"}"), 6.0);
}

#[test]
fn the_highest_revision_wins_in_every_order() {
    let place = Place::new();
    let server = place.serve(&[]);
    let orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    for (segment, order) in orders.iter().enumerate() {
        for &revision in order {
            let body = report("u1", 1, json!([row(segment as u64, revision, revision * 10)]));
            let answer = server.client.sync_json("u1", &body);
            assert_eq!(answer["acks"][0]["r"], revision, "the sent revision is echoed, held or not");
        }
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows WHERE revision = 3 AND events = 30 AND session_s = 30"), 6);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 6);
}

#[test]
fn any_delivery_gives_the_same_figures() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "0"]);
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    let mut random = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let mut highest = std::collections::BTreeMap::new();
    for _ in 0..120 {
        let (device, segment, revision) = (random(3), random(4), 1 + random(6) as u32);
        let events = device as u32 * 100 + segment as u32 * 10 + revision;
        server.client.sync_json("u1", &report("u1", device, json!([row(segment, revision, events)])));
        let best: &mut (u32, u32) = highest.entry((device, segment)).or_default();
        *best = (*best).max((revision, events));
    }
    let expected: i64 = highest.values().map(|(_, events)| i64::from(*events)).sum();
    assert_eq!(place.one::<i64>("SELECT sum(events) FROM rows"), expected);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), highest.len() as i64);
}

#[test]
fn unknown_names_are_asked_for_once() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let mut body = upload("u1", 1, 1, 1);
    body.dictionary = other_names().hash();
    let answer = server.client.sync(&token("u1"), BINARY, &body.encode(&other_names())).json();
    assert_eq!((&answer["names"], &answer["acks"]), (&json!(true), &json!([])));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 0);
    body.names = Some(other_names());
    let with_names = body.encode(&other_names());
    assert_eq!(server.client.sync(&token("u1"), BINARY, &with_names).json()["acks"][0]["r"], 1);
    body.names = None;
    for revision in 2..4 {
        body.rows[0].revision = revision;
        let answer = server.client.sync(&token("u1"), BINARY, &body.encode(&other_names())).json();
        assert_eq!(answer["acks"][0]["r"], revision, "known, before and after a restart");
        server.kill();
        server = place.serve(&[]);
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM dictionaries"), 2);
}

#[test]
fn the_newest_attributes_stay() {
    let place = Place::new();
    let server = place.serve(&[]);
    for (revision, city) in [(2, "深圳"), (1, "广州"), (3, "杭州"), (3, "北京")] {
        let mut body = report("u1", 1, json!([]));
        body["attributes"] = json!({ "rev": revision, "set": { "city": city, "vip": true, "n": 3.5 } });
        let answer = server.client.sync_json("u1", &body);
        assert_eq!((&answer["attributes"], &answer["acks"]), (&json!(revision), &json!([])));
    }
    assert_eq!(place.one::<String>("SELECT body FROM attributes"), r#"{"city":"杭州","n":3.5,"vip":true}"#);
    assert_eq!(place.one::<f64>("SELECT value FROM attribute_values WHERE name = 'n'"), 3.5);
}

#[test]
fn rows_from_before_login_come_with_the_users_token() {
    let place = Place::new();
    let server = place.serve(&[]);
    server.client.sync_json("u1", &report("", 1, json!([row(1, 1, 3)])));
    server.client.sync_json("u1", &report("u1", 1, json!([row(1, 1, 4)])));
    server.client.sync_json("", &report("", 2, json!([row(1, 1, 5)])));
    assert_eq!(place.one::<i64>("SELECT sum(events) FROM rows WHERE user = ''"), 8);
    assert_eq!(place.one::<i64>("SELECT sum(events) FROM rows WHERE user = 'u1'"), 4);
}

#[test]
fn days_far_away_are_put_aside_and_acknowledged() {
    let place = Place::new();
    let server = place.serve(&[]);
    // A day inside both limits, so that midnight between here and the server changes nothing.
    let days = [-400, -37, -34, 0, 3, 400];
    for (segment, away) in days.iter().enumerate() {
        let mut row = row(segment as u64, 1, 1);
        row["d"] = json!(day(*away));
        let answer = server.client.sync_json("u1", &report("u1", 1, json!([row])));
        assert_eq!(answer["acks"][0]["d"], day(*away), "acknowledged, so that the phone does not send it for ever");
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 2);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM quarantine WHERE reason = 'day_too_old'"), 2);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM quarantine WHERE reason = 'day_ahead'"), 2);
    server.kill();
    let wide = place.serve(&["--days-back", "500", "--days-ahead", "500"]);
    let mut row = row(9, 1, 1);
    row["d"] = json!(day(400));
    wide.client.sync_json("u1", &report("u1", 1, json!([row])));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 3);
}

#[test]
fn huge_figures_neither_fail_nor_overflow() {
    const MOST: i64 = (1 << 53) - 1;
    let place = Place::new();
    let server = place.serve(&["--demo"]);
    for segment in 0..3 {
        let mut body = row(segment, 1, 1);
        body["o"] = json!([[format!("o{segment}"), MOST]]);
        body["e"]["order"] = json!({ "n": u32::MAX, "num": { "paid_fen": { "sum": MOST, "b": [[400, 1]] } } });
        server.client.sync_json("u1", &report("u1", 1, json!([body])));
    }
    let page = server.client.get("/", &[]);
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(server.client.get("/users/u1", &[]).status, 200);
    let sum = place.one::<i64>("SELECT paid_fen FROM active_days");
    assert!((sum - 3 * MOST).abs() < 8, "{sum} is as near as a float gets");
}

#[test]
fn the_views_say_what_the_rows_say() {
    let place = Place::new();
    let server = place.serve(&[]);
    for segment in 1..4 {
        let body = upload("u1", 1, segment, 1).encode(&names());
        assert_eq!(server.client.sync(&token("u1"), BINARY, &body).status, 200);
    }
    let mut sum = ReportStats::default();
    let db = place.db();
    let mut bodies = db.prepare("SELECT body FROM rows").unwrap();
    for body in bodies.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        let row: huitou::summary::report::ReportRow = serde_json::from_str(&body.unwrap()).unwrap();
        sum.merge(&row.stats);
    }
    let page = &sum.events["page"];
    let one = |sql: &str| place.one::<i64>(sql) as u64;
    assert_eq!(one("SELECT sum(count) FROM event_counts WHERE event = 'page'"), page.count);
    assert_eq!(one("SELECT sum(count) FROM label_counts WHERE label = 'product'"), page.by["page"]["product"].0);
    assert_eq!(one("SELECT sum(first_number_sum) FROM label_counts"), page.by["page"]["product"].1);
    assert_eq!(one("SELECT sum(sum) FROM number_sums WHERE number = 'dwell_ms'"), page.numbers["dwell_ms"].sum);
    for &(bucket, count) in &page.numbers["dwell_ms"].buckets {
        let (low, high) = huitou::insight::sketch::bounds_of(bucket);
        let sql =
            format!("SELECT sum(count) FROM sketch_buckets WHERE bucket = {bucket} AND low = {low} AND high = {high}");
        assert_eq!(one(&sql), count, "{sql}");
    }
    assert_eq!(
        one("SELECT sum(reached) FROM flow_steps WHERE flow = 'purchase' AND step = 2"),
        sum.flows["purchase"][1]
    );
    assert_eq!(
        place.one::<String>("SELECT name FROM flow_step_names WHERE flow = 'purchase' AND step = 2"),
        "add_cart"
    );
    assert_eq!(one("SELECT sum(count) FROM hour_counts WHERE hour = 9"), 18);
    assert_eq!(one("SELECT sum(count) FROM drop_counts WHERE reason = 'undeclared_event'"), 9);
    assert_eq!(one("SELECT sum(paid_fen) FROM claimed_orders"), 14_700);
    assert_eq!(one("SELECT events FROM active_days"), 18);
}
