//! `GET /v1/catalogue`: what a shop offers, with the table of who speaks for whom.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::cached::cached;
use super::program::Which;
use super::Shared;
use crate::refusal::Refusal;

pub(super) async fn catalogue(
    State(app): State<Shared>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    // A file may have to be read.
    let found = tokio::task::spawn_blocking(move || app.catalogues.of(which.app.as_deref())).await;
    let offer = found.ok().flatten().ok_or_else(|| Refusal::not_found("no catalogue is served"))?;
    Ok(cached(&headers, &offer.etag, &offer.text))
}
