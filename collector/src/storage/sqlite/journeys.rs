//! What journeys add up to.

use rusqlite::{Connection, Result};

use crate::storage::view::{DeadLetter, JourneySums, Journeys, Outcomes};

/// Everything on the page; `now_ms` tells what is overdue.
pub(super) fn view(db: &Connection, app: &str) -> Result<Journeys> {
    let sums = "SELECT journey, held_out, entered, running, converted, stopped FROM journey_sums WHERE app = ?
                ORDER BY journey, held_out";
    let read = |row: &rusqlite::Row| {
        Ok(JourneySums {
            journey: row.get(0)?,
            held_out: row.get(1)?,
            entered: row.get(2)?,
            running: row.get(3)?,
            converted: row.get(4)?,
            stopped: row.get(5)?,
        })
    };
    let sums = db.prepare(sums)?.query_map([app], read)?.collect::<Result<_>>()?;
    let outcomes =
        "SELECT journey, step, outcome, count FROM journey_outcomes WHERE app = ? ORDER BY journey, step, outcome";
    let read = |row: &rusqlite::Row| {
        Ok(Outcomes { journey: row.get(0)?, step: row.get(1)?, outcome: row.get(2)?, count: row.get(3)? })
    };
    let outcomes = db.prepare(outcomes)?.query_map([app], read)?.collect::<Result<_>>()?;
    let pending = "SELECT kind, count(*) FROM pending_actions WHERE app = ? GROUP BY kind ORDER BY kind";
    let pending =
        db.prepare(pending)?.query_map([app], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_>>()?;
    let deliveries = "SELECT journey, outcome, sum(count) FROM delivery_sums WHERE app = ?
                      GROUP BY journey, outcome ORDER BY journey, outcome";
    let read = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let deliveries = db.prepare(deliveries)?.query_map([app], read)?.collect::<Result<_>>()?;
    Ok(Journeys { sums, outcomes, pending, deliveries, dead: dead(db, app)? })
}

/// The latest of what was given up.
fn dead(db: &Connection, app: &str) -> Result<Vec<DeadLetter>> {
    let sql =
        "SELECT user, journey, step, why FROM deliveries WHERE app = ? AND standing = 'dead' ORDER BY at DESC LIMIT 20";
    let read = |row: &rusqlite::Row| {
        Ok(DeadLetter { user: row.get(0)?, journey: row.get(1)?, step: row.get(2)?, why: row.get(3)? })
    };
    db.prepare(sql)?.query_map([app], read)?.collect()
}
