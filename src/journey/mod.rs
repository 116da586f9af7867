//! Journeys: what is done after what, unless something happens before, and never too much of it.
//!
//! What a person does is told as [`enter::Signal`]s. Time does the rest: [`settle::next`] says what its passing has done
//! up to a moment, one [`Change`] after another, and [`plan::plan`] what it will do if nothing else happens. Both only
//! propose; the state is what the changes that were recorded make of it, so that a new program can't change what was.
//!
//! Semantics are those of `docs/journeys.md`.

mod bytes;
pub mod credit;
pub mod enter;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod exported;
pub mod moment;
pub mod plan;
pub mod rules;
pub mod settle;

use self::credit::Credit;
use crate::clock::{Day, UnixMs};
use crate::event::journey::{Answer, Change, Entry, Notice, Outcome, Standing, KEY_BYTES_MAX};
use crate::event::Record;
use crate::id::UserId;

/// Trips remembered. The oldest that has ended goes first.
pub const TRIPS_MAX: usize = 48;
/// Templates whose credits are remembered.
pub const CREDITS_MAX: usize = 32;
/// Messages counted for the caps: their program's limits are no higher.
pub const SENT_MAX: usize = 100;
/// What waits to be shown. The oldest goes first.
pub const SHOWS_MAX: usize = 16;
/// Things followed of which is remembered what she was told: as many as she may follow.
pub const NOTICED_MAX: usize = 32;

/// One person's way through a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trip {
    /// How it began.
    pub entry: Entry,
    /// How it stands.
    pub standing: Standing,
    /// When it ended; as it began while it runs.
    pub ended: UnixMs,
    /// What came of which step, in the order of their moments.
    pub outcomes: Vec<(u8, Outcome)>,
    /// [`Journeys::revision`] of its latest change.
    pub revision: u32,
}

impl Trip {
    /// What came of a step.
    pub fn outcome(&self, step: usize) -> Option<Outcome> {
        self.outcomes.iter().find(|(known, _)| usize::from(*known) == step).map(|(_, outcome)| *outcome)
    }

    fn is(&self, entry: &Entry) -> bool {
        self.entry.journey == entry.journey && self.entry.key == entry.key
    }
}

/// Something that the app is to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Show {
    /// The journey.
    pub journey: String,
    /// Its key.
    pub key: String,
    /// When that trip began.
    pub entered: UnixMs,
    /// Which step.
    pub step: u8,
    /// Of the journey's experiment.
    pub variation: u8,
    /// When it was due.
    pub due: UnixMs,
    /// Until when it makes sense.
    pub until: UnixMs,
}

/// What is known of a person's journeys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journeys {
    /// Oldest first, at most [`TRIPS_MAX`].
    pub trips: Vec<Trip>,
    /// Subscriptions, at most [`CREDITS_MAX`].
    pub credits: Vec<Credit>,
    /// Dates of marketing messages sent within 7 dates, ascending; at most [`SENT_MAX`].
    pub sent: Vec<Day>,
    /// Messages sent since she was last there; saturates.
    pub ignored: u32,
    /// What waits to be shown, at most [`SHOWS_MAX`].
    pub shows: Vec<Show>,
    /// Whether she added the sales assistant; `None` before she was asked.
    pub wecom: Option<bool>,
    /// What she was told of what she follows, at most [`NOTICED_MAX`].
    pub noticed: Vec<Notice>,
    /// Her tier when it was last looked at.
    pub tier: String,
    /// Grows with each change, and is no less than the seconds since 2020: storage that was rolled back does not use a
    /// revision again.
    pub revision: u32,
    /// The highest revision that the backend echoed.
    pub acked: u32,
}

impl Journeys {
    /// Applies one record. Total: what makes no sense changes nothing.
    pub fn apply(&mut self, record: &Record, now: UnixMs) {
        match record {
            Record::Session { .. } => self.ignored = 0,
            Record::Journey(change) => self.change(change, now),
            _ => {}
        }
    }

    /// Somebody logged in: what is known of somebody without a name is hers; what is known of another account goes.
    pub fn log_in(&mut self, before: &UserId) {
        if !before.is_anonymous() {
            *self = Journeys { revision: self.revision, ..Journeys::default() };
        }
        self.acked = 0;
    }

    /// The trips that the backend does not know as they stand.
    pub fn unsent(&self) -> impl Iterator<Item = (usize, &Trip)> {
        self.trips.iter().enumerate().filter(|(_, trip)| trip.revision > self.acked)
    }

    /// True if another trip may begin: those that run are never forgotten.
    pub fn can_enter(&self) -> bool {
        self.trips.len() < TRIPS_MAX || self.trips.iter().any(|trip| trip.standing != Standing::Running)
    }

    fn change(&mut self, change: &Change, now: UnixMs) {
        match change {
            Change::Entered(entry) => self.enter(entry, now),
            Change::Ended { place, standing, at } => self.end(usize::from(*place), (*standing, *at), now),
            Change::Fired { place, step, at, outcome, counted, template, shown_until } => {
                self.fire(usize::from(*place), (*step, *outcome), now);
                if let Some(day) = counted {
                    self.count(*day);
                }
                self.credit(template, |credit| credit.count = credit.count.saturating_sub(1));
                if let Some(until) = shown_until {
                    self.show(usize::from(*place), (*step, *at, *until));
                }
            }
            Change::Handed(count) => drop(self.shows.drain(..usize::from(*count).min(self.shows.len()))),
            Change::Subscribed { template, answer, day } => {
                self.credit(template, |credit| match answer {
                    Answer::Accept => credit.count = credit.count.saturating_add(1),
                    Answer::Reject => credit.rejected = Some(*day),
                    Answer::Ban => credit.is_banned = true,
                });
            }
            Change::Told { place, step, outcome } => self.told(usize::from(*place), (*step, *outcome), now),
            Change::Credits { template, credits } => self.credit(template, |credit| credit.count = *credits),
            Change::Wecom(is_linked) => self.wecom = Some(*is_linked),
            Change::Noticed(notice) => self.notice(*notice),
            Change::Tier(name) => self.tier = name.clone(),
            Change::Acknowledged(revision) => self.acked = self.acked.max((*revision).min(self.revision)),
        }
    }

    fn next_revision(&mut self, now: UnixMs) -> u32 {
        let seconds = (now.since(UnixMs::MIN) / 1000) as u32;
        self.revision = self.revision.saturating_add(1).max(seconds);
        self.revision
    }

    fn enter(&mut self, entry: &Entry, now: UnixMs) {
        let running = |trip: &Trip| trip.is(entry) && trip.standing == Standing::Running;
        if let Some(place) = self.trips.iter().position(running) {
            self.end(place, (Standing::Exited, entry.at), now);
        }
        if entry.journey.is_empty() || entry.key.len() > KEY_BYTES_MAX || !self.has_room() {
            return;
        }
        let revision = self.next_revision(now);
        self.trips.push(Trip { entry: entry.clone(), ended: entry.at, revision, ..Trip::default() });
    }

    /// True once there is room for one more: ended trips that may be forgotten go first, those that may never be begun
    /// again last.
    fn has_room(&mut self) -> bool {
        if self.trips.len() < TRIPS_MAX {
            return true;
        }
        let ended = |trip: &Trip| trip.standing != Standing::Running;
        let ranks: [fn(&Trip) -> bool; 3] = [|trip| !trip.entry.is_once, |trip| !trip.entry.key.is_empty(), |_| true];
        for rank in ranks {
            if let Some(place) = self.trips.iter().position(|trip| ended(trip) && rank(trip)) {
                self.trips.remove(place);
                return true;
            }
        }
        false
    }

    fn end(&mut self, place: usize, (standing, at): (Standing, UnixMs), now: UnixMs) {
        let revision = self.next_revision(now);
        let Some(trip) = self.trips.get_mut(place) else { return };
        let late_goal = trip.standing != Standing::Goal && standing == Standing::Goal;
        if standing == Standing::Running || (trip.standing != Standing::Running && !late_goal) {
            return;
        }
        (trip.standing, trip.ended, trip.revision) = (standing, at, revision);
        if standing != Standing::Finished {
            let entry = &trip.entry;
            let of_it =
                |show: &Show| show.journey == entry.journey && show.key == entry.key && show.entered == entry.at;
            self.shows.retain(|show| !of_it(show));
        }
    }

    fn fire(&mut self, place: usize, (step, outcome): (u8, Outcome), now: UnixMs) {
        let revision = self.next_revision(now);
        let Some(trip) = self.trips.get_mut(place) else { return };
        if trip.outcome(usize::from(step)).is_none() && trip.standing == Standing::Running {
            trip.outcomes.push((step, outcome));
            trip.revision = revision;
        }
    }

    fn count(&mut self, day: Day) {
        self.sent.retain(|sent| day.since(*sent) < 7);
        if self.sent.len() >= SENT_MAX {
            self.sent.remove(0);
        }
        self.sent.push(day);
        self.ignored = self.ignored.saturating_add(1);
    }

    fn show(&mut self, place: usize, (step, due, until): (u8, UnixMs, UnixMs)) {
        let Some(Trip { entry, .. }) = self.trips.get(place) else { return };
        if self.shows.len() >= SHOWS_MAX {
            self.shows.remove(0);
        }
        self.shows.push(Show {
            journey: entry.journey.clone(),
            key: entry.key.clone(),
            entered: entry.at,
            step,
            variation: entry.variation,
            due,
            until,
        });
    }

    fn notice(&mut self, notice: Notice) {
        self.noticed.retain(|known| known.item != notice.item);
        if self.noticed.len() >= NOTICED_MAX {
            self.noticed.remove(0);
        }
        self.noticed.push(notice);
    }

    /// The trip goes to the backend again: that is how it learns that it need not tell again.
    fn told(&mut self, place: usize, (step, outcome): (u8, Outcome), now: UnixMs) {
        let revision = self.next_revision(now);
        let Some(trip) = self.trips.get_mut(place) else { return };
        if let Some(known) = trip.outcomes.iter_mut().find(|(known, _)| *known == step) {
            known.1 = outcome;
            trip.revision = revision;
        }
    }

    /// Changes what is known of a template; an empty one is none.
    fn credit(&mut self, template: &str, change: impl FnOnce(&mut Credit)) {
        if template.is_empty() || template.len() > KEY_BYTES_MAX {
            return;
        }
        let found = self.credits.iter().position(|credit| credit.template == template);
        let place = found.unwrap_or_else(|| {
            if self.credits.len() >= CREDITS_MAX {
                self.credits.remove(0);
            }
            self.credits.push(Credit { template: template.to_owned(), ..Credit::default() });
            self.credits.len() - 1
        });
        if let Some(credit) = self.credits.get_mut(place) {
            change(credit);
        }
    }
}
