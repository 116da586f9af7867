//! What a person sees: figures ready for the page.

use huitou::summary::report::ReportStats;

/// Everything on the page of an app.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// First and last day that `totals`, `days` and `people` cover; empty without rows.
    pub window: (String, String),
    /// Sums over the window.
    pub totals: Sums,
    /// One line a day, newest first.
    pub days: Vec<DayLine>,
    /// Users, the latest first.
    pub people: Vec<PersonLine>,
    /// What the newest rows say in detail.
    pub detail: Detail,
    /// Rows, the latest first.
    pub arrivals: Vec<Arrival>,
    /// Since the database was made.
    pub traffic: Traffic,
    /// Facts, the newest first.
    pub facts: Vec<FactLine>,
    /// How claims fared.
    pub ledger: LedgerSums,
}

/// How the people of an app stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Insight {
    /// How those who came on a day stood; the newest day first.
    pub levels: Vec<LevelDay>,
    /// (level, people) as last judged.
    pub now: Vec<(String, i64)>,
    /// (segment, people), the largest first.
    pub segments: Vec<(String, i64)>,
    /// (sign, people), the most frequent first.
    pub signs: Vec<(String, i64)>,
    /// Scores beside what happened, by tenths.
    pub calibration: Vec<Calibration>,
    /// Where flows break off, by flow and step.
    pub breaks: Vec<FlowBreak>,
}

/// How the journeys of an app fare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journeys {
    /// By journey; those held out by themselves.
    pub sums: Vec<JourneySums>,
    /// What came of steps.
    pub outcomes: Vec<Outcomes>,
    /// (kind, actions that are still to be done).
    pub pending: Vec<(String, i64)>,
    /// (journey, what came of it, how many actions), as this server did them.
    pub deliveries: Vec<(String, String, i64)>,
    /// What was given up, the latest first; a few.
    pub dead: Vec<DeadLetter>,
}

/// An action that was given up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadLetter {
    /// Whose.
    pub user: String,
    /// The journey.
    pub journey: String,
    /// From 0.
    pub step: i64,
    /// What went wrong.
    pub why: String,
}

/// How one journey fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneySums {
    /// Its id.
    pub journey: String,
    /// Those who get nothing, to compare with.
    pub held_out: bool,
    /// Trips begun.
    pub entered: i64,
    /// Trips on their way.
    pub running: i64,
    /// Trips that got to the goal.
    pub converted: i64,
    /// Trips that something ended.
    pub stopped: i64,
}

/// What came of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// The journey.
    pub journey: String,
    /// From 0.
    pub step: i64,
    /// `done`, `capped` …
    pub outcome: String,
    /// How often.
    pub count: i64,
}

/// How many people stood so on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelDay {
    /// The date.
    pub day: String,
    /// `new`, `active` …
    pub level: String,
    /// People.
    pub persons: i64,
}

/// Scores of one tenth, and what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calibration {
    /// 0 is 0-9 %.
    pub tenth: i64,
    /// How many.
    pub scores: i64,
    /// Their mean, 0..=1.
    pub expected: f64,
    /// The share that came, 0..=1.
    pub came: f64,
}

/// A step of a flow, and who got no further.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowBreak {
    /// The flow.
    pub flow: String,
    /// From 1.
    pub step: i64,
    /// The step's name; empty if no program tells.
    pub name: String,
    /// Attempts that got here.
    pub reached: i64,
    /// Those that got no further.
    pub broke_off: i64,
}

/// How claims and phones fared, since the database was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerSums {
    /// (code, entries that change nothing for that reason), the most frequent first.
    pub refused: Vec<(String, i64)>,
    /// Phones that have claimed something.
    pub phones: i64,
    /// How often one had to start anew.
    pub resets: i64,
    /// How often one's state was another one than ours.
    pub mismatches: i64,
}

/// Sums over rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows.
    pub rows: i64,
    /// Users, those before login counted as none.
    pub users: i64,
    /// Devices.
    pub devices: i64,
    /// Days with at least one row.
    pub days: i64,
    /// Events of all names.
    pub events: i64,
    /// Sessions.
    pub sessions: i64,
    /// Seconds in sessions.
    pub session_s: i64,
    /// Orders that the app believes paid.
    pub orders: i64,
    /// Fen of those.
    pub paid_fen: i64,
}

/// One day.
#[derive(Clone, Debug, Default)]
pub struct DayLine {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Sums of that day.
    pub sums: Sums,
}

/// One user.
#[derive(Clone, Debug, Default)]
pub struct PersonLine {
    /// Empty: all phones before login.
    pub user: String,
    /// Sums over the window.
    pub sums: Sums,
    /// The last day with a row.
    pub last_day: String,
}

/// What the JSON of rows says.
#[derive(Clone, Debug, Default)]
pub struct Detail {
    /// Rows looked at: the newest ones, at most [`DETAIL_ROWS_MAX`].
    pub rows: usize,
    /// Their sum.
    pub stats: ReportStats,
}

/// The most rows whose JSON the page opens, so that it stays quick on a large database.
pub const DETAIL_ROWS_MAX: i64 = 2000;

/// One row that arrived.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// This server's clock.
    pub received_at_ms: i64,
    /// Whose.
    pub user: String,
    /// Which phone.
    pub device: String,
    /// Of which day.
    pub day: String,
    /// At which revision.
    pub revision: i64,
    /// Events in it.
    pub events: i64,
    /// Orders in it.
    pub orders: i64,
    /// Seconds in sessions.
    pub session_s: i64,
}

/// What came over the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Uploads answered, retries included.
    pub uploads: i64,
    /// Bytes of their bodies.
    pub bytes: i64,
    /// Rows that were new or newer.
    pub taken: i64,
    /// Rows already held.
    pub held: i64,
    /// Rows put aside for their day.
    pub quarantined: i64,
    /// Rows not kept because of a deletion.
    pub discarded: i64,
}

/// One fact.
#[derive(Clone, Debug, Default)]
pub struct FactLine {
    /// Whose order.
    pub user: String,
    /// The shop's own id.
    pub order_id: String,
    /// Whole fen.
    pub paid_fen: i64,
    /// When it was paid.
    pub at_ms: i64,
}

/// Everything on the page of a user.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Sums over everything held.
    pub totals: Sums,
    /// One line a day, newest first.
    pub days: Vec<DayLine>,
    /// What the newest rows say in detail.
    pub detail: Detail,
    /// Rows, the latest first.
    pub arrivals: Vec<Arrival>,
    /// (device, name, value as text).
    pub attributes: Vec<(String, String, String)>,
    /// Orders that the app believes paid: (day, order id, fen).
    pub claimed: Vec<(String, String, i64)>,
    /// Facts, the newest first.
    pub facts: Vec<FactLine>,
}
