//! Jobs as SQL. Everything here runs inside the batch's transaction.

use std::collections::BTreeMap;

use huitou::clock::{Day, OffsetMin, UnixMs};
use rusqlite::{params, Connection, Result};
use sha2::{Digest, Sha256};

use super::{claims, credits, deliveries, exposures, facts, insight, spend, told, trips};
use crate::storage::{
    view::Traffic, Dictionary, Done, Job, ProgramJob, RowJob, Subject, SyncDone, SyncJob, UserKeyJob,
};

/// WeChat keeps the last three keys of a user.
const USER_KEYS_MAX: u32 = 3;

pub(super) fn job(db: &Connection, job: &Job) -> Result<Done> {
    match job {
        Job::Sync(job) => sync(db, job).map(|done| Done::Sync(Box::new(done))),
        Job::Fact(job) => facts::fact(db, job).map(Done::Fact),
        Job::Spend(job) => spend::spend(db, job).map(Done::Spend),
        Job::Credits(job) => credits::tell(db, job).map(Done::Credits),
        Job::Claim(job) => deliveries::claim(db, job).map(Done::Claimed),
        Job::Settle(job) => deliveries::settle(db, job).map(|()| Done::Settled),
        Job::UserKey(job) => user_key(db, job).map(|()| Done::UserKey),
        Job::Program(job) => program(db, job).map(|()| Done::Program),
    }
}

fn sync(db: &Connection, job: &SyncJob) -> Result<SyncDone> {
    let mut done = SyncDone::default();
    if let Some(dictionary) = &job.dictionary {
        dictionary_once(db, &job.subject.app, dictionary, job.received_at_ms)?;
    }
    if let Some(id) = &job.deletion {
        delete(db, id, job)?;
    } else if is_deleted(db, job)? {
        done.discarded = job.rows.len();
    } else {
        attributes(db, job)?;
        exposures::keep(db, job)?;
        insight::keep(db, job)?;
        for row in &job.rows {
            keep(db, job, row, &mut done)?;
        }
        loyalty(db, job, &mut done)?;
        trips::keep(db, job)?;
        done.told = told::told(db, job)?;
    }
    Ok(done)
}

/// Nothing but one look for new entries if the upload claims nothing.
fn loyalty(db: &Connection, job: &SyncJob, done: &mut SyncDone) -> Result<()> {
    let claimed = job.claimed.as_ref();
    let taken = claimed.map(|claimed| claims::take(db, job, claimed)).transpose()?.flatten();
    match taken {
        Some((facts, ledger)) => (done.facts, done.ledger) = (facts, Some(ledger)),
        None => done.facts = claims::told(db, &job.subject, job.fact_cursor, None)?,
    }
    Ok(())
}

fn keep(db: &Connection, job: &SyncJob, row: &RowJob, done: &mut SyncDone) -> Result<()> {
    if row.quarantine.is_some() {
        put_aside(db, job, row)?;
        done.quarantined += 1;
    } else if upsert(db, job, row)? {
        done.taken += 1;
    } else {
        done.held += 1;
    }
    Ok(())
}

/// True if the row is new or newer than the held one.
fn upsert(db: &Connection, job: &SyncJob, row: &RowJob) -> Result<bool> {
    let (subject, totals) = (&job.subject, &row.totals);
    let changed = db
        .prepare_cached(
            "INSERT INTO rows (app, user, device, segment, day, revision, received_at,
                               events, sessions, session_s, orders, paid_fen, body)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (app, user, device, segment, day) DO UPDATE SET
               revision = excluded.revision, received_at = excluded.received_at, events = excluded.events,
               sessions = excluded.sessions, session_s = excluded.session_s, orders = excluded.orders,
               paid_fen = excluded.paid_fen, body = excluded.body
             WHERE excluded.revision > rows.revision",
        )?
        .execute(params![
            subject.app,
            subject.user,
            subject.device,
            row.segment,
            row.day,
            row.revision,
            job.received_at_ms,
            totals.events,
            totals.sessions,
            totals.session_s,
            totals.orders,
            totals.paid_fen,
            row.body
        ])?;
    Ok(changed > 0)
}

fn put_aside(db: &Connection, job: &SyncJob, row: &RowJob) -> Result<()> {
    let subject = &job.subject;
    db.prepare_cached(
        "INSERT INTO quarantine (app, user, device, segment, day, revision, received_at, reason, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (app, user, device, segment, day) DO UPDATE SET
           revision = excluded.revision, received_at = excluded.received_at, reason = excluded.reason,
           body = excluded.body
         WHERE excluded.revision > quarantine.revision",
    )?
    .execute(params![
        subject.app,
        subject.user,
        subject.device,
        row.segment,
        row.day,
        row.revision,
        job.received_at_ms,
        row.quarantine,
        row.body
    ])?;
    Ok(())
}

fn attributes(db: &Connection, job: &SyncJob) -> Result<()> {
    let Some((revision, body)) = &job.attributes else {
        return Ok(());
    };
    let subject = &job.subject;
    db.prepare_cached(
        "INSERT INTO attributes (app, user, device, revision, received_at, body) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (app, user, device) DO UPDATE SET
           revision = excluded.revision, received_at = excluded.received_at, body = excluded.body
         WHERE excluded.revision > attributes.revision",
    )?
    .execute(params![subject.app, subject.user, subject.device, revision, job.received_at_ms, body])?;
    Ok(())
}

fn delete(db: &Connection, id: &str, job: &SyncJob) -> Result<()> {
    let known = db.prepare_cached("SELECT 1 FROM deletions WHERE id = ?")?.exists([id])?;
    if known {
        // A retry. What came after the first one is the user's new consent and stays.
        return Ok(());
    }
    let Subject { app, user, device } = &job.subject;
    let mut removed = 0;
    // What the same phone recorded before the login is the same person's.
    for table in ["rows", "quarantine", "attributes", "exposures", "insight", "insight_days"] {
        let sql = format!("DELETE FROM {table} WHERE app = ? AND user IN (?, '') AND device = ?");
        removed += db.execute(&sql, params![app, user, device])?;
    }
    if !user.is_empty() {
        removed += db.execute("DELETE FROM ledger WHERE app = ? AND user = ?", params![app, user])?;
        // What only serves the ledger goes with it, and is not counted.
        for table in ["devices", "checkpoints", "requests", "user_keys", "trips", "actions", "deliveries", "credits"] {
            db.execute(&format!("DELETE FROM {table} WHERE app = ? AND user = ?"), params![app, user])?;
        }
    }
    db.execute(
        "INSERT INTO deletions (id, app, subject, sent_at, received_at, removed) VALUES (?, ?, ?, ?, ?, ?)",
        params![id, app, digest(&job.subject), job.sent_at_ms, job.received_at_ms, whole(removed)],
    )?;
    Ok(())
}

/// True for an upload that was made before the user asked for deletion, and arrives after it.
fn is_deleted(db: &Connection, job: &SyncJob) -> Result<bool> {
    db.prepare_cached("SELECT 1 FROM deletions WHERE subject = ? AND sent_at >= ?")?
        .exists(params![digest(&job.subject), job.sent_at_ms])
}

fn digest(subject: &Subject) -> Vec<u8> {
    let text = [&subject.app, &subject.user, &subject.device].map(String::as_str).join("\n");
    Sha256::digest(text).to_vec()
}

/// Seconds since 2020, or one more than the last: a phone's cursor then stays behind new facts even when older ones
/// were deleted or the database was restored from a backup.
pub(super) fn next_number(last: u32, now_ms: i64) -> u32 {
    let seconds = (now_ms - UnixMs::MIN.get()) / 1000;
    last.saturating_add(1).max(u32::try_from(seconds).unwrap_or(0))
}

fn program(db: &Connection, job: &ProgramJob) -> Result<()> {
    db.execute(
        "INSERT INTO programs (app, revision, text) VALUES (?, ?, ?)
         ON CONFLICT (app, revision) DO UPDATE SET text = excluded.text",
        params![job.app, job.revision, job.text],
    )?;
    // The served program's own names beat whatever a phone may have sent under that hash.
    db.execute("DELETE FROM dictionaries WHERE hash = ?", [job.dictionary.hash])?;
    dictionary_once(db, &job.app, &job.dictionary, 0)
}

fn user_key(db: &Connection, job: &UserKeyJob) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO user_keys (app, user, version, key, expires_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (app, user, version) DO UPDATE SET key = excluded.key, expires_at = excluded.expires_at",
    )?
    .execute(params![job.app, job.user, job.version, job.key, job.expires_at_ms])?;
    db.prepare_cached(
        "DELETE FROM user_keys WHERE app = ?1 AND user = ?2 AND version <=
           (SELECT version FROM user_keys WHERE app = ?1 AND user = ?2 ORDER BY version DESC LIMIT 1 OFFSET ?3)",
    )?
    .execute(params![job.app, job.user, USER_KEYS_MAX])?;
    Ok(())
}

fn dictionary_once(db: &Connection, app: &str, dictionary: &Dictionary, received_at_ms: i64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO dictionaries (hash, app, received_at, names) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
    )?
    .execute(params![dictionary.hash, app, received_at_ms, dictionary.names])?;
    Ok(())
}

/// Adds up the batch by app and day, so that counting costs one write a batch.
pub(super) fn traffic(db: &Connection, jobs: &[Job], done: &[Done]) -> Result<()> {
    let mut sums: BTreeMap<(&str, String), Traffic> = BTreeMap::new();
    for pair in jobs.iter().zip(done) {
        if let (Job::Sync(job), Done::Sync(done)) = pair {
            add(sums.entry((&job.subject.app, utc_day(job.received_at_ms))).or_default(), job, done);
        }
    }
    sums.iter().try_for_each(|((app, day), sum)| add_traffic(db, app, day, sum))
}

fn add(sum: &mut Traffic, job: &SyncJob, done: &SyncDone) {
    sum.uploads += 1;
    sum.bytes += whole(job.bytes);
    sum.taken += whole(done.taken);
    sum.held += whole(done.held);
    sum.quarantined += whole(done.quarantined);
    sum.discarded += whole(done.discarded);
}

fn add_traffic(db: &Connection, app: &str, day: &str, sum: &Traffic) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO traffic (app, day, uploads, bytes, taken, held, quarantined, discarded)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (app, day) DO UPDATE SET
           uploads = uploads + excluded.uploads, bytes = bytes + excluded.bytes, taken = taken + excluded.taken,
           held = held + excluded.held, quarantined = quarantined + excluded.quarantined,
           discarded = discarded + excluded.discarded",
    )?
    .execute(params![app, day, sum.uploads, sum.bytes, sum.taken, sum.held, sum.quarantined, sum.discarded])?;
    Ok(())
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn utc_day(at_ms: i64) -> String {
    let mut day = String::new();
    Day::of(UnixMs::new(at_ms), OffsetMin::new(0)).write(&mut day);
    day
}
