//! Idempotency keys.

use rusqlite::{params, Connection, OptionalExtension, Result};

/// One request under its key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) app: &'a str,
    /// The user of the token; empty for the merchant's server.
    pub(super) caller: &'a str,
    pub(super) key: &'a str,
    pub(super) digest: &'a [u8],
}

/// What is known of a request.
pub(super) enum Known {
    /// Nothing.
    New,
    /// It was answered so.
    Answered(String),
    /// The key belongs to another request.
    Taken,
}

impl Request<'_> {
    pub(super) fn look_up(&self, db: &Connection) -> Result<Known> {
        let found = db
            .prepare_cached("SELECT digest = ?4, answer FROM requests WHERE app = ?1 AND caller = ?2 AND key = ?3")?
            .query_row(params![self.app, self.caller, self.key, self.digest], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match found {
            None => Known::New,
            Some((true, answer)) => Known::Answered(answer),
            Some((false, _)) => Known::Taken,
        })
    }

    pub(super) fn remember(&self, db: &Connection, user: &str, answer: &str) -> Result<()> {
        db.prepare_cached("INSERT INTO requests (app, caller, key, user, digest, answer) VALUES (?, ?, ?, ?, ?, ?)")?
            .execute(params![self.app, self.caller, self.key, user, self.digest, answer])?;
        Ok(())
    }
}
