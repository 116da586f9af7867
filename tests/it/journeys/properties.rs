//! What holds of any journeys, whatever happens.

use super::shop;
use crate::support::{DAY, MINUTE, START_MS};
use huitou::bytes::{Reader, Writer};
use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::event::journey::{Answer, Change, Entry, Outcome, Standing};
use huitou::event::Record;
use huitou::journey::enter::{entries, exits, Signal};
use huitou::journey::plan::plan;
use huitou::journey::rules::Rules;
use huitou::journey::settle::next;
use huitou::journey::Journeys;
use huitou::program::{load, Program};
use proptest::prelude::*;
use serde_json::json;

/// Journeys of every sort beside each other.
fn crowd() -> &'static Program {
    static CROWD: std::sync::OnceLock<Program> = std::sync::OnceLock::new();
    CROWD.get_or_init(|| {
        let journeys = json!([
            {"id": "away", "enter_on": "visit", "restart_on_repeat": true,
             "steps": [{"after": "3d", "at_clock": "10:00", "do": {"kind": "message", "template": "t1"}}]},
            {"id": "order", "enter_on": "order_paid", "re_entry": "never", "exit_on": ["order_paid"],
             "steps": [{"after": "3d", "do": {"kind": "message", "template": "t2"}}, {"after": "7d", "do": {"kind": "coupon", "ref": "c"}}]},
            {"id": "care", "enter_on": "order_paid", "key": "order_id", "exit_on": ["order_refunded"], "priority": 5,
             "steps": [{"after": "1d", "do": {"kind": "message", "template": "t1", "purpose": "service"}}, {"after": "2h", "do": {"kind": "popup", "ref": "p"}}]},
            {"id": "cart", "enter_on": "cart", "goal": ["order_paid"], "re_entry": "5d", "restart_on_repeat": true,
             "steps": [{"after": "30min", "do": {"kind": "message", "template": "t1"}}, {"after": "1d", "weekday": 5, "do": {"kind": "badge", "ref": "b"}}]}]);
        let rules = json!({"messages": {"quiet_hours": ["21:00", "09:00"], "max_per_day": 1, "max_per_7_days": 3, "max_ignored": 4, "need_subscription": true}});
        load(&shop(&journeys, &rules)).unwrap().0
    })
}

/// What happens: after so many minutes, what, with which order.
type Happening = (i64, usize, u8);

const NAMES: [&str; 6] = ["visit", "order_paid", "order_refunded", "cart", "accept", "nothing"];

/// Plays it through; `stops` says after which happenings, and how long, time is looked at besides.
fn played(happenings: &[Happening], stops: &[i64]) -> Journeys {
    let rules = Rules::of(crowd());
    let mut state = Journeys::default();
    let mut now = UnixMs::new(START_MS);
    let settle = |state: &mut Journeys, until: UnixMs| {
        while let Some(change) = next(state, &rules, (until, until), &|_, _| true) {
            state.apply(&Record::Journey(change), until);
        }
    };
    for (at, (minutes, what, order)) in happenings.iter().enumerate() {
        let then = now.plus(minutes * MINUTE);
        if let Some(stop) = stops.get(at).filter(|stop| **stop < *minutes) {
            settle(&mut state, now.plus(stop * MINUTE));
            let mut w = Writer::default();
            state.encode(&mut w);
            state = Journeys::decode(&mut Reader::new(&w.out)).unwrap();
        }
        now = then;
        settle(&mut state, now);
        let name = NAMES[*what];
        if name == "accept" {
            let (template, answer) = ("t1".to_owned(), Answer::Accept);
            let day = Day::of(now, OffsetMin::new(480));
            state.apply(&Record::Journey(Change::Subscribed { template, answer, day }), now);
            continue;
        }
        if name == "visit" {
            state.apply(&Record::Session { after_s: 0 }, now);
        }
        let order = order.to_string();
        let facts = [("order_id", order.as_str())];
        let facts = if name.starts_with("order") { &facts[..] } else { &[] };
        let signal = Signal { name, facts, at: now, offset: OffsetMin::new(480), anchor: None };
        for change in exits(&state, &rules, &signal) {
            state.apply(&Record::Journey(change), now);
        }
        for (_, entry) in entries(&state, &rules, &signal) {
            state.apply(&Record::Journey(Change::Entered(entry)), now);
        }
        settle(&mut state, now);
    }
    settle(&mut state, now.plus(30 * DAY));
    state
}

/// What does not depend on when anybody looked: revisions do.
type Essence = (Entry, Standing, Vec<(u8, Outcome)>);

fn essence(state: &Journeys) -> Vec<Essence> {
    state.trips.iter().map(|trip| (trip.entry.clone(), trip.standing, trip.outcomes.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn when_anybody_looks_changes_nothing(
        happenings in prop::collection::vec((0i64..6_000, 0usize..6, 0u8..4), 1..30),
        stops in prop::collection::vec(0i64..6_000, 0..30),
    ) {
        prop_assert_eq!(essence(&played(&happenings, &stops)), essence(&played(&happenings, &[])));
    }

    #[test]
    fn the_plan_is_what_happens_if_nothing_else_does(
        happenings in prop::collection::vec((0i64..3_000, 0usize..6, 0u8..4), 1..20),
    ) {
        let rules = Rules::of(crowd());
        let mut state = Journeys::default();
        let now = UnixMs::new(START_MS);
        for (_, what, order) in &happenings {
            let order = order.to_string();
            let facts = [("order_id", order.as_str())];
            let signal = Signal { name: NAMES[*what], facts: &facts, at: now, offset: OffsetMin::new(480), anchor: None };
            for (_, entry) in entries(&state, &rules, &signal) {
                state.apply(&Record::Journey(Change::Entered(entry)), now);
            }
        }
        let planned: Vec<_> = plan(&state, &rules, now, &|_, _| true).iter().map(|it| (it.place, it.step, it.due, it.outcome)).collect();
        let (mut happened, until) = (Vec::new(), now.plus(60 * DAY));
        while let Some(change) = next(&state, &rules, (until, now), &|_, _| true) {
            if let Change::Fired { place, step, at, outcome, .. } = &change {
                happened.push((usize::from(*place), usize::from(*step), *at, *outcome));
            }
            state.apply(&Record::Journey(change), now);
        }
        prop_assert_eq!(planned, happened);
    }

    #[test]
    fn nobody_is_harassed(happenings in prop::collection::vec((0i64..3_000, 0usize..6, 0u8..4), 1..40)) {
        let rules = Rules::of(crowd());
        let mut state = Journeys::default();
        let (mut now, mut accepted, mut sent) = (UnixMs::new(START_MS), 0, Vec::new());
        for (minutes, what, order) in &happenings {
            now = now.plus(minutes * MINUTE);
            while let Some(change) = next(&state, &rules, (now, now), &|_, _| true) {
                if let Change::Fired { at, outcome: Outcome::Done, counted: Some(day), template, .. } = &change {
                    sent.push((*at, *day, template.clone()));
                }
                state.apply(&Record::Journey(change), now);
            }
            let name = NAMES[*what];
            if name == "accept" {
                accepted += 1;
                let day = Day::of(now, OffsetMin::new(480));
                state.apply(&Record::Journey(Change::Subscribed { template: "t1".into(), answer: Answer::Accept, day }), now);
            }
            let order = order.to_string();
            let facts = [("order_id", order.as_str())];
            let signal = Signal { name, facts: &facts, at: now, offset: OffsetMin::new(480), anchor: None };
            for change in exits(&state, &rules, &signal) {
                state.apply(&Record::Journey(change), now);
            }
            for (_, entry) in entries(&state, &rules, &signal) {
                state.apply(&Record::Journey(Change::Entered(entry)), now);
            }
        }
        for (at, day, template) in &sent {
            let minute = (at.get() / MINUTE + 480).rem_euclid(1_440);
            prop_assert!((9 * 60..21 * 60).contains(&minute), "in quiet hours: {}", minute);
            prop_assert_eq!(template.as_str(), "t1", "t2 has no credit");
            prop_assert!(sent.iter().filter(|(_, other, _)| other == day).count() <= 1);
            prop_assert!(sent.iter().filter(|(_, other, _)| (0..7).contains(&day.since(*other))).count() <= 3);
        }
        prop_assert!(sent.len() <= accepted);
        for trip in &state.trips {
            let mut steps: Vec<u8> = trip.outcomes.iter().map(|(step, _)| *step).collect();
            steps.sort_unstable();
            steps.dedup();
            prop_assert_eq!(steps.len(), trip.outcomes.len(), "at most one outcome of a step");
        }
    }

    #[test]
    fn no_bytes_make_them_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(state) = Journeys::decode(&mut Reader::new(&bytes)) {
            let mut w = Writer::default();
            state.encode(&mut w);
            let mut r = Reader::new(&w.out);
            prop_assert_eq!(Journeys::decode(&mut r), Some(state));
        }
    }
}
