//! Consent: nothing before it, nothing left after it is withdrawn, whenever the process dies.

use super::grid::{judge, Case, Found};
use super::script::{program, Script};
use crate::support::network::{plans, Fate};
use crate::support::phone::{Kept, Phone};
use crate::support::storage::{Fault, CRASHES};
use crate::support::{DAY, MINUTE};
use huitou::bytes::Reader;
use huitou::engine::command::Output;
use huitou::insight::State;
use huitou::store::image;
use huitou::store::journal::Journal;

const NO: &str = r#"{"op":"consent","granted":false}"#;
const YES: &str = r#"{"op":"consent","granted":true}"#;

fn new_phone() -> Phone {
    Phone::new(program(1).clone())
}

/// What a start would find, if anything.
fn stored(phone: &Phone) -> Option<State> {
    let (_, loaded) = Journal::load(&phone.storage.load());
    assert!(loaded.records.is_empty(), "a tail beside a deletion request");
    loaded.image.map(|bytes| image::decode(&mut Reader::new(&bytes)).unwrap())
}

fn keys_in_use(phone: &Phone) -> usize {
    phone.storage.values.iter().filter(|value| !value.is_empty()).count()
}

/// Nothing is stored, or one key that holds a deletion request and nothing else of anybody.
fn assert_wiped(phone: &Phone, case: &Case) {
    if keys_in_use(phone) == 0 {
        return;
    }
    assert_eq!(keys_in_use(phone), 1, "{case:?}");
    let state = stored(phone).unwrap();
    let (deletion, user) = state.deletion.clone().unwrap();
    assert_ne!(deletion.device, state.device, "a new installation");
    assert!(user.as_str() == "anna" || user.is_anonymous(), "who is to be deleted");
    let names = state.epochs.last().unwrap().names.clone();
    let blank = State { deletion: state.deletion.clone(), ..State::new(state.device, names) };
    assert_eq!(state, blank, "{case:?}");
}

/// A person who says yes, is recorded, and says no while a write is under way; and the installation recorded.
fn recorded_then_refused(case: &Case) -> (Phone, String) {
    let mut phone = new_phone();
    phone.storage.faults.clone_from(&case.faults);
    phone.network.plan.extend(&case.plan);
    phone.consent = None;
    phone.command(YES).unwrap();
    phone.log_in("anna");
    for _ in 0..3 {
        phone.track("share", &[("channel", "secret")], &[]);
        phone.command(r#"{"op":"attributes","set":{"city":"secret"}}"#).unwrap();
        phone.order("order-secret", 4_900);
        phone.settle_writes();
    }
    phone.hide();
    phone.settle();
    phone.show();
    if phone.engine().consented() {
        phone.track("share", &[("channel", "secret-2")], &[]);
    }
    let device = device(&mut phone);
    phone.command(NO).unwrap();
    (phone, device)
}

fn device(phone: &mut Phone) -> String {
    let Ok(Output::Json(state)) = phone.command(r#"{"op":"state"}"#) else { panic!("no state") };
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    state["device"].as_str().unwrap().to_owned()
}

/// Restarts until the stored answer is no, as a person would say it again.
fn insist(phone: &mut Phone) {
    for _ in 0..4 {
        phone.settle();
        if phone.engine().consented() || phone.storage.operations == 0 {
            phone.command(NO).unwrap();
        }
    }
    phone.settle();
}

fn withdrawal_operations() -> usize {
    let case = Case { plan: Vec::new(), faults: Vec::new() };
    let (mut phone, _) = recorded_then_refused(&case);
    phone.settle();
    phone.storage.operations
}

#[test]
fn before_consent_nothing_is_stored_or_sent() {
    for consent in [None, Some(false)] {
        let mut phone = new_phone();
        phone.consent = consent;
        phone.tick();
        phone.hide();
        phone.settle();
        phone.pass(DAY);
        phone.command(r#"{"op":"sync"}"#).unwrap();
        phone.settle();
        assert_eq!((phone.storage.operations, phone.network.sent_bytes.len()), (0, 0));
    }
}

#[test]
fn what_waits_in_memory_counts_once_consent_comes_but_not_after_a_refusal() {
    for (consent, counted) in [(None, 2), (Some(false), 1)] {
        let mut phone = new_phone();
        phone.consent = consent;
        phone.tick();
        phone.command(YES).unwrap();
        phone.tick();
        phone.heal();
        assert_eq!(phone.server.sum(None).events["tick"].count, counted, "{consent:?}");
    }
}

#[test]
fn consent_survives_a_restart_and_a_crash_right_after_it() {
    let mut phone = new_phone();
    phone.consent = None;
    phone.command(YES).unwrap();
    phone.tick();
    phone.hide();
    phone.die();
    phone.tick();
    assert!(phone.engine().consented());
    phone.heal();
    assert_eq!(phone.server.sum(None).events["tick"].count, 2);
}

/// The write under way when the person says no is of the time before; it must not pass for the wiped state.
#[test]
fn withdrawal_survives_every_crash() {
    let mut runs = 0;
    for (plan, _) in plans() {
        for at in 0..withdrawal_operations() {
            for fault in CRASHES.into_iter().chain([Fault::Refused]) {
                runs += 1;
                let case = Case { plan: plan.to_vec(), faults: vec![(at, fault)] };
                let (mut phone, _) = recorded_then_refused(&case);
                phone.network.then = Fate::Lost;
                insist(&mut phone);
                phone.pass(MINUTE);
                assert!(!phone.engine().consented(), "{case:?}");
                assert_wiped(&phone, &case);
                assert_deleted(&mut phone, &case);
            }
        }
    }
    println!("withdrawal: {runs} runs");
}

/// With a good network the backend forgets, and so does the phone.
fn assert_deleted(phone: &mut Phone, case: &Case) {
    let asked_for = stored(phone).and_then(|state| state.deletion);
    phone.network.then = Fate::Ok;
    phone.network.plan.clear();
    phone.send_all();
    phone.pass(MINUTE);
    assert_eq!(keys_in_use(phone), 0, "{case:?}");
    if let Some((deletion, user)) = asked_for {
        let mut device = String::new();
        deletion.device.write(&mut device);
        assert!(phone.server.deletions.iter().any(|(u, d, _)| u == user.as_str() && *d == device), "{case:?}");
        assert!(phone.server.rows.keys().all(|key| key.user != user.as_str() || key.device != device), "{case:?}");
    }
}

/// The app says no at every start, whatever is stored.
#[test]
fn an_app_that_starts_with_no_wipes_what_is_stored() {
    let mut phone = new_phone();
    phone.log_in("anna");
    phone.tick();
    phone.settle_writes();
    phone.consent = Some(false);
    phone.die();
    phone.network.then = Fate::Lost;
    phone.boot();
    phone.settle();
    let case = Case { plan: Vec::new(), faults: Vec::new() };
    assert_eq!(keys_in_use(&phone), 1);
    assert_wiped(&phone, &case);
    assert_deleted(&mut phone, &case);
}

/// Unreadable leftovers are data too.
#[test]
fn a_refusal_wipes_what_can_not_be_read() {
    let mut phone = new_phone();
    phone.storage.values[2] = b"half of somebody's tail".to_vec();
    phone.consent = Some(false);
    phone.boot();
    phone.settle();
    assert_eq!(keys_in_use(&phone), 0);
}

/// While a deletion waits for the network, a start without an answer records nothing.
#[test]
fn a_start_between_withdrawal_and_deletion_stores_nothing() {
    let case = Case { plan: vec![Fate::Lost; 20], faults: Vec::new() };
    let (mut phone, _) = recorded_then_refused(&case);
    phone.settle();
    phone.die();
    phone.track("share", &[("channel", "secret-3")], &[]);
    phone.hide();
    phone.settle();
    assert_wiped(&phone, &case);
}

/// The person comes round before the backend has deleted: what follows is counted, what was before goes.
#[test]
fn consent_given_again_survives_every_crash() {
    let script = Script { name: "consent given again", awaited: false, steps: Vec::new() };
    let mut found = Found::default();
    for (plan, _) in plans() {
        for (at, fault) in (0..withdrawal_operations() + 12).flat_map(|at| CRASHES.map(|fault| (at, fault))) {
            let case = Case { plan: plan.to_vec(), faults: vec![(at, fault)] };
            let (mut phone, device) = recorded_then_refused(&case);
            again(&mut phone, &device);
            phone.heal();
            found.add(judge(&phone, &script, &case));
            assert!(
                phone.server.rows.values().all(|row| !row.stats.events.contains_key("share")),
                "{case:?} {:?} {:?}",
                phone.server.rows,
                phone.server.deletions
            );
            assert_eq!(phone.server.sum(None).orders, [], "{case:?}");
        }
    }
    found.assert_clean("consent given again");
}

/// Says yes again, and is counted. A crash may bring the installation back that was to be deleted: no again.
fn again(phone: &mut Phone, withdrawn: &str) {
    for settle in [false, true, true] {
        if device(phone) == withdrawn {
            phone.command(NO).unwrap();
            phone.told.iter_mut().for_each(|told| told.kept = Kept::Withdrawn);
        }
        phone.command(YES).unwrap();
        phone.tick();
        if settle {
            phone.settle_writes();
        }
    }
    phone.hide();
}

#[test]
fn a_second_withdrawal_does_not_replace_the_first() {
    let case = Case { plan: vec![Fate::Lost; 20], faults: Vec::new() };
    let (mut phone, _) = recorded_then_refused(&case);
    phone.settle();
    phone.command(YES).unwrap();
    phone.tick();
    phone.settle_writes();
    phone.command(NO).unwrap();
    phone.settle();
    assert_deleted(&mut phone, &case);
    assert_eq!(phone.server.deletions.len(), 1);
    assert!(phone.server.rows.is_empty());
}
