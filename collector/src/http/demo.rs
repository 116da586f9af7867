//! Demonstration only: stands in for the merchant's login server and order system, on the same terms as those.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use huitou::id::UserId;
use serde::{Deserialize, Serialize};

use super::facts::{accept, FactBody, Signed};
use super::{body, json, Shared};
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
pub(super) async fn login(
    State(app): State<Shared>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let login: Login = parse(&body(bytes)?)?;
    let user = UserId::new(&login.user).ok_or_else(|| Refusal::bad("login_malformed", "user: at most 64 bytes"))?;
    let name = app_name(&app, login.app)?;
    let secret = first(&app, &name, |keys| &keys.token)?;
    let exp = clock::now_ms() / 1000 + TOKEN_S;
    json(&Token { token: mint(secret, &Claims { app: name, user: user.as_str().to_owned(), exp }) })
}

#[derive(Deserialize)]
struct Paid {
    user: Option<String>,
    app: Option<String>,
    order_id: String,
    paid_fen: i64,
    at: Option<i64>,
}

/// `POST /demo/pay`: makes the fact that a merchant's back office makes when money has come in. `user` may be left out
/// by a caller with a token; an order without a user makes none.
pub(super) async fn pay(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let paid: Paid = parse(&body(bytes)?)?;
    let user = match paid.user {
        Some(user) => user,
        None => app.claims(&headers)?.user,
    };
    if user.is_empty() {
        // Paid without an account: there is nobody whose phone could be told.
        return json(&serde_json::json!({ "n": null }));
    }
    let now_ms = clock::now_ms();
    let fact = FactBody {
        app: app_name(&app, paid.app)?,
        user,
        kind: "order_paid".to_owned(),
        order_id: paid.order_id,
        paid_fen: paid.paid_fen,
        at: paid.at.unwrap_or(now_ms),
    };
    send(&app, &fact, now_ms / 1000).await
}

async fn send(app: &Shared, fact: &FactBody, now_s: i64) -> Result<Response, Refusal> {
    let body = serde_json::to_vec(fact).map_err(|e| Refusal::bad("fact_malformed", e.to_string()))?;
    let timestamp = now_s.to_string();
    let secret = first(app, &fact.app, |keys| &keys.facts)?;
    let signature = hex(&secret.sign(&[timestamp.as_bytes(), b".", &body]));
    let key = format!("{}/{}/{}", fact.kind, fact.order_id, fact.at);
    accept(app, &Signed { timestamp: &timestamp, signature: &signature, key: &key, body: &body }).await
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
