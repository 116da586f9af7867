//! From older tables to the present ones, in one transaction.

use rusqlite::{Connection, Result, Row, TransactionBehavior};

use super::entries::Whose;
use super::requests::Request;
use super::SCHEMA_VERSION;
use crate::ledger::entry::{stamp, NO_LINK};
use crate::ledger::{Body, Entry, Rulebook};

/// A fact of version 1: a paid order.
struct OldFact {
    app: String,
    user: String,
    n: u32,
    order_id: String,
    paid_fen: u64,
    at_ms: i64,
    received_at_ms: i64,
    key: String,
    digest: Vec<u8>,
}

/// Brings tables of an older version to the present one.
pub(super) fn from(writer: &mut Connection, version: i64) -> Result<()> {
    let db = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version < 2 {
        add_ledger(&db)?;
    }
    if version < 3 {
        db.execute_batch(include_str!("experiments.sql"))?;
    }
    db.execute_batch(include_str!("insight.sql"))?;
    db.execute_batch(include_str!("journeys.sql"))?;
    db.execute_batch(&format!("PRAGMA user_version = {SCHEMA_VERSION};"))?;
    db.commit()
}

/// Version 1 knew paid orders only, in a table `facts`; they become the first entries of the ledger, under the newest
/// program that was served.
fn add_ledger(db: &Connection) -> Result<()> {
    db.execute_batch("ALTER TABLE facts RENAME TO old_facts;")?;
    db.execute_batch(include_str!("ledger.sql"))?;
    let mut last = (String::new(), String::new(), NO_LINK.to_vec());
    for fact in old_facts(db)? {
        if (&last.0, &last.1) != (&fact.app, &fact.user) {
            last = (fact.app.clone(), fact.user.clone(), NO_LINK.to_vec());
        }
        last.2 = carry_over(db, &fact, &last.2)?;
    }
    db.execute_batch("DROP TABLE old_facts;")
}

fn old_facts(db: &Connection) -> Result<Vec<OldFact>> {
    let sql = "SELECT app, user, n, order_id, paid_fen, at, received_at, request_key, digest
               FROM old_facts ORDER BY app, user, n";
    db.prepare(sql)?.query_map([], read)?.collect()
}

fn read(row: &Row) -> Result<OldFact> {
    Ok(OldFact {
        app: row.get(0)?,
        user: row.get(1)?,
        n: row.get(2)?,
        order_id: row.get(3)?,
        paid_fen: u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
        at_ms: row.get(5)?,
        received_at_ms: row.get(6)?,
        key: row.get(7)?,
        digest: row.get(8)?,
    })
}

/// Gives the link after it.
fn carry_over(db: &Connection, fact: &OldFact, link: &[u8]) -> Result<Vec<u8>> {
    let revision: Option<u32> =
        db.query_row("SELECT max(revision) FROM programs WHERE app = ?", [&fact.app], |row| row.get(0))?;
    let (order_id, paid_fen) = (fact.order_id.clone(), fact.paid_fen);
    let mut entry = Entry {
        n: fact.n,
        at_s: fact.at_ms / 1000,
        stamp: stamp(fact.at_ms / 1000, crate::ledger::wish::OFFSET_MIN),
        received_s: fact.received_at_ms / 1000,
        revision: revision.unwrap_or(0),
        body: Body::OrderPaid { order_id, paid_fen, categories: Vec::new() },
        ..Entry::default()
    };
    entry.link = entry.link_after(link);
    Whose { app: &fact.app, user: &fact.user }.insert(db, &Rulebook::default(), &entry)?;
    let request = Request { app: &fact.app, caller: "", key: &fact.key, digest: &fact.digest };
    request.remember(db, &fact.user, &fact.n.to_string())?;
    Ok(entry.link)
}
