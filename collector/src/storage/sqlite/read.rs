//! Queries of the page.

use huitou::summary::report::ReportRow;
use rusqlite::{params, Connection, OptionalExtension, Params, Result, Row};

use crate::storage::view::{
    Arrival, DayLine, Detail, FactLine, LedgerSums, Overview, Person, PersonLine, Sums, Traffic, DETAIL_ROWS_MAX,
};

/// Days that the overview covers, counted back from the newest day with a row.
const WINDOW_DAYS: i64 = 30;
/// Lines of the lists on the page.
const LINES_MAX: i64 = 30;
/// Segments begun last among which the latest arrivals are looked for: an index by arrival would cost every upload a
/// write, and phones seldom go on with an old segment.
const RECENT_MAX: i64 = 300;

/// Sums as columns. `total()` is a float, exact to 2^53 and never an error, whatever a forged row says.
const SUMS: &str = "count(*), count(DISTINCT nullif(user, '')), count(DISTINCT device), count(DISTINCT day),
    CAST(total(events) AS INTEGER), CAST(total(sessions) AS INTEGER), CAST(total(session_s) AS INTEGER),
    CAST(total(orders) AS INTEGER), CAST(total(paid_fen) AS INTEGER)";

pub(super) fn dictionaries(db: &Connection) -> Result<Vec<(u32, Vec<u8>)>> {
    list(db, "SELECT hash, names FROM dictionaries", [], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn programs(db: &Connection, app: &str) -> Result<Vec<(u32, String)>> {
    let sql = "SELECT revision, text FROM programs WHERE app = ? ORDER BY revision";
    list(db, sql, [app], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn user_key(db: &Connection, app: &str, user: &str, version: u32) -> Result<Option<(Vec<u8>, i64)>> {
    db.prepare_cached("SELECT key, expires_at FROM user_keys WHERE app = ? AND user = ? AND version = ?")?
        .query_row(params![app, user, version], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

pub(super) fn overview(db: &Connection, app: &str) -> Result<Overview> {
    let window = window(db, app)?;
    let (first, last) = (&window.0, &window.1);
    let within = params![app, first, last];
    Ok(Overview {
        totals: db.query_row(
            &format!("SELECT {SUMS} FROM rows WHERE app = ? AND day BETWEEN ? AND ?"),
            within,
            sums,
        )?,
        days: list(
            db,
            &format!(
                "SELECT {SUMS}, day FROM rows WHERE app = ? AND day BETWEEN ? AND ? GROUP BY day ORDER BY day DESC"
            ),
            within,
            day_line,
        )?,
        people: list(
            db,
            &format!(
                "SELECT {SUMS}, user, max(day) FROM rows WHERE app = ? AND day BETWEEN ? AND ?
                 GROUP BY user ORDER BY max(day) DESC, total(events) DESC LIMIT {LINES_MAX}"
            ),
            within,
            |row| Ok(PersonLine { sums: sums(row)?, user: row.get(9)?, last_day: row.get(10)? }),
        )?,
        detail: detail(db, app, None)?,
        arrivals: arrivals(db, app, None)?,
        traffic: traffic(db, app)?,
        facts: facts(db, app, None)?,
        ledger: ledger(db, app)?,
        window,
    })
}

pub(super) fn person(db: &Connection, app: &str, user: &str) -> Result<Option<Person>> {
    let whose = params![app, user];
    let totals = db.query_row(&format!("SELECT {SUMS} FROM rows WHERE app = ? AND user = ?"), whose, sums)?;
    let person = Person {
        totals,
        days: list(
            db,
            &format!(
                "SELECT {SUMS}, day FROM rows WHERE app = ? AND user = ? GROUP BY day ORDER BY day DESC LIMIT 366"
            ),
            whose,
            day_line,
        )?,
        detail: detail(db, app, Some(user))?,
        arrivals: arrivals(db, app, Some(user))?,
        attributes: attributes(db, app, user)?,
        claimed: claimed(db, app, user)?,
        facts: facts(db, app, Some(user))?,
    };
    let has_ledger = || db.prepare_cached("SELECT 1 FROM ledger WHERE app = ? AND user = ?")?.exists(whose);
    let held = person.totals.rows > 0 || !person.attributes.is_empty() || has_ledger()?;
    Ok(held.then_some(person))
}

fn window(db: &Connection, app: &str) -> Result<(String, String)> {
    let sql = "SELECT date(max(day), ?2), max(day) FROM rows WHERE app = ?1";
    let back = format!("-{} days", WINDOW_DAYS - 1);
    db.query_row(sql, params![app, back], |row| {
        let text = |at| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
        Ok((text(0)?, text(1)?))
    })
}

/// Rows of an app (`?1`), or of one user (`?2`); in a form that lets the newest ones be read off an index.
fn of(user: Option<&str>) -> &'static str {
    match user {
        Some(_) => "rows WHERE app = ?1 AND user = ?2",
        None => "rows INDEXED BY rows_by_app WHERE app = ?1 AND ?2 IS NULL",
    }
}

/// Opens the newest rows of an app, or of one user, and adds them up as the engine does.
fn detail(db: &Connection, app: &str, user: Option<&str>) -> Result<Detail> {
    let sql = format!("SELECT body FROM {} ORDER BY id DESC LIMIT {DETAIL_ROWS_MAX}", of(user));
    let mut statement = db.prepare(&sql)?;
    let mut rows = statement.query(params![app, user])?;
    let mut detail = Detail::default();
    while let Some(row) = rows.next()? {
        // A row that can't be read is `verify`'s to tell; the page shows the others.
        if let Ok(row) = serde_json::from_str::<ReportRow>(row.get_ref(0)?.as_str()?) {
            detail.stats.merge(&row.stats);
            detail.rows += 1;
        }
    }
    Ok(detail)
}

/// The newest rows, the one heard of last on top.
fn arrivals(db: &Connection, app: &str, user: Option<&str>) -> Result<Vec<Arrival>> {
    let sql = format!(
        "SELECT received_at, user, device, day, revision, events, orders, session_s FROM {}
         ORDER BY id DESC LIMIT {RECENT_MAX}",
        of(user)
    );
    let read = |row: &Row| {
        Ok(Arrival {
            received_at_ms: row.get(0)?,
            user: row.get(1)?,
            device: row.get(2)?,
            day: row.get(3)?,
            revision: row.get(4)?,
            events: row.get(5)?,
            orders: row.get(6)?,
            session_s: row.get(7)?,
        })
    };
    let mut arrivals = list(db, &sql, params![app, user], read)?;
    arrivals.sort_by_key(|row| std::cmp::Reverse(row.received_at_ms));
    arrivals.truncate(LINES_MAX as usize);
    Ok(arrivals)
}

fn attributes(db: &Connection, app: &str, user: &str) -> Result<Vec<(String, String, String)>> {
    let sql = "SELECT device, name, CAST(value AS TEXT) FROM attribute_values
               WHERE app = ? AND user = ? ORDER BY device, name LIMIT 200";
    list(db, sql, params![app, user], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

fn claimed(db: &Connection, app: &str, user: &str) -> Result<Vec<(String, String, i64)>> {
    let sql = format!(
        "SELECT day, order_id, CAST(paid_fen AS INTEGER) FROM claimed_orders
         WHERE app = ? AND user = ? ORDER BY day DESC LIMIT {LINES_MAX}"
    );
    list(db, &sql, params![app, user], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

fn facts(db: &Connection, app: &str, user: Option<&str>) -> Result<Vec<FactLine>> {
    let sql = format!(
        "SELECT user, order_id, paid_fen, at FROM facts
         WHERE app = ?1 AND (?2 IS NULL OR user = ?2) ORDER BY at DESC LIMIT {LINES_MAX}"
    );
    list(db, &sql, params![app, user], |row| {
        Ok(FactLine { user: row.get(0)?, order_id: row.get(1)?, paid_fen: row.get(2)?, at_ms: row.get(3)? })
    })
}

fn ledger(db: &Connection, app: &str) -> Result<LedgerSums> {
    let sql = "SELECT verdict, count(*) FROM ledger INDEXED BY ledger_by_verdict
               WHERE app = ? AND verdict IS NOT NULL GROUP BY verdict ORDER BY count(*) DESC";
    let refused = list(db, sql, [app], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sql = "SELECT count(*), CAST(total(resets) AS INTEGER), CAST(total(mismatches) AS INTEGER)
               FROM devices WHERE app = ?";
    db.query_row(sql, [app], |row| {
        Ok(LedgerSums { refused, phones: row.get(0)?, resets: row.get(1)?, mismatches: row.get(2)? })
    })
}

fn traffic(db: &Connection, app: &str) -> Result<Traffic> {
    let sql = "SELECT sum(uploads), sum(bytes), sum(taken), sum(held), sum(quarantined), sum(discarded)
               FROM traffic WHERE app = ? HAVING count(*) > 0";
    let found = db.query_row(sql, [app], |row| {
        Ok(Traffic {
            uploads: row.get(0)?,
            bytes: row.get(1)?,
            taken: row.get(2)?,
            held: row.get(3)?,
            quarantined: row.get(4)?,
            discarded: row.get(5)?,
        })
    });
    found.optional().map(Option::unwrap_or_default)
}

fn day_line(row: &Row) -> Result<DayLine> {
    Ok(DayLine { sums: sums(row)?, day: row.get(9)? })
}

fn sums(row: &Row) -> Result<Sums> {
    Ok(Sums {
        rows: row.get(0)?,
        users: row.get(1)?,
        devices: row.get(2)?,
        days: row.get(3)?,
        events: row.get(4)?,
        sessions: row.get(5)?,
        session_s: row.get(6)?,
        orders: row.get(7)?,
        paid_fen: row.get(8)?,
    })
}

fn list<T>(db: &Connection, sql: &str, values: impl Params, read: impl FnMut(&Row) -> Result<T>) -> Result<Vec<T>> {
    db.prepare(sql)?.query_map(values, read)?.collect()
}
