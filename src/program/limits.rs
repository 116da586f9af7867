//! Sections `session`, `caps` and `sync`: the plain numbers.

use super::macros::config;
use super::read::{Cursor, Read};
use crate::clock::HOUR_MS;

config! {
    /// Section `session`.
    pub(super) struct Session {
        /// A gap of this many minutes ends a session.
        idle_minutes: u32 [1..=240] = 30,
    }

    /// Section `caps`: how much one phone keeps of one day.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Caps {
        /// Events counted a day; the rest is counted as dropped.
        events_per_day: u32 [100..=100000] = 10000,
        /// Texts that one dimension holds; further ones are counted under "other".
        labels_per_dimension: u32 [8..=1024] = 256,
    }

    /// Section `sync` as written.
    struct Sync {
        /// See [`SyncRule::max_bytes`].
        max_bytes: u32 [512..=32768] = 4096,
        /// See [`SyncRule::max_age_ms`].
        max_age_hours: u32 [1..=168] = 24,
        /// See [`SyncRule::per_session`].
        per_session: u32 [0..=20] = 1,
    }
}

/// Section `sync`: what makes the phone send a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRule {
    /// Send when so many bytes wait.
    pub max_bytes: u32,
    /// Send when something has waited so long, in milliseconds.
    pub max_age_ms: i64,
    /// Send at most so many times a session unless told to; 0 leaves it to size and age.
    pub per_session: u32,
}

impl Read for SyncRule {
    fn read(cursor: &Cursor) -> SyncRule {
        let Sync { max_bytes, max_age_hours, per_session } = Sync::read(cursor);
        SyncRule { max_bytes, max_age_ms: i64::from(max_age_hours) * HOUR_MS, per_session }
    }
}
