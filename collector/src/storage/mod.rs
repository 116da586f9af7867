//! What the collector needs of a database: small enough that another one is one file.
//!
//! A row is keyed by (app, user, device, segment, day) and its highest revision stays. That makes a retry, a
//! duplicate and a late answer harmless without remembering requests, and totals are sums over rows.

mod sqlite;
pub mod view;

pub use sqlite::{backup, open_readonly, Durability, Sqlite, SCHEMA_VERSION};

use std::fmt;

/// A database that could not do its work.
#[derive(Debug)]
pub struct StorageError {
    /// What went wrong.
    pub message: String,
    /// True if a job is to blame, so that the others of its batch would pass without it.
    pub of_job: bool,
}

impl StorageError {
    /// The database itself is to blame.
    pub fn new(message: impl Into<String>) -> StorageError {
        StorageError { message: message.into(), of_job: false }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StorageError {}

/// A database of summaries.
pub trait Storage: Send + Sync {
    /// Does all jobs in one transaction, in order, and gives one answer each. When it returns `Ok`, they are durable;
    /// when it returns an error, none has happened. Called from one thread only.
    fn commit(&self, jobs: &[Job]) -> Result<Vec<Done>, StorageError>;

    /// All dictionaries held: hash, and the canonical bytes of the names.
    fn dictionaries(&self) -> Result<Vec<(u32, Vec<u8>)>, StorageError>;

    /// What the page shows of an app.
    fn overview(&self, app: &str) -> Result<view::Overview, StorageError>;

    /// What the page shows of a user; `None` if nothing is held.
    fn person(&self, app: &str, user: &str) -> Result<Option<view::Person>, StorageError>;
}

/// One thing to write.
#[derive(Clone, Debug)]
pub enum Job {
    /// What one upload brought.
    Sync(SyncJob),
    /// What a merchant's server says.
    Fact(FactJob),
    /// A program to serve, so that BI tools find the names of flow steps.
    Program(ProgramJob),
}

/// What one checked upload brought.
#[derive(Clone, Debug, Default)]
pub struct SyncJob {
    /// Whose.
    pub subject: Subject,
    /// The phone's clock when it made the body.
    pub sent_at_ms: i64,
    /// This server's clock.
    pub received_at_ms: i64,
    /// Length of the body.
    pub bytes: usize,
    /// The highest fact that the phone has.
    pub fact_cursor: u32,
    /// (revision, JSON object), when the upload carries attributes.
    pub attributes: Option<(u32, String)>,
    /// Rows to keep.
    pub rows: Vec<RowJob>,
    /// Set: delete instead.
    pub deletion: Option<String>,
    /// Names to remember.
    pub dictionary: Option<Dictionary>,
}

/// One user on one device of one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The program's `app`.
    pub app: String,
    /// Empty before login.
    pub user: String,
    /// 16 hexadecimal digits.
    pub device: String,
}

/// The names of one program version.
#[derive(Clone, Debug)]
pub struct Dictionary {
    /// Hash of the bytes.
    pub hash: u32,
    /// Canonical bytes of the names.
    pub names: Vec<u8>,
}

/// A row with the columns taken out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowJob {
    /// 16 hexadecimal digits.
    pub segment: String,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The highest stays.
    pub revision: u32,
    /// The row object of the JSON profile.
    pub body: String,
    /// Columns taken out of the body.
    pub totals: Totals,
    /// Why the row goes to quarantine, if it does.
    pub quarantine: Option<&'static str>,
}

/// What can be summed without opening the JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Events of all names.
    pub events: i64,
    /// Sessions begun.
    pub sessions: i64,
    /// Seconds in sessions.
    pub session_s: i64,
    /// Orders that the app believes paid.
    pub orders: i64,
    /// Fen of those orders.
    pub paid_fen: i64,
}

/// A fact as the merchant's server sent it.
#[derive(Clone, Debug, Default)]
pub struct FactJob {
    /// The program's `app`.
    pub app: String,
    /// Whose order.
    pub user: String,
    /// `order_paid`.
    pub kind: String,
    /// The shop's own id.
    pub order_id: String,
    /// Whole fen.
    pub paid_fen: i64,
    /// When it was paid.
    pub at_ms: i64,
    /// This server's clock.
    pub received_at_ms: i64,
    /// The merchant's key of the request.
    pub key: String,
    /// Hash of the body, to tell a retry from another request under the same key.
    pub digest: Vec<u8>,
}

/// A program to keep.
#[derive(Clone, Debug)]
pub struct ProgramJob {
    /// The program's `app`.
    pub app: String,
    /// The program's `revision`.
    pub revision: u32,
    /// The program's JSON text.
    pub text: String,
    /// Its names.
    pub dictionary: Dictionary,
}

/// The answer to a [`Job`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// To [`Job::Sync`].
    Sync(SyncDone),
    /// To [`Job::Fact`].
    Fact(FactDone),
    /// To [`Job::Program`].
    Program,
}

/// What became of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncDone {
    /// Rows that are new or newer than the held ones.
    pub taken: usize,
    /// Rows already held at that or a higher revision.
    pub held: usize,
    /// Rows put aside for their day.
    pub quarantined: usize,
    /// Rows not kept, since the user has asked for deletion after they were made.
    pub discarded: usize,
    /// Facts that the phone lacks.
    pub facts: Vec<Fact>,
}

/// A fact as the phone gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// Its number: grows for each user.
    pub n: u32,
    /// `order_paid`.
    pub kind: String,
    /// The shop's own id.
    pub order_id: String,
    /// Whole fen.
    pub paid_fen: i64,
    /// When it was paid.
    pub at_ms: i64,
}

/// What became of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactDone {
    /// It is kept under this number; now, or since an equal request before.
    Kept(u32),
    /// The key was used for another body.
    KeyTaken,
    /// The order is known with other content.
    OrderTaken,
}
