//! Why a request is not done: a status for machines, a stable code, a sentence for people.

use axum::http::{header, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// An answer other than 2xx. On the wire: `{"error":{"code":…,"message":…}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// Stable, lower case, words joined by `_`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// After how many seconds to come again.
    pub retry_after_s: Option<u64>,
}

impl Refusal {
    /// Refused for good: the same request will be refused again.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), retry_after_s: None }
    }

    /// 400.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 429: too many requests.
    pub fn rate_limited(retry_after_s: u64) -> Refusal {
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "too many requests; come back later");
        Refusal { retry_after_s: Some(retry_after_s), ..refusal }
    }

    /// 503: the server can't now, and nothing has happened.
    pub fn unavailable(code: &'static str, message: impl Into<String>) -> Refusal {
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code, message);
        Refusal { retry_after_s: Some(1), ..refusal }
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "not_found", message)
    }
}

impl From<crate::token::Refused> for Refusal {
    fn from(refused: crate::token::Refused) -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, refused.code(), "the bearer token is not accepted; get a new one")
    }
}

impl From<crate::writer::Unwritten> for Refusal {
    fn from(unwritten: crate::writer::Unwritten) -> Refusal {
        match unwritten {
            crate::writer::Unwritten::Busy => Refusal::unavailable("busy", "too much is waiting to be written"),
            crate::writer::Unwritten::Failed => Refusal::unavailable("not_written", "the database did not take it"),
        }
    }
}

impl From<crate::storage::StorageError> for Refusal {
    fn from(error: crate::storage::StorageError) -> Refusal {
        tracing::error!(%error, "a query failed");
        Refusal::unavailable("not_read", "the database did not answer")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        tracing::debug!(status = self.status.as_u16(), code = self.code, "refused");
        let body = serde_json::json!({ "error": { "code": self.code, "message": self.message } }).to_string();
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
