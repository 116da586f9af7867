//! The reference backend of Huitou: takes summaries, keeps each row once, shows them.
//!
//! ```text
//! phone ── POST /v1/sync ──▶ http ──▶ intake (decode, check) ──▶ writer (group commit) ──▶ storage (SQLite)
//!   ▲                                                                   │
//!   └───────────── acks, facts ◀── only after the commit ◀──────────────┘
//! ```
//!
//! What plans ask for is done by [`delivery`] beside it. `docs/collector.md` says how to run it.

pub mod catalogues;
pub mod clock;
pub mod delivery;
pub mod error;
pub mod experiment;
pub mod export;
pub mod fit;
pub mod http;
pub mod intake;
pub mod ledger;
pub mod limit;
pub mod load;
pub mod metrics;
pub mod page;
pub mod programs;
pub mod refusal;
pub mod secret;
pub mod server;
pub mod simulate;
pub mod storage;
pub mod token;
pub mod verify;
pub mod writer;
