//! The one place that reads the machine's clock; everything else is handed the time.

/// Milliseconds since 1970-01-01T00:00:00Z.
// A server has to know the time from somewhere; the ban protects the core.
#[allow(clippy::disallowed_methods)]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A stopwatch that can't be set back, for measuring.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[allow(clippy::disallowed_methods)]
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}
