//! Stages of the checks: one line each, the whole output of one that failed, and the sum.

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Error, Result};

use crate::process;
use crate::progress::{seconds, Progress};
use crate::tally::Tally;

/// How a stage that ran ended: its counts, and what to show if it failed.
pub(crate) struct Verdict {
    pub(crate) tally: Tally,
    pub(crate) log: String,
}

impl Verdict {
    /// One check, passed or failed.
    pub(crate) fn of(result: Result<()>) -> Verdict {
        let log = result.as_ref().err().map_or(String::new(), |error| format!("{error:#}"));
        Verdict { tally: Tally::of(result.is_ok()), log }
    }

    /// What a test program's counts and exit code say together: one that stopped before its tests, or ran
    /// none, has failed.
    pub(crate) fn counted(success: bool, tally: Tally, log: String) -> Verdict {
        let silent_failure = !success && tally.failed == 0;
        let no_test = success && tally == Tally::default();
        let log = if no_test { format!("{log}it ran no test") } else { log };
        let unseen = Tally { failed: u32::from(silent_failure || no_test), ..Tally::default() };
        Verdict { tally: tally + unseen, log }
    }
}

/// The run so far.
pub(crate) struct Report {
    /// Only stages with one of these words in their name; all if empty.
    wanted: Vec<String>,
    /// Whether a check that can't run counts as failed.
    strict: bool,
    total: Tally,
    times: Vec<(String, Duration)>,
    failed: Vec<String>,
    /// Every stage that there is.
    names: Vec<String>,
}

impl Report {
    pub(crate) fn new(wanted: Vec<String>, strict: bool) -> Report {
        Report { wanted, strict, total: Tally::default(), times: Vec::new(), failed: Vec::new(), names: Vec::new() }
    }

    /// Runs one stage. An error of `work` means that it couldn't run: skipped, or failed where that isn't allowed.
    pub(crate) fn stage(&mut self, name: &str, work: impl FnOnce(&Progress) -> Result<Verdict>) {
        self.names.push(name.to_string());
        if !self.wanted.is_empty() && !self.wanted.iter().any(|word| name.contains(word.as_str())) {
            return;
        }
        let progress = Progress::start(name);
        let verdict = work(&progress).unwrap_or_else(|error| self.could_not_run(&error));
        let tally = self.judge(verdict.tally);
        self.times.push((name.to_string(), progress.finish(&tally.closing())));
        self.total = self.total + tally;
        if tally.failed > 0 {
            self.failed.push(name.to_string());
        }
        if tally.failed > 0 || verdict.tally.skipped > 0 && tally.passed == 0 {
            println!("{}", indent(&verdict.log));
        }
    }

    /// A command whose exit code is the check.
    pub(crate) fn check(&mut self, name: &str, mut command: Command) {
        self.stage(name, |progress| {
            let done = process::watch(&mut command, |line| progress.detail(line))?;
            Ok(Verdict { tally: Tally::of(done.success), log: done.log })
        });
    }

    /// A command that counts its tests itself; an error is the reason why there's none.
    pub(crate) fn tests(&mut self, name: &str, command: impl FnOnce() -> Result<Command>, count: fn(&str) -> Tally) {
        self.stage(name, |progress| {
            let done = process::watch(&mut command()?, |line| progress.detail(line))?;
            Ok(Verdict::counted(done.success, count(&done.log), done.log))
        });
    }

    /// Prints the times and the closing line.
    pub(crate) fn close(&self) -> ExitCode {
        println!();
        for (name, took) in &self.times {
            println!("{:>8}  {name}", seconds(*took));
        }
        println!("{:>8}  in all", seconds(self.times.iter().map(|(_, took)| *took).sum()));
        if !self.failed.is_empty() {
            println!("failed: {}", self.failed.join(", "));
        }
        println!("{}", self.total.closing());
        let unknown = self.unknown();
        for word in &unknown {
            println!("no check has `{word}` in its name; there are:\n  {}", self.names.join("\n  "));
        }
        if self.total.failed == 0 && self.total.passed > 0 && unknown.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// Words that are in no stage's name: what somebody meant to run did not run.
    fn unknown(&self) -> Vec<&str> {
        let is_known = |word: &&String| self.names.iter().any(|name| name.contains(word.as_str()));
        self.wanted.iter().filter(|word| !is_known(word)).map(String::as_str).collect()
    }

    fn could_not_run(&self, reason: &Error) -> Verdict {
        Verdict { tally: Tally::skipped(), log: format!("skipped: {reason:#}") }
    }

    /// Where everything has to run, what didn't run has failed.
    fn judge(&self, tally: Tally) -> Tally {
        if !self.strict {
            return tally;
        }
        Tally { failed: tally.failed + tally.skipped, skipped: 0, ..tally }
    }
}

fn indent(log: &str) -> String {
    log.trim_end().lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    fn run(strict: bool, work: impl FnOnce() -> Result<Verdict>) -> Tally {
        let mut report = Report::new(Vec::new(), strict);
        report.stage("a stage", |_| work());
        report.total
    }

    #[test]
    fn a_check_that_cannot_run_is_skipped_but_fails_where_that_is_not_allowed() {
        assert_eq!(run(false, || Err(anyhow!("no browser"))), Tally::skipped());
        assert_eq!(run(true, || Err(anyhow!("no browser"))), Tally::of(false));
    }

    #[test]
    fn a_program_that_stops_before_its_tests_has_failed() {
        let verdict = Verdict::counted(false, Tally::default(), "does not compile".to_string());
        assert_eq!(verdict.tally, Tally::of(false));
    }

    #[test]
    fn a_program_without_tests_has_failed() {
        assert_eq!(Verdict::counted(true, Tally::default(), String::new()).tally, Tally::of(false));
    }

    #[test]
    fn only_wanted_stages_run() {
        let mut report = Report::new(vec!["clippy".to_string()], false);
        report.stage("formatting", |_| Ok(Verdict::of(Ok(()))));
        report.stage("clippy, host", |_| Ok(Verdict::of(Ok(()))));
        assert_eq!(report.total.passed, 1);
        assert_eq!(report.unknown(), [""; 0]);
    }

    #[test]
    fn a_word_that_no_stage_has_fails_though_others_pass() {
        let mut report = Report::new(vec!["clippy".to_string(), "tidy".to_string()], false);
        report.stage("clippy, host", |_| Ok(Verdict::of(Ok(()))));
        assert_eq!((report.total, report.unknown()), (Tally::of(true), vec!["tidy"]));
        assert_eq!(format!("{:?}", report.close()), format!("{:?}", ExitCode::FAILURE));
    }
}
