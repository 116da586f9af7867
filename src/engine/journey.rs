//! Journeys: what of all that happens begins or ends one, what is due, and what the backend is to do.

mod questions;
mod signals;

use super::Engine;
use crate::clock::{At, OffsetMin, UnixMs};
use crate::event::dropped::Dropped;
use crate::event::journey::{Change, Entry, Outcome};
use crate::event::Record;
use crate::id::EventIx;
use crate::journey::enter::{entries, exits, is_held_out, Signal};
use crate::journey::plan::{plan, Planned};
use crate::journey::rules::{Conditions, Rules};
use crate::journey::settle::{next, soonest};
use crate::program::journeys::Trigger;
use crate::program::value::Value;
use crate::program::{Program, Warning};
use crate::summary::plan::{Due, Plan, PlannedTrip, BY_ORDER, CANCELS, TRIPS_MAX};
use crate::sync::answer::JourneysAnswer;

/// What is not remembered over a restart.
#[derive(Debug, Default)]
pub(super) struct Desk {
    conditions: Conditions,
    /// Of each event whether a journey speaks of it.
    watched: Vec<bool>,
    /// When time does something next, as far as is known.
    due: Option<UnixMs>,
}

impl Desk {
    /// As a program has it.
    pub(super) fn new(program: &Program) -> Desk {
        let mut watched = Vec::new();
        for event in &program.names.events {
            let is_meant = |trigger: &Trigger| trigger.name == event.name;
            watched.push(program.journeys.0.iter().any(|journey| {
                let ends = || journey.exit_on.iter().chain(&journey.goal);
                is_meant(&journey.enter_on) || ends().any(is_meant)
            }));
        }
        Desk { conditions: Conditions::read(program).0, watched, due: None }
    }

    /// Nothing is known of anybody any more.
    pub(super) fn forget_person(&mut self) {
        self.due = None;
    }

    /// True if a journey speaks of an event.
    pub(super) fn watches(&self, event: EventIx) -> bool {
        self.watched.get(usize::from(event.0)) == Some(&true)
    }
}

/// What is wrong with the conditions of journeys.
pub fn journey_warnings(program: &Program) -> Vec<Warning> {
    Conditions::read(program).1
}

impl Engine {
    /// True if there is nothing to look after.
    fn has_no_journeys(&self) -> bool {
        self.refused || (self.program.journeys.0.is_empty() && self.journeys.trips.is_empty())
    }

    /// Something happened now.
    pub(super) fn signal(&mut self, name: &str, facts: &[(&str, &str)]) {
        let (at, offset) = (self.state.last, self.state.zone);
        self.signal_of(&Signal { name, facts, at, offset, anchor: None });
    }

    /// Something happened, perhaps a while ago: what time has done before goes first.
    pub(super) fn signal_of(&mut self, signal: &Signal) {
        if self.has_no_journeys() {
            return;
        }
        self.settle(signal.at);
        for change in exits(&self.journeys, &Rules::of(&self.program), signal) {
            self.record(Record::Journey(change));
        }
        for (position, entry) in entries(&self.journeys, &Rules::of(&self.program), signal) {
            self.enter(position, entry);
        }
        self.settle(self.state.last);
    }

    fn enter(&mut self, position: usize, entry: Entry) {
        if self.desk.conditions.has_any(position) {
            self.fill_attributes();
        }
        let empty = Value::Map(Vec::new());
        let attributes = self.lab.attributes().unwrap_or(&empty);
        let Some(journey) = self.program.journeys.0.get(position) else { return };
        if !self.desk.conditions.hold(position, None, attributes) {
            return;
        }
        if !self.journeys.can_enter() {
            return self.note(Dropped::JourneyOverflow, 1);
        }
        let is_held_out = is_held_out(journey, &self.person_id());
        let experiment = journey.experiment.clone();
        let variation = if experiment.is_empty() { 0 } else { self.variation(&experiment, entry.at) };
        self.record(Record::Journey(Change::Entered(Entry { is_held_out, variation, ..entry })));
    }

    /// Who is logged in, else the installation.
    fn person_id(&self) -> String {
        if !self.state.user.is_anonymous() {
            return self.state.user.as_str().to_owned();
        }
        let mut device = String::new();
        self.state.device.write(&mut device);
        device
    }

    /// Records what time has done up to a moment.
    pub(super) fn settle(&mut self, until: UnixMs) {
        if self.has_no_journeys() {
            return;
        }
        // Conditions are asked only of what is due.
        if soonest(&self.journeys, &Rules::of(&self.program)).is_some_and(|due| due <= until) {
            self.fill_for_trips();
        }
        let now = until;
        while let Some(change) = {
            let holds = |journey: usize, step: usize| self.holds(journey, step);
            next(&self.journeys, &Rules::of(&self.program), (until, now), &holds)
        } {
            self.record(Record::Journey(change));
        }
        self.desk.due = soonest(&self.journeys, &Rules::of(&self.program));
    }

    /// Does what time has done meanwhile, if anything; when to look again, by the phone's clock.
    pub(super) fn wake(&mut self, now: UnixMs) -> Option<UnixMs> {
        let corrected = self.corrected(now).max(self.state.last);
        if self.desk.due.is_some_and(|due| due <= corrected) {
            self.settle(corrected);
        }
        let due = self.desk.due?.plus(-self.state.skew_s * 1000);
        Some(due.max(now))
    }

    /// True if the app has something to hear: news of the person, or something to show.
    pub fn has_news(&self) -> bool {
        self.insight.has_news() || !self.journeys.shows.is_empty()
    }

    /// Conditions of steps are asked only while somebody is on the way.
    fn fill_for_trips(&mut self) {
        let rules = Rules::of(&self.program);
        let asks =
            |journey: &str| rules.find(journey).is_some_and(|(position, _)| self.desk.conditions.has_any(position));
        if self.journeys.trips.iter().any(|trip| asks(&trip.entry.journey)) {
            self.fill_attributes();
        }
    }

    fn holds(&self, journey: usize, step: usize) -> bool {
        let empty = Value::Map(Vec::new());
        self.desk.conditions.hold(journey, Some(step), self.lab.attributes().unwrap_or(&empty))
    }

    /// All that is to come, as things stand.
    fn planned(&self) -> Vec<Planned> {
        let holds = |journey: usize, step: usize| self.holds(journey, step);
        plan(&self.journeys, &Rules::of(&self.program), self.state.last, &holds)
    }

    /// What the backend is to do, as far as it does not know yet.
    pub(super) fn unsent_plan(&mut self) -> Option<Plan> {
        let mut unsent: Vec<(u32, usize)> = Vec::new();
        for (place, trip) in self.journeys.unsent() {
            let at = unsent.partition_point(|(revision, _)| *revision < trip.revision);
            unsent.insert(at, (trip.revision, place));
        }
        unsent.truncate(TRIPS_MAX);
        let revision = unsent.last()?.0;
        self.fill_for_trips();
        let planned = self.planned();
        let trips = unsent.iter().filter_map(|&(_, place)| self.planned_trip(place, &planned)).collect();
        Some(Plan { revision, trips })
    }

    fn planned_trip(&self, place: usize, planned: &[Planned]) -> Option<PlannedTrip> {
        let trip = self.journeys.trips.get(place)?;
        let found = Rules::of(&self.program).find(&trip.entry.journey).map(|(_, journey)| journey);
        let (mut due, mut cancel_on) = (Vec::new(), 0);
        if let Some(journey) = found {
            for planned in planned.iter().filter(|planned| planned.place == place && planned.outcome == Outcome::Done) {
                let deed = journey.deed(planned.step, trip.entry.variation).filter(|deed| deed.kind.is_remote());
                due.extend(deed.map(|deed| Due {
                    step: planned.step as u8,
                    at: planned.due,
                    kind: deed.kind,
                    reference: deed.reference.clone(),
                    is_service: deed.is_service,
                }));
            }
            for (bit, name) in CANCELS.iter().enumerate() {
                let mut ends = journey.exit_on.iter().chain(&journey.goal);
                cancel_on |= u8::from(ends.any(|trigger| trigger.name == *name)) << bit;
            }
            cancel_on |= if journey.instance_key == "order_id" { BY_ORDER } else { 0 };
        }
        let (entry, outcomes) = (trip.entry.clone(), trip.outcomes.clone());
        Some(PlannedTrip { entry, standing: trip.standing, ended: trip.ended, cancel_on, outcomes, due })
    }

    /// What the backend told of plans.
    pub(super) fn take_results(&mut self, answer: JourneysAnswer) {
        for result in answer.results {
            let place = self.journeys.trips.iter().position(|trip| {
                let entry = &trip.entry;
                entry.journey == result.journey && entry.key == result.key && entry.at == result.at
            });
            let known = place.and_then(|place| self.journeys.trips.get(place));
            let is_news = known
                .and_then(|trip| trip.outcome(usize::from(result.step)))
                .is_some_and(|outcome| outcome != result.outcome);
            if let Some(place) = place.filter(|_| is_news) {
                let change = Change::Told { place: place as u8, step: result.step, outcome: result.outcome };
                self.record(Record::Journey(change));
            }
        }
        for (template, credits) in answer.credits {
            if self.journeys.credits_of(&template) != credits {
                self.record(Record::Journey(Change::Credits { template, credits }));
            }
        }
    }

    /// The moment that a call means; never before what was recorded.
    fn now(&self, at: At) -> (UnixMs, OffsetMin) {
        (self.corrected(at.instant).max(self.state.last), self.zone(at))
    }
}
