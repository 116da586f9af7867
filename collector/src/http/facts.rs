//! `POST /v1/facts`: what only a merchant's server may say.
//!
//! The signature covers `<timestamp>.<body>`; a timestamp within five minutes makes an overheard request worthless
//! soon, and the idempotency key makes a retry harmless.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use huitou::clock::UnixMs;
use huitou::id::UserId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{body, json, text, Shared};
use crate::clock;
use crate::refusal::Refusal;
use crate::secret;
use crate::storage::{Done, FactDone, FactJob, Job};

/// How far a timestamp may be off.
const CLOCK_SKEW_S: u64 = 300;
/// The longest idempotency key.
const KEY_BYTES_MAX: usize = 128;
/// The longest order id, as on the wire.
const ORDER_ID_BYTES_MAX: usize = 40;
/// The largest amount: what a JavaScript number holds exactly.
const PAID_FEN_MAX: i64 = (1 << 53) - 1;

/// The body.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactBody {
    pub(super) app: String,
    pub(super) user: String,
    pub(super) kind: String,
    pub(super) order_id: String,
    pub(super) paid_fen: i64,
    pub(super) at: i64,
}

/// The answer.
#[derive(Serialize)]
struct Answer {
    n: u32,
}

pub(super) async fn facts(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let bytes = body(bytes)?;
    let signed = Signed {
        timestamp: text(&headers, "X-Huitou-Timestamp").unwrap_or_default(),
        signature: text(&headers, "X-Huitou-Signature").unwrap_or_default(),
        key: text(&headers, "Idempotency-Key").unwrap_or_default(),
        body: &bytes,
    };
    accept(&app, &signed).await
}

/// A request as the merchant's server sends it.
pub(super) struct Signed<'a> {
    pub(super) timestamp: &'a str,
    pub(super) signature: &'a str,
    pub(super) key: &'a str,
    pub(super) body: &'a [u8],
}

/// Checks everything and keeps the fact.
pub(super) async fn accept(app: &Shared, signed: &Signed<'_>) -> Result<Response, Refusal> {
    let now_ms = clock::now_ms();
    let fact: FactBody = serde_json::from_slice(signed.body).map_err(|e| malformed(e.to_string()))?;
    check_signature(app, signed, &fact.app, now_ms / 1000)?;
    check_fact(&fact)?;
    check_key(signed.key)?;
    let job = FactJob {
        app: fact.app,
        user: fact.user,
        kind: fact.kind,
        order_id: fact.order_id,
        paid_fen: fact.paid_fen,
        at_ms: fact.at,
        received_at_ms: now_ms,
        key: signed.key.to_owned(),
        digest: Sha256::digest(signed.body).to_vec(),
    };
    match app.queue.write(Job::Fact(job)).await? {
        Done::Fact(FactDone::Kept(n)) => json(&Answer { n }),
        Done::Fact(FactDone::OrderTaken) => Err(conflict("order_conflict", "this order is known with other content")),
        _ => Err(conflict("idempotency_key_reused", "this Idempotency-Key came with another body before")),
    }
}

fn check_signature(app: &Shared, signed: &Signed, name: &str, now_s: i64) -> Result<(), Refusal> {
    let refuse = |code, message: &str| Err(Refusal::new(StatusCode::UNAUTHORIZED, code, message));
    let Ok(timestamp) = signed.timestamp.parse::<i64>() else {
        return refuse("timestamp_missing", "X-Huitou-Timestamp is seconds since 1970");
    };
    let signature = secret::from_hex(signed.signature).unwrap_or_default();
    let parts: [&[u8]; 3] = [signed.timestamp.as_bytes(), b".", signed.body];
    let keys = app.secrets.of(name).map(|keys| keys.facts.as_slice()).unwrap_or_default();
    if !keys.iter().any(|key| key.verify(&parts, &signature)) {
        return refuse("signature_bad", "X-Huitou-Signature is the hex HMAC-SHA256 of \"<timestamp>.<body>\"");
    }
    if now_s.abs_diff(timestamp) > CLOCK_SKEW_S {
        return refuse("timestamp_stale", "X-Huitou-Timestamp is more than 300 s off; check the clock");
    }
    Ok(())
}

fn check_fact(fact: &FactBody) -> Result<(), Refusal> {
    let id = &fact.order_id;
    if fact.user.is_empty() || UserId::new(&fact.user).is_none() {
        return Err(malformed("user: 1 to 64 bytes without control characters"));
    }
    if fact.kind != "order_paid" {
        return Err(malformed("kind: \"order_paid\""));
    }
    if id.is_empty() || id.len() > ORDER_ID_BYTES_MAX || id.chars().any(char::is_control) {
        return Err(malformed("order_id: 1 to 40 bytes without control characters"));
    }
    if !(0..=PAID_FEN_MAX).contains(&fact.paid_fen) {
        return Err(malformed("paid_fen: whole fen, 0 to 2^53 - 1"));
    }
    if UnixMs::new(fact.at).get() != fact.at {
        return Err(malformed("at: milliseconds since 1970, in 2020 to 2099"));
    }
    Ok(())
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        return Err(Refusal::bad("idempotency_key_missing", "Idempotency-Key: 1 to 128 bytes, new for each fact"));
    }
    Ok(())
}

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::bad("fact_malformed", message)
}

fn conflict(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, code, message)
}
