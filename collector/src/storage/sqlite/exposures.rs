//! Exposures to experiments: keeping them, and what they add up to.

use std::collections::BTreeMap;

use huitou::clock::OffsetMin;
use huitou::summary::exposures::Exposure;
use rusqlite::{params, Connection, Result, Row};

use crate::experiment::results::Observed;
use crate::experiment::Sums;
use crate::storage::SyncJob;

/// The most exposures kept of a user on a device: a phone could make up experiments without end, and each of them costs
/// whoever looks at the results. Those beyond are acknowledged and not kept.
const EXPOSURES_OF_PHONE_MAX: i64 = 256;

/// Experiments shown: those with the most people.
const EXPERIMENTS_MAX: usize = 20;

/// Keeps what an upload brings.
pub(super) fn keep(db: &Connection, job: &SyncJob) -> Result<()> {
    let list = job.exposures.iter().flat_map(|exposures| &exposures.list);
    list.into_iter().try_for_each(|exposure| keep_one(db, job, exposure))
}

/// The earliest of each stays, so that neither order nor repetition changes anything.
fn keep_one(db: &Connection, job: &SyncJob, exposure: &Exposure) -> Result<()> {
    let (subject, mut day) = (&job.subject, String::new());
    // Not as loyalty counts days: rows begin theirs at midnight.
    let zone = job.book.of(job.book.newest()).calendar.zone;
    let offset = zone.offset_at(exposure.first, OffsetMin::new(job.offset_min));
    huitou::clock::Day::of(exposure.first, offset).write(&mut day);
    db.prepare_cached(
        "INSERT INTO exposures (app, user, device, experiment, variation, bucket_version, first_at, day)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         WHERE (SELECT count(*) FROM exposures WHERE app = ?1 AND user = ?2 AND device = ?3) < ?9
            OR EXISTS (SELECT 1 FROM exposures WHERE app = ?1 AND user = ?2 AND device = ?3 AND experiment = ?4
                       AND variation = ?5 AND bucket_version = ?6)
         ON CONFLICT (app, experiment, bucket_version, user, device, variation) DO UPDATE SET
           first_at = excluded.first_at, day = excluded.day
         WHERE excluded.first_at < exposures.first_at",
    )?
    .execute(params![
        subject.app,
        subject.user,
        subject.device,
        exposure.experiment,
        exposure.variation,
        exposure.bucket_version,
        exposure.first.get(),
        day,
        EXPOSURES_OF_PHONE_MAX
    ])?;
    Ok(())
}

/// The experiments of an app, the largest first.
pub(super) fn observed(db: &Connection, app: &str) -> Result<Vec<Observed>> {
    let mut found: BTreeMap<String, Observed> = BTreeMap::new();
    let sql = "SELECT experiment, bucket_version, variation, people, first_day, last_day
               FROM experiment_counts WHERE app = ?";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([app])?;
    while let Some(row) = rows.next()? {
        let experiment: String = row.get(0)?;
        let observed = found.entry(experiment.clone()).or_default();
        observed.experiment = experiment;
        count(observed, row)?;
    }
    sums(db, app, &mut found)?;
    let mut all: Vec<Observed> = found.into_values().collect();
    all.sort_by_key(|observed| std::cmp::Reverse(observed.people.values().sum::<u64>() + observed.mixed));
    all.truncate(EXPERIMENTS_MAX);
    Ok(all)
}

fn count(observed: &mut Observed, row: &Row) -> Result<()> {
    let (people, first, last): (_, String, String) = (people(row)?, row.get(4)?, row.get(5)?);
    observed.bucket_version = row.get(1)?;
    match row.get::<_, Option<String>>(2)? {
        Some(variation) => drop(observed.people.insert(variation, people)),
        None => observed.mixed = people,
    }
    let days = &mut observed.days;
    if days.0.is_empty() || first < days.0 {
        days.0 = first;
    }
    days.1 = std::mem::take(&mut days.1).max(last);
    Ok(())
}

fn sums(db: &Connection, app: &str, found: &mut BTreeMap<String, Observed>) -> Result<()> {
    let sql = "SELECT experiment, metric, variation, n, sum_y, sum_yy, sum_x, sum_xx, sum_xy
               FROM experiment_sums WHERE app = ?";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([app])?;
    while let Some(row) = rows.next()? {
        let observed = found.entry(row.get(0)?).or_default();
        observed.sums.entry(row.get(1)?).or_default().insert(row.get(2)?, sums_of(row)?);
    }
    Ok(())
}

fn people(row: &Row) -> Result<u64> {
    row.get::<_, i64>(3).map(i64::unsigned_abs)
}

fn sums_of(row: &Row) -> Result<Sums> {
    Ok(Sums { people: people(row)?, y: row.get(4)?, yy: row.get(5)?, x: row.get(6)?, xx: row.get(7)?, xy: row.get(8)? })
}
