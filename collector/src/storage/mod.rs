//! What the collector needs of a database: small enough that another one is one file.
//!
//! A row is keyed by (app, user, device, segment, day) and its highest revision stays. That makes a retry, a
//! duplicate and a late answer harmless without remembering requests, and totals are sums over rows.

mod sqlite;
pub mod view;

pub use sqlite::{
    backup, check_checkpoints, export_ledger, ledgers, open_readonly, the_app, Durability, Sqlite, SCHEMA_VERSION,
};

use std::fmt;
use std::sync::Arc;

use huitou::loyalty::wire::Head;
use huitou::summary::exposures::Exposures;
use huitou::summary::report::{ReportInsight, ReportPlan};
use huitou::summary::Claims;

use serde::Serialize;

use crate::delivery::guide::Guide;
use crate::delivery::{Action, Tried};
use crate::experiment::results::Observed;
use crate::ledger::export::PhoneLine;
use crate::ledger::{Body, Entry, Rulebook};

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

    /// The whole ledger of a user, in order of arrival, and her phones; empty if nothing is held.
    fn ledger(&self, app: &str, user: &str) -> Result<(Vec<Entry>, Vec<PhoneLine>), StorageError>;

    /// The texts of all programs ever served for an app, by revision.
    fn programs(&self, app: &str) -> Result<Vec<(u32, String)>, StorageError>;

    /// Experiments that somebody of an app has seen, the largest first.
    fn experiments(&self, app: &str) -> Result<Vec<Observed>, StorageError>;

    /// How the journeys of an app fare.
    fn journeys(&self, app: &str) -> Result<view::Journeys, StorageError>;

    /// True if something of an app may be due by then.
    fn has_due(&self, app: &str, now_ms: i64) -> Result<bool, StorageError>;

    /// How the people of an app stand.
    fn insight(&self, app: &str) -> Result<view::Insight, StorageError>;

    /// WeChat's key of a user by its version, and until when it is good.
    fn user_key(&self, app: &str, user: &str, version: u32) -> Result<Option<(Vec<u8>, i64)>, StorageError>;
}

/// One thing to write.
#[derive(Clone, Debug)]
pub enum Job {
    /// What one upload brought.
    Sync(Box<SyncJob>),
    /// What a merchant's server says.
    Fact(FactJob),
    /// What a user asks the server to do with her points and rights.
    Spend(SpendJob),
    /// What the platform pushed of a user's subscriptions.
    Credits(CreditsJob),
    /// Take what is due.
    Claim(ClaimJob),
    /// What came of it.
    Settle(SettleJob),
    /// WeChat's key of a user.
    UserKey(UserKeyJob),
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
    /// Minutes east of UTC on the phone.
    pub offset_min: i32,
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
    /// What the phone claims for its user's loyalty.
    pub claimed: Option<Claims>,
    /// What the user saw of experiments.
    pub exposures: Option<Exposures>,
    /// How the phone judged its person.
    pub insight: Option<ReportInsight>,
    /// What is to be done for her while she is away.
    pub plan: Option<ReportPlan>,
    /// The rules that claims are judged by.
    pub book: Arc<Rulebook>,
    /// What the program says of journeys.
    pub guide: Arc<Guide>,
    /// How many dates before its last receipt a phone's claims may lie.
    pub offline_days: i64,
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
    /// Who it is about.
    pub user: String,
    /// What happened.
    pub body: Body,
    /// When it happened.
    pub at_ms: i64,
    /// The zone it happened in.
    pub offset_min: i32,
    /// This server's clock.
    pub received_at_ms: i64,
    /// The merchant's key of the request.
    pub key: String,
    /// Hash of the body, to tell a retry from another request under the same key.
    pub digest: Vec<u8>,
    /// The rules it is judged by.
    pub book: Arc<Rulebook>,
}

/// What a user asks the server to do.
#[derive(Clone, Debug)]
pub struct SpendJob {
    /// The program's `app`.
    pub app: String,
    /// Who asks.
    pub user: String,
    /// Which of her phones asks; empty: no receipt is needed.
    pub device: String,
    /// For what.
    pub wish: Wish,
    /// The highest entry that the phone has.
    pub cursor: u32,
    /// This server's clock.
    pub received_at_ms: i64,
    /// The key of the request.
    pub key: String,
    /// Hash of the wish.
    pub digest: Vec<u8>,
    /// What a draw is decided by: any number, each as likely as the others.
    pub random: u64,
    /// The rules it is judged by.
    pub book: Arc<Rulebook>,
}

/// A server transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Points for a discount on an order.
    Points {
        /// How many.
        points: u32,
        /// Which order; may be empty.
        order_id: String,
    },
    /// Points, and perhaps cash, for an item of the mall.
    Item {
        /// Which item.
        item: String,
        /// The order it is delivered by; may be empty.
        order_id: String,
    },
    /// A draw in a lottery.
    Draw {
        /// Which lottery.
        lottery: String,
    },
    /// The use of a right.
    Grant {
        /// Its number.
        right: u32,
    },
}

/// What the platform pushed of a user's subscriptions.
#[derive(Clone, Debug)]
pub struct CreditsJob {
    /// The program's `app`.
    pub app: String,
    /// Whose.
    pub user: String,
    /// By template, how many more; fewer if negative.
    pub changes: Vec<(String, i64)>,
    /// The key of the request.
    pub key: String,
    /// Hash of the request.
    pub digest: Vec<u8>,
}

/// The wish to take what is due.
#[derive(Clone, Debug, Default)]
pub struct ClaimJob {
    /// The program's `app`.
    pub app: String,
    /// Only hers; empty: anybody's.
    pub user: String,
    /// What the program says of journeys.
    pub guide: Arc<Guide>,
    /// Kinds that somebody does.
    pub kinds: Vec<&'static str>,
    /// Those of them that may be sent again when nobody knows whether they arrived.
    pub repeatable: Vec<&'static str>,
    /// The clock.
    pub now_ms: i64,
    /// The most; those that wait for another try go first.
    pub limit: usize,
}

/// What came of tries.
#[derive(Clone, Debug)]
pub struct SettleJob {
    /// All that are over.
    pub tried: Vec<Tried>,
    /// The clock.
    pub now_ms: i64,
}

/// WeChat's key of a user, as the merchant's server hands it over.
#[derive(Clone, Debug)]
pub struct UserKeyJob {
    /// The program's `app`.
    pub app: String,
    /// Whose.
    pub user: String,
    /// WeChat's number of it.
    pub version: u32,
    /// The key.
    pub key: Vec<u8>,
    /// Until when it is good.
    pub expires_at_ms: i64,
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
    Sync(Box<SyncDone>),
    /// To [`Job::Fact`].
    Fact(FactDone),
    /// To [`Job::Spend`].
    Spend(SpendDone),
    /// To [`Job::Credits`]; false: the key was used for something else.
    Credits(bool),
    /// To [`Job::Claim`]: what is to be sent now.
    Claimed(Vec<Action>),
    /// To [`Job::Settle`].
    Settled,
    /// To [`Job::UserKey`].
    UserKey,
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
    /// Entries of the ledger that the phone lacks.
    pub facts: Vec<Fact>,
    /// What became of the claims; `None` if there were none, or none that can be judged.
    pub ledger: Option<LedgerDone>,
    /// What was done of plans, as far as the phone does not know.
    pub told: Told,
}

/// What a phone is told of its plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What came of steps.
    pub results: Vec<StepTold>,
    /// Subscriptions left, by template.
    pub credits: Vec<(String, u32)>,
}

/// What came of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepTold {
    /// The journey.
    pub journey: String,
    /// Which of her own.
    pub key: String,
    /// When that trip began, in milliseconds.
    pub at: i64,
    /// From 0.
    pub step: u8,
    /// `sent`, `refused` …
    pub outcome: String,
}

/// An entry of the ledger as the phone gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// Its number: grows for each user.
    pub n: u32,
    /// A JSON object.
    pub text: String,
}

/// What became of a phone's claims, and where its user now stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerDone {
    /// The highest number of the phone that is held, and whose entry the phone has or gets now.
    pub seq: u32,
    /// The phone's chain after it.
    pub head: Head,
    /// Claims of this upload that change nothing, and why.
    pub refused: Vec<(u32, String)>,
    /// Why the phone has to start anew from the base.
    pub reset: Option<&'static str>,
    /// A state to start from.
    pub base: Option<Base>,
    /// Of the confirmed state.
    pub digest: [u8; 16],
    /// Points that the user may spend now; negative: a debt.
    pub points: i64,
    /// Claims taken for the first time, by what became of them (`None`: they count).
    pub fresh: Vec<Option<String>>,
}

/// A state for a phone to start from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// Canonical bytes.
    pub state: Vec<u8>,
    /// Everything up to this moment is in it, in seconds since 1970.
    pub moment_s: i64,
    /// The highest number in it.
    pub n: u32,
}

/// What became of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactDone {
    /// It is kept under this number; now, or since an equal request before.
    Kept(u32),
    /// The key was used for another body.
    KeyTaken,
    /// The order is known with other content.
    OrderTaken,
    /// It changes nothing, and is not kept.
    Refused(&'static str),
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpendDone {
    /// It is done; now, or by an equal request before.
    Done {
        /// A JSON object: the entry's number, and what came of it.
        answer: String,
        /// Entries that the phone lacks.
        facts: Vec<Fact>,
        /// Where the user now stands, if the phone said which it is.
        ledger: Option<Box<LedgerDone>>,
    },
    /// The key was used for another wish.
    KeyTaken,
    /// It can't be done, and nothing has changed.
    Refused(&'static str),
}
