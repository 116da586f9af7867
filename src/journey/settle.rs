//! What the passing of time does to journeys, one thing after another.

use super::moment::{due, held, Wall};
use super::rules::Rules;
use super::{Journeys, Trip};
use crate::clock::{Day, UnixMs, DAY_MS};
use crate::event::journey::{Change, Outcome, Standing};
use crate::program::journeys::{Deed, Delay, Journey, Kind};

/// Whether a step's condition holds: positions of the journey and of the step.
pub type Holds<'a> = &'a dyn Fn(usize, usize) -> bool;

/// A step whose moment comes.
#[derive(Clone, Copy)]
struct Coming<'a> {
    at: UnixMs,
    place: usize,
    trip: &'a Trip,
    journey: (usize, &'a Journey),
    step: usize,
}

impl Coming<'_> {
    /// Earlier goes first; at one moment what has priority, then by id, key and step.
    fn goes_before(&self, other: &Coming) -> bool {
        let order = |coming: &'_ Coming| (coming.at, u32::MAX - coming.journey.1.priority);
        let (ours, theirs) = (order(self), order(other));
        let names = |coming: &'_ Coming<'_>| {
            let entry = &coming.trip.entry;
            (entry.journey.clone(), entry.key.clone(), coming.step)
        };
        ours < theirs || ours == theirs && names(self) < names(other)
    }
}

/// The next thing that time does by `until`, seen from `now`; `None` once nothing is left. To be applied before it is
/// asked again.
pub fn next(state: &Journeys, rules: &Rules, (until, now): (UnixMs, UnixMs), holds: Holds) -> Option<Change> {
    let mut first: Option<Coming> = None;
    for (place, trip) in state.trips.iter().enumerate().filter(|(_, trip)| trip.standing == Standing::Running) {
        let Some((position, journey)) = rules.find(&trip.entry.journey) else {
            return Some(ended(place, Standing::Exited, now));
        };
        let (mut is_over, mut last) = (true, trip.entry.at);
        for step in 0..journey.steps.len() {
            let at = moment(trip, journey, (step, rules))?;
            last = last.max(at);
            if trip.outcome(step).is_some() {
                continue;
            }
            is_over = false;
            let coming = Coming { at, place, trip, journey: (position, journey), step };
            if at <= until && first.is_none_or(|first| coming.goes_before(&first)) {
                first = Some(coming);
            }
        }
        if is_over {
            return Some(ended(place, Standing::Finished, last));
        }
    }
    first.map(|coming| fire(state, rules, (coming, now), holds))
}

/// When the next step is due.
pub fn soonest(state: &Journeys, rules: &Rules) -> Option<UnixMs> {
    let mut soonest: Option<UnixMs> = None;
    for trip in state.trips.iter().filter(|trip| trip.standing == Standing::Running) {
        let Some((_, journey)) = rules.find(&trip.entry.journey) else { continue };
        for step in (0..journey.steps.len()).filter(|&step| trip.outcome(step).is_none()) {
            let at = moment(trip, journey, (step, rules));
            soonest = soonest.into_iter().chain(at).min();
        }
    }
    soonest
}

fn ended(place: usize, standing: Standing, at: UnixMs) -> Change {
    Change::Ended { place: place as u8, standing, at }
}

/// When a step happens; quiet hours hold a marketing message back.
fn moment(trip: &Trip, journey: &Journey, (step, rules): (usize, &Rules)) -> Option<UnixMs> {
    let at = due(journey.steps.get(step)?, &trip.entry, rules.zone);
    let deed = journey.deed(step, trip.entry.variation);
    let wall = Wall { zone: rules.zone, phone: trip.entry.offset };
    Some(if deed.is_some_and(is_marketing) { held(at, rules.messages.quiet, wall) } else { at })
}

fn is_marketing(deed: &Deed) -> bool {
    deed.kind == Kind::Message && !deed.is_service
}

fn fire(state: &Journeys, rules: &Rules, (coming, now): (Coming, UnixMs), holds: Holds) -> Change {
    let Coming { at, place, trip, journey: (position, journey), step } = coming;
    let (day, _) = Wall { zone: rules.zone, phone: trip.entry.offset }.read(at);
    let deed = journey.deed(step, trip.entry.variation).filter(|_| holds(position, step));
    let keeps_days = journey.steps.get(step).map_or(0, |step| step.keeps_days);
    let until = at.plus(i64::from(keeps_days) * DAY_MS);
    let outcome = match deed.filter(|_| !comes_late(&coming, rules)) {
        None => Outcome::Skipped,
        Some(_) if trip.entry.is_held_out => Outcome::HeldOut,
        Some(deed) if deed.kind == Kind::Message => message(state, rules, deed, day),
        Some(deed) if deed.kind == Kind::OfferWecom && state.wecom.is_some() => Outcome::Skipped,
        Some(deed) if !deed.kind.is_remote() && until < now => Outcome::Expired,
        Some(_) => Outcome::Done,
    };
    let done = deed.filter(|_| outcome == Outcome::Done);
    let message = done.filter(|deed| deed.kind == Kind::Message);
    let pays = message.filter(|_| rules.messages.needs_credit);
    Change::Fired {
        place: place as u8,
        step: step as u8,
        at,
        outcome,
        counted: message.filter(|deed| !deed.is_service).map(|_| day),
        template: pays.map(|deed| deed.reference.clone()).unwrap_or_default(),
        shown_until: done.filter(|deed| deed.kind != Kind::Message && until >= now).map(|_| until),
    }
}

/// What should have been said before a date is not said on it.
fn comes_late(coming: &Coming, rules: &Rules) -> bool {
    let entry = &coming.trip.entry;
    let day = |at: UnixMs| Wall { zone: rules.zone, phone: entry.offset }.read(at).0;
    let delay = coming.journey.1.steps.get(coming.step).map(|step| step.delay);
    matches!(delay, Some(Delay::BeforeDays(1..))) && day(entry.anchor) <= day(entry.at)
}

/// Whether a message may be sent on a date.
fn message(state: &Journeys, rules: &Rules, deed: &Deed, day: Day) -> Outcome {
    let rules = rules.messages;
    if !deed.is_service {
        let within = |days: i64| state.sent.iter().filter(|sent| (0..days).contains(&day.since(**sent))).count();
        let is_full = |max: u32, days: i64| max > 0 && within(days) >= max as usize;
        if is_full(rules.per_day_max, 1) || is_full(rules.per_7_days_max, 7) {
            return Outcome::Capped;
        }
        if rules.ignored_max > 0 && state.ignored >= rules.ignored_max {
            return Outcome::Tired;
        }
    }
    if rules.needs_credit && state.credits_of(&deed.reference) == 0 {
        return Outcome::NoQuota;
    }
    Outcome::Done
}
