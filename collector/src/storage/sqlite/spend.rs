//! What users ask the server to do with their points and rights, inside the batch's transaction: one of them at a
//! time, so that nothing is spent twice.

use rusqlite::{Connection, Result};
use serde_json::{json, Value};

use super::claims::{standing, told};
use super::entries::Whose;
use super::facts::write;
use super::requests::{Known, Request};
use super::write::next_number;
use crate::ledger::entry::{stamp, Entry};
use crate::ledger::wish;
use crate::storage::{SpendDone, SpendJob, Subject};

pub(super) fn spend(db: &Connection, job: &SpendJob) -> Result<SpendDone> {
    let request = Request { app: &job.app, caller: &job.user, key: &job.key, digest: &job.digest };
    match request.look_up(db)? {
        Known::Answered(answer) => return done(db, job, answer),
        Known::Taken => return Ok(SpendDone::KeyTaken),
        Known::New => {}
    }
    match carry_out(db, job)? {
        Ok(answer) => {
            request.remember(db, &job.user, &answer.to_string())?;
            done(db, job, answer.to_string())
        }
        Err(code) => Ok(SpendDone::Refused(code)),
    }
}

/// The entry and its answer, or why there is none.
fn carry_out(db: &Connection, job: &SpendJob) -> Result<Result<Value, &'static str>> {
    let rules = job.book.of(job.book.newest());
    let (body, mut answer) = match wish::grant(&job.wish, rules, job.random) {
        Ok(granted) => granted,
        Err(code) => return Ok(Err(code)),
    };
    let whose = Whose { app: &job.app, user: &job.user };
    let now_s = job.received_at_ms / 1000;
    let (last, link) = whose.last(db)?;
    let mut tail = whose.tail(db, &job.book, i64::MAX)?;
    let entry = Entry {
        n: next_number(last, job.received_at_ms),
        at_s: now_s,
        stamp: tail.after_all(stamp(now_s, wish::OFFSET_MIN)),
        received_s: now_s,
        revision: job.book.newest(),
        body,
        ..Entry::default()
    };
    tail.join(entry.clone());
    Ok(write(db, whose, &mut tail, (entry, &link))?.map(|n| {
        if let Some(members) = answer.as_object_mut() {
            members.insert("n".to_owned(), json!(n));
        }
        answer
    }))
}

fn done(db: &Connection, job: &SpendJob, answer: String) -> Result<SpendDone> {
    let subject = Subject { app: job.app.clone(), user: job.user.clone(), device: job.device.clone() };
    let is_known = !job.device.is_empty();
    let mut ledger = is_known.then(|| standing(db, &subject, &job.book, job.received_at_ms / 1000)).transpose()?;
    let facts = told(db, &subject, job.cursor, ledger.as_mut())?;
    Ok(SpendDone::Done { answer, facts, ledger: ledger.map(Box::new) })
}
