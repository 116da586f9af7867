//! Exposures from upload to result.

use std::collections::{BTreeMap, BTreeSet};

use huitou::clock::UnixMs;
use huitou::summary::exposures::{Exposure, Exposures};
use huitou_collector::clock::now_ms;
use huitou_collector::experiment::Sums;
use serde_json::{json, Value};

use crate::support::{day, exposed, id, names, report, token, upload, Client, Place, BINARY, JSON};

/// What is sent when a phone has nothing but exposures.
fn send(client: &Client, (user, device): (&str, u64), exposures: Value) -> Value {
    let mut body = report(user, device, json!([]));
    body["exposures"] = exposures;
    client.sync_json(user, &body)
}

#[test]
fn both_profiles_bring_the_same_exposure_and_are_answered_when_it_is_durable() {
    let place = Place::new();
    let server = place.serve(&[]);
    let first = UnixMs::new(now_ms() / 1000 * 1000);
    let exposure = Exposure { experiment: "按钮".into(), variation: "红".into(), bucket_version: 2, first };
    for (device, kind) in [(1, BINARY), (2, JSON)] {
        let mut upload = upload("u1", device, 7, 1);
        upload.exposures = Some(Exposures { revision: 40 + device as u32, list: vec![exposure.clone()] });
        let body = if kind == BINARY { upload.encode(&names()) } else { upload.to_json(&names()).into_bytes() };
        let answer = server.client.sync(&token("u1"), kind, &body);
        assert_eq!((answer.status, &answer.json()["exposures"]), (200, &json!(40 + device)), "{}", answer.text);
    }
    server.kill();
    let kept = "SELECT experiment || variation || bucket_version || ' ' || first_at FROM exposures ORDER BY device";
    let again = place.serve(&[]);
    assert_eq!(place.one::<String>(kept), format!("按钮红2 {}", first.get()));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM exposures"), 2);
    let none = report("u1", 1, json!([]));
    assert!(again.client.sync_json("u1", &none).get("exposures").is_none(), "nothing to echo");
}

#[test]
fn the_earliest_of_each_stays_whatever_the_order() {
    let place = Place::new();
    let server = place.serve(&[]);
    for (device, order) in [[3, 1, 2], [1, 2, 3], [3, 2, 1], [2, 3, 1]].into_iter().enumerate() {
        for (revision, days) in order.into_iter().enumerate() {
            let list = exposed(revision as u32, &[("buy", "1", 0, -days), ("buy", "1", 0, -days)]);
            assert_eq!(send(&server.client, ("u1", device as u64), list)["exposures"], revision);
        }
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM exposures"), 4);
    assert_eq!(place.one::<i64>(&format!("SELECT count(*) FROM exposures WHERE day = '{}'", day(-3))), 4);
    let others = exposed(9, &[("buy", "1", 1, 0), ("buy", "0", 0, 0), ("sell", "1", 0, 0)]);
    send(&server.client, ("u1", 0), others);
    assert_eq!(place.one::<i64>("SELECT count(*) FROM exposures"), 7, "another version, variation, experiment");
}

#[test]
fn the_day_of_an_exposure_is_that_of_the_programs_zone() {
    let place = Place::new();
    let server = place.serve(&[]);
    // 18:30 in UTC is the next date in China, which is the program's zone.
    let at = now_ms() / 86_400_000 * 86_400_000 - 3 * 86_400_000 + 66_600_000;
    let list = json!({ "rev": 1, "list": [{ "experiment": "e", "variation": "0", "version": 0, "at": at }] });
    send(&server.client, ("u1", 1), list);
    assert_eq!(place.one::<String>("SELECT day FROM exposures"), day(-2));
}

#[test]
fn what_is_no_exposure_is_refused_and_nothing_kept() {
    let place = Place::new();
    let server = place.serve(&[]);
    let good = json!({ "experiment": "e", "variation": "0", "version": 0, "at": 1_795_312_800_000u64 });
    let with = |name: &str, value: Value| {
        let mut bad = good.clone();
        bad[name] = value;
        json!([bad])
    };
    let lists = [
        json!([]),
        json!(vec![good.clone(); 65]),
        with("experiment", json!("")),
        with("variation", json!("x".repeat(65))),
        with("version", json!(-1)),
        with("at", json!(1_795_312_800_001u64)),
        with("at", json!(1)),
        with("who", json!("me")),
    ];
    for list in lists {
        let mut body = report("u1", 1, json!([]));
        body["exposures"] = json!({ "rev": 1, "list": list });
        let answer = server.client.sync(&token("u1"), JSON, body.to_string().as_bytes());
        assert_eq!(answer.status, 400, "{body}");
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM exposures"), 0);
}

#[test]
fn a_phone_cannot_fill_the_results_with_experiments() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "0"]);
    for batch in 0..6 {
        let names: Vec<String> = (0..60).map(|at| format!("e-{batch}-{at}")).collect();
        let list: Vec<_> = names.iter().map(|name| (name.as_str(), "0", 0, -1)).collect();
        let answer = send(&server.client, ("u1", 1), exposed(batch, &list));
        assert_eq!(answer["exposures"], batch, "acknowledged, so that it is not sent for ever");
    }
    assert_eq!(place.one::<i64>("SELECT count(*) FROM exposures"), 256);
    send(&server.client, ("u1", 1), exposed(9, &[("e-0-0", "0", 0, -5)]));
    let earlier = format!("SELECT count(*) FROM exposures WHERE day = '{}'", day(-5));
    assert_eq!(place.one::<i64>(&earlier), 1, "what is held still becomes earlier");
    send(&server.client, ("u1", 2), exposed(1, &[("mine", "0", 0, -1)]));
    assert_eq!(place.one::<i64>("SELECT count(*) FROM exposures"), 257, "others have room");
}

#[test]
fn a_deletion_takes_exposures_along() {
    let place = Place::new();
    let server = place.serve(&[]);
    for (user, device) in [("u1", 1), ("", 1), ("u1", 2), ("u2", 1)] {
        send(&server.client, (user, device), exposed(1, &[("buy", "0", 0, -1)]));
    }
    let deletion = json!({ "v": 1, "app": "tea-shop", "device": id(1), "user": "u1", "sent": now_ms() + 1000, "tz": 480,
                           "delete": id(7) });
    server.client.sync_json("u1", &deletion);
    let left = "SELECT group_concat(user || device, ' ') FROM (SELECT * FROM exposures ORDER BY user)";
    assert_eq!(place.one::<String>(left), format!("u1{} u2{}", id(2), id(1)));
    assert_eq!(place.one::<i64>("SELECT removed FROM deletions"), 2);
    let late = send(&server.client, ("u1", 1), exposed(1, &[("buy", "0", 0, -1)]));
    assert_eq!(late["exposures"], 1, "acknowledged, so that nobody sends it again");
    assert_eq!(place.one::<String>(left), format!("u1{} u2{}", id(2), id(1)), "but made before the deletion");
}

#[test]
fn exports_include_exposures_and_results() {
    let place = Place::new();
    let server = place.serve(&[]);
    send(&server.client, ("u1", 1), exposed(1, &[("buy", "0", 0, -1)]));
    let of = |table: &str| place.run(&["export", "--db", &place.path("db.sqlite"), "--table", table]);
    let (done, csv) = of("exposures");
    assert!(done && csv.contains("tea-shop,buy,0,u1,0000000000000001,0,"), "{csv}");
    for view in [
        "device_owners",
        "experiment_people",
        "experiment_counts",
        "experiment_rows",
        "experiment_values",
        "experiment_sums",
    ] {
        assert!(of(view).0, "{view}");
    }
}

/// A row with orders and sessions of a day.
fn bought(segment: u64, days: i64, (orders, sessions): (u64, u64)) -> Value {
    let list: Vec<Value> = (0..orders).map(|at| json!([format!("o-{segment}-{at}"), 1000 + 10 * segment])).collect();
    let mut row = json!({ "s": id(segment), "d": day(days), "r": 1, "ss": [sessions, 60] });
    row["e"] = json!({ "launch": { "n": sessions + 1 } });
    if orders > 0 {
        row["o"] = json!(list);
    }
    row
}

/// A phone's life: (user, device, days from today, orders, sessions).
type Life = (&'static str, u64, i64, u64, u64);

fn live(client: &Client, lives: &[Life]) {
    for (at, (user, device, days, orders, sessions)) in lives.iter().enumerate() {
        let row = bought(at as u64 + 1, *days, (*orders, *sessions));
        client.sync_json(user, &report(user, *device, json!([row])));
    }
}

#[test]
fn people_are_users_and_their_phones_and_the_unsteady_are_left_out() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "0"]);
    let client = &server.client;
    // Phone 1 before and after the login of u1, who has another phone; phone 3 has nobody.
    live(client, &[("", 1, -6, 0, 1), ("u1", 1, -4, 1, 1), ("u1", 2, -2, 2, 3), ("", 3, -1, 1, 5)]);
    send(client, ("", 1), exposed(1, &[("buy", "0", 0, -6)]));
    send(client, ("u1", 2), exposed(1, &[("buy", "0", 0, -4)]));
    send(client, ("", 3), exposed(1, &[("buy", "1", 0, -3)]));
    // u2 saw both on two phones; u3 only an earlier version; u4 both, but one of them in the earlier version.
    send(client, ("u2", 4), exposed(1, &[("sell", "0", 1, -3)]));
    send(client, ("u2", 5), exposed(1, &[("sell", "1", 1, -2)]));
    send(client, ("u3", 6), exposed(1, &[("sell", "1", 0, -2)]));
    send(client, ("u4", 7), exposed(1, &[("sell", "0", 0, -9), ("sell", "1", 1, -2)]));
    let people = "SELECT group_concat(experiment || ' ' || user || device || ' ' || coalesce(variation, 'mixed') || ' ' || day, ', ')
                  FROM (SELECT * FROM experiment_people ORDER BY experiment, user DESC)";
    let expected = [
        format!("buy u1 0 {}", day(-6)),
        format!("buy {} 1 {}", id(3), day(-3)),
        format!("sell u4 1 {}", day(-2)),
        format!("sell u2 mixed {}", day(-3)),
    ];
    assert_eq!(place.one::<String>(people), expected.join(", "));
    let sum = |metric: &str, variation: &str| {
        place.one::<f64>(&format!(
            "SELECT total(sum_y) FROM experiment_sums WHERE experiment = 'buy' AND metric = '{metric}' AND variation = '{variation}'"
        ))
    };
    assert_eq!((sum("sessions", "0"), sum("active_days", "0"), sum("orders", "0")), (5.0, 3.0, 3.0));
    assert_eq!((sum("converted", "0"), sum("event:launch", "0")), (1.0, 8.0));
    assert_eq!((sum("sessions", "1"), sum("paid_fen", "1")), (5.0, 1040.0));
}

#[test]
fn rows_count_from_the_day_of_the_exposure_and_28_days_before() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "0"]);
    live(
        &server.client,
        &[("u1", 1, -33, 100, 1), ("u1", 1, -32, 2, 1), ("u1", 1, -5, 3, 1), ("u1", 1, -4, 5, 1), ("u1", 1, 0, 6, 1)],
    );
    send(&server.client, ("u1", 1), exposed(1, &[("buy", "0", 0, -4)]));
    let sums = "SELECT n || ' ' || sum_y || ' ' || sum_yy || ' ' || sum_x || ' ' || sum_xx || ' ' || sum_xy
                FROM experiment_sums WHERE metric = 'orders'";
    assert_eq!(place.one::<String>(sums), "1 11.0 121.0 5.0 25.0 55.0");
    let days = sums.replace("orders", "active_days");
    assert_eq!(place.one::<String>(&days), "1 2.0 4.0 2.0 4.0 4.0");
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// What a person did on a day, by metric.
type Days = BTreeMap<i64, (u64, u64)>;

/// Σ over people as plainly as can be: orders and active days, (y, x) of each.
fn expected(people: &[(u64, i64, Days)], variation: u64) -> [Sums; 2] {
    let mut sums = [Sums::default(); 2];
    for (_, exposed, days) in people.iter().filter(|(of, ..)| *of == variation) {
        let within =
            |from: i64, until: i64| days.range(from..until).map(|(_, (orders, _))| *orders).collect::<Vec<_>>();
        let (since, before) = (within(*exposed, 1), within(exposed - 28, *exposed));
        sums[0].add(since.iter().sum::<u64>() as f64, before.iter().sum::<u64>() as f64);
        sums[1].add(since.len() as f64, before.len() as f64);
    }
    sums
}

fn found(place: &Place, metric: &str, variation: u64) -> Sums {
    let sql = format!(
        "SELECT n, sum_y, sum_yy, sum_x, sum_xx, sum_xy FROM experiment_sums
         WHERE experiment = 'buy' AND metric = '{metric}' AND variation = '{variation}'"
    );
    let read = |row: &rusqlite::Row| {
        let people: i64 = row.get(0)?;
        let (y, yy, x, xx, xy) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
        Ok(Sums { people: people as u64, y, yy, x, xx, xy })
    };
    place.db().query_row(&sql, [], read).unwrap()
}

#[test]
fn the_views_add_up_what_people_did_in_any_order_of_arrival() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "0"]);
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let (mut people, mut uploads) = (Vec::new(), Vec::new());
    for person in 0..40u64 {
        let (variation, first) = (dice.below(3), -(dice.below(6) as i64));
        let user = if person % 4 == 0 { String::new() } else { format!("u{person}") };
        let days: BTreeSet<i64> = (0..dice.below(8)).map(|_| -(dice.below(34) as i64)).collect();
        let days: Days = days.into_iter().map(|day| (day, (dice.below(4), 1 + dice.below(3)))).collect();
        for (at, (day, did)) in days.iter().enumerate() {
            uploads.push(report(&user, person, json!([bought(person * 100 + at as u64, *day, *did)])));
        }
        for later in [0, dice.below(2) as i64] {
            let mut body = report(&user, person, json!([]));
            body["exposures"] = exposed(1, &[("buy", &variation.to_string(), 0, (first + later).min(0))]);
            uploads.push(body);
        }
        people.push((variation, first, days));
    }
    for at in (1..uploads.len()).rev() {
        uploads.swap(at, dice.below(at as u64 + 1) as usize);
    }
    for body in uploads.iter().chain(uploads.iter().take(30)) {
        server.client.sync_json(body["user"].as_str().unwrap(), body);
    }
    for variation in 0..3 {
        let [orders, active_days] = expected(&people, variation);
        assert_eq!(found(&place, "orders", variation), orders);
        assert_eq!(found(&place, "active_days", variation), active_days);
        assert!(orders.people > 5 && orders.xy > 0.0, "the case says something: {orders:?}");
    }
}

/// The page of results.
fn page(place: &Place, uploads: &[Value]) -> String {
    let server = place.serve(&["--demo"]);
    for body in uploads {
        server.client.sync_json(body["user"].as_str().unwrap(), body);
    }
    let page = server.client.get("/experiments", &[]);
    assert_eq!(page.status, 200, "{}", page.text);
    page.text
}

/// So many people of each variation, of whom so many have bought.
fn shoppers(variations: [(u64, u64); 2]) -> Vec<Value> {
    let mut uploads = Vec::new();
    for (variation, (people, buyers)) in variations.into_iter().enumerate() {
        for person in 0..people {
            let number = variation as u64 * 10_000 + person;
            let user = format!("u{number}");
            let mut body = report(&user, number, json!([bought(number, 0, (u64::from(person < buyers), 1))]));
            body["exposures"] = exposed(1, &[("buy-colour", &variation.to_string(), 0, -1)]);
            uploads.push(body);
        }
    }
    uploads
}

#[test]
fn the_page_says_which_variation_is_better() {
    let html = page(&Place::new(), &shoppers([(150, 20), (150, 75)]));
    for text in
        ["buy-colour", "版本 1 更好：下单转化比对照高约 275.0 %", "正常", "13.33 %", "50.00 %", "没有人见过多个版本"]
    {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    assert!(html.contains("href=\"/experiments?app=tea-shop\""));
}

#[test]
fn the_page_warns_of_a_split_that_is_not_what_the_program_says() {
    let place = Place::new();
    let uploads = shoppers([(150, 20), (150, 75)]);
    let mut program: Value = serde_json::from_str(crate::support::PROGRAM).unwrap();
    program["features"] =
        json!({ "buy-colour": { "rules": [{ "variations": ["green", "red"], "weights": [0.9, 0.1] }] } });
    let html = match huitou::program::load(&program.to_string()) {
        Ok(_) => {
            std::fs::write(place.path("program.json"), program.to_string()).unwrap();
            page(&place, &uploads)
        }
        Err(mistakes) => panic!("{mistakes:?}"),
    };
    assert!(html.contains("请不要读") && html.contains("设计 90.0 %") && !html.contains("更好"), "{html}");
}

#[test]
fn the_page_of_results_is_there_without_any_and_closed_without_a_password() {
    let html = page(&Place::new(), &[]);
    assert!(html.contains("还没有手机上报过实验曝光"), "{html}");
    let place = Place::new();
    assert_eq!(place.serve(&[]).client.get("/experiments", &[]).status, 404);
}

#[test]
fn the_simulation_tells_by_its_exit_code() {
    let place = Place::new();
    let (sound, text) = place.run(&["simulate-aa", "--tests", "60", "--phones", "200", "--seed", "2"]);
    assert!(sound && text.contains("60 A/A tests of 200 phones each, seed 2; 0 phones left out"), "{text}");
    assert!(text.lines().count() == 9 && text.contains("orders, CUPED"), "{text}");
}
