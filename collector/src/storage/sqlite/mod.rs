//! The database in one SQLite file.

mod claims;
mod credits;
mod deliveries;
mod entries;
mod exposures;
mod facts;
mod insight;
mod journeys;
mod migrate;
mod read;
mod requests;
mod spend;
mod told;
mod trips;
mod write;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huitou::bytes::Writer;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use entries::Whose;

use super::{view, Done, Job, Storage, StorageError};
use crate::experiment::results::Observed;
use crate::ledger::export::{export, Export, PhoneLine};
use crate::ledger::place::{replay, sort, Checkpoint};
use crate::ledger::Entry;

/// The version of the tables that this program reads and writes.
pub const SCHEMA_VERSION: i64 = 4;

/// "huit": tells our files from other SQLite files.
const APPLICATION_ID: i64 = 0x6875_6974;

/// How long to wait for a lock that another process holds (a backup, a person with a SQL prompt).
const BUSY: Duration = Duration::from_secs(5);

/// Reading connections kept open; more are opened under load and closed afterwards.
const IDLE_READERS_MAX: usize = 4;

/// What a commit survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process and the loss of power.
    #[default]
    PowerLoss,
    /// The end of the process; after a loss of power the last commits may be gone.
    ProcessEnd,
}

/// The database in one SQLite file: one connection writes, others read beside it (write-ahead log).
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    // Dropped before the writer: the last connection to close tidies up the log, which a reader can't.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

impl Sqlite {
    /// Opens the file, making it and its tables if missing.
    pub fn open(path: &Path, durability: Durability) -> Result<Sqlite, StorageError> {
        let mut writer = Connection::open(path).map_err(|e| explain(path, &e))?;
        prepare(&writer, durability).map_err(|e| explain(path, &e))?;
        check_version(&mut writer, path)?;
        writer.execute_batch(include_str!("views.sql"))?;
        writer.execute_batch(include_str!("results.sql"))?;
        writer.execute_batch(include_str!("insight_views.sql"))?;
        Ok(Sqlite { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::default() })
    }

    /// Moves the log into the file, so that the file alone is the whole database.
    pub fn checkpoint(&self) -> Result<(), StorageError> {
        Ok(lock(&self.writer).query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Looks after what was being sent as the process ended; how many actions that was. Once, before anything is sent.
    pub fn recover(&self) -> Result<usize, StorageError> {
        Ok(deliveries::recover(&lock(&self.writer))?)
    }

    /// Gives every dead letter another chance; how many there were.
    pub fn revive(&self, now_ms: i64) -> Result<usize, StorageError> {
        Ok(deliveries::revive(&lock(&self.writer), now_ms)?)
    }

    /// Reads in one consistent snapshot.
    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StorageError> {
        let idle = lock(&self.readers).pop();
        let reader = idle.map_or_else(|| open_readonly(&self.path), Ok)?;
        let found = reader.unchecked_transaction().and_then(|snapshot| query(&snapshot))?;
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS_MAX {
            readers.push(reader);
        }
        Ok(found)
    }
}

impl Storage for Sqlite {
    fn commit(&self, jobs: &[Job]) -> Result<Vec<Done>, StorageError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = jobs.iter().map(|job| write::job(&transaction, job)).collect::<Result<Vec<_>, _>>()?;
        write::traffic(&transaction, jobs, &done)?;
        transaction.commit()?;
        Ok(done)
    }

    fn dictionaries(&self) -> Result<Vec<(u32, Vec<u8>)>, StorageError> {
        self.read(read::dictionaries)
    }

    fn overview(&self, app: &str) -> Result<view::Overview, StorageError> {
        self.read(|reader| read::overview(reader, app))
    }

    fn person(&self, app: &str, user: &str) -> Result<Option<view::Person>, StorageError> {
        self.read(|reader| read::person(reader, app, user))
    }

    fn ledger(&self, app: &str, user: &str) -> Result<(Vec<Entry>, Vec<PhoneLine>), StorageError> {
        self.read(|reader| entries::whole(reader, Whose { app, user }))
    }

    fn programs(&self, app: &str) -> Result<Vec<(u32, String)>, StorageError> {
        self.read(|reader| read::programs(reader, app))
    }

    fn experiments(&self, app: &str) -> Result<Vec<Observed>, StorageError> {
        self.read(|reader| exposures::observed(reader, app))
    }

    fn journeys(&self, app: &str) -> Result<view::Journeys, StorageError> {
        self.read(|reader| journeys::view(reader, app))
    }

    fn has_due(&self, app: &str, now_ms: i64) -> Result<bool, StorageError> {
        self.read(|reader| deliveries::has_due(reader, app, now_ms))
    }

    fn insight(&self, app: &str) -> Result<view::Insight, StorageError> {
        self.read(|reader| insight::view(reader, app))
    }

    fn user_key(&self, app: &str, user: &str, version: u32) -> Result<Option<(Vec<u8>, i64)>, StorageError> {
        self.read(|reader| read::user_key(reader, app, user, version))
    }
}

/// Opens an existing database for reading only.
pub fn open_readonly(path: &Path) -> Result<Connection, StorageError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags).map_err(|e| explain(path, &e))?;
    reader.busy_timeout(BUSY)?;
    Ok(reader)
}

fn prepare(writer: &Connection, durability: Durability) -> rusqlite::Result<()> {
    writer.busy_timeout(BUSY)?;
    // Or a statement that partial indices might serve is prepared anew whenever other values are bound to it.
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    writer.pragma_update(None, "journal_mode", "wal")?;
    // In WAL mode FULL flushes the log at each commit; NORMAL only when the log moves into the file.
    let synchronous = if durability == Durability::PowerLoss { "full" } else { "normal" };
    writer.pragma_update(None, "synchronous", synchronous)?;
    // Deleted rows are overwritten where that costs no extra page.
    writer.pragma_update(None, "secure_delete", "fast")?;
    writer.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    // More than there are statements: preparing one anew costs more than running it.
    writer.set_prepared_statement_cache_capacity(256);
    Ok(())
}

fn check_version(writer: &mut Connection, path: &Path) -> Result<(), StorageError> {
    let pragma = |name: &str| writer.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = writer.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (pragma("application_id")?, pragma("user_version")?) {
        (APPLICATION_ID, SCHEMA_VERSION) => Ok(()),
        (0, 0) if tables == 0 => Ok(create(writer)?),
        (APPLICATION_ID, older @ 1..SCHEMA_VERSION) => Ok(migrate::from(writer, older)?),
        (APPLICATION_ID, newer) => Err(StorageError::new(format!(
            "{}: tables of version {newer}, this program knows {SCHEMA_VERSION}; use a newer program",
            path.display()
        ))),
        _ => Err(StorageError::new(format!("{}: a SQLite file of another program", path.display()))),
    }
}

fn create(writer: &Connection) -> rusqlite::Result<()> {
    let tables = [
        include_str!("schema.sql"),
        include_str!("ledger.sql"),
        include_str!("experiments.sql"),
        include_str!("insight.sql"),
        include_str!("journeys.sql"),
    ]
    .join("\n");
    writer.execute_batch(&format!(
        "BEGIN IMMEDIATE;\n{tables}\nPRAGMA application_id = {APPLICATION_ID};\n\
         PRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;"
    ))
}

/// A thread that panicked while holding the lock left no half-done work: transactions roll back when dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn explain(path: &Path, error: &rusqlite::Error) -> StorageError {
    StorageError::new(format!("{}: {error}", path.display()))
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> StorageError {
        let of_job = match &error {
            rusqlite::Error::ToSqlConversionFailure(_) | rusqlite::Error::FromSqlConversionFailure(..) => true,
            rusqlite::Error::SqliteFailure(cause, _) => {
                matches!(cause.code, ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
            }
            _ => false,
        };
        StorageError { message: format!("database: {error}"), of_job }
    }
}

/// The whole ledger of a user as a file for [`crate::ledger::export::verify`]; `None` if there is nothing of her.
pub fn export_ledger(db: &Connection, app: &str, user: &str, now_ms: i64) -> Result<Option<Export>, StorageError> {
    let (entries, phones) = entries::whole(db, Whose { app, user })?;
    let texts = read::programs(db, app)?;
    Ok((!entries.is_empty()).then(|| export((app, user), (&entries, phones), &texts, now_ms)))
}

/// What is wrong with the states kept of a user, if anything: each must be what the entries up to its moment make.
pub fn check_checkpoints(db: &Connection, app: &str, user: &str) -> Result<Option<String>, StorageError> {
    let whose = Whose { app, user };
    let book = crate::programs::rulebook(app, &read::programs(db, app)?);
    let mut all = entries::whole(db, whose)?.0;
    all.retain(|entry| !entry.aside);
    sort(&mut all);
    for (moment_s, kept) in entries::checkpoints(db, whose)? {
        let end = all.partition_point(|entry| entry.stamp.moment_s <= moment_s);
        let mut w = Writer::default();
        replay(&book, &Checkpoint::default(), all.get(..end).unwrap_or_default()).state.encode(&mut w);
        if w.out != kept {
            return Ok(Some(format!("the checkpoint at {moment_s} is another state than the entries make")));
        }
    }
    Ok(None)
}

/// Everybody who has a ledger: (app, user).
pub fn ledgers(db: &Connection) -> Result<Vec<(String, String)>, StorageError> {
    let mut statement = db.prepare("SELECT DISTINCT app, user FROM ledger")?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The app of a database that has one only.
pub fn the_app(db: &Connection) -> Result<Option<String>, StorageError> {
    let mut statement = db.prepare("SELECT app FROM ledger UNION SELECT app FROM programs LIMIT 2")?;
    let apps: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(apps.first().filter(|_| apps.len() == 1).cloned())
}

/// Copies a database into a new file, in one consistent snapshot, while others use it.
pub fn backup(db: &Connection, out: &Path) -> Result<(), StorageError> {
    if out.exists() {
        return Err(StorageError::new(format!("{}: there is already such a file", out.display())));
    }
    let name = out.to_str().ok_or_else(|| StorageError::new("the name of the file is no text"))?;
    db.execute("VACUUM INTO ?", [name])?;
    let sync = std::fs::File::open(out).and_then(|file| file.sync_all());
    sync.map_err(|e| StorageError::new(format!("{}: {e}", out.display())))
}
