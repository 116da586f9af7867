//! `cargo xtask test [WORD…]`: all that has to hold, in the order of what fails fastest.

mod browser;
mod javascript;
mod report;
mod rust;

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::{self, Workspace};
use crate::{audit, build, node, size, vectors};
use browser::{Browser, LazyBrowser};
use report::{Report, Verdict};

/// Runs the stages whose names contain one of the words, or all.
pub(crate) fn run(workspace: &Workspace, words: &[String]) -> Result<ExitCode> {
    build::module::ensure_target()?;
    node::ensure(workspace)?;
    let browser = LazyBrowser::new(Browser::ensure);
    let mut report = Report::new(words.to_vec(), workspace::in_ci());
    rust::lints(workspace, &mut report);
    rust::native(workspace, &mut report);
    package(workspace, &mut report);
    rust::wasm(workspace, &mut report, &browser);
    javascript::suites(workspace, &mut report, &browser);
    Ok(report.close())
}

/// The package as it ships, and what is measured on it.
fn package(workspace: &Workspace, report: &mut Report) {
    report.stage("package build and MVP gates", |_| Ok(Verdict::of(build::run(workspace))));
    report.stage("package size", |_| Ok(Verdict::of(size::check(workspace).map(|_| ()))));
    report.stage("vectors", |_| vectors::check(workspace, None).map(|(tally, log)| Verdict { tally, log }));
    report.stage("licences and duplicates", |_| Ok(Verdict::of(audit::check(workspace).map(|_| ()))));
}
