//! A deletion reaches a receiver that has never heard of the program.

use super::sample::tea_shop;
use huitou::clock::At;
use huitou::experiment::trials::Trials;
use huitou::id::{DeletionId, DeviceId, UserId};
use huitou::insight::{Deletion, State};
use huitou::program::SyncRule;
use huitou::summary::{DecodeError, Upload};
use huitou::sync::{Format, Outbox, Policy};

#[test]
fn names_come_along_with_a_deletion_too_once_asked_for() {
    let mut state = State::new(DeviceId(1), tea_shop());
    let deletion = Deletion { id: DeletionId(7), device: DeviceId(2) };
    state.deletion = Some((deletion, UserId::new("u").unwrap()));
    let rule = SyncRule { max_bytes: 4096, max_age_ms: 1, per_session: 1 };
    let rules = huitou::program::rules::Rules::default();
    let trials = Trials::default();
    let portrait = huitou::insight::portrait::Portrait::default();
    let (attributes, format) = (&[][..], Format::Binary);
    let policy = Policy {
        rule: &rule,
        attributes,
        format,
        ledger: None,
        rules: &rules,
        trials: &trials,
        portrait: &portrait,
        plan: None,
    };
    let mut outbox = Outbox::new();
    let (bare, _) = outbox.compose(&state, policy, At::default()).unwrap();
    let hash = tea_shop().hash();
    assert_eq!(Upload::decode(&bare, &|_| None), Err(DecodeError::UnknownDictionary(hash)));
    outbox.wants_names(hash);
    let (named, in_flight) = outbox.compose(&state, policy, At::default()).unwrap();
    let (upload, names) = Upload::decode(&named, &|_| None).unwrap();
    assert_eq!((upload.deletion, upload.device, names.app.as_str()), (Some(deletion.id), DeviceId(2), "tea-shop"));
    assert!(in_flight.with_names, "asked for twice, it is nonsense, and the back-off applies");
}
