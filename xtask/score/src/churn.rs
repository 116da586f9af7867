//! `score churn`: who is likely to come back within the horizon.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use huitou_collector::fit::days::{self, People};

use crate::fleet::{self, Fleet};

pub(crate) fn score(events: &Path, fleet: &Path, out: &Path, model: Option<&str>) -> Result<()> {
    let fleet = fleet::churn(&fleet::json(fleet)?, model)?;
    let found = chances(&days::read(events)?, &fleet);
    crate::write(out, ["id", "prob"], found.into_iter().map(|(id, chance)| [id, chance.to_string()]))
}

/// Everybody's chance, as her phone would say at the end of the cut.
pub(crate) fn chances(people: &People, fleet: &Fleet) -> BTreeMap<String, f64> {
    let one = |(id, days): (&String, &days::Days)| {
        let (rhythm, today) = days::rhythm(days, fleet.cut);
        // Who came after the cut only is not known to anybody yet.
        Some((id.clone(), fleet.returning.probability(&rhythm, today)?))
    };
    people.iter().filter_map(one).collect()
}
