//! Files that phones keep: sent whole once, afterwards only if they changed.

use axum::http::{header, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::text;

/// A JSON file under its tag, or 304 for who has it.
pub(super) fn cached(headers: &HeaderMap, etag: &str, json: &str) -> Response {
    let caching = [(header::ETAG, etag.to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if matches(text(headers, header::IF_NONE_MATCH.as_str()).unwrap_or_default(), etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], json.to_owned()).into_response()
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
