//! `POST /v1/facts` and `POST /v1/userkeys`: what a merchant's server tells of its users.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use huitou::clock::{OffsetMin, UnixMs};
use huitou::id::UserId;
use huitou::loyalty::admit::is_ahead;
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};
use sha2::{Digest, Sha256};

use super::merchant::{check_key, conflict, key_taken, Signed};
use super::{body, json, Shared};
use crate::ledger::wish::OFFSET_MIN;
use crate::ledger::Body;
use crate::refusal::Refusal;
use crate::storage::{Done, FactDone, FactJob, Job, UserKeyJob};

/// The longest key of a user that is taken: WeChat's have 16 bytes.
const USER_KEY_BYTES_MAX: usize = 64;

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
    accept(&app, &Signed::of(&headers, &bytes), app.now_ms(&headers)).await
}

/// Checks everything and keeps the fact.
pub(super) async fn accept(app: &Shared, signed: &Signed<'_>, now_ms: i64) -> Result<Response, Refusal> {
    let members: Map<String, Value> = serde_json::from_slice(signed.body).map_err(|e| malformed(e.to_string()))?;
    let name = members.get("app").and_then(Value::as_str).unwrap_or_default().to_owned();
    signed.check(app, &name)?;
    let fact = fact_of(members)?;
    if !app.demo && is_ahead(fact.at_ms / 1000, now_ms / 1000) {
        return Err(malformed("at: more than 300 s in the future"));
    }
    check_key(signed.key)?;
    let job = FactJob {
        received_at_ms: now_ms,
        key: signed.key.to_owned(),
        digest: Sha256::digest(signed.body).to_vec(),
        book: app.programs.book(&name),
        app: name,
        ..fact
    };
    match app.queue.write(Job::Fact(job)).await? {
        Done::Fact(FactDone::Kept(n)) => json(&Answer { n }),
        Done::Fact(FactDone::OrderTaken) => Err(conflict("order_conflict", "this order is known with other content")),
        Done::Fact(FactDone::Refused(code)) => Err(conflict(code, "the rules refuse this fact; nothing has changed")),
        _ => Err(key_taken()),
    }
}

/// Takes apart what is said of every fact, and what is said of its kind.
fn fact_of(mut members: Map<String, Value>) -> Result<FactJob, Refusal> {
    let mut take = |name: &str| members.remove(name).unwrap_or_default();
    let (_, user, at, tz) = (take("app"), take("user"), take("at"), take("tz"));
    let user = user.as_str().filter(|user| !user.is_empty() && UserId::new(user).is_some());
    let user = user.ok_or_else(|| malformed("user: 1 to 64 bytes without control characters"))?;
    let at_ms = at.as_i64().filter(|&at| UnixMs::new(at).get() == at);
    let offset = if tz.is_null() { Some(OFFSET_MIN) } else { tz.as_i64().and_then(|tz| i32::try_from(tz).ok()) };
    let body = Body::read(members).map_err(malformed)?;
    body.check_fact().map_err(malformed)?;
    Ok(FactJob {
        user: user.to_owned(),
        at_ms: at_ms.ok_or_else(|| malformed("at: milliseconds since 1970, in 2020 to 2099"))?,
        offset_min: offset
            .filter(|&tz| OffsetMin::new(tz).get() == tz)
            .ok_or_else(|| malformed("tz: minutes east of UTC, -1080 to 1080"))?,
        body,
        ..FactJob::default()
    })
}

/// WeChat's key of a user.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserKey {
    app: String,
    user: String,
    version: u32,
    key: String,
    expires_at: i64,
}

pub(super) async fn user_keys(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let bytes = body(bytes)?;
    let bad = |message: String| Refusal::bad("userkey_malformed", message);
    let given: UserKey = serde_json::from_slice(&bytes).map_err(|e| bad(e.to_string()))?;
    Signed::of(&headers, &bytes).check(&app, &given.app)?;
    let key = STANDARD.decode(&given.key).ok().filter(|key| (16..=USER_KEY_BYTES_MAX).contains(&key.len()));
    let key = key.ok_or_else(|| bad("key: base64 of 16 to 64 bytes".to_owned()))?;
    if given.user.is_empty() || UserId::new(&given.user).is_none() {
        return Err(bad("user: 1 to 64 bytes without control characters".to_owned()));
    }
    let UserKey { app: name, user, version, expires_at, .. } = given;
    let job = UserKeyJob { app: name, user, version, key, expires_at_ms: expires_at };
    app.queue.write(Job::UserKey(job)).await?;
    json(&json!({ "version": version }))
}

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::bad("fact_malformed", message)
}
