//! A whole world in one thread: storage that can fail at every operation, a network with a plan, a shell that carries
//! out effects as `pkg/src/pump.js` does, and the plainest receiver there can be.

pub(crate) mod app;
pub(crate) mod books;
pub(crate) mod network;
pub(crate) mod phone;
pub(crate) mod server;
pub(crate) mod storage;

/// 2026-11-22T02:00:00Z, ten in the morning in Shanghai.
pub(crate) const START_MS: i64 = 1_795_312_800_000;
/// Milliseconds.
pub(crate) const SECOND: i64 = 1_000;
/// Milliseconds.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// Milliseconds.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// Milliseconds.
pub(crate) const DAY: i64 = 24 * HOUR;
