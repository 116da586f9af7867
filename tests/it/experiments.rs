//! Experiments on a phone: an exposure counts once however often the app starts, and what is assigned or forced stays
//! so, whatever storage and network do.

use crate::support::network::{plans, Fate};
use crate::support::phone::{Phone, LANDINGS};
use crate::support::server::Trial;
use crate::support::storage::CRASHES;
use crate::support::{DAY, HOUR, SECOND, START_MS};
use huitou::engine::command::Output;
use serde_json::{json, Value};

const PROGRAM: &str = r#"{"app":"trials","revision":1,"pages":["home"],"attributes":["city"]}"#;

/// A feature whose two arms have these weights.
fn payload(weights: [f64; 2], version: u32) -> String {
    let rule = json!({"key": "buy", "variations": ["grey", "red"], "weights": weights, "hashVersion": 2,
        "seed": "buy", "hashAttribute": "id", "bucketVersion": version});
    json!({"features": {"colour": {"defaultValue": "plain", "rules": [rule]}}}).to_string()
}

/// A start of the app with the payload in force.
fn start(phone: &mut Phone, payload: &str) {
    phone.boot();
    load(phone, payload);
}

fn load(phone: &mut Phone, payload: &str) {
    let at = phone.at();
    phone.engine().load_features(payload, at).unwrap();
}

fn ask(phone: &mut Phone, command: Value) -> Value {
    match phone.command(&command.to_string()) {
        Ok(Output::Json(text)) => serde_json::from_str(&text).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The value of the only feature; shown to the person, and so an exposure.
fn show(phone: &mut Phone) -> Value {
    let at = phone.at();
    let number = phone.engine().feature(0, at) >> 1;
    serde_json::from_str(&phone.engine().feature_value(0, number)).unwrap()
}

fn heard(phone: &mut Phone) -> usize {
    ask(phone, json!({"op": "exposures"})).as_array().unwrap().len()
}

/// The app goes to the background, and its process ends there.
fn leave(phone: &mut Phone) {
    phone.hide();
    phone.close();
}

/// What the server has of a person.
fn counted(phone: &Phone, user: &str) -> Vec<(Trial, i64)> {
    let hers = phone.server.exposures.iter().filter(|(((whose, _), _), _)| whose == user);
    hers.map(|((_, trial), &first_ms)| (trial.clone(), first_ms)).collect()
}

fn trial(variation: &str, version: u32) -> Trial {
    ("buy".into(), variation.into(), version)
}

const HALVES: [f64; 2] = [0.5, 0.5];
const ALL_RED: [f64; 2] = [0.0, 1.0];
const ALL_GREY: [f64; 2] = [1.0, 0.0];

#[test]
fn an_exposure_counts_once_over_restarts() {
    let mut phone = Phone::with(PROGRAM);
    for day in 0..4 {
        start(&mut phone, &payload(ALL_RED, 0));
        assert_eq!(show(&mut phone), "red");
        assert_eq!(show(&mut phone), "red");
        assert_eq!(heard(&mut phone), usize::from(day == 0), "the app hears of it once, day {day}");
        leave(&mut phone);
        phone.now_ms += DAY;
    }
    phone.heal();
    assert_eq!(counted(&phone, ""), [(trial("1", 0), START_MS)], "with the first moment");
}

#[test]
fn nothing_is_sent_again_that_was_acknowledged() {
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload(ALL_RED, 0));
    show(&mut phone);
    phone.send_all();
    phone.server.exposures.clear();
    leave(&mut phone);
    start(&mut phone, &payload(ALL_RED, 0));
    show(&mut phone);
    phone.send_all();
    assert!(phone.server.exposures.is_empty());
}

#[test]
fn an_answer_without_the_echo_acknowledges_nothing() {
    let mut phone = Phone::with(PROGRAM);
    phone.network.plan = [Fate::Portal, Fate::AckLost, Fate::Status(500), Fate::Lost].into();
    start(&mut phone, &payload(ALL_RED, 0));
    show(&mut phone);
    phone.settle();
    phone.heal();
    assert_eq!(counted(&phone, ""), [(trial("1", 0), START_MS)]);
}

#[test]
fn each_account_counts_for_itself() {
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload(ALL_RED, 0));
    for user in ["anna", "bert", "anna"] {
        phone.log_in(user);
        show(&mut phone);
        phone.settle();
        phone.now_ms += HOUR;
    }
    for user in ["bert", "anna"] {
        phone.log_in(user);
        phone.send_all();
    }
    assert_eq!(counted(&phone, "anna"), [(trial("1", 0), START_MS)]);
    assert_eq!(counted(&phone, "bert"), [(trial("1", 0), START_MS + HOUR)]);
}

#[test]
fn what_was_seen_before_the_login_belongs_to_who_logs_in() {
    let mut phone = Phone::with(PROGRAM);
    phone.network.then = Fate::Lost;
    start(&mut phone, &payload(ALL_RED, 0));
    show(&mut phone);
    phone.settle();
    phone.now_ms += HOUR;
    phone.log_in("anna");
    show(&mut phone);
    phone.heal();
    assert_eq!(counted(&phone, "anna"), [(trial("1", 0), START_MS)]);
}

#[test]
fn an_assignment_outlives_new_weights_until_the_experiment_begins_anew() {
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload(ALL_RED, 0));
    assert_eq!(show(&mut phone), "red");
    leave(&mut phone);
    start(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "red", "kept over a restart");
    load(&mut phone, &payload(ALL_GREY, 1));
    assert_eq!(show(&mut phone), "grey", "begun anew");
    phone.heal();
    let trials: Vec<Trial> = counted(&phone, "").into_iter().map(|(trial, _)| trial).collect();
    assert_eq!(trials, [trial("0", 1), trial("1", 0)]);
}

#[test]
fn without_stickiness_new_weights_count_at_once() {
    let mut phone = Phone::with(PROGRAM);
    phone.lab.is_sticky = false;
    start(&mut phone, &payload(ALL_RED, 0));
    assert_eq!(show(&mut phone), "red");
    load(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "grey");
}

#[test]
fn a_stopped_experiment_is_forgotten_after_a_month() {
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload(ALL_RED, 0));
    show(&mut phone);
    phone.send_all();
    phone.now_ms += 20 * DAY;
    start(&mut phone, r#"{"features":{}}"#);
    load(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "red", "a payload may be wrong for a while");
    leave(&mut phone);
    phone.now_ms += 40 * DAY;
    start(&mut phone, r#"{"features":{}}"#);
    load(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "grey");
}

#[test]
fn a_forced_variation_survives_a_restart_and_counts_for_nothing() {
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload(ALL_GREY, 0));
    phone.command(r#"{"op":"override","key":"buy","variation":1}"#).unwrap();
    assert_eq!(show(&mut phone), "red");
    leave(&mut phone);
    start(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "red");
    phone.send_all();
    assert_eq!(counted(&phone, ""), []);
    phone.command(r#"{"op":"override","key":"buy","variation":null}"#).unwrap();
    assert_eq!(show(&mut phone), "grey");
}

#[test]
fn the_launch_query_forces_a_variation_for_this_start_only() {
    let mut phone = Phone::with(PROGRAM);
    phone.lab.query = "from=card&buy=1".into();
    start(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "red");
    leave(&mut phone);
    phone.lab.query.clear();
    start(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "grey");
}

#[test]
fn attributes_for_targeting_are_kept_and_never_sent() {
    let rule = json!({"condition": {"secret_tags": {"$elemMatch": {"$eq": "vip"}}}, "force": "gold"});
    let payload = json!({"features": {"colour": {"defaultValue": "plain", "rules": [rule]}}}).to_string();
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload);
    ask_done(&mut phone, json!({"op": "attributes", "set": {"secret_tags": ["vip", 3, null], "city": "深圳"}}));
    assert_eq!(show(&mut phone), "gold");
    phone.settle();
    leave(&mut phone);
    start(&mut phone, &payload);
    assert_eq!(show(&mut phone), "gold");
    phone.send_all();
    let (_, sent) = phone.server.attributes.first_key_value().unwrap();
    assert_eq!(sent.values.keys().collect::<Vec<_>>(), ["city", "platform"]);
    phone.log_in("anna");
    assert_eq!(show(&mut phone), "gold", "they were hers");
    phone.log_in("bert");
    assert_eq!(show(&mut phone), "plain", "another account's attributes go");
}

fn ask_done(phone: &mut Phone, command: Value) {
    phone.command(&command.to_string()).unwrap();
}

#[test]
fn a_bad_payload_leaves_the_one_before_in_force() {
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload(ALL_RED, 0));
    let at = phone.at();
    for bad in ["", "<html>log in</html>", "[]", "null", r#"{"features":[]}"#, r#"{"features":{"a":"#] {
        let error = phone.engine().load_features(bad, at).unwrap_err();
        assert!(error.code.starts_with("payload_"), "{bad}: {error:?}");
        assert_eq!(show(&mut phone), "red");
    }
}

#[test]
fn withdrawal_forgets_experiments() {
    let mut phone = Phone::with(PROGRAM);
    start(&mut phone, &payload(ALL_RED, 0));
    show(&mut phone);
    phone.command(r#"{"op":"override","key":"buy","variation":1}"#).unwrap();
    phone.send_all();
    ask_done(&mut phone, json!({"op": "consent", "granted": false}));
    phone.send_all();
    assert_eq!(counted(&phone, ""), []);
    assert_eq!((show(&mut phone), heard(&mut phone)), (json!("red"), 0), "shown without consent, but not counted");
    ask_done(&mut phone, json!({"op": "consent", "granted": true}));
    load(&mut phone, &payload(ALL_GREY, 0));
    assert_eq!(show(&mut phone), "grey", "neither assignment nor override is left");
}

/// Whatever one storage operation does and whatever becomes of three requests: the variation is the same in each
/// start, and the server has it once, with a moment at which it was really shown.
#[test]
fn no_crash_and_no_network_counts_twice_or_changes_a_variation() {
    let mut baseline = known_phone();
    let first = baseline.storage.operations;
    three_days(&mut baseline);
    for operation in first..baseline.storage.operations {
        for (at, fault) in CRASHES.into_iter().enumerate() {
            for (plan, _) in plans().into_iter().filter(|(_, is_spread)| *is_spread) {
                let mut phone = known_phone();
                phone.storage.faults = vec![(operation, fault)];
                phone.network.plan = plan.into();
                let shown = three_days(&mut phone);
                assert!(shown.windows(2).all(|two| two[0] == two[1]), "{shown:?} {operation} {fault:?}");
                let place = format!("operation {operation}, {fault:?}, {plan:?}, landing {at}");
                phone.heal();
                let counted = counted(&phone, "");
                assert_eq!(counted.len(), 1, "{place}: {counted:?}");
                assert!((0..3).any(|day| counted[0].1 == START_MS + day * DAY), "{place}: {counted:?}");
            }
        }
    }
}

/// One that has written who it is: before that a crash leaves another phone behind.
fn known_phone() -> Phone {
    let mut phone = Phone::with(PROGRAM);
    phone.boot();
    leave(&mut phone);
    phone
}

fn three_days(phone: &mut Phone) -> Vec<Value> {
    let mut shown = Vec::new();
    for day in 0..3 {
        phone.now_ms = START_MS + day * DAY;
        start(phone, &payload(HALVES, 0));
        shown.push(show(phone));
        phone.settle();
        phone.now_ms += SECOND;
        phone.command(r#"{"op":"sync"}"#).ok();
        phone.settle();
        phone.kill(LANDINGS[day as usize]);
    }
    phone.now_ms = START_MS + 2 * DAY;
    start(phone, &payload(HALVES, 0));
    shown.push(show(phone));
    shown
}
