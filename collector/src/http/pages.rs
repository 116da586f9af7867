//! The pages for people.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{header, HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::Router;
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use tokio::sync::Mutex;

use super::program::Which;
use super::{text, Shared, Viewers};
use crate::clock;
use crate::experiment::Results;
use crate::ledger::standing;
use crate::page;
use crate::refusal::Refusal;

/// How long a page is shown again at least instead of being made anew: many viewers cost as much as one.
const FRESH_MS: i64 = 1000;

/// A page of each app as it was made last, and until when it is shown. As many entries as apps are served.
#[derive(Debug)]
pub struct Cache {
    kind: Kind,
    made: Mutex<BTreeMap<String, (i64, Arc<str>)>>,
}

impl Cache {
    /// Nothing made yet.
    pub fn new(kind: Kind) -> Cache {
        Cache { kind, made: Mutex::default() }
    }
}

/// Pages that are kept for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What arrived.
    Overview,
    /// What experiments have shown.
    Experiments,
    /// How people stand.
    Insight,
    /// How journeys fare.
    Journeys,
}

impl Kind {
    /// How many times as long as its making took a page rests: never more than a fifth of a core for the overview,
    /// however large the database. Results change by the day, and cost more.
    fn rest(self) -> i64 {
        match self {
            Kind::Overview => 5,
            Kind::Experiments | Kind::Insight | Kind::Journeys => 20,
        }
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(overview))
        .route("/experiments", get(experiments))
        .route("/insight", get(insight))
        .route("/journeys", get(journeys))
        .route("/users/{user}", get(user))
        .route("/anonymous", get(anonymous))
        .route("/assets/page.css", get(|| asset("text/css; charset=utf-8", include_str!("../page/page.css"))))
        .route("/assets/page.js", get(|| asset("text/javascript; charset=utf-8", include_str!("../page/page.js"))))
        .layer(middleware::from_fn(harden))
}

async fn overview(
    State(app): State<Shared>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    cached(&app, &app.overviews, which, &headers).await
}

async fn experiments(
    State(app): State<Shared>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    cached(&app, &app.experiments, which, &headers).await
}

async fn insight(
    State(app): State<Shared>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    cached(&app, &app.insights, which, &headers).await
}

async fn journeys(
    State(app): State<Shared>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    cached(&app, &app.journeys, which, &headers).await
}

/// A page that costs more than a look-up: shown again for as long as making it took several times over.
async fn cached(app: &Shared, pages: &Cache, which: Which, headers: &HeaderMap) -> Result<Response, Refusal> {
    if let Some(challenge) = admit(&app.viewers, headers)? {
        return Ok(challenge);
    }
    let name = app_name(app, which)?;
    let mut cache = pages.made.lock().await;
    let now_ms = clock::now_ms();
    let fresh = cache.get(&name).filter(|(until_ms, _)| now_ms < *until_ms);
    let html = match fresh {
        Some((_, html)) => html.clone(),
        None => {
            let html: Arc<str> = render(app, pages.kind, (&name, now_ms)).await?.into();
            let fresh_until_ms = now_ms + (pages.kind.rest() * (clock::now_ms() - now_ms)).max(FRESH_MS);
            cache.insert(name, (fresh_until_ms, html.clone()));
            html
        }
    };
    Ok(Html(html.to_string()).into_response())
}

async fn render(app: &Shared, kind: Kind, (name, now_ms): (&str, i64)) -> Result<String, Refusal> {
    match kind {
        Kind::Overview => render_overview(app, name, now_ms).await,
        Kind::Experiments => render_experiments(app, name, now_ms).await,
        Kind::Insight => {
            let key = name.to_owned();
            let view = app.query(move |storage| storage.insight(&key)).await?;
            Ok(page::insight(name, &view, now_ms))
        }
        Kind::Journeys => {
            let key = name.to_owned();
            let view = app.query(move |storage| storage.journeys(&key)).await?;
            Ok(page::journeys(name, &view, now_ms))
        }
    }
}

async fn render_experiments(app: &Shared, name: &str, now_ms: i64) -> Result<String, Refusal> {
    let key = name.to_owned();
    let observed = app.query(move |storage| storage.experiments(&key)).await?;
    let program = app.programs.of(Some(name)).map(|program| program.text.as_str());
    let all: Vec<Results> = observed.into_iter().map(|observed| Results::of(observed, program)).collect();
    Ok(page::experiments(name, &all, now_ms))
}

async fn render_overview(app: &Shared, name: &str, now_ms: i64) -> Result<String, Refusal> {
    let key = name.to_owned();
    let overview = app.query(move |storage| storage.overview(&key)).await?;
    Ok(page::overview(&app.programs.names_of(name), &overview, now_ms))
}

async fn user(
    State(app): State<Shared>,
    Path(user): Path<String>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    person(app, user, which, headers).await
}

async fn anonymous(
    State(app): State<Shared>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    person(app, String::new(), which, headers).await
}

async fn person(app: Shared, user: String, which: Which, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(challenge) = admit(&app.viewers, &headers)? {
        return Ok(challenge);
    }
    let name = app_name(&app, which)?;
    let (key, whose) = (name.clone(), user.clone());
    let found = app.query(move |storage| Ok((storage.person(&key, &whose)?, storage.ledger(&key, &whose)?))).await?;
    let (Some(found), (entries, phones)) = found else {
        return Err(Refusal::not_found("nothing is held of this user"));
    };
    let now_ms = app.now_ms(&headers);
    let standing = standing::of(&app.programs.book(&name), &entries, now_ms);
    let ledger = page::Ledger { entries: &entries, phones: &phones, standing: &standing };
    Ok(Html(page::person(&app.programs.names_of(&name), &user, (&found, &ledger), now_ms)).into_response())
}

fn app_name(app: &Shared, which: Which) -> Result<String, Refusal> {
    let served = || app.programs.of(None).map(|program| program.app.clone());
    let name = which.app.or_else(served).ok_or_else(|| Refusal::not_found("add ?app=NAME"))?;
    app.secrets.of(&name).map(|_| name).ok_or_else(|| Refusal::not_found("this app is not served here"))
}

/// `None` for those who may come in, a question for the password for the others.
fn admit(viewers: &Viewers, headers: &HeaderMap) -> Result<Option<Response>, Refusal> {
    match viewers {
        Viewers::Everybody => Ok(None),
        Viewers::Nobody => Err(Refusal::not_found("pages are off; set HUITOU_PAGE_PASSWORD")),
        Viewers::Password(password) => {
            let given = password_of(headers).unwrap_or_default();
            Ok((!password.equals(&given)).then(challenge))
        }
    }
}

fn password_of(headers: &HeaderMap) -> Option<String> {
    let basic = text(headers, header::AUTHORIZATION.as_str())?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(basic.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

fn challenge() -> Response {
    let realm = [(header::WWW_AUTHENTICATE, "Basic realm=\"huitou\", charset=\"UTF-8\"")];
    (StatusCode::UNAUTHORIZED, realm, "password").into_response()
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=300")], text)
}

/// Names of users and events come from phones: escaped in the page, and no foreign script or frame even if not.
async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; \
                  frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
