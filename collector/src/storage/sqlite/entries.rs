//! The ledger's rows.

use huitou::bytes::{Reader, Writer};
use huitou::loyalty::State;
use rusqlite::{params, Connection, OptionalExtension, Params, Result, Row};

use crate::ledger::entry::{stamp, NO_LINK};
use crate::ledger::export::PhoneLine;
use crate::ledger::place::{Checkpoint, Settled, Tail};
use crate::ledger::{Entry, Rulebook};
use crate::secret::hex;
use crate::storage::Fact;

/// Entries after the last checkpoint that are replayed without making another one.
const TAIL_MAX: usize = 64;
/// Entries left behind a new checkpoint: most late ones arrive among them.
const LATE_MAX: usize = 32;
/// Checkpoints kept of a user.
const CHECKPOINTS_MAX: u32 = 8;

const COLUMNS: &str =
    "n, device, seq, at_s, moment_s, offset_min, received_s, revision, body, aside, verdict, head, link";

/// Whose ledger it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose<'a> {
    pub(super) app: &'a str,
    pub(super) user: &'a str,
}

impl Whose<'_> {
    /// The newest state of which nothing is later than `moment_s` or beyond the number `n`.
    pub(super) fn checkpoint(self, db: &Connection, moment_s: i64, n: u32) -> Result<Checkpoint> {
        let found = db
            .prepare_cached(
                "SELECT moment_s, state FROM checkpoints WHERE app = ? AND user = ? AND moment_s < ? AND n <= ?
                 ORDER BY moment_s DESC LIMIT 1",
            )?
            .query_row(params![self.app, self.user, moment_s, n], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
            .optional()?;
        // A state of an older form is none: the replay then starts from the beginning.
        let read = |(moment_s, bytes): (i64, Vec<u8>)| {
            let mut r = Reader::new(&bytes);
            let state = State::decode(&mut r).filter(|_| r.is_empty())?;
            Some(Checkpoint { moment_s: Some(moment_s), state: Some(state) })
        };
        Ok(found.and_then(read).unwrap_or_default())
    }

    /// What is replayed after a checkpoint, in order.
    pub(super) fn entries_after(self, db: &Connection, start: &Checkpoint, n: u32) -> Result<Vec<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM ledger INDEXED BY ledger_by_moment
             WHERE app = ? AND user = ? AND moment_s > ? AND n <= ? AND aside = 0"
        );
        let after_s = start.moment_s.unwrap_or(i64::MIN);
        let mut entries = list(db, &sql, params![self.app, self.user, after_s, n])?;
        crate::ledger::place::sort(&mut entries);
        Ok(entries)
    }

    /// The end of the ledger, from before `moment_s` on.
    pub(super) fn tail<'a>(self, db: &Connection, book: &'a Rulebook, moment_s: i64) -> Result<Tail<'a>> {
        let start = self.checkpoint(db, moment_s, u32::MAX)?;
        let entries = self.entries_after(db, &start, u32::MAX)?;
        Ok(Tail { book, start, entries })
    }

    /// Everything, in order of arrival.
    pub(super) fn all(self, db: &Connection) -> Result<Vec<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE app = ? AND user = ? ORDER BY n");
        list(db, &sql, params![self.app, self.user])
    }

    /// The last number and the link after it.
    pub(super) fn last(self, db: &Connection) -> Result<(u32, Vec<u8>)> {
        let found = db
            .prepare_cached("SELECT n, link FROM ledger WHERE app = ? AND user = ? ORDER BY n DESC LIMIT 1")?
            .query_row(params![self.app, self.user], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.unwrap_or_else(|| (0, NO_LINK.to_vec())))
    }

    /// What a phone lacks, and how many at most.
    pub(super) fn facts_after(self, db: &Connection, cursor: u32, most: usize) -> Result<Vec<Fact>> {
        if self.user.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM ledger WHERE app = ? AND user = ? AND n > ? AND aside = 0 ORDER BY n LIMIT {most}"
        );
        let entries = list(db, &sql, params![self.app, self.user, cursor])?;
        Ok(entries.iter().map(|entry| Fact { n: entry.n, text: entry.to_json() }).collect())
    }

    /// Writes a new entry down.
    pub(super) fn insert(self, db: &Connection, book: &Rulebook, entry: &Entry) -> Result<()> {
        let mut day = String::new();
        entry.day(book.of(entry.revision)).write(&mut day);
        let seq = (!entry.is_fact()).then_some(entry.seq);
        let head = (!entry.is_fact()).then_some(&entry.head);
        db.prepare_cached(
            "INSERT INTO ledger (app, user, n, kind, order_id, device, seq, at_s, moment_s, offset_min, received_s,
                                 revision, day, body, aside, verdict, head, link)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            self.app,
            self.user,
            entry.n,
            entry.body.kind(),
            entry.body.order_id(),
            entry.device,
            seq,
            entry.at_s,
            entry.stamp.moment_s,
            entry.stamp.offset.get(),
            entry.received_s,
            entry.revision,
            day,
            entry.body.to_json(),
            entry.aside,
            entry.verdict,
            head,
            entry.link
        ])?;
        Ok(())
    }

    /// Writes down what joining did to the rest, from the earliest new entry on.
    pub(super) fn settled(self, db: &Connection, tail: &Tail, (settled, earliest_s): (&Settled, i64)) -> Result<()> {
        for (n, verdict) in &settled.changed {
            db.prepare_cached("UPDATE ledger SET verdict = ? WHERE app = ? AND user = ? AND n = ?")?
                .execute(params![verdict, self.app, self.user, n])?;
        }
        db.prepare_cached("DELETE FROM checkpoints WHERE app = ? AND user = ? AND moment_s >= ?")?
            .execute(params![self.app, self.user, earliest_s])?;
        if tail.entries.len() > TAIL_MAX {
            self.save_checkpoint(db, tail)?;
        }
        Ok(())
    }

    fn save_checkpoint(self, db: &Connection, tail: &Tail) -> Result<()> {
        let early = tail.entries.get(..tail.entries.len() - LATE_MAX).unwrap_or_default();
        let later_s = tail.entries.get(early.len()).map_or(i64::MAX, |entry| entry.stamp.moment_s);
        // Everything of one moment is on one side.
        let early: Vec<Entry> = early.iter().filter(|entry| entry.stamp.moment_s < later_s).cloned().collect();
        let Some(last) = early.last() else {
            return Ok(());
        };
        let mut w = Writer::default();
        crate::ledger::place::replay(tail.book, &tail.start, &early).state.encode(&mut w);
        let highest: u32 = db
            .prepare_cached("SELECT max(n) FROM ledger WHERE app = ? AND user = ? AND moment_s <= ? AND aside = 0")?
            .query_row(params![self.app, self.user, last.stamp.moment_s], |row| row.get(0))?;
        db.prepare_cached("INSERT OR REPLACE INTO checkpoints (app, user, moment_s, n, state) VALUES (?, ?, ?, ?, ?)")?
            .execute(params![self.app, self.user, last.stamp.moment_s, highest, w.out])?;
        db.prepare_cached(
            "DELETE FROM checkpoints WHERE app = ?1 AND user = ?2 AND moment_s <=
               (SELECT moment_s FROM checkpoints WHERE app = ?1 AND user = ?2 ORDER BY moment_s DESC LIMIT 1 OFFSET ?3)",
        )?
        .execute(params![self.app, self.user, CHECKPOINTS_MAX])?;
        Ok(())
    }
}

fn list(db: &Connection, sql: &str, values: impl Params) -> Result<Vec<Entry>> {
    db.prepare_cached(sql)?.query_map(values, entry)?.collect()
}

fn entry(row: &Row) -> Result<Entry> {
    let body: String = row.get(8)?;
    let body = serde_json::from_str(&body)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(8, rusqlite::types::Type::Text, Box::new(e)))?;
    Ok(Entry {
        n: row.get(0)?,
        device: row.get(1)?,
        seq: row.get::<_, Option<u32>>(2)?.unwrap_or(0),
        at_s: row.get(3)?,
        stamp: stamp(row.get(4)?, row.get(5)?),
        received_s: row.get(6)?,
        revision: row.get(7)?,
        body,
        aside: row.get(9)?,
        verdict: row.get(10)?,
        head: row.get::<_, Option<Vec<u8>>>(11)?.unwrap_or_default(),
        link: row.get(12)?,
    })
}

/// The whole ledger of a user: entries in order of arrival, and phones. Empty if nothing is held.
pub(super) fn whole(db: &Connection, whose: Whose) -> Result<(Vec<Entry>, Vec<PhoneLine>)> {
    let phones = db
        .prepare_cached(
            "SELECT device, seq, head, receipt_s, resets, mismatches FROM devices WHERE app = ? AND user = ?",
        )?
        .query_map(params![whose.app, whose.user], |row| {
            Ok(PhoneLine {
                device: row.get(0)?,
                seq: row.get(1)?,
                head: hex(&row.get::<_, Vec<u8>>(2)?),
                receipt_at: row.get::<_, i64>(3)? * 1000,
                resets: row.get(4)?,
                mismatches: row.get(5)?,
            })
        })?
        .collect::<Result<_>>()?;
    Ok((whose.all(db)?, phones))
}

/// The states kept of a user, with the moments up to which they go.
pub(super) fn checkpoints(db: &Connection, whose: Whose) -> Result<Vec<(i64, Vec<u8>)>> {
    db.prepare_cached("SELECT moment_s, state FROM checkpoints WHERE app = ? AND user = ?")?
        .query_map(params![whose.app, whose.user], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
