//! Trips through journeys: keeping what phones tell, one plan for each person however many phones she has.

use huitou::summary::report::{ReportDue, ReportPlan, ReportTrip};
use rusqlite::{params, Connection, OptionalExtension, Result};

use crate::storage::{Subject, SyncJob};

/// Trips kept of one person; those told beyond are acknowledged and not kept.
const TRIPS_OF_PERSON_MAX: i64 = 512;
/// What came at once on a phone is done if the trip is not older: another backend may have done it since.
const FIRED_DAYS_MAX: i64 = 30;

/// Keeps what an upload brings, and lets what it shows end what it ends. Nothing can be sent to somebody without a name.
pub(super) fn keep(db: &Connection, job: &SyncJob) -> Result<()> {
    if job.subject.user.is_empty() {
        return Ok(());
    }
    if let Some(plan) = &job.plan {
        plan.trips.iter().try_for_each(|trip| keep_one(db, job, (plan, trip)))?;
    }
    if job.rows.iter().any(|row| row.quarantine.is_none() && row.totals.sessions > 0) {
        // A phone knows of its own visits.
        stop_by_visit(db, job)?;
    }
    stop_by_ledger(db, &job.subject.app, &job.subject.user)
}

fn keep_one(db: &Connection, job: &SyncJob, (plan, trip): (&ReportPlan, &ReportTrip)) -> Result<()> {
    let subject = &job.subject;
    let known: Option<(String, u32)> = db
        .prepare_cached(
            "SELECT device, revision FROM trips WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ?",
        )?
        .query_row(params![subject.app, subject.user, trip.journey, trip.key, trip.at_ms], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let is_old = known.as_ref().is_some_and(|(device, held)| *device == subject.device && *held >= plan.revision);
    if is_old || (known.is_none() && is_full(db, subject)?) {
        return Ok(());
    }
    upsert(db, job, (plan.revision, trip))?;
    put_actions(db, job, trip)?;
    if trip.once {
        yield_to_first(db, subject, trip)
    } else {
        replace_older(db, subject, trip)
    }
}

fn is_full(db: &Connection, subject: &Subject) -> Result<bool> {
    let count: i64 = db
        .prepare_cached("SELECT count(*) FROM trips WHERE app = ? AND user = ?")?
        .query_row(params![subject.app, subject.user], |row| row.get(0))?;
    Ok(count >= TRIPS_OF_PERSON_MAX)
}

fn upsert(db: &Connection, job: &SyncJob, (revision, trip): (u32, &ReportTrip)) -> Result<()> {
    let json = |list: &[String]| serde_json::to_string(list).unwrap_or_default();
    let done = serde_json::to_string(&trip.done).unwrap_or_default();
    db.prepare_cached(
        "INSERT INTO trips (app, user, journey, key, begun, device, revision, received_at, standing, ended, variation,
                            held_out, once, by_order, cancel_on, done, offset_min)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (app, user, journey, key, begun) DO UPDATE SET
           device = excluded.device, revision = excluded.revision, received_at = excluded.received_at,
           standing = excluded.standing, ended = excluded.ended, cancel_on = excluded.cancel_on, done = excluded.done,
           offset_min = excluded.offset_min",
    )?
    .execute(params![
        job.subject.app,
        job.subject.user,
        trip.journey,
        trip.key,
        trip.at_ms,
        job.subject.device,
        revision,
        job.received_at_ms,
        trip.standing,
        trip.ended_ms,
        trip.variation,
        trip.held_out,
        trip.once,
        trip.by_order,
        json(&trip.cancel_on),
        done,
        job.offset_min,
    ])?;
    Ok(())
}

/// The list is whole: what is no longer in it must not be done, unless its moment came on the phone. What this server
/// has begun to do is no longer here.
fn put_actions(db: &Connection, job: &SyncJob, trip: &ReportTrip) -> Result<()> {
    let subject = &job.subject;
    let fired: Vec<u8> = trip.done.iter().filter(|(_, outcome)| outcome == "done").map(|(step, _)| *step).collect();
    let steps = serde_json::to_string(&fired).unwrap_or_default();
    let key = params![subject.app, subject.user, trip.journey, trip.key, trip.at_ms, steps];
    let of_trip = "app = ?1 AND user = ?2 AND journey = ?3 AND key = ?4 AND begun = ?5";
    let is_fired = "step IN (SELECT value FROM json_each(?6))";
    db.prepare_cached(&format!("DELETE FROM actions WHERE {of_trip} AND NOT {is_fired}"))?.execute(key)?;
    db.prepare_cached(&format!("UPDATE actions SET fired = 1 WHERE {of_trip} AND {is_fired}"))?.execute(key)?;
    for due in &trip.due {
        put_action(db, subject, trip, (due, false))?;
    }
    if job.received_at_ms - trip.at_ms <= FIRED_DAYS_MAX * 86_400_000 {
        for step in fired {
            if let Some(due) = at_once(job, trip, step) {
                put_action(db, subject, trip, (&due, true))?;
            }
        }
    }
    Ok(())
}

/// What was due as the trip began never stood in a plan: the program tells what it is.
fn at_once(job: &SyncJob, trip: &ReportTrip, step: u8) -> Option<ReportDue> {
    let deed = job.guide.deed(&trip.journey, step, trip.variation).filter(|deed| deed.kind.is_remote())?;
    Some(ReportDue {
        step,
        at_ms: job.sent_at_ms.min(job.received_at_ms),
        kind: deed.kind.word().to_owned(),
        reference: deed.reference.clone(),
        service: deed.is_service,
    })
}

fn put_action(db: &Connection, subject: &Subject, trip: &ReportTrip, (due, fired): (&ReportDue, bool)) -> Result<()> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO actions (app, user, journey, key, begun, step, due, at, kind, ref, service, fired)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10, ?11
         WHERE NOT EXISTS (SELECT 1 FROM deliveries
                           WHERE app = ?1 AND user = ?2 AND journey = ?3 AND key = ?4 AND begun = ?5 AND step = ?6)",
    )?
    .execute(params![
        subject.app,
        subject.user,
        trip.journey,
        trip.key,
        trip.at_ms,
        due.step,
        due.at_ms,
        due.kind,
        due.reference,
        due.service,
        fired
    ])?;
    Ok(())
}

/// What may happen once counts where it began first.
fn yield_to_first(db: &Connection, subject: &Subject, trip: &ReportTrip) -> Result<()> {
    db.prepare_cached(
        "UPDATE trips SET stopped_by = 'another'
         WHERE app = ?1 AND user = ?2 AND journey = ?3 AND key = ?4 AND stopped_by IS NULL
           AND begun > (SELECT min(begun) FROM trips WHERE app = ?1 AND user = ?2 AND journey = ?3 AND key = ?4)",
    )?
    .execute(params![subject.app, subject.user, trip.journey, trip.key])?;
    Ok(())
}

/// Of others the one that began last counts: a phone that does not know of another's trip begins its own.
fn replace_older(db: &Connection, subject: &Subject, trip: &ReportTrip) -> Result<()> {
    db.prepare_cached(
        "UPDATE trips SET stopped_by = 'another'
         WHERE app = ?1 AND user = ?2 AND journey = ?3 AND key = ?4 AND stopped_by IS NULL AND standing = 'running'
           AND begun < (SELECT max(begun) FROM trips WHERE app = ?1 AND user = ?2 AND journey = ?3 AND key = ?4)",
    )?
    .execute(params![subject.app, subject.user, trip.journey, trip.key])?;
    Ok(())
}

/// She came on another phone.
fn stop_by_visit(db: &Connection, job: &SyncJob) -> Result<()> {
    let subject = &job.subject;
    db.prepare_cached(
        "UPDATE trips SET stopped_by = 'visit'
         WHERE app = ? AND user = ? AND device <> ? AND standing = 'running' AND stopped_by IS NULL AND begun < ?
           AND EXISTS (SELECT 1 FROM json_each(cancel_on) c WHERE c.value = 'visit')",
    )?
    .execute(params![subject.app, subject.user, subject.device, job.sent_at_ms])?;
    Ok(())
}

/// What the ledger holds and the phone of a trip did not tell itself: orders, refunds, check-ins on another phone. What it
/// did tell has ended there what it ends.
pub(super) fn stop_by_ledger(db: &Connection, app: &str, user: &str) -> Result<()> {
    db.prepare_cached(
        "UPDATE trips SET stopped_by = 'ledger'
         WHERE app = ?1 AND user = ?2 AND standing = 'running' AND stopped_by IS NULL AND EXISTS (
           SELECT 1 FROM ledger l, json_each(trips.cancel_on) c
           WHERE l.app = ?1 AND l.user = ?2 AND l.verdict IS NULL
             AND c.value = CASE l.kind WHEN 'refund' THEN 'order_refunded' ELSE l.kind END
             AND l.at_s * 1000 > trips.begun AND l.device <> trips.device
             AND (trips.by_order = 0 OR l.order_id = trips.key)
             AND NOT EXISTS (SELECT 1 FROM claimed_orders o WHERE o.app = ?1 AND o.user = ?2 AND l.kind = 'order_paid'
                               AND o.device = trips.device AND o.order_id = l.order_id)
         )",
    )?
    .execute(params![app, user])?;
    Ok(())
}
