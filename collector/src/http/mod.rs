//! The HTTP interface.

mod answer;
mod cached;
mod catalogue;
mod cors;
mod demo;
mod facts;
mod mac;
mod merchant;
mod pages;
mod program;
mod spend;
mod subscriptions;
mod sync;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{header, HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::Router;
use huitou::clock::UnixMs;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;

use crate::catalogues::Catalogues;
use crate::clock;
use crate::delivery::worker::Worker;
use crate::intake::DayWindow;
use crate::limit::Limiter;
use crate::metrics::Metrics;
use crate::programs::Programs;
use crate::refusal::Refusal;
use crate::secret::{Secret, Secrets};
use crate::storage::{Storage, StorageError, Subject};
use crate::token::{self, Claims, Refused};
use crate::writer::Queue;

pub use cors::Cors;
pub use pages::{Cache, Kind};

/// The longest that a request may take, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Queries that may run side by side; they share two cores with the writer.
const QUERIES_MAX: usize = 2;

/// What every handler can reach.
pub struct App {
    /// Where rows are.
    pub storage: Arc<dyn Storage>,
    /// The way to the writer.
    pub queue: Queue,
    /// Served programs and known dictionaries.
    pub programs: Programs,
    /// Catalogues to serve.
    pub catalogues: Catalogues,
    /// Keys of the apps.
    pub secrets: Secrets,
    /// Uploads of a user.
    pub user_limit: Limiter,
    /// Uploads of a device.
    pub device_limit: Limiter,
    /// Days that are believed.
    pub window: DayWindow,
    /// How many dates before its last receipt a phone's claims may lie.
    pub offline_days: i64,
    /// With the stand-ins for a merchant's own servers, and for the days to come.
    pub demo: bool,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Who does what plans ask for.
    pub worker: Arc<Worker<dyn Storage>>,
    /// Who may look at the pages.
    pub viewers: Viewers,
    /// Overviews made a moment ago.
    pub overviews: Cache,
    /// Pages of experiments made a moment ago.
    pub experiments: Cache,
    /// The same of how people stand.
    pub insights: Cache,
    /// The same of journeys.
    pub journeys: Cache,
    /// Queries in flight.
    pub queries: Semaphore,
}

/// With `--demo`: how far ahead of the real clock this request is made.
const AHEAD: &str = "X-Huitou-Demo-Ahead-Ms";

/// Who may look at the pages.
#[derive(Debug)]
pub enum Viewers {
    /// Nobody: there are no pages.
    Nobody,
    /// Those who know the password (any user name).
    Password(Secret),
    /// Everybody: for a demonstration on one's own machine.
    Everybody,
}

/// What [`Router`] is made with.
pub type Shared = Arc<App>;

impl App {
    /// Room for queries.
    pub fn queries() -> Semaphore {
        Semaphore::new(QUERIES_MAX)
    }

    /// Who is calling.
    fn claims(&self, headers: &HeaderMap) -> Result<Claims, Refusal> {
        let token = bearer(headers).ok_or(Refused::Missing)?;
        Ok(token::verify(token, &self.secrets, clock::now_ms() / 1000)?)
    }

    /// The time at which a request counts as made: now, but a demonstration may look ahead.
    fn now_ms(&self, headers: &HeaderMap) -> i64 {
        let asked = text(headers, AHEAD).filter(|_| self.demo).and_then(|ms| ms.parse::<i64>().ok());
        UnixMs::new(clock::now_ms().saturating_add(asked.unwrap_or(0))).get()
    }

    /// In a demonstration every phone has its own time: what is due by it is done as it sends.
    async fn deliver_now(&self, subject: &Subject, now_ms: i64) {
        if self.demo && !subject.user.is_empty() {
            self.worker.run_for((&subject.app, &subject.user), now_ms).await;
        }
    }

    /// Runs a query on a thread where it may block.
    async fn query<T: Send + 'static>(
        self: &Arc<Self>,
        query: impl FnOnce(&dyn Storage) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let permit = self.queries.acquire().await;
        let storage = self.storage.clone();
        let found = tokio::task::spawn_blocking(move || query(&*storage)).await;
        drop(permit);
        Ok(found.unwrap_or_else(|_| Err(StorageError::new("a query panicked")))?)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    text(headers, header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ").map(str::trim)
}

/// A header as text; `None` if it is missing or no text.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// All routes.
pub fn router(app: Shared, cors: &Cors) -> Router {
    let mut router = Router::new()
        .route("/v1/sync", post(sync::sync))
        .route("/v1/program", get(program::program))
        .route("/v1/catalogue", get(catalogue::catalogue))
        .route("/v1/facts", post(facts::facts))
        .route("/v1/subscriptions", post(subscriptions::subscriptions))
        .route("/v1/userkeys", post(facts::user_keys))
        .route("/v1/redeem", post(spend::redeem))
        .route("/v1/draw", post(spend::draw))
        .route("/v1/grant", post(spend::grant))
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
        .merge(pages::routes());
    if app.demo {
        router = router.merge(demo::routes());
    }
    router
        .fallback(|| async { Refusal::not_found("there is nothing here") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "not with this method")
        })
        .layer(DefaultBodyLimit::max(huitou::summary::UPLOAD_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(cors.layer())
        .layer(middleware::from_fn_with_state(app.clone(), count))
        .with_state(app)
}

async fn count(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    app.metrics.answered(route, response.status().as_u16());
    tracing::debug!(route, status = response.status().as_u16(), "answered");
    response
}

async fn healthz(State(app): State<Shared>) -> Response {
    // A query that uses the same file shows that the database answers.
    match app.query(|storage| storage.dictionaries().map(|_| ())).await {
        Ok(()) => "ok\n".into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn metrics(State(app): State<Shared>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}

/// 200 with a JSON body.
fn json(value: &impl serde::Serialize) -> Result<Response, Refusal> {
    let body = serde_json::to_string(value).map_err(|e| Refusal::unavailable("not_answered", e.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// A body within the limit, or the refusal to send.
fn body(
    body: Result<axum::body::Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<axum::body::Bytes, Refusal> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("a body has at most {} bytes", huitou::summary::UPLOAD_BYTES_MAX);
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
        }
        _ => Refusal::bad("body_broken", rejection.body_text()),
    })
}
