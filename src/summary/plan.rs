//! What is to be done for a person while she is away, as an upload carries it.

use super::Upload;
use crate::bytes::{Reader, Writer};
use crate::clock::UnixMs;
use crate::event::journey::{decode_key, Entry, Outcome, Standing};
use crate::json::JsonWriter;
use crate::program::journeys::{Kind, STEPS_MAX};

/// The most trips of one upload; the rest goes with the next.
pub const TRIPS_MAX: usize = 16;
/// What a backend may see that ends a trip, in the order of their bits.
pub const CANCELS: [&str; 4] = ["order_paid", "order_refunded", "check_in", "visit"];
/// The bit that says that a trip's key is an order: only what is about that order ends it.
pub const BY_ORDER: u8 = 16;

/// Trips that the receiver does not know as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The highest of theirs; the receiver echoes it.
    pub revision: u32,
    /// Each replaces what was told of the same trip.
    pub trips: Vec<PlannedTrip>,
}

/// One trip through a journey, and what is still to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedTrip {
    /// How it began.
    pub entry: Entry,
    /// How it stands.
    pub standing: Standing,
    /// When it ended; as it began while it runs.
    pub ended: UnixMs,
    /// A bit for each of [`CANCELS`] that ends it, and [`BY_ORDER`].
    pub cancel_on: u8,
    /// What came of which step.
    pub outcomes: Vec<(u8, Outcome)>,
    /// What is to be done, in the order of its moments.
    pub due: Vec<Due>,
}

/// Something that the receiver is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Which step.
    pub step: u8,
    /// When.
    pub at: UnixMs,
    /// A message, a coupon or points.
    pub kind: Kind,
    /// The template or the coupon.
    pub reference: String,
    /// A service message: outside quiet hours and caps.
    pub is_service: bool,
}

/// The bit of a service message beside its kind.
const SERVICE: u8 = 128;

impl Plan {
    pub(super) fn encode(&self, w: &mut Writer) {
        w.varint(self.revision.into());
        w.count(self.trips.len());
        for trip in &self.trips {
            let begun = trip.entry.at;
            trip.entry.encode(w);
            w.byte(trip.standing as u8);
            w.varint((trip.ended.since(begun) / 1000).max(0) as u64);
            w.byte(trip.cancel_on);
            w.count(trip.outcomes.len());
            for (step, outcome) in &trip.outcomes {
                w.byte(*step);
                w.byte(*outcome as u8);
            }
            w.count(trip.due.len());
            for due in &trip.due {
                w.byte(due.step);
                w.varint((due.at.since(begun) / 1000).max(0) as u64);
                w.byte(due.kind as u8 | if due.is_service { SERVICE } else { 0 });
                w.text(&due.reference);
            }
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Plan> {
        let plan = Plan { revision: r.varint32()?, trips: r.list(decode_trip)? };
        plan.is_sane().then_some(plan)
    }

    /// True if there are as many trips and steps as a phone sends, and only what a receiver can do.
    pub fn is_sane(&self) -> bool {
        (1..=TRIPS_MAX).contains(&self.trips.len()) && self.trips.iter().all(PlannedTrip::is_sane)
    }
}

fn decode_trip(r: &mut Reader) -> Option<PlannedTrip> {
    let (entry, standing) = (Entry::decode(r)?, Standing::decode(r)?);
    let begun = entry.at;
    let later = |r: &mut Reader| {
        let ms = i64::try_from(r.varint()?).ok()?.checked_mul(1000)?;
        (ms <= UnixMs::MAX.since(begun)).then(|| begun.plus(ms))
    };
    let (ended, cancel_on) = (later(r)?, r.byte()?);
    let outcomes = r.list(|r| Some((r.byte()?, Outcome::decode(r)?)))?;
    let due = r.list(|r| {
        let (step, at, kind) = (r.byte()?, later(r)?, r.byte()?);
        let reference = decode_key(r)?;
        let is_service = kind & SERVICE != 0;
        Some(Due { step, at, kind: *Kind::ALL.get(usize::from(kind & !SERVICE))?, reference, is_service })
    })?;
    Some(PlannedTrip { entry, standing, ended, cancel_on, outcomes, due })
}

impl PlannedTrip {
    fn is_sane(&self) -> bool {
        let is_step = |step: u8| usize::from(step) < STEPS_MAX;
        !self.entry.journey.is_empty()
            && self.cancel_on < 2 * BY_ORDER
            && self.outcomes.len() + self.due.len() <= STEPS_MAX
            && self.outcomes.iter().all(|(step, _)| is_step(*step))
            && self.due.iter().all(|due| is_step(due.step) && due.kind.is_remote() && !due.reference.is_empty())
    }

    /// Words of what ends it.
    pub fn cancel_words(&self) -> impl Iterator<Item = &'static str> + '_ {
        CANCELS.iter().enumerate().filter(|(bit, _)| self.cancel_on >> bit & 1 == 1).map(|(_, word)| *word)
    }
}

impl Upload {
    pub(super) fn write_plan(&self, w: &mut JsonWriter) {
        let Some(Plan { revision, trips }) = &self.plan else { return };
        w.key("plan");
        w.begin_object();
        w.count_member("rev", (*revision).into());
        w.key("trips");
        w.begin_array();
        trips.iter().for_each(|trip| write_trip(w, trip));
        w.end_array();
        w.end_object();
    }
}

fn write_trip(w: &mut JsonWriter, trip: &PlannedTrip) {
    let entry = &trip.entry;
    w.begin_object();
    w.text_member("journey", &entry.journey);
    w.text_member("key", &entry.key);
    write_instant(w, "at", entry.at);
    w.text_member("standing", trip.standing.word());
    write_instant(w, "ended", trip.ended);
    w.count_member("variation", entry.variation.into());
    for (name, flag) in
        [("held_out", entry.is_held_out), ("once", entry.is_once), ("by_order", trip.cancel_on & BY_ORDER != 0)]
    {
        w.key(name);
        w.bool(flag);
    }
    w.key("cancel_on");
    w.begin_array();
    trip.cancel_words().for_each(|word| w.string(word));
    w.end_array();
    w.key("done");
    w.begin_array();
    for (step, outcome) in &trip.outcomes {
        w.begin_array();
        w.unsigned((*step).into());
        w.string(outcome.word());
        w.end_array();
    }
    w.end_array();
    w.key("due");
    w.begin_array();
    trip.due.iter().for_each(|due| write_due(w, due));
    w.end_array();
    w.end_object();
}

fn write_due(w: &mut JsonWriter, due: &Due) {
    w.begin_object();
    w.count_member("step", due.step.into());
    write_instant(w, "at", due.at);
    w.text_member("kind", due.kind.word());
    w.text_member("ref", &due.reference);
    w.key("service");
    w.bool(due.is_service);
    w.end_object();
}

fn write_instant(w: &mut JsonWriter, name: &str, at: UnixMs) {
    w.key(name);
    w.integer(at.get());
}
