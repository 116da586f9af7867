//! Claiming what is due, and settling what came of it.

use huitou::clock::{Day, OffsetMin};
use rusqlite::{params, Connection, OptionalExtension, Result, Row};

use super::credits;
use crate::delivery::judge::{judge, Judgement, Known};
use crate::delivery::{Action, Attempt, Tried};
use crate::storage::{ClaimJob, SettleJob};

/// Tries before an action is given up: with the waits below, a day and a half.
const ATTEMPTS_MAX: u32 = 12;
/// The wait after the first try; it doubles with each.
const WAIT_S: u64 = 30;
/// The longest wait.
const WAIT_S_MAX: u64 = 6 * 3600;

/// True if there may be something to claim.
pub(super) fn has_due(db: &Connection, app: &str, now_ms: i64) -> Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM actions WHERE app = ?1 AND at <= ?2)
             OR EXISTS (SELECT 1 FROM deliveries WHERE app = ?1 AND standing = 'waiting' AND at <= ?2)",
    )?
    .query_row(params![app, now_ms], |row| row.get(0))
}

/// Takes what is due and is to be done now; it is 'sending' once this is durable.
pub(super) fn claim(db: &Connection, job: &ClaimJob) -> Result<Vec<Action>> {
    let mut claimed = Vec::new();
    for (action, is_retry) in due(db, job)? {
        let known = known(db, job, &action)?;
        match judge(&job.guide, &action, &known, job.now_ms) {
            Judgement::Go => {
                begin(db, job, &action)?;
                claimed.push(action);
            }
            Judgement::Hold(until_ms) => hold(db, &action, (until_ms, is_retry))?,
            Judgement::Over(outcome, why) => close(db, job, &action, ("settled", outcome, why))?,
            Judgement::Unwanted if is_retry => close(db, job, &action, ("settled", "stopped", ""))?,
            Judgement::Unwanted => forget(db, &action)?,
        }
    }
    Ok(claimed)
}

/// New actions and those that wait for another try, oldest first, as far as anybody does their kind.
fn due(db: &Connection, job: &ClaimJob) -> Result<Vec<(Action, bool)>> {
    let kinds = serde_json::to_string(&job.kinds).unwrap_or_default();
    let mut found: Vec<(Action, bool)> = Vec::new();
    for (is_retry, sql) in [
        (
            true,
            "SELECT a.app, a.user, a.journey, a.key, a.begun, a.step, a.due, a.kind, a.ref, a.service, a.attempts,
                    coalesce(t.variation, 0)
             FROM deliveries a LEFT JOIN trips t USING (app, user, journey, key, begun)
             WHERE a.app = ?1 AND a.standing = 'waiting' AND a.at <= ?2 AND (?3 = '' OR a.user = ?3)
               AND a.kind IN (SELECT value FROM json_each(?4)) ORDER BY a.at LIMIT ?5",
        ),
        (
            false,
            "SELECT a.app, a.user, a.journey, a.key, a.begun, a.step, a.due, a.kind, a.ref, a.service, 0,
                    coalesce(t.variation, 0)
             FROM actions a LEFT JOIN trips t USING (app, user, journey, key, begun)
             WHERE a.app = ?1 AND a.at <= ?2 AND (?3 = '' OR a.user = ?3)
               AND a.kind IN (SELECT value FROM json_each(?4)) ORDER BY a.at LIMIT ?5",
        ),
    ] {
        let mut statement = db.prepare_cached(sql)?;
        let limit = i64::try_from(job.limit.saturating_sub(found.len())).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![job.app, job.now_ms, job.user, kinds, limit], read)?;
        for action in rows {
            found.push((action?, is_retry));
        }
    }
    Ok(found)
}

fn read(row: &Row) -> Result<Action> {
    Ok(Action {
        app: row.get(0)?,
        user: row.get(1)?,
        journey: row.get(2)?,
        key: row.get(3)?,
        begun_ms: row.get(4)?,
        step: row.get(5)?,
        due_ms: row.get(6)?,
        kind: row.get(7)?,
        reference: row.get(8)?,
        is_service: row.get(9)?,
        attempts: row.get(10)?,
        variation: row.get(11)?,
    })
}

fn known(db: &Connection, job: &ClaimJob, action: &Action) -> Result<Known> {
    let trip: Option<(i32, bool)> = db
        .prepare_cached(
            "SELECT offset_min, held_out = 0 AND (
                      standing IN ('running', 'finished') AND stopped_by IS NULL
                      OR ?6 <> 'message' AND stopped_by IS NOT 'another' AND EXISTS (
                           SELECT 1 FROM json_each(done) d WHERE d.value ->> 0 = ?7 AND d.value ->> 1 IN ('done', 'sent')))
             FROM trips WHERE app = ?1 AND user = ?2 AND journey = ?3 AND key = ?4 AND begun = ?5",
        )?
        .query_row(
            params![action.app, action.user, action.journey, action.key, action.begun_ms, action.kind, action.step],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((offset_min, is_wanted)) = trip else { return Ok(Known::default()) };
    let offset = OffsetMin::new(offset_min);
    let today = job.guide.day(job.now_ms, offset);
    Ok(Known {
        is_wanted,
        offset,
        sent_days_ago: sent_days_ago(db, action, today)?,
        credits: credits::of(db, action)?,
        is_order_paid: is_order_paid(db, action)?,
        given_ms: given(db, job, action)?,
    })
}

/// Other marketing that was sent, or is on its way, on a date and the six before it.
fn sent_days_ago(db: &Connection, action: &Action, today: Day) -> Result<Vec<i64>> {
    let text = |day: Day| {
        let mut text = String::new();
        day.write(&mut text);
        text
    };
    let mut statement = db.prepare_cached(
        "SELECT day FROM deliveries
         WHERE app = ?1 AND user = ?2 AND kind = 'message' AND service = 0 AND day >= ?3 AND day <= ?4
           AND (standing = 'sending' OR standing = 'waiting' AND attempts > 0 OR outcome = 'sent')
           AND NOT (journey = ?5 AND key = ?6 AND begun = ?7 AND step = ?8)",
    )?;
    let (from, to) = (text(today.plus(-6)), text(today));
    let key = params![action.app, action.user, from, to, action.journey, action.key, action.begun_ms, action.step];
    let days = statement.query_map(key, |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>>>()?;
    Ok(days.iter().filter_map(|day| Day::parse(day)).map(|day| today.since(day)).collect())
}

fn is_order_paid(db: &Connection, action: &Action) -> Result<bool> {
    db.prepare_cached(
        "SELECT 1 FROM ledger INDEXED BY ledger_by_order
         WHERE app = ? AND kind = 'order_paid' AND order_id = ? AND user = ? AND verdict IS NULL",
    )?
    .exists(params![action.app, action.key, action.user])
}

/// Of a journey by order: for that order; of another one: at all.
fn given(db: &Connection, job: &ClaimJob, action: &Action) -> Result<Option<i64>> {
    let by_order = job.guide.journey(&action.journey).is_some_and(|journey| journey.instance_key == "order_id");
    db.prepare_cached(
        "SELECT max(at) FROM deliveries
         WHERE app = ?1 AND user = ?2 AND journey = ?3 AND step = ?4 AND (?5 = 0 OR key = ?6)
           AND (standing IN ('sending', 'waiting') OR outcome = 'sent') AND NOT (key = ?6 AND begun = ?7)",
    )?
    .query_row(
        params![action.app, action.user, action.journey, action.step, by_order, action.key, action.begun_ms],
        |row| row.get(0),
    )
}

fn begin(db: &Connection, job: &ClaimJob, action: &Action) -> Result<()> {
    let pays = action.kind == "message" && job.guide.messages.needs_credit && action.attempts == 0;
    let paid = pays && credits::take(db, action)?;
    put(db, job, action, ("sending", "", ""))?;
    if paid {
        update(db, "paid = 1", action)?;
    }
    Ok(())
}

/// Writes down what is over without a try.
fn close(db: &Connection, job: &ClaimJob, action: &Action, state: (&str, &str, &str)) -> Result<()> {
    put(db, job, action, state)?;
    credits::give_back(db, action)
}

fn put(db: &Connection, job: &ClaimJob, action: &Action, (standing, outcome, why): (&str, &str, &str)) -> Result<()> {
    let offset = OffsetMin::new(crate::ledger::wish::OFFSET_MIN);
    let mut day = String::new();
    job.guide.day(job.now_ms, offset).write(&mut day);
    let is_try = u32::from(standing == "sending");
    db.prepare_cached(
        "INSERT INTO deliveries (app, user, journey, key, begun, step, kind, ref, service, due, standing, outcome, why,
                                 attempts, at, day, repeatable, paid, told)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)
         ON CONFLICT DO UPDATE SET standing = excluded.standing, outcome = excluded.outcome, why = excluded.why,
           attempts = excluded.attempts, at = excluded.at, day = excluded.day, repeatable = excluded.repeatable",
    )?
    .execute(params![
        action.app,
        action.user,
        action.journey,
        action.key,
        action.begun_ms,
        action.step,
        action.kind,
        action.reference,
        action.is_service,
        action.due_ms,
        standing,
        outcome,
        why,
        action.attempts + is_try,
        job.now_ms,
        day,
        job.repeatable.contains(&action.kind.as_str()),
    ])?;
    forget(db, action)
}

fn forget(db: &Connection, action: &Action) -> Result<()> {
    db.prepare_cached(
        "DELETE FROM actions WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ? AND step = ?",
    )?
    .execute(params![action.app, action.user, action.journey, action.key, action.begun_ms, action.step])?;
    Ok(())
}

fn hold(db: &Connection, action: &Action, (until_ms, is_retry): (i64, bool)) -> Result<()> {
    let sql = match is_retry {
        true => "UPDATE deliveries SET at = ? WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ? AND step = ?",
        false => "UPDATE actions SET at = ? WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ? AND step = ?",
    };
    let Action { app, user, journey, key, begun_ms, step, .. } = action;
    db.prepare_cached(sql)?.execute(params![until_ms, app, user, journey, key, begun_ms, step])?;
    Ok(())
}

fn update(db: &Connection, what: &str, action: &Action) -> Result<()> {
    let sql = format!(
        "UPDATE deliveries SET {what} WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ? AND step = ?"
    );
    let Action { app, user, journey, key, begun_ms, step, .. } = action;
    db.prepare_cached(&sql)?.execute(params![app, user, journey, key, begun_ms, step])?;
    Ok(())
}

/// Writes down what came of tries.
pub(super) fn settle(db: &Connection, job: &SettleJob) -> Result<()> {
    job.tried.iter().try_for_each(|tried| settle_one(db, tried, job.now_ms))
}

fn settle_one(db: &Connection, Tried { action, attempt }: &Tried, now_ms: i64) -> Result<()> {
    let (standing, outcome, why, at_ms) = match attempt {
        Attempt::Sent => ("settled", "sent", "", now_ms),
        Attempt::Unknown(why) => ("settled", "sent", why.as_str(), now_ms),
        Attempt::Refused(why) => ("settled", "refused", why.as_str(), now_ms),
        Attempt::NoQuota(why) => ("settled", "no_quota", why.as_str(), now_ms),
        Attempt::Again(_, why) | Attempt::Broken(why) if is_last(action, attempt) => ("dead", "", why.as_str(), now_ms),
        Attempt::Again(after_s, why) => ("waiting", "", why.as_str(), now_ms + wait_ms(action, *after_s)),
        Attempt::Broken(why) => ("dead", "", why.as_str(), now_ms),
    };
    let Action { app, user, journey, key, begun_ms, step, .. } = action;
    db.prepare_cached(
        "UPDATE deliveries SET standing = ?, outcome = ?, why = ?, at = ?
         WHERE app = ? AND user = ? AND journey = ? AND key = ? AND begun = ? AND step = ? AND standing = 'sending'",
    )?
    .execute(params![standing, outcome, why, at_ms, app, user, journey, key, begun_ms, step])?;
    match attempt {
        Attempt::NoQuota(_) => credits::none_left(db, action),
        Attempt::Refused(_) => credits::give_back(db, action),
        _ if standing == "dead" => credits::give_back(db, action),
        _ => Ok(()),
    }
}

fn is_last(action: &Action, attempt: &Attempt) -> bool {
    matches!(attempt, Attempt::Broken(_)) || action.attempts + 1 >= ATTEMPTS_MAX
}

fn wait_ms(action: &Action, asked_s: Option<u64>) -> i64 {
    let own_s = WAIT_S << action.attempts.min(16);
    asked_s.unwrap_or(0).max(own_s).min(WAIT_S_MAX) as i64 * 1000
}

/// What was being sent as the process ended: again where that can't do it twice, else taken for sent.
pub(super) fn recover(db: &Connection) -> Result<usize> {
    let again =
        db.execute("UPDATE deliveries SET standing = 'waiting' WHERE standing = 'sending' AND repeatable = 1", [])?;
    let sent = db.execute(
        "UPDATE deliveries SET standing = 'settled', outcome = 'sent', why = 'the process ended while it was being sent'
         WHERE standing = 'sending'",
        [],
    )?;
    Ok(again + sent)
}

/// Gives what was given up another chance; how many.
pub(super) fn revive(db: &Connection, now_ms: i64) -> Result<usize> {
    db.execute(
        "UPDATE deliveries SET standing = 'waiting', attempts = 0, at = ?, told = 0 WHERE standing = 'dead'",
        [now_ms],
    )
}
