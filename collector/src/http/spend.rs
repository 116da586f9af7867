//! `POST /v1/redeem`, `/v1/draw` and `/v1/grant`: what a user asks the server to do. Nothing of it happens on a phone,
//! so two phones can't spend the same points.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use huitou::id::DeviceId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::answer::{self, Ledger};
use super::merchant::{check_key, conflict, key_taken};
use super::{body, json, mac, text, Shared};
use crate::refusal::Refusal;
use crate::storage::{Done, Job, SpendDone, SpendJob, Wish};

/// What every wish says beside itself.
#[derive(Default, Deserialize)]
struct Asking {
    /// The highest entry that the phone has.
    #[serde(default)]
    cursor: u32,
    /// Which phone asks, if it wants a receipt.
    #[serde(default)]
    device: String,
}

#[derive(Deserialize)]
struct Redeem {
    points: Option<u32>,
    item: Option<String>,
    #[serde(default)]
    order_id: String,
}

#[derive(Deserialize)]
struct Draw {
    lottery: String,
}

#[derive(Deserialize)]
struct Grant {
    right: u32,
}

/// The answer: what came of the wish, and what the phone lacks.
#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    done: Map<String, Value>,
    facts: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<Ledger>,
    time: i64,
}

pub(super) async fn redeem(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let bytes = body(bytes)?;
    let Redeem { points, item, order_id } = read(&bytes)?;
    check_text(&order_id, 40)?;
    let wish = match (points, item) {
        (Some(points), None) if points > 0 => Wish::Points { points, order_id },
        (None, Some(item)) => Wish::Item { item, order_id },
        _ => return Err(malformed("points (at least 1) or item, not both")),
    };
    carry_out(&app, &headers, (&bytes, wish)).await
}

pub(super) async fn draw(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let bytes = body(bytes)?;
    let Draw { lottery } = read(&bytes)?;
    carry_out(&app, &headers, (&bytes, Wish::Draw { lottery })).await
}

pub(super) async fn grant(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let bytes = body(bytes)?;
    let Grant { right } = read(&bytes)?;
    carry_out(&app, &headers, (&bytes, Wish::Grant { right })).await
}

async fn carry_out(app: &Shared, headers: &HeaderMap, (bytes, wish): (&[u8], Wish)) -> Result<Response, Refusal> {
    let claims = app.claims(headers)?;
    let now_ms = app.now_ms(headers);
    if claims.user.is_empty() {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "wrong_user", "log in first: nobody has points before"));
    }
    app.user_limit.take(&claims.app, &claims.user, crate::clock::now_ms()).map_err(Refusal::rate_limited)?;
    mac::check(app, headers, &claims, bytes).await?;
    let key = text(headers, "Idempotency-Key").unwrap_or_default();
    check_key(key)?;
    let Asking { cursor, device } = read(bytes)?;
    if !device.is_empty() && DeviceId::parse(&device).is_none() {
        return Err(malformed("device: 16 hexadecimal digits"));
    }
    let job = SpendJob {
        digest: Sha256::digest(format!("{wish:?}")).to_vec(),
        book: app.programs.book(&claims.app),
        app: claims.app.clone(),
        user: claims.user,
        device,
        wish,
        cursor,
        received_at_ms: now_ms,
        key: key.to_owned(),
        random: random()?,
    };
    answer(app, app.queue.write(Job::Spend(job)).await?, (&claims.app, now_ms))
}

fn answer(app: &Shared, done: Done, (name, now_ms): (&str, i64)) -> Result<Response, Refusal> {
    match done {
        Done::Spend(SpendDone::Done { answer, facts, ledger }) => {
            app.metrics.spends.add(1);
            json(&Answer {
                done: serde_json::from_str(&answer).unwrap_or_default(),
                facts: answer::facts(facts),
                ledger: ledger.map(|ledger| answer::ledger(app, name, *ledger, now_ms)),
                time: now_ms,
            })
        }
        Done::Spend(SpendDone::Refused(code)) => {
            app.metrics.spends_refused.add(1);
            Err(conflict(code, "the rules refuse this; nothing has changed"))
        }
        _ => Err(key_taken()),
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|e| malformed(&e.to_string()))
}

fn check_text(text: &str, bytes_max: usize) -> Result<(), Refusal> {
    if text.len() > bytes_max || text.chars().any(char::is_control) {
        return Err(malformed("order_id: at most 40 bytes without control characters"));
    }
    Ok(())
}

/// From the system: nobody can foresee a draw.
fn random() -> Result<u64, Refusal> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|e| Refusal::unavailable("not_drawn", e.to_string()))?;
    Ok(u64::from_le_bytes(bytes))
}

fn malformed(message: &str) -> Refusal {
    Refusal::bad("wish_malformed", message)
}
