//! What phones are told of their plans, until they say that they know.

use huitou::summary::report::ReportPlan;
use rusqlite::{params, Connection, Result};

use super::credits;
use crate::storage::{StepTold, Subject, SyncJob, Told};

/// Steps told with one answer.
const TOLD_MAX: i64 = 32;
/// A phone that forgot a trip never says that it knows: after so long it is not told any more.
const TOLD_DAYS_MAX: i64 = 14;

/// What an answer tells.
pub(super) fn told(db: &Connection, job: &SyncJob) -> Result<Told> {
    if job.subject.user.is_empty() {
        return Ok(Told::default());
    }
    if let Some(plan) = &job.plan {
        note(db, &job.subject, plan)?;
    }
    let results = results(db, job)?;
    let mut left = credits::all(db, &job.subject.app, &job.subject.user)?;
    // The platform knows better than the phone, also where the merchant's server tells nothing of subscriptions.
    for empty in without_credit(db, job)? {
        if !left.iter().any(|(template, _)| *template == empty) {
            left.push((empty, 0));
        }
    }
    Ok(Told { results, credits: left })
}

/// A plan names outcomes that the phone was told.
fn note(db: &Connection, subject: &Subject, plan: &ReportPlan) -> Result<()> {
    for trip in &plan.trips {
        for (step, outcome) in &trip.done {
            db.prepare_cached(
                "UPDATE deliveries SET told = 1
                 WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ? AND step = ? AND told = 0
                   AND iif(standing = 'dead', 'refused', outcome) = ?",
            )?
            .execute(params![
                subject.app,
                subject.user,
                trip.journey,
                trip.key,
                trip.at_ms,
                step,
                outcome
            ])?;
        }
    }
    Ok(())
}

const UNTOLD: &str = "FROM deliveries d JOIN trips t USING (app, user, journey, key, begun)
     WHERE d.app = ? AND d.user = ? AND t.device = ? AND d.told = 0 AND d.at >= ?
       AND (d.standing = 'dead' OR d.standing = 'settled' AND d.outcome <> 'stopped')";

fn results(db: &Connection, job: &SyncJob) -> Result<Vec<StepTold>> {
    let columns = "d.journey, d.key, d.begun, d.step, iif(d.standing = 'dead', 'refused', d.outcome)";
    let mut statement = db.prepare_cached(&format!("SELECT {columns} {UNTOLD} ORDER BY d.at LIMIT {TOLD_MAX}"))?;
    let rows =
        statement.query_map(params![job.subject.app, job.subject.user, job.subject.device, since(job)], |row| {
            Ok(StepTold {
                journey: row.get(0)?,
                key: row.get(1)?,
                at: row.get(2)?,
                step: row.get(3)?,
                outcome: row.get(4)?,
            })
        })?;
    rows.collect()
}

fn without_credit(db: &Connection, job: &SyncJob) -> Result<Vec<String>> {
    let sql = format!("SELECT DISTINCT d.ref {UNTOLD} AND d.outcome = 'no_quota' LIMIT {TOLD_MAX}");
    let mut statement = db.prepare_cached(&sql)?;
    let key = params![job.subject.app, job.subject.user, job.subject.device, since(job)];
    let rows = statement.query_map(key, |row| row.get(0))?;
    rows.collect()
}

fn since(job: &SyncJob) -> i64 {
    job.received_at_ms - TOLD_DAYS_MAX * 86_400_000
}
