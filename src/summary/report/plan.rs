//! A plan by name, as the JSON profile has it.

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::event::journey::{Outcome, Standing, KEY_BYTES_MAX};
use crate::program::journeys::{Kind, STEPS_MAX};
use crate::summary::plan::{Due, Plan, PlannedTrip, BY_ORDER, CANCELS, TRIPS_MAX};

/// What is to be done for a person while she is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportPlan {
    /// The receiver echoes it.
    #[serde(rename = "rev")]
    pub revision: u32,
    /// Each replaces what was told of the same trip: journey, key and beginning.
    pub trips: Vec<ReportTrip>,
}

/// One trip through a journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportTrip {
    /// The journey's id.
    pub journey: String,
    /// Which of her own; empty if she has but one.
    pub key: String,
    /// When it began, in milliseconds.
    #[serde(rename = "at")]
    pub at_ms: i64,
    /// `running`, `finished`, `exited` or `goal`.
    pub standing: String,
    /// When it ended, in milliseconds; as it began while it runs.
    #[serde(rename = "ended")]
    pub ended_ms: i64,
    /// Of the journey's experiment.
    pub variation: u8,
    /// Nothing is done, to compare with.
    pub held_out: bool,
    /// She may never begin it again.
    pub once: bool,
    /// The key is an order: only what is about that order ends it.
    pub by_order: bool,
    /// What the receiver may see that ends it: `order_paid`, `order_refunded`, `check_in`, `visit`.
    pub cancel_on: Vec<String>,
    /// What came of which step.
    pub done: Vec<(u8, String)>,
    /// What is to be done, in the order of its moments.
    pub due: Vec<ReportDue>,
}

/// Something that the receiver is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDue {
    /// Which step.
    pub step: u8,
    /// When, in milliseconds.
    #[serde(rename = "at")]
    pub at_ms: i64,
    /// `message`, `coupon` or `points`.
    pub kind: String,
    /// The template or the coupon.
    #[serde(rename = "ref")]
    pub reference: String,
    /// A service message: outside quiet hours and caps.
    pub service: bool,
}

impl ReportPlan {
    pub(super) fn of(plan: &Plan) -> ReportPlan {
        ReportPlan { revision: plan.revision, trips: plan.trips.iter().map(ReportTrip::of).collect() }
    }

    /// True if everything is in range.
    pub fn fits(&self) -> bool {
        (1..=TRIPS_MAX).contains(&self.trips.len()) && self.trips.iter().all(ReportTrip::fits)
    }
}

impl ReportTrip {
    fn of(trip: &PlannedTrip) -> ReportTrip {
        let entry = &trip.entry;
        ReportTrip {
            journey: entry.journey.clone(),
            key: entry.key.clone(),
            at_ms: entry.at.get(),
            standing: trip.standing.word().to_owned(),
            ended_ms: trip.ended.get(),
            variation: entry.variation,
            held_out: entry.is_held_out,
            once: entry.is_once,
            by_order: trip.cancel_on & BY_ORDER != 0,
            cancel_on: trip.cancel_words().map(str::to_owned).collect(),
            done: trip.outcomes.iter().map(|(step, outcome)| (*step, outcome.word().to_owned())).collect(),
            due: trip.due.iter().map(ReportDue::of).collect(),
        }
    }

    fn fits(&self) -> bool {
        let is_step = |step: u8| usize::from(step) < STEPS_MAX;
        let is_outcome = |word: &str| Outcome::ALL.iter().any(|outcome| outcome.word() == word);
        let is_due = |due: &ReportDue| {
            let kind = Kind::ALL.iter().find(|kind| kind.word() == due.kind);
            let is_named = (1..=KEY_BYTES_MAX).contains(&due.reference.len());
            is_step(due.step) && is_instant(due.at_ms) && kind.is_some_and(|kind| kind.is_remote()) && is_named
        };
        (1..=KEY_BYTES_MAX).contains(&self.journey.len())
            && self.key.len() <= KEY_BYTES_MAX
            && is_instant(self.at_ms)
            && is_instant(self.ended_ms)
            && Standing::ALL.iter().any(|standing| standing.word() == self.standing)
            && self.cancel_on.iter().all(|word| CANCELS.contains(&word.as_str()))
            && self.done.len() + self.due.len() <= STEPS_MAX
            && self.done.iter().all(|(step, word)| is_step(*step) && is_outcome(word))
            && self.due.iter().all(is_due)
    }
}

impl ReportDue {
    fn of(due: &Due) -> ReportDue {
        ReportDue {
            step: due.step,
            at_ms: due.at.get(),
            kind: due.kind.word().to_owned(),
            reference: due.reference.clone(),
            service: due.is_service,
        }
    }
}

fn is_instant(ms: i64) -> bool {
    UnixMs::new(ms).get() == ms
}
