//! `score cycle`: days from the latest purchase of something to the next.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use huitou::insight::due::due;
use huitou_collector::fit::days::{self, People};

use crate::fleet::{self, Cycles};

/// Only the chance within it depends on it.
const HORIZON_DAYS: u32 = 7;

pub(crate) fn score(history: &Path, fleet: &Path, out: &Path) -> Result<()> {
    let cycles = fleet::cycles(&fleet::json(fleet)?)?;
    let found = predictions(&days::read(history)?, &cycles);
    crate::write(out, ["id", "pred_days"], found.into_iter().map(|(id, days)| [id, days.to_string()]))
}

/// For each stream `person|category` with at least two days. A day is the finest that is told, and today is over: the
/// prediction is no earlier than tomorrow.
pub(crate) fn predictions(streams: &People, cycles: &Cycles) -> BTreeMap<String, f64> {
    let one = |(id, days): (&String, &days::Days)| {
        let category = id.split_once('|').map_or("", |(_, category)| category);
        let fleet = cycles.categories.get(category).unwrap_or(&cycles.all);
        let (rhythm, today) = days::rhythm(days, cycles.cut);
        let due = due(&rhythm, today, (fleet, HORIZON_DAYS))?;
        Some((id.clone(), due.median_days.max(f64::from(rhythm.silence_days(today)) + 1.0)))
    };
    streams.iter().filter_map(one).collect()
}
