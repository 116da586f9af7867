//! The ledger on a phone against a server that keeps the books: nothing promised is lost, nothing counts twice, and
//! both come to the same state, whatever storage and network do.

use crate::support::books::Books;
use crate::support::network::{plans, Fate};
use crate::support::phone::{Phone, LANDINGS};
use crate::support::storage::CRASHES;
use crate::support::{DAY, HOUR, MINUTE, SECOND};
use huitou::engine::command::Output;
use huitou::loyalty::Act;
use huitou::program::rules::{Activity, MakeUp, Rules, Source};
use huitou::program::{load, Program};
use proptest::prelude::*;
use serde_json::{json, Value};

fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.check_in.daily_points = vec![5];
    rules.check_in.make_up =
        Some(MakeUp { window_days: 7, per_month_max: 2, cost_points: 3, pays_daily_points: false });
    rules.points.per_yuan = 1;
    let share = Activity { name: "share".into(), source: Source::SHARE, points: 10, per_day_max: 3 };
    rules.points.activities = vec![share];
    rules
}

fn program(revision: u32) -> Program {
    let (mut program, _) = load(&json!({"app": "frozen", "revision": revision}).to_string()).unwrap();
    program.rules = rules();
    program
}

/// A phone of Anna's with a server that keeps the books.
fn phone() -> Phone {
    let mut phone = Phone::new(program(1));
    phone.server.books = Some(Books::of(vec![(1, rules())]));
    phone.user = "anna".into();
    phone.boot();
    phone.settle();
    phone
}

fn ask(phone: &mut Phone, command: Value) -> Value {
    match phone.command(&command.to_string()) {
        Ok(Output::Json(text)) => serde_json::from_str(&text).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A claim as the shell makes it: written before the app hears of it. What was promised, if it was.
fn claim(phone: &mut Phone, command: Value) -> Option<Value> {
    let outcome = ask(phone, command);
    phone.run();
    (phone.engine.is_some() && outcome["accepted"] == true).then_some(outcome)
}

fn check_in(phone: &mut Phone) -> Option<Value> {
    claim(phone, json!({"op": "check_in"}))
}

fn books(phone: &mut Phone) -> &mut Books {
    phone.server.books.as_mut().unwrap()
}

/// Everything has been sent and answered: phone and server agree, and nothing waits.
fn assert_agreed(phone: &mut Phone) {
    phone.send_all();
    let points = ask(phone, json!({"op": "points"}));
    assert_eq!(points["awaiting"], 0, "{points}");
    assert_eq!(points["available"], points["confirmed"]["available"], "{points}");
    let user = phone.user.clone();
    let theirs = huitou::bytes::hex(&books(phone).state(&user).digest());
    assert_eq!(ask(phone, json!({"op": "proof"}))["digest"], theirs);
}

#[test]
fn a_claim_shows_at_once_and_is_confirmed_by_a_sync() {
    let mut phone = phone();
    phone.network.then = Fate::Lost;
    let outcome = check_in(&mut phone).unwrap();
    assert_eq!((&outcome["points"], &outcome["streak"], &outcome["awaiting"]), (&json!(5), &json!(1), &json!(1)));
    assert_eq!(outcome["lines"][0]["confirmed"], false);
    let again = ask(&mut phone, json!({"op": "check_in"}));
    assert_eq!((&again["accepted"], &again["code"]), (&json!(false), &json!("already_checked_in")));
    phone.settle();
    let points = ask(&mut phone, json!({"op": "points"}));
    assert_eq!((&points["available"], &points["confirmed"]["available"]), (&json!(5), &json!(0)));
    phone.network.then = Fate::Ok;
    phone.pass(HOUR);
    assert_agreed(&mut phone);
    let page = ask(&mut phone, json!({"op": "ledger", "page": 0}));
    assert_eq!(page["lines"][0]["confirmed"], true, "{page}");
    let explained = ask(&mut phone, json!({"op": "explain", "id": page["lines"][0]["id"]}));
    assert_eq!((&explained["reason"], &explained["points"]), (&json!("check_in"), &json!(5)));
}

#[test]
fn a_backend_without_ledgers_is_asked_once_and_the_claim_waits() {
    let mut phone = phone();
    phone.server.books = None;
    check_in(&mut phone).unwrap();
    phone.settle();
    let sent = phone.network.sent_bytes.len();
    phone.command(r#"{"op":"sync"}"#).unwrap();
    phone.settle();
    phone.pass(DAY);
    assert_eq!(phone.network.sent_bytes.len(), sent + 1);
    assert_eq!(ask(&mut phone, json!({"op": "points"}))["awaiting"], 1);
    assert!(phone.engine().stats().dropped.is_empty(), "an answer without a ledger is no bad answer");
}

#[test]
fn without_consent_or_a_user_nothing_is_claimed() {
    let mut nobody = Phone::new(program(1));
    nobody.boot();
    assert_eq!(ask(&mut nobody, json!({"op": "check_in"}))["code"], "user_needed");
    nobody.consent = None;
    let mut refusing = Phone::new(program(1));
    refusing.consent = Some(false);
    refusing.start();
    assert_eq!(ask(&mut refusing, json!({"op": "check_in"}))["code"], "consent_needed");
}

#[test]
fn facts_arrive_with_their_points_and_are_told_once() {
    let mut phone = phone();
    let (at_ms, order) =
        (phone.now_ms, |id: &str| Act::OrderPaid { order_id: id.into(), paid_fen: 4_950, categories: vec![] });
    for id in ["A", "B"] {
        books(&mut phone).fact("anna", at_ms, order(id));
    }
    phone.received.clear();
    check_in(&mut phone).unwrap();
    phone.settle();
    let lines: Vec<String> = phone.received.iter().flat_map(|received| received.news.lines.clone()).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains(r#""points":49"#), "{lines:?}");
    assert_agreed(&mut phone);
    assert_eq!(ask(&mut phone, json!({"op": "points"}))["available"], 103);
}

/// Checks in on three days, shares, makes up for a day; a fact arrives on the way.
fn week(phone: &mut Phone, promised: &mut usize) {
    for day in 0..3 {
        *promised += usize::from(check_in(phone).is_some());
        phone.settle();
        phone.now_ms += HOUR;
        *promised += usize::from(claim(phone, json!({"op": "activity", "name": "share"})).is_some());
        phone.settle();
        if day == 1 {
            let order = Act::OrderPaid { order_id: "A".into(), paid_fen: 2_000, categories: vec![] };
            let at_ms = phone.now_ms - 2 * HOUR;
            books(phone).fact("anna", at_ms, order);
        }
        phone.hide();
        phone.settle();
        phone.now_ms += DAY;
        phone.show();
    }
}

/// After the worst, on a good day.
fn heal(phone: &mut Phone) {
    phone.storage.faults.clear();
    phone.network.plan.clear();
    phone.network.then = Fate::Ok;
    phone.settle();
    phone.pass(2 * MINUTE);
    assert_agreed(phone);
}

#[test]
fn a_crash_at_any_write_under_any_network_loses_no_promise() {
    let mut clean = phone();
    let from = clean.storage.operations;
    week(&mut clean, &mut 0);
    let until = clean.storage.operations;
    assert!(until - from > 8, "{from}..{until}");
    for operation in from..until {
        for fault in CRASHES {
            for (plan, _) in plans().into_iter().filter(|(_, pairs)| *pairs) {
                let (mut phone, mut promised) = (phone(), 0);
                phone.storage.faults.push((operation, fault));
                phone.network.plan.extend(plan);
                week(&mut phone, &mut promised);
                heal(&mut phone);
                let claims = books(&mut phone).counted("anna") - 1;
                // The process that died had one claim in hand at most, which may have been written.
                assert!(
                    (promised..=promised + 1).contains(&claims),
                    "{operation} {fault:?} {plan:?}: {claims}, {promised}"
                );
                assert!(claims <= 6, "nothing counts twice");
            }
        }
    }
}

#[test]
fn storage_set_back_is_a_fork_and_the_server_wins() {
    for back in 1..12 {
        let mut phone = phone();
        week(&mut phone, &mut 0);
        phone.close();
        phone.storage.roll_back(back);
        phone.show();
        phone.settle();
        check_in(&mut phone);
        phone.settle();
        heal(&mut phone);
        let state = books(&mut phone).state("anna");
        // Four dates, four times five points; three shares, and an order of twenty yuan.
        assert_eq!(state.available(), 20 + 30 + 20, "{back} writes back");
    }
}

#[test]
fn a_new_program_keeps_what_was_earned_under_the_old_one() {
    let mut phone = phone();
    phone.network.then = Fate::Lost;
    check_in(&mut phone).unwrap();
    phone.close();
    let mut richer = rules();
    richer.check_in.daily_points = vec![50];
    phone.program = program(2);
    phone.program.rules = richer.clone();
    books(&mut phone).programs.push((2, richer));
    phone.show();
    assert_eq!(ask(&mut phone, json!({"op": "points"}))["available"], 5, "a check-in under the old rules");
    phone.now_ms += DAY;
    assert_eq!(check_in(&mut phone).unwrap()["points"], 55);
    heal(&mut phone);
    assert_eq!(ask(&mut phone, json!({"op": "points"}))["available"], 55);
}

#[test]
fn two_phones_that_were_offline_come_to_one_state() {
    let (mut one, mut two) = (phone(), phone());
    two.boots += 1_000;
    two.close();
    two.storage = crate::support::storage::Storage::new();
    two.boot();
    two.settle();
    for phone in [&mut one, &mut two] {
        phone.network.then = Fate::Lost;
        check_in(phone).unwrap();
        phone.now_ms += 7 * SECOND;
        claim(phone, json!({"op": "activity", "name": "share"})).unwrap();
    }
    two.now_ms += DAY;
    check_in(&mut two).unwrap();
    one.network.then = Fate::Ok;
    one.pass(HOUR);
    one.send_all();
    two.network.then = Fate::Ok;
    std::mem::swap(&mut one.server, &mut two.server);
    two.received.clear();
    two.pass(HOUR);
    assert_agreed(&mut two);
    let refused: Vec<&String> = two.received.iter().flat_map(|received| &received.news.refused).collect();
    assert_eq!(refused.len(), 1, "the same date twice: {refused:?}");
    assert!(refused[0].contains("already_checked_in"), "{refused:?}");
    assert_eq!(ask(&mut two, json!({"op": "refused"})).as_array().unwrap().len(), 1);
    std::mem::swap(&mut one.server, &mut two.server);
    one.now_ms += 2 * DAY;
    // Something to say, so that the phone hears of the other's.
    check_in(&mut one).unwrap();
    assert_agreed(&mut one);
    assert_eq!(ask(&mut one, json!({"op": "points"}))["available"], 3 * 5 + 2 * 10);
}

#[test]
fn another_account_does_not_see_it_and_what_waits_is_sent_when_she_is_back() {
    let mut phone = phone();
    phone.network.then = Fate::Lost;
    check_in(&mut phone).unwrap();
    phone.log_in("bert");
    assert_eq!(ask(&mut phone, json!({"op": "points"}))["available"], 0);
    check_in(&mut phone).unwrap();
    phone.close();
    phone.network.then = Fate::Ok;
    phone.user = "anna".into();
    phone.boot();
    phone.settle();
    assert_agreed(&mut phone);
    assert_eq!(books(&mut phone).counted("anna"), 1);
    phone.log_in("bert");
    phone.user = "bert".into();
    assert_agreed(&mut phone);
    assert_eq!(books(&mut phone).counted("bert"), 1);
}

#[test]
fn withdrawal_forgets_the_ledger() {
    let mut phone = phone();
    check_in(&mut phone).unwrap();
    phone.settle();
    phone.command(r#"{"op":"consent","granted":false}"#).unwrap();
    phone.settle();
    assert_eq!(ask(&mut phone, json!({"op": "check_in"}))["code"], "consent_needed");
    let stored: Vec<u8> = phone.storage.values.concat();
    assert!(!stored.windows(4).any(|bytes| bytes == b"anna") || phone.engine().user() == "anna", "only the deletion");
}

#[test]
fn a_year_without_a_server_is_kept_within_bounds() {
    let mut phone = phone();
    phone.network.then = Fate::Lost;
    for day in 0..800 {
        assert!(check_in(&mut phone).is_some(), "day {day}");
        phone.settle_writes();
        phone.now_ms += DAY;
    }
    assert_eq!(ask(&mut phone, json!({"op": "points"}))["available"], 4_000);
    let stored = phone.storage.values.iter().map(Vec::len).max().unwrap();
    assert!(stored < 16 * 1024, "{stored} B");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("CI").is_some() { 400 } else { 60 }))]

    /// Claims, facts, crashes, lost answers and rolled-back storage in any order.
    #[test]
    fn any_history_ends_in_agreement(steps in proptest::collection::vec((0u8..9, 0u8..4), 1..40)) {
        let mut phone = phone();
        let mut orders = 0;
        for (step, choice) in steps {
            match step {
                0 | 1 => drop(check_in(&mut phone)),
                2 => drop(claim(&mut phone, json!({"op": "activity", "name": "share"}))),
                3 => {
                    let day = Value::from(day_text(&phone, i64::from(choice) + 1));
                    drop(claim(&mut phone, json!({"op": "make_up", "day": day})));
                }
                4 => {
                    orders += 1;
                    let (order_id, paid_fen) = (format!("o{orders}"), 1_000 * u64::from(choice));
                    let at_ms = phone.now_ms - i64::from(choice) * 20 * HOUR;
                    books(&mut phone).fact("anna", at_ms, Act::OrderPaid { order_id, paid_fen, categories: vec![] });
                }
                5 => phone.kill(LANDINGS[usize::from(choice)]),
                6 => phone.network.plan.push_back([Fate::Lost, Fate::AckLost, Fate::Status(503), Fate::Twice][usize::from(choice)]),
                7 => phone.now_ms += [MINUTE, 9 * HOUR, DAY, 2 * DAY][usize::from(choice)],
                _ => {
                    phone.close();
                    phone.storage.roll_back(usize::from(choice));
                }
            }
            phone.show();
            if choice != 3 {
                phone.settle();
            }
        }
        heal(&mut phone);
    }
}

fn day_text(phone: &Phone, days_ago: i64) -> String {
    let today = huitou::clock::Day::of(phone.at().instant, phone.at().offset);
    let mut text = String::new();
    today.plus(-days_ago).write(&mut text);
    text
}
