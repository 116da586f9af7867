//! Jobs as SQL. Everything here runs inside the batch's transaction.

use std::collections::BTreeMap;

use huitou::clock::{Day, OffsetMin, UnixMs};
use rusqlite::{params, Connection, OptionalExtension, Result};
use sha2::{Digest, Sha256};

use crate::storage::{
    view::Traffic, Dictionary, Done, Fact, FactDone, FactJob, Job, ProgramJob, RowJob, Subject, SyncDone, SyncJob,
};

/// The most facts in one answer; the phone asks again with the highest one.
const FACTS_MAX: u32 = 32;

pub(super) fn job(db: &Connection, job: &Job) -> Result<Done> {
    match job {
        Job::Sync(job) => sync(db, job).map(Done::Sync),
        Job::Fact(job) => fact(db, job).map(Done::Fact),
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
        for row in &job.rows {
            keep(db, job, row, &mut done)?;
        }
        done.facts = facts_after(db, &job.subject, job.fact_cursor)?;
    }
    Ok(done)
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
    for table in ["rows", "quarantine", "attributes"] {
        let sql = format!("DELETE FROM {table} WHERE app = ? AND user IN (?, '') AND device = ?");
        removed += db.execute(&sql, params![app, user, device])?;
    }
    if !user.is_empty() {
        removed += db.execute("DELETE FROM facts WHERE app = ? AND user = ?", params![app, user])?;
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

fn facts_after(db: &Connection, subject: &Subject, cursor: u32) -> Result<Vec<Fact>> {
    if subject.user.is_empty() {
        return Ok(Vec::new());
    }
    db.prepare_cached(
        "SELECT n, kind, order_id, paid_fen, at FROM facts WHERE app = ? AND user = ? AND n > ? ORDER BY n LIMIT ?",
    )?
    .query_map(params![subject.app, subject.user, cursor, FACTS_MAX], |row| {
        Ok(Fact { n: row.get(0)?, kind: row.get(1)?, order_id: row.get(2)?, paid_fen: row.get(3)?, at_ms: row.get(4)? })
    })?
    .collect()
}

fn fact(db: &Connection, job: &FactJob) -> Result<FactDone> {
    let same_key = db
        .prepare_cached("SELECT n, digest FROM facts WHERE app = ? AND request_key = ?")?
        .query_row(params![job.app, job.key], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)? == job.digest)))
        .optional()?;
    match same_key {
        Some((n, true)) => return Ok(FactDone::Kept(n)),
        Some((_, false)) => return Ok(FactDone::KeyTaken),
        None => {}
    }
    let same_order = db
        .prepare_cached(
            "SELECT n, user = ?4 AND paid_fen = ?5 AND at = ?6 FROM facts WHERE app = ?1 AND kind = ?2 AND order_id = ?3",
        )?
        .query_row(params![job.app, job.kind, job.order_id, job.user, job.paid_fen, job.at_ms], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match same_order {
        Some((n, true)) => Ok(FactDone::Kept(n)),
        Some((_, false)) => Ok(FactDone::OrderTaken),
        None => insert_fact(db, job).map(FactDone::Kept),
    }
}

fn insert_fact(db: &Connection, job: &FactJob) -> Result<u32> {
    let last: Option<u32> = db
        .prepare_cached("SELECT max(n) FROM facts WHERE app = ? AND user = ?")?
        .query_row(params![job.app, job.user], |row| row.get(0))?;
    let n = next_number(last.unwrap_or(0), job.received_at_ms);
    db.prepare_cached(
        "INSERT INTO facts (app, user, n, kind, order_id, paid_fen, at, received_at, request_key, digest)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        job.app,
        job.user,
        n,
        job.kind,
        job.order_id,
        job.paid_fen,
        job.at_ms,
        job.received_at_ms,
        job.key,
        job.digest
    ])?;
    Ok(n)
}

/// Seconds since 2020, or one more than the last: a phone's cursor then stays behind new facts even when older ones
/// were deleted or the database was restored from a backup.
fn next_number(last: u32, now_ms: i64) -> u32 {
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
