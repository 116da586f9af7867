//! One line for one step: what runs, for how long, and how it ended.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Characters of a program's latest line that fit beside the name of the step.
const DETAIL_CHARS: usize = 60;

/// A step under way. On a terminal the line is kept current; in a log it is written once at each end.
pub(crate) struct Progress {
    name: String,
    started: Instant,
    terminal: bool,
}

impl Progress {
    pub(crate) fn start(name: impl Into<String>) -> Progress {
        let progress =
            Progress { name: name.into(), started: Instant::now(), terminal: std::io::stdout().is_terminal() };
        progress.write(&format!("{} …", progress.name), false);
        progress
    }

    /// Shows where the step is; nothing in a log.
    pub(crate) fn detail(&self, line: &str) {
        if self.terminal {
            let shown: String = line.chars().filter(|c| !c.is_control()).take(DETAIL_CHARS).collect();
            self.write(&format!("{} … {} {shown}", self.name, seconds(self.started.elapsed())), false);
        }
    }

    /// Ends the step's line and tells how long it took.
    pub(crate) fn finish(self, outcome: &str) -> Duration {
        let took = self.started.elapsed();
        self.write(&format!("{}: {outcome} ({})", self.name, seconds(took)), true);
        took
    }

    fn write(&self, text: &str, last: bool) {
        let mut out = std::io::stdout().lock();
        // A closed pipe at the other end is no reason to stop the work.
        let _ = match (self.terminal, last) {
            (true, false) => write!(out, "\r\x1b[2K{text}"),
            (true, true) => writeln!(out, "\r\x1b[2K{text}"),
            (false, _) => writeln!(out, "{text}"),
        };
        let _ = out.flush();
    }
}

/// `0.4 s`, `75 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 10.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{seconds:.0} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_have_a_decimal() {
        assert_eq!(seconds(Duration::from_millis(440)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(75_400)), "75 s");
    }
}
