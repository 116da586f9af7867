//! What only a merchant's server may say, and how it proves to be one.
//!
//! The signature covers `<timestamp>.<body>`; a timestamp within five minutes makes an overheard request worthless
//! soon, and the idempotency key makes a retry harmless.

use axum::http::{HeaderMap, StatusCode};

use super::{text, Shared};
use crate::clock;
use crate::refusal::Refusal;
use crate::secret;

/// How far a timestamp may be off.
const CLOCK_SKEW_S: u64 = 300;
/// The longest idempotency key.
const KEY_BYTES_MAX: usize = 128;

/// A request as the merchant's server sends it.
pub(super) struct Signed<'a> {
    pub(super) timestamp: &'a str,
    pub(super) signature: &'a str,
    pub(super) key: &'a str,
    pub(super) body: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(super) fn of(headers: &'a HeaderMap, body: &'a [u8]) -> Signed<'a> {
        Signed {
            timestamp: text(headers, "X-Huitou-Timestamp").unwrap_or_default(),
            signature: text(headers, "X-Huitou-Signature").unwrap_or_default(),
            key: text(headers, "Idempotency-Key").unwrap_or_default(),
            body,
        }
    }

    /// Signed with a key of that app, a moment ago.
    pub(super) fn check(&self, app: &Shared, name: &str) -> Result<(), Refusal> {
        let refuse = |code, message: &str| Err(Refusal::new(StatusCode::UNAUTHORIZED, code, message));
        let Ok(timestamp) = self.timestamp.parse::<i64>() else {
            return refuse("timestamp_missing", "X-Huitou-Timestamp is seconds since 1970");
        };
        let signature = secret::from_hex(self.signature).unwrap_or_default();
        let parts: [&[u8]; 3] = [self.timestamp.as_bytes(), b".", self.body];
        let keys = app.secrets.of(name).map(|keys| keys.facts.as_slice()).unwrap_or_default();
        if !keys.iter().any(|key| key.verify(&parts, &signature)) {
            return refuse("signature_bad", "X-Huitou-Signature is the hex HMAC-SHA256 of \"<timestamp>.<body>\"");
        }
        if (clock::now_ms() / 1000).abs_diff(timestamp) > CLOCK_SKEW_S {
            return refuse("timestamp_stale", "X-Huitou-Timestamp is more than 300 s off; check the clock");
        }
        Ok(())
    }
}

/// A key that a retry repeats.
pub(super) fn check_key(key: &str) -> Result<(), Refusal> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        return Err(Refusal::bad("idempotency_key_missing", "Idempotency-Key: 1 to 128 bytes, new for each request"));
    }
    Ok(())
}

/// 409.
pub(super) fn conflict(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, code, message)
}

/// 409, for a key that came with something else.
pub(super) fn key_taken() -> Refusal {
    conflict("idempotency_key_reused", "this Idempotency-Key came with another body before")
}
