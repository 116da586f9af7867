//! Demonstration only: stands in for the merchant's login server and order system, on the same terms as those.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use axum::Router;
use huitou::id::UserId;
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};
use sha2::{Digest, Sha256};

use super::facts::accept;
use super::merchant::Signed;
use super::{body, json, text, Shared};
use crate::clock;
use crate::refusal::Refusal;
use crate::secret::{hex, AppSecrets, Secret};
use crate::token::{mint, Claims};

/// How long a token of the demonstration is good.
const TOKEN_S: i64 = 24 * 3600;

#[derive(Deserialize)]
struct Login {
    #[serde(default)]
    user: String,
    app: Option<String>,
}

#[derive(Serialize)]
struct Token {
    token: String,
}

/// `POST /v1/login`: whoever says who she is gets a token.
async fn login(State(app): State<Shared>, bytes: Result<Bytes, BytesRejection>) -> Result<Response, Refusal> {
    let login: Login = parse(&body(bytes)?)?;
    let user = UserId::new(&login.user).ok_or_else(|| Refusal::bad("login_malformed", "user: at most 64 bytes"))?;
    let name = app_name(&app, login.app)?;
    let secret = first(&app, &name, |keys| &keys.token)?;
    let exp = clock::now_ms() / 1000 + TOKEN_S;
    json(&Token { token: mint(secret, &Claims { app: name, user: user.as_str().to_owned(), exp }) })
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/login", post(login))
        .route("/demo/pay", post(pay))
        .route("/demo/refund", post(refund))
        .route("/demo/fact", post(fact))
}

/// `POST /demo/pay`: makes the fact that a merchant's back office makes when money has come in. `user` may be left out
/// by a caller with a token; an order without a user makes none.
async fn pay(
    state: State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    say(&state, &headers, (bytes, Some("order_paid"))).await
}

/// `POST /demo/refund`: money went back.
async fn refund(
    state: State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    say(&state, &headers, (bytes, Some("refund"))).await
}

/// `POST /demo/fact`: any fact.
async fn fact(
    state: State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    say(&state, &headers, (bytes, None)).await
}

async fn say(
    app: &Shared,
    headers: &HeaderMap,
    (bytes, kind): (Result<Bytes, BytesRejection>, Option<&str>),
) -> Result<Response, Refusal> {
    let mut members: Map<String, Value> = parse(&body(bytes)?)?;
    let now_ms = app.now_ms(headers);
    let user = match members.get("user").and_then(Value::as_str) {
        Some(user) => user.to_owned(),
        None => app.claims(headers)?.user,
    };
    if user.is_empty() {
        // Paid without an account: there is nobody whose phone could be told.
        return json(&json!({ "n": null }));
    }
    let asked = members.get("app").and_then(Value::as_str).map(str::to_owned);
    members.insert("app".to_owned(), app_name(app, asked)?.into());
    members.insert("user".to_owned(), user.into());
    if members.get("at").is_none_or(Value::is_null) {
        members.insert("at".to_owned(), now_ms.into());
    }
    if let Some(kind) = kind {
        members.insert("kind".to_owned(), kind.into());
    }
    send(app, headers, &members).await
}

/// As a merchant's server would send it. A retry by the demonstration's own server repeats nothing: the key is its
/// content, unless the caller brings one.
async fn send(app: &Shared, headers: &HeaderMap, members: &Map<String, Value>) -> Result<Response, Refusal> {
    let name = members.get("app").and_then(Value::as_str).unwrap_or_default();
    let body = serde_json::to_vec(members).map_err(|e| Refusal::bad("fact_malformed", e.to_string()))?;
    let timestamp = (clock::now_ms() / 1000).to_string();
    let secret = first(app, name, |keys| &keys.facts)?;
    let signature = hex(&secret.sign(&[timestamp.as_bytes(), b".", &body]));
    let key = text(headers, "Idempotency-Key").map_or_else(|| hex(&Sha256::digest(&body)), str::to_owned);
    let signed = Signed { timestamp: &timestamp, signature: &signature, key: &key, body: &body };
    accept(app, &signed, app.now_ms(headers)).await
}

fn app_name(app: &Shared, asked: Option<String>) -> Result<String, Refusal> {
    let served = || app.programs.of(None).map(|program| program.app.clone());
    asked.or_else(served).ok_or_else(|| Refusal::not_found("no program is served; name the app"))
}

fn first<'a>(app: &'a Shared, name: &str, keys: fn(&AppSecrets) -> &Vec<Secret>) -> Result<&'a Secret, Refusal> {
    let found = app.secrets.of(name).and_then(|secrets| keys(secrets).first());
    found.ok_or_else(|| Refusal::not_found("this app has no key here"))
}

fn parse<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|e| Refusal::bad("body_malformed", e.to_string()))
}
