//! `GET /v1/program`: the merchant's program, for phones that run an older one.

use axum::extract::{Query, State};
use axum::http::{header, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{text, Shared};
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
    let etag = format!("\"r{}\"", served.revision);
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if matches(text(&headers, header::IF_NONE_MATCH.as_str()).unwrap_or_default(), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, "application/json")], served.text.clone()).into_response())
}

/// `If-None-Match` has one tag or several, each perhaps marked weak, or a star.
fn matches(if_none_match: &str, etag: &str) -> bool {
    let tags = if_none_match.split(',').map(|tag| tag.trim());
    tags.map(|tag| tag.strip_prefix("W/").unwrap_or(tag)).any(|tag| tag == etag || tag == "*")
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn tags_match_in_every_form() {
        for header in ["\"r3\"", "W/\"r3\"", "\"r2\", \"r3\"", "*"] {
            assert!(matches(header, "\"r3\""), "{header}");
        }
        for header in ["", "\"r33\"", "r3", "\"r2\""] {
            assert!(!matches(header, "\"r3\""), "{header}");
        }
    }
}
