//! Which web pages may call. Mini-programs need none of this: WeChat's client is no browser.

use std::time::Duration;

use axum::http::{header, HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Origins that may call.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    /// Exactly these (`https://shop.example`).
    pub origins: Vec<String>,
    /// And every page from this machine, whatever its port.
    pub loopback: bool,
}

impl Cors {
    pub(super) fn layer(&self) -> CorsLayer {
        let cors = self.clone();
        let allowed = move |origin: &HeaderValue, _: &axum::http::request::Parts| {
            origin.to_str().is_ok_and(|origin| cors.allows(origin))
        };
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(allowed))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(headers())
            .expose_headers([header::ETAG, header::RETRY_AFTER, HeaderName::from_static("date")])
            .max_age(Duration::from_secs(600))
    }

    fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin) || (self.loopback && is_loopback(origin))
    }
}

fn headers() -> Vec<HeaderName> {
    let own = ["idempotency-key", "x-huitou-mac", "x-huitou-demo-ahead-ms"].map(HeaderName::from_static);
    [header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH].into_iter().chain(own).collect()
}

fn is_loopback(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else {
        return false;
    };
    let bare = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(bare, _)| bare);
    matches!(bare, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_this_machine_only() {
        for origin in ["http://localhost", "http://localhost:8080", "https://127.0.0.1:1", "http://[::1]:3000"] {
            assert!(is_loopback(origin), "{origin}");
        }
        for origin in
            ["null", "http://localhost.evil.example", "http://127.0.0.1.evil:80", "file://localhost", "http://10.0.0.1"]
        {
            assert!(!is_loopback(origin), "{origin}");
        }
    }

    #[test]
    fn nothing_is_allowed_unless_named() {
        assert!(!Cors::default().allows("http://localhost:8080"));
        let cors = Cors { origins: vec!["https://shop.example".into()], loopback: false };
        assert!(cors.allows("https://shop.example"));
        assert!(!cors.allows("https://shop.example:444"));
    }
}
