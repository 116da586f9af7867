//! What a phone remembers of experiments, over restarts: who saw what and when first, assignments, overrides, and
//! attributes that are for targeting only.

use super::evaluate::Forced;
use super::exposure::Exposure;
use super::sticky::{Assignment, Sticky, STOPPED_DAYS};
use crate::bytes::{Reader, Writer};
use crate::clock::{Day, UnixMs, DAY_MS};
use crate::id::UserId;
use crate::program::value::{parse, Value};

/// Exposures remembered; acknowledged ones go first, the oldest before others.
pub const SEEN_MAX: usize = 256;
/// Overrides kept: they are made by hand.
pub const OVERRIDES_MAX: usize = 32;
/// Attributes for targeting only.
pub const TRAITS_MAX: usize = 64;

/// An exposure on its way to the backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whose it is.
    pub user: UserId,
    /// What was seen.
    pub exposure: Exposure,
    /// Grows from one to the next.
    pub revision: u32,
    /// The backend has it.
    pub is_acked: bool,
}

/// One thing that changes it; each is a record of the journal.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A variation was seen for the first time.
    Exposed(Exposure),
    /// A variation was assigned.
    Assigned(Assignment),
    /// A variation was asked for by hand; `None` ends that.
    Overridden(String, Option<Forced>),
    /// An attribute was set for targeting, as JSON; `None` removes it.
    Trait(String, Option<String>),
    /// The backend has all exposures up to this revision.
    Acknowledged(u32),
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trials {
    seen: Vec<Seen>,
    /// Assignments of everybody who used this phone.
    pub sticky: Sticky,
    /// Variations asked for by hand, by experiment.
    pub overrides: Vec<(String, Forced)>,
    /// Attributes that never leave the phone, in order of name.
    pub traits: Vec<(String, Value)>,
    revision: u32,
}

impl Trials {
    /// Applies a change for a person at a moment. Total, as every fold here.
    pub fn apply(&mut self, change: &Change, user: &UserId, now: UnixMs) {
        match change {
            Change::Exposed(exposure) => self.expose(user, exposure, now),
            Change::Assigned(assignment) => self.sticky.keep(assignment.clone()),
            Change::Overridden(key, forced) => self.override_with(key, forced.as_ref()),
            Change::Trait(name, json) => self.set_trait(name, json.as_deref()),
            Change::Acknowledged(revision) => {
                let mine = self.seen.iter_mut().filter(|seen| seen.user == *user && seen.revision <= *revision);
                mine.for_each(|seen| seen.is_acked = true);
            }
        }
    }

    /// What a person has seen, in the order in which she did.
    pub fn seen_by<'a>(&'a self, user: &'a UserId) -> impl Iterator<Item = &'a Seen> {
        self.seen.iter().filter(move |seen| seen.user == *user)
    }

    /// Grows with each exposure.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// True if the person has been counted for a variation of an experiment in a bucket version.
    pub fn has_seen(&self, user: &UserId, (experiment, variation): (&str, &str), version: u32) -> bool {
        self.seen.iter().any(|seen| seen.exposure.is_of(experiment, variation, version) && seen.user == *user)
    }

    /// Exposures of a person that the backend lacks, oldest first, at most so many.
    pub fn unsent<'a>(&'a self, user: &'a UserId, count_max: usize) -> impl Iterator<Item = &'a Seen> {
        self.seen_by(user).filter(|seen| !seen.is_acked).take(count_max)
    }

    /// Somebody logged in: what was seen before belongs to her. Another account's attributes go.
    pub fn log_in(&mut self, before: &UserId, user: &UserId, now: UnixMs) {
        if !before.is_anonymous() {
            return self.traits.clear();
        }
        let (moved, kept) = std::mem::take(&mut self.seen).into_iter().partition(|seen| seen.user == *before);
        self.seen = kept;
        let moved: Vec<Seen> = moved;
        moved.iter().for_each(|seen| self.expose(user, &seen.exposure, now));
    }

    fn expose(&mut self, user: &UserId, exposure: &Exposure, now: UnixMs) {
        if self.has_seen(user, (&exposure.experiment, &exposure.variation), exposure.bucket_version) {
            return;
        }
        if self.seen.len() >= SEEN_MAX {
            let place = self.seen.iter().position(|seen| seen.is_acked).unwrap_or(0);
            self.seen.remove(place);
        }
        // No less than the seconds since 2020: storage that was rolled back does not use a revision again.
        let now_s = (now.since(UnixMs::MIN) / 1000) as u32;
        self.revision = self.revision.saturating_add(1).max(now_s);
        let (user, exposure) = (user.clone(), exposure.clone());
        self.seen.push(Seen { user, exposure, revision: self.revision, is_acked: false });
    }

    fn override_with(&mut self, key: &str, forced: Option<&Forced>) {
        self.overrides.retain(|(known, _)| known != key);
        if let Some(forced) = forced.filter(|_| self.overrides.len() < OVERRIDES_MAX) {
            self.overrides.push((key.to_owned(), forced.clone()));
        }
    }

    fn set_trait(&mut self, name: &str, json: Option<&str>) {
        self.traits.retain(|(known, _)| known != name);
        let value = json.and_then(|json| parse(json).ok());
        if let Some(value) = value.filter(|_| self.traits.len() < TRAITS_MAX) {
            let place = self.traits.partition_point(|(known, _)| known.as_str() < name);
            self.traits.insert(place, (name.to_owned(), value));
        }
    }

    /// Forgets what belongs to experiments that have been gone for a while, as far as the backend has it.
    pub fn collect(&mut self, today: Day, now: UnixMs, runs: impl Fn(&str) -> bool) {
        self.sticky.collect(today, &runs);
        let is_old = |seen: &Seen| now.since(seen.exposure.first) > i64::from(STOPPED_DAYS) * DAY_MS;
        self.seen.retain(|seen| !seen.is_acked || !is_old(seen) || runs(&seen.exposure.experiment));
    }

    /// Appends the canonical bytes; nothing at all if there is nothing to remember, as stores were written before.
    pub fn encode(&self, w: &mut Writer) {
        if *self == Trials::default() {
            return;
        }
        w.varint(self.revision.into());
        w.count(self.seen.len());
        for seen in &self.seen {
            w.text(seen.user.as_str());
            w.varint(u64::from(seen.revision) << 1 | u64::from(seen.is_acked));
            seen.exposure.encode(w);
        }
        let mut count = 0;
        self.kept(&mut |_| count += 1);
        w.count(count);
        self.kept(&mut |change| change.encode(w));
    }

    /// Appends an empty one, where something follows.
    pub fn encode_none(w: &mut Writer) {
        // Revision, exposures, what else is kept.
        (0..3).for_each(|_| w.count(0));
    }

    /// The changes that make what is kept besides exposures.
    fn kept(&self, tell: &mut dyn FnMut(Change)) {
        self.sticky.iter().for_each(|assignment| tell(Change::Assigned(assignment.clone())));
        self.overrides.iter().for_each(|(key, forced)| tell(Change::Overridden(key.clone(), Some(forced.clone()))));
        self.traits.iter().for_each(|(name, value)| tell(Change::Trait(name.clone(), Some(value.to_json()))));
    }

    /// Reads what [`Trials::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Trials> {
        if r.is_empty() {
            return Some(Trials::default());
        }
        let revision = r.varint32()?;
        let seen = r.list(|r| {
            let user = UserId::new(r.text()?)?;
            let head = r.varint()?;
            let (revision, is_acked) = (u32::try_from(head >> 1).ok()?, head & 1 == 1);
            Some(Seen { user, exposure: Exposure::decode(r)?, revision, is_acked })
        })?;
        let mut trials = Trials { seen, revision, ..Trials::default() };
        for _ in 0..r.count()? {
            trials.apply(&Change::decode(r)?, &UserId::default(), UnixMs::MIN);
        }
        Some(trials)
    }
}

impl Change {
    /// Appends the canonical bytes.
    pub fn encode(&self, w: &mut Writer) {
        match self {
            Change::Exposed(exposure) => {
                w.byte(0);
                exposure.encode(w);
            }
            Change::Assigned(assignment) => {
                w.byte(1);
                assignment.encode(w);
            }
            Change::Overridden(key, forced) => {
                w.byte(2);
                w.text(key);
                encode_forced(w, forced.as_ref());
            }
            Change::Trait(name, json) => {
                w.byte(3);
                w.text(name);
                w.text(json.as_deref().unwrap_or_default());
            }
            Change::Acknowledged(revision) => {
                w.byte(4);
                w.varint(u64::from(*revision));
            }
        }
    }

    /// Reads what [`Change::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Change> {
        match r.byte()? {
            0 => Some(Change::Exposed(Exposure::decode(r)?)),
            1 => Some(Change::Assigned(Assignment::decode(r)?)),
            2 => Some(Change::Overridden(r.text()?.to_owned(), decode_forced(r)?)),
            3 => {
                let (name, json) = (r.text()?.to_owned(), r.text()?);
                Some(Change::Trait(name, (!json.is_empty()).then(|| json.to_owned())))
            }
            4 => Some(Change::Acknowledged(r.varint32()?)),
            _ => None,
        }
    }
}

fn encode_forced(w: &mut Writer, forced: Option<&Forced>) {
    match forced {
        None => w.byte(0),
        Some(Forced::Position(position)) => {
            w.byte(1);
            w.signed(*position);
        }
        Some(Forced::Key(key)) => {
            w.byte(2);
            w.text(key);
        }
    }
}

fn decode_forced(r: &mut Reader) -> Option<Option<Forced>> {
    match r.byte()? {
        0 => Some(None),
        1 => Some(Some(Forced::Position(r.signed()?))),
        2 => Some(Some(Forced::Key(r.text()?.to_owned()))),
        _ => None,
    }
}
