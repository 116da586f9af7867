//! `verify`: is the database whole, and does it mean what it says?

use huitou::bytes::{crc32, Reader};
use huitou::program::Names;
use huitou::summary::report::ReportRow;
use rusqlite::{Connection, Row};

use crate::clock::now_ms;
use crate::error::Failure;
use crate::intake::totals;
use crate::ledger;
use crate::storage::{self, StorageError, Totals};

/// A row's name, and what is wrong with it.
type Checked = rusqlite::Result<(String, Option<String>)>;

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Rows, quarantined rows and dictionaries looked at.
    pub checked: u64,
    /// One sentence each.
    pub problems: Vec<String>,
}

/// Checks everything that can be checked without the phones.
pub fn verify(db: &Connection) -> Result<Findings, Failure> {
    let failed = |e: rusqlite::Error| Failure::new(format!("database: {e}"));
    let mut findings = Findings::default();
    let snapshot = db.unchecked_transaction().map_err(failed)?;
    integrity(&snapshot, &mut findings).map_err(failed)?;
    let rows =
        "SELECT segment, day, revision, body, events, sessions, session_s, orders, paid_fen, 'rows ' || id FROM rows";
    each(&snapshot, rows, &mut findings, |row| Ok((row.get(9)?, check_row(row, true)?))).map_err(failed)?;
    let aside = "SELECT segment, day, revision, body, 'quarantine ' || segment FROM quarantine";
    each(&snapshot, aside, &mut findings, |row| Ok((row.get(4)?, check_row(row, false)?))).map_err(failed)?;
    let names = "SELECT hash, app, names FROM dictionaries";
    each(&snapshot, names, &mut findings, check_dictionary).map_err(failed)?;
    ledgers(&snapshot, &mut findings)?;
    Ok(findings)
}

/// Every user's ledger: its chains, and that the verdicts follow from the rules.
fn ledgers(db: &Connection, findings: &mut Findings) -> Result<(), Failure> {
    for (app, user) in storage::ledgers(db)? {
        findings.checked += 1;
        let problem = ledger_problem(db, &app, &user).unwrap_or_else(|error| Some(error.to_string()));
        findings.problems.extend(problem.map(|problem| format!("ledger of {user:?} in {app}: {problem}")));
    }
    Ok(())
}

fn ledger_problem(db: &Connection, app: &str, user: &str) -> Result<Option<String>, StorageError> {
    let export = storage::export_ledger(db, app, user, now_ms())?;
    let problem = export.and_then(|export| ledger::export::verify(&export).err());
    Ok(problem.or(storage::check_checkpoints(db, app, user)?))
}

fn integrity(db: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let mut statement = db.prepare("PRAGMA integrity_check")?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            findings.problems.push(format!("file: {line}"));
        }
    }
    Ok(())
}

/// Runs a check on each row.
fn each(db: &Connection, sql: &str, findings: &mut Findings, check: fn(&Row) -> Checked) -> rusqlite::Result<()> {
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, problem) = check(row)?;
        findings.checked += 1;
        findings.problems.extend(problem.map(|problem| format!("{name}: {problem}")));
    }
    Ok(())
}

fn check_row(row: &Row, with_totals: bool) -> rusqlite::Result<Option<String>> {
    let (segment, day, revision): (String, String, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let parsed: ReportRow = match serde_json::from_str(&row.get::<_, String>(3)?) {
        Ok(parsed) => parsed,
        Err(error) => return Ok(Some(format!("the body can't be read: {error}"))),
    };
    if (&parsed.segment, &parsed.day, parsed.revision) != (&segment, &day, revision) {
        return Ok(Some("the body is that of another row".to_owned()));
    }
    if with_totals && totals(&parsed.stats) != stored_totals(row)? {
        return Ok(Some("the columns differ from the body".to_owned()));
    }
    Ok(None)
}

fn stored_totals(row: &Row) -> rusqlite::Result<Totals> {
    Ok(Totals {
        events: row.get(4)?,
        sessions: row.get(5)?,
        session_s: row.get(6)?,
        orders: row.get(7)?,
        paid_fen: row.get(8)?,
    })
}

fn check_dictionary(row: &Row) -> Checked {
    let (hash, app, bytes): (u32, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let problem = match Names::decode(&mut Reader::new(&bytes)) {
        None => Some("the names can't be read".to_owned()),
        Some(_) if crc32(&bytes) != hash => Some("the names have another hash".to_owned()),
        Some(names) if names.app != app => Some("the names are those of another app".to_owned()),
        Some(_) => None,
    };
    Ok((format!("dictionaries {hash:08x}"), problem))
}
