//! Which signs show, with what they show. One file a sign; here is the order in which they stand.

use super::{cart, dwell, errors, flow, inactive, lapse, prompts, slowed, stop, taps};
use crate::clock::{Day, UnixMs};
use crate::insight::model::nbd::Nbd;
use crate::insight::portrait::Portrait;
use crate::insight::rhythm::Rhythm;
use crate::program::names::Names;
use crate::program::value::Value;
use crate::program::{SignRules, SIGNS};

/// Numbers and names that a sign rests on.
pub type Evidence = Vec<(&'static str, Value)>;

/// What signs are read from.
#[derive(Debug)]
pub struct Known<'a> {
    /// The person's ways.
    pub portrait: &'a Portrait,
    /// Her visits before today: how she was before she came back.
    pub earlier: Rhythm,
    /// The date.
    pub today: Day,
    /// The moment.
    pub now: UnixMs,
    /// Rates of the fleet, α in days.
    pub nbd_days: &'a Nbd,
    /// What positions of flows and steps mean.
    pub names: Option<&'a Names>,
    /// Days until something that she holds lapses.
    pub lapses_days: Option<u32>,
    /// Days until her tier falls, if nothing is done.
    pub falls_days: Option<u32>,
}

/// One that shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sign {
    /// Its position among [`SIGNS`].
    pub position: usize,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Sign {
    /// A stable name.
    pub fn name(&self) -> &'static str {
        name(self.position)
    }

    /// What it was measured to be worth, as a key that stands in docs/insight.md.
    pub fn measured(&self) -> &'static str {
        match self.position {
            0 => "finds_all_stops",
            1 => "finds_a_quarter_of_halvings",
            4 => "auc_054",
            10 => "auc_051_to_066",
            _ => "unmeasured",
        }
    }
}

/// The name of the sign at a position; empty past the end.
pub fn name(position: usize) -> &'static str {
    SIGNS.get(position).map_or("", |(name, ..)| name)
}

/// All that show, in their order.
pub fn shown(known: &Known, rules: &SignRules) -> Vec<Sign> {
    let mut signs = Vec::new();
    for (position, rule) in rules.0.iter().enumerate() {
        if rule.is_enabled {
            if let Some(evidence) = look(position, known, rule.threshold) {
                signs.push(Sign { position, evidence });
            }
        }
    }
    signs
}

fn look(position: usize, known: &Known, threshold: u32) -> Option<Evidence> {
    match position {
        0 => stop::look(known, threshold),
        1 => slowed::look(known, threshold),
        2 => flow::look(known, threshold),
        3 => cart::look(known, threshold),
        4 => dwell::look(known, threshold),
        5 => errors::look(known, threshold),
        6 => taps::look(known, threshold),
        7 => prompts::look(known, threshold),
        8 => lapse::look(known.lapses_days, threshold),
        9 => lapse::look(known.falls_days, threshold),
        _ => inactive::look(known, threshold),
    }
}

/// A number as evidence.
pub(super) fn count(name: &'static str, value: u32) -> (&'static str, Value) {
    (name, Value::Number(f64::from(value)))
}

/// A number as evidence, to a tenth.
pub(super) fn tenths(name: &'static str, value: f64) -> (&'static str, Value) {
    (name, Value::Number((value * 10.0 + 0.5).floor() / 10.0))
}
