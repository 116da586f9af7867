//! `POST /v1/subscriptions`: what the platform pushed to the merchant's server about a user's subscriptions.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use huitou::event::journey::KEY_BYTES_MAX;
use huitou::id::UserId;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::merchant::{check_key, key_taken, Signed};
use super::{body, json, Shared};
use crate::refusal::Refusal;
use crate::storage::{CreditsJob, Done, Job};

/// Templates of one request.
const TEMPLATES_MAX: usize = 16;
/// The most of one template at once.
const CHANGE_MAX: i64 = 100;

/// By template, how many subscriptions more; fewer if negative, where somebody else sent a message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    app: String,
    user: String,
    changes: BTreeMap<String, i64>,
}

pub(super) async fn subscriptions(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let bytes = body(bytes)?;
    let bad = |message: &str| Refusal::bad("subscriptions_malformed", message);
    let told: Told = serde_json::from_slice(&bytes).map_err(|e| bad(&e.to_string()))?;
    let signed = Signed::of(&headers, &bytes);
    signed.check(&app, &told.app)?;
    check_key(signed.key)?;
    if told.user.is_empty() || UserId::new(&told.user).is_none() {
        return Err(bad("user: 1 to 64 bytes without control characters"));
    }
    let fits = |(template, change): (&String, &i64)| {
        (1..=KEY_BYTES_MAX).contains(&template.len()) && (-CHANGE_MAX..=CHANGE_MAX).contains(change)
    };
    if !(1..=TEMPLATES_MAX).contains(&told.changes.len()) || !told.changes.iter().all(fits) {
        return Err(bad("changes: 1 to 16 templates of 1 to 64 bytes, each with -100 to 100"));
    }
    let Told { app: name, user, changes } = told;
    let (key, digest) = (signed.key.to_owned(), Sha256::digest(&bytes).to_vec());
    let job = CreditsJob { app: name, user, changes: changes.into_iter().collect(), key, digest };
    match app.queue.write(Job::Credits(job)).await? {
        Done::Credits(true) => json(&json!({})),
        _ => Err(key_taken()),
    }
}
