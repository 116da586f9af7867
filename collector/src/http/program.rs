//! `GET /v1/program`: the merchant's program, for phones that run an older one.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::cached::cached;
use super::Shared;
use crate::refusal::Refusal;

/// Which app, where several are served.
#[derive(Deserialize)]
pub(super) struct Which {
    pub(super) app: Option<String>,
}

pub(super) async fn program(
    State(app): State<Shared>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let served = app.programs.of(which.app.as_deref()).ok_or_else(|| Refusal::not_found("no program is served"))?;
    Ok(cached(&headers, &format!("\"r{}\"", served.revision), &served.text))
}
