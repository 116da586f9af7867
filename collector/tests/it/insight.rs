//! How phones judge their people, from upload to page.

use serde_json::{json, Value};

use crate::support::{day, id, report, row, Client, Place};

fn judgement(revision: u32, level: &str, permille: u32) -> Value {
    json!({ "rev": revision, "level": level, "p": permille, "buy": 10, "signs": ["stop"], "segments": ["evening", "vip"] })
}

/// Sends a judgement made so many days from today, with rows of the days given.
fn send(client: &Client, (user, device, days): (&str, u64, i64), insight: Value, visits: &[i64]) -> Value {
    let rows: Vec<Value> = visits
        .iter()
        .map(|visit| {
            let mut row = row(100 + visit.unsigned_abs(), 1, 3);
            row["d"] = json!(day(*visit));
            row
        })
        .collect();
    let mut body = report(user, device, json!(rows));
    body["sent"] = json!(body["sent"].as_i64().unwrap() + days * 86_400_000);
    body["insight"] = insight;
    client.sync_json(user, &body)
}

#[test]
fn the_highest_revision_stays_whatever_the_order() {
    let place = Place::new();
    let server = place.serve(&[]);
    for (device, order) in [(1, [3, 1, 2]), (2, [1, 2, 3]), (3, [2, 3, 3])] {
        for revision in order {
            let level = ["new", "active", "lost"][revision as usize - 1];
            let answer = send(&server.client, ("u1", device, 0), judgement(revision, level, 100 * revision), &[]);
            assert_eq!(answer["insight"], revision, "echoed, or it comes again");
        }
    }
    server.kill();
    place.serve(&[]);
    let kept = "SELECT group_concat(level || visit_permille, ' ') FROM (SELECT * FROM insight ORDER BY device)";
    assert_eq!(place.one::<String>(kept), "lost300 lost300 lost300");
    assert_eq!(place.one::<String>("SELECT group_concat(level, ' ') FROM insight_days"), "lost lost lost");
    assert_eq!(
        place.one::<i64>("SELECT persons FROM segment_sizes WHERE segment = 'vip'"),
        1,
        "three phones, one person"
    );
}

#[test]
fn people_are_counted_once_a_day_and_before_login_by_phone() {
    let place = Place::new();
    let server = place.serve(&[]);
    for (user, device, level) in [("u1", 1, "active"), ("u1", 2, "lost"), ("", 3, "new"), ("", 4, "new")] {
        send(&server.client, (user, device, 0), judgement(device as u32, level, 500), &[]);
    }
    let of = |level: &str| {
        place.one::<i64>(&format!("SELECT coalesce(sum(persons), 0) FROM level_days WHERE level = '{level}'"))
    };
    assert_eq!((of("active"), of("lost"), of("new")), (0, 1, 2), "the judgement with the highest revision counts");
}

#[test]
fn scores_are_held_against_what_happened_once_the_horizon_has_passed() {
    // A program whose calendar is that of UTC, as the test's dates are.
    let place = Place::loyal();
    let server = place.serve(&["--days-back", "60"]);
    // Judged 20 days ago; who comes within 7 days: u1 on the 7th day, u2 on the 8th, u3 never; u4 was judged yesterday.
    send(&server.client, ("u1", 1, -20), judgement(1, "active", 850), &[-20, -13]);
    send(&server.client, ("u2", 2, -20), judgement(1, "active", 870), &[-20, -12]);
    send(&server.client, ("u3", 3, -20), judgement(1, "lost", 40), &[-20]);
    send(&server.client, ("u4", 4, -1), judgement(1, "active", 990), &[-1, 0]);
    let line = |tenth: i64| {
        let sql = "SELECT scores || ' ' || round(expected, 3) || ' ' || came FROM score_calibration WHERE tenth = ";
        place.one::<String>(&format!("{sql}{tenth}"))
    };
    assert_eq!((line(8), line(0)), ("2 0.86 0.5".to_owned(), "1 0.04 0.0".to_owned()));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM score_calibration"), 2, "it is too early to judge yesterday's");
}

#[test]
fn flows_show_where_they_break_off() {
    let place = Place::new();
    let server = place.serve(&[]);
    let mut one = row(1, 1, 1);
    one["f"] = json!({ "purchase": [30, 12, 10] });
    server.client.sync_json("u1", &report("u1", 1, json!([one])));
    let broke = "SELECT group_concat(broke_off, ' ') FROM (SELECT * FROM flow_breaks ORDER BY step)";
    assert_eq!(place.one::<String>(broke), "18 2 0");
    assert_ne!(place.one::<String>("SELECT name FROM flow_breaks WHERE step = 1"), "", "as the program calls it");
}

#[test]
fn the_page_says_how_people_stand() {
    let place = Place::new();
    let server = place.serve(&["--demo"]);
    assert!(server.client.get("/insight", &[]).text.contains("要等预测的天数过去"), "nothing yet is a page too");
    let place = Place::new();
    let server = place.serve(&["--demo"]);
    send(&server.client, ("u1", 1, -20), judgement(1, "at_risk", 300), &[-20, -15, 0]);
    let page = server.client.get("/insight", &[]);
    assert_eq!(page.status, 200);
    for text in ["有流失风险", "evening", "久未来访", "30–39 %", "才 1 次"] {
        assert!(page.text.contains(text), "{text} is missing in {}", page.text);
    }
}

#[test]
fn what_is_no_judgement_is_refused_and_deletion_takes_it_along() {
    let place = Place::new();
    let server = place.serve(&[]);
    for bad in [json!({ "rev": 1 }), judgement(1, "happy", 1), judgement(1, "new", 1001)] {
        let mut body = report("u1", 1, json!([]));
        body["insight"] = bad;
        let answer =
            server.client.sync(&crate::support::token("u1"), crate::support::JSON, body.to_string().as_bytes());
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    send(&server.client, ("u1", 1, 0), judgement(1, "new", 1), &[]);
    let sent = huitou_collector::clock::now_ms() + 1000;
    let deletion =
        json!({ "v": 1, "app": "tea-shop", "device": id(1), "user": "u1", "sent": sent, "tz": 480, "delete": id(9) });
    server.client.sync_json("u1", &deletion);
    assert_eq!(place.one::<i64>("SELECT (SELECT count(*) FROM insight) + (SELECT count(*) FROM insight_days)"), 0);
}
