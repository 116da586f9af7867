//! The same data from what the collector holds: days on which users were active, and what they paid.

use rusqlite::Connection;

use super::days::{day_number, People};
use super::table::Bought;
use crate::error::Failure;

/// Days that phones of logged-in users sent rows of, with what was paid that day by the server's word.
const VISITS: &str = "
WITH paid AS MATERIALIZED (SELECT user, day, sum(max(paid_fen - refund_fen, 0)) / 100.0 AS amount
                           FROM order_sums WHERE app = ?1 GROUP BY user, day)
SELECT a.user, a.day, coalesce(p.amount, 0.0)
FROM active_days a LEFT JOIN paid p ON p.user = a.user AND p.day = a.day
WHERE a.app = ?1 AND a.user <> '' ORDER BY a.user, a.day";

/// Reads one app's people.
pub fn read(db: &Connection, app: &str) -> Result<People, Failure> {
    let failed = |error: rusqlite::Error| Failure::new(format!("could not read the database: {error}"));
    let mut statement = db.prepare(VISITS).map_err(failed)?;
    let mut rows = statement.query([app]).map_err(failed)?;
    let mut people = People::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let (user, day, amount): (String, String, f64) =
            row.get(0).and_then(|user| Ok((user, row.get(1)?, row.get(2)?))).map_err(failed)?;
        let day = day_number(&day).ok_or_else(|| Failure::new(format!("the database has a day {day:?}")))?;
        people.entry(user).or_default().push((day, amount));
    }
    Ok(people)
}

/// What logged-in users' phones counted by a dimension of an event; "" is what had no room there.
const BOUGHT: &str = "
SELECT DISTINCT user, label FROM label_counts
WHERE app = ?1 AND event = ?2 AND dimension = ?3 AND user <> '' AND label <> ''";

/// Reads who bought what: `column` is `event.dimension`, as in `order_item.product`.
pub fn bought(db: &Connection, app: &str, column: &str) -> Result<Bought, Failure> {
    let failed = |error: rusqlite::Error| Failure::new(format!("could not read the database: {error}"));
    let (event, dimension) = column
        .split_once('.')
        .ok_or_else(|| Failure::new(format!("--bought: {column:?} is not EVENT.DIMENSION, like order_item.product")))?;
    let mut statement = db.prepare(BOUGHT).map_err(failed)?;
    let rows = statement.query_map([app, event, dimension], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    let bought: Bought = rows.collect::<Result<_, _>>().map_err(failed)?;
    match bought.is_empty() {
        true => Err(Failure::new(format!("--bought: no user of {app} has a {event} with a {dimension}"))),
        false => Ok(bought),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_amounts_of_users_are_read() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "CREATE TABLE active_days (app, user, day); CREATE TABLE order_sums (app, user, day, paid_fen, refund_fen);
             INSERT INTO active_days VALUES ('tea', 'a', '2026-01-02'), ('tea', 'a', '2026-01-05'), ('tea', '', '2026-01-05'),
                                            ('cake', 'b', '2026-01-05');
             INSERT INTO order_sums VALUES ('tea', 'a', '2026-01-05', 900, 200), ('tea', 'a', '2026-01-05', 50, 80);",
        )
        .unwrap();
        let people = read(&db, "tea").unwrap();
        assert_eq!(people.len(), 1);
        assert_eq!(people["a"], [(20_455, 0.0), (20_458, 7.0)]);
    }
}
