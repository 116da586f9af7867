//! What a merchant's server says, inside the batch's transaction.

use rusqlite::{params, Connection, OptionalExtension, Result};

use super::entries::Whose;
use super::requests::{Known, Request};
use super::trips;
use super::write::next_number;
use crate::ledger::entry::{stamp, Entry};
use crate::ledger::place::Tail;
use crate::ledger::Body;
use crate::storage::{FactDone, FactJob};

pub(super) fn fact(db: &Connection, job: &FactJob) -> Result<FactDone> {
    let request = Request { app: &job.app, caller: "", key: &job.key, digest: &job.digest };
    match request.look_up(db)? {
        Known::Answered(n) => return Ok(FactDone::Kept(n.parse().unwrap_or(0))),
        Known::Taken => return Ok(FactDone::KeyTaken),
        Known::New => {}
    }
    let done = match same_order(db, job)? {
        Some(done) => done,
        None => keep(db, job)?,
    };
    if let FactDone::Kept(n) = done {
        request.remember(db, &job.user, &n.to_string())?;
    }
    Ok(done)
}

/// An order is paid once, whatever the key.
fn same_order(db: &Connection, job: &FactJob) -> Result<Option<FactDone>> {
    let Body::OrderPaid { order_id, .. } = &job.body else {
        return Ok(None);
    };
    let found = db
        .prepare_cached(
            "SELECT n, user = ?3 AND body = ?4 AND at_s = ?5 FROM ledger INDEXED BY ledger_by_order
             WHERE app = ?1 AND kind = 'order_paid' AND order_id = ?2",
        )?
        .query_row(params![job.app, order_id, job.user, job.body.to_json(), job.at_ms / 1000], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found.map(|(n, equal)| if equal { FactDone::Kept(n) } else { FactDone::OrderTaken }))
}

/// At its own time, or if that would undo what was spent since, now.
fn keep(db: &Connection, job: &FactJob) -> Result<FactDone> {
    let whose = Whose { app: &job.app, user: &job.user };
    let now_s = job.received_at_ms / 1000;
    let (last, link) = whose.last(db)?;
    let mut entry = Entry {
        n: next_number(last, job.received_at_ms),
        at_s: job.at_ms / 1000,
        stamp: stamp(job.at_ms / 1000, job.offset_min),
        received_s: now_s,
        revision: job.book.newest(),
        body: job.body.clone(),
        ..Entry::default()
    };
    let mut tail = whose.tail(db, &job.book, entry.stamp.moment_s)?;
    if !tail.join(entry.clone()) {
        entry.stamp = tail.after_all(stamp(now_s, job.offset_min));
        tail.join(entry.clone());
    }
    Ok(match write(db, whose, &mut tail, (entry, &link))? {
        Ok(n) => {
            trips::stop_by_ledger(db, &job.app, &job.user)?;
            FactDone::Kept(n)
        }
        Err(code) => FactDone::Refused(code),
    })
}

/// Settles a tail that a server's entry has joined, and writes it down unless it is refused.
pub(super) fn write(
    db: &Connection,
    whose: Whose,
    tail: &mut Tail,
    (mut entry, link): (Entry, &[u8]),
) -> Result<Result<u32, &'static str>> {
    let settled = tail.settle();
    if let Some(code) = settled.refusal_of(entry.n) {
        return Ok(Err(code));
    }
    entry.link = entry.link_after(link);
    whose.insert(db, tail.book, &entry)?;
    whose.settled(db, tail, (&settled, entry.stamp.moment_s))?;
    Ok(Ok(entry.n))
}
