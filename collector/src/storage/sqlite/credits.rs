//! Subscriptions left, where the merchant's server tells what the platform pushed.

use rusqlite::{params, Connection, OptionalExtension, Result};

use super::requests::{Known, Request};
use crate::delivery::Action;
use crate::storage::CreditsJob;

/// The most that is kept of one template: nobody saves up more.
const COUNT_MAX: i64 = 1000;

/// Counts what the platform pushed, once; false if the key came with something else before.
pub(super) fn tell(db: &Connection, job: &CreditsJob) -> Result<bool> {
    let request = Request { app: &job.app, caller: "", key: &job.key, digest: &job.digest };
    match request.look_up(db)? {
        Known::Answered(_) => return Ok(true),
        Known::Taken => return Ok(false),
        Known::New => request.remember(db, &job.user, "")?,
    }
    for (template, change) in &job.changes {
        db.prepare_cached(
            "INSERT INTO credits (app, user, template, count) VALUES (?1, ?2, ?3, min(max(?4, 0), ?5))
             ON CONFLICT DO UPDATE SET count = min(max(count + ?4, 0), ?5)",
        )?
        .execute(params![job.app, job.user, template, change, COUNT_MAX])?;
    }
    Ok(true)
}

/// Left of an action's template; `None` if nothing was ever told of it.
pub(super) fn of(db: &Connection, action: &Action) -> Result<Option<u32>> {
    db.prepare_cached("SELECT count FROM credits WHERE app = ? AND user = ? AND template = ?")?
        .query_row(params![action.app, action.user, action.reference], |row| row.get(0))
        .optional()
}

/// Takes one; false if there is nothing to count.
pub(super) fn take(db: &Connection, action: &Action) -> Result<bool> {
    let taken = change(db, action, "count - 1")?;
    Ok(taken > 0)
}

/// One that was taken for what did not get anywhere.
pub(super) fn give_back(db: &Connection, action: &Action) -> Result<()> {
    let Action { app, user, journey, key, begun_ms, step, .. } = action;
    let paid = db
        .prepare_cached(
            "UPDATE deliveries SET paid = 0
             WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ? AND step = ? AND paid = 1",
        )?
        .execute(params![app, user, journey, key, begun_ms, step])?;
    if paid > 0 {
        change(db, action, "count + 1")?;
    }
    Ok(())
}

/// The platform says that there is none, whatever was counted.
pub(super) fn none_left(db: &Connection, action: &Action) -> Result<()> {
    change(db, action, "0").map(|_| ())
}

fn change(db: &Connection, action: &Action, count: &str) -> Result<usize> {
    let sql = format!("UPDATE credits SET count = max({count}, 0) WHERE app = ? AND user = ? AND template = ?");
    db.prepare_cached(&sql)?.execute(params![action.app, action.user, action.reference])
}

/// All that is known of a person.
pub(super) fn all(db: &Connection, app: &str, user: &str) -> Result<Vec<(String, u32)>> {
    let mut statement =
        db.prepare_cached("SELECT template, count FROM credits WHERE app = ? AND user = ? ORDER BY template LIMIT 32")?;
    let found = statement.query_map([app, user], |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.collect()
}
