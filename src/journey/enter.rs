//! What happens, and which journeys it begins or ends.

use super::moment::Wall;
use super::rules::Rules;
use super::{Journeys, Trip};
use crate::clock::{OffsetMin, UnixMs, DAY_MS};
use crate::event::journey::{Change, Entry, Standing, KEY_BYTES_MAX};
use crate::experiment::bucket::hash;
use crate::program::journeys::{Journey, ReEntry, Trigger};

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct Signal<'a> {
    /// What: see the table in docs/journeys.md.
    pub name: &'a str,
    /// What is told with it: names and texts.
    pub facts: &'a [(&'a str, &'a str)],
    /// When.
    pub at: UnixMs,
    /// The phone's zone.
    pub offset: OffsetMin,
    /// What it is waiting for, if that lies ahead: a birthday, the end of points.
    pub anchor: Option<UnixMs>,
}

impl Signal<'_> {
    fn is(&self, trigger: &Trigger) -> bool {
        let told = |subject: &str| subject.is_empty() || self.facts.iter().any(|(_, text)| *text == subject);
        trigger.name == self.name && told(&trigger.subject)
    }

    fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// True unless it is about another of her trips through the same journey.
    fn concerns(&self, journey: &Journey, trip: &Trip) -> bool {
        self.fact(&journey.instance_key).is_none_or(|key| key == trip.entry.key) && self.at >= trip.entry.at
    }
}

/// What a signal ends.
pub fn exits(state: &Journeys, rules: &Rules, signal: &Signal) -> Vec<Change> {
    let mut changes = Vec::new();
    for (place, trip) in state.trips.iter().enumerate() {
        let Some((_, journey)) = rules.find(&trip.entry.journey) else { continue };
        let counts_until = trip.entry.at.plus(i64::from(journey.goal_days) * DAY_MS);
        let is_any = |triggers: &[Trigger]| triggers.iter().any(|trigger| signal.is(trigger));
        let is_latest = || !state.trips.iter().skip(place + 1).any(|later| later.is(&trip.entry));
        let standing = match trip.standing {
            _ if !signal.concerns(journey, trip) => continue,
            Standing::Goal => continue,
            // A cart is emptied by the order that it was for: what has ended may still reach its goal.
            _ if is_any(&journey.goal) && signal.at <= counts_until && is_latest() => Standing::Goal,
            Standing::Running if is_any(&journey.exit_on) || is_any(&journey.goal) => Standing::Exited,
            _ => continue,
        };
        changes.push(Change::Ended { place: place as u8, standing, at: signal.at });
    }
    changes
}

/// What a signal begins, as far as neither conditions nor chance are asked: positions of journeys.
pub fn entries(state: &Journeys, rules: &Rules, signal: &Signal) -> Vec<(usize, Entry)> {
    let mut found = Vec::new();
    for (position, journey) in rules.journeys.iter().enumerate().filter(|(_, it)| signal.is(&it.enter_on)) {
        let wall = Wall { zone: rules.zone, phone: signal.offset };
        let (today, _) = wall.read(signal.at);
        let is_on = journey.from.is_none_or(|from| from <= today) && journey.to.is_none_or(|to| today <= to);
        let entry = Entry {
            journey: journey.id.clone(),
            key: signal.fact(&journey.instance_key).unwrap_or_default().to_owned(),
            at: signal.at,
            offset: signal.offset,
            anchor: signal.anchor.unwrap_or(signal.at),
            is_once: journey.re_entry == ReEntry::Never,
            ..Entry::default()
        };
        let before = state.trips.iter().rfind(|trip| trip.is(&entry));
        if is_on && entry.key.len() <= KEY_BYTES_MAX && before.is_none_or(|trip| may_again(trip, journey, &entry, wall))
        {
            found.push((position, entry));
        }
    }
    found
}

/// Whether a trip gives way to another one.
fn may_again(trip: &Trip, journey: &Journey, entry: &Entry, wall: Wall) -> bool {
    let day = |at: UnixMs| wall.read(at).0;
    // What waits for the same date is the same.
    if entry.anchor != entry.at && day(entry.anchor) == day(trip.entry.anchor) {
        return false;
    }
    if trip.standing == Standing::Running {
        return journey.restarts || entry.anchor != entry.at;
    }
    match journey.re_entry {
        ReEntry::Never => false,
        ReEntry::WhenFinished => true,
        ReEntry::AfterDays(days) => day(entry.at).since(day(trip.entry.at)) >= i64::from(days),
    }
}

/// True for who gets nothing, to compare with: by chance, but always the same for the same person.
pub fn is_held_out(journey: &Journey, person: &str) -> bool {
    let mut seed = String::from("journey:");
    seed.push_str(&journey.id);
    let drawn = hash(&seed, person, 2).unwrap_or(1.0);
    drawn * 1000.0 < f64::from(journey.hold_out_permille)
}
