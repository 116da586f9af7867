//! What will happen if nothing else does.

use super::rules::Rules;
use super::settle::{next, Holds};
use super::Journeys;
use crate::clock::UnixMs;
use crate::event::journey::{Change, Outcome};
use crate::event::Record;

/// One thing to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Place of the trip.
    pub place: usize,
    /// Which step.
    pub step: usize,
    /// When.
    pub due: UnixMs,
    /// What would come of it.
    pub outcome: Outcome,
}

/// The whole plan in the order of its moments. Conditions are taken as they hold now.
pub fn plan(state: &Journeys, rules: &Rules, now: UnixMs, holds: Holds) -> Vec<Planned> {
    let mut ahead = state.clone();
    let mut planned = Vec::new();
    // Ended trips stay where they are, so that places mean the same.
    while let Some(change) = next(&ahead, rules, (UnixMs::MAX, now), holds) {
        if let Change::Fired { place, step, at, outcome, .. } = &change {
            let (place, step) = (usize::from(*place), usize::from(*step));
            planned.push(Planned { place, step, due: *at, outcome: *outcome });
        }
        ahead.apply(&Record::Journey(change), now);
    }
    planned
}
