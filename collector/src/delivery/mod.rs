//! Doing what plans ask for, once: claimed in one transaction, handed to a courier, settled in another.
//!
//! ```text
//! due? ──▶ claim (judge: still wanted? quiet? capped? credit?) ──▶ courier ──▶ settle ──▶ told to the phone
//!             one transaction: 'sending'                      webhook, WeChat      'sent', 'refused' …, or again later
//! ```
//!
//! What was being sent as the process ended is sent again where the receiver can tell a repetition by its key, and never
//! where it can't. `docs/collector.md` says how to run it.

pub mod courier;
pub mod guide;
pub mod judge;
pub mod webhook;
pub mod wechat;
pub mod worker;

use sha2::{Digest, Sha256};

use crate::secret::hex;

/// Something to do: one step of one trip of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// The program's `app`.
    pub app: String,
    /// Whose.
    pub user: String,
    /// The journey.
    pub journey: String,
    /// Which of her own.
    pub key: String,
    /// When that trip began.
    pub begun_ms: i64,
    /// From 0.
    pub step: u8,
    /// When it is to be done.
    pub due_ms: i64,
    /// `message`, `coupon` or `points`.
    pub kind: String,
    /// The template, or the merchant's own reference.
    pub reference: String,
    /// A service message.
    pub is_service: bool,
    /// Of the journey's experiment.
    pub variation: u8,
    /// Tries before this one.
    pub attempts: u32,
}

impl Action {
    /// The same for every try, and for no other action: 32 hexadecimal digits.
    pub fn idempotency_key(&self) -> String {
        let (begun, step) = (self.begun_ms.to_string(), self.step.to_string());
        let parts = [&self.app, &self.user, &self.journey, &self.key, &begun, &step].map(String::as_str);
        let mut digits = hex(&Sha256::digest(parts.join("\n")));
        digits.truncate(32);
        digits
    }
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is done.
    Sent,
    /// Perhaps it is done; a repetition could do it twice.
    Unknown(String),
    /// It can't be done to this person.
    Refused(String),
    /// She has no subscription left.
    NoQuota(String),
    /// Something that may pass; in so many seconds, or when it suits.
    Again(Option<u64>, String),
    /// Nothing that passes by itself: somebody has to mend it.
    Broken(String),
}

/// A try that is over.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Of what.
    pub action: Action,
    /// What came of it.
    pub attempt: Attempt,
}
