//! Loyalty on the server: what a claim is worth, what follows from all that was said, and what is signed for it.
//!
//! Pure: nothing here knows of SQL, HTTP or the clock. The database hands in what it holds and writes down what comes
//! out, in the one transaction that also holds the rest of an upload.
//!
//! ```text
//! claims ── chain (do they follow?) ── judge (may they count?) ──┐
//! facts, transactions ───────────────────────────────────────────┤
//!                                                 place: replay in ledger order, verdict for each
//!                                                                └──▶ state, receipt, answer
//! ```

pub mod body;
pub mod chain;
pub mod entry;
pub mod export;
pub mod judge;
pub mod place;
pub mod rulebook;
pub mod standing;
pub mod wish;

pub use body::Body;
pub use entry::Entry;
pub use rulebook::Rulebook;
