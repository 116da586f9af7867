//! Checks of the JavaScript: types, and the suites of Node's test runner.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{bail, Result};

use super::browser::{self, LazyBrowser};
use super::report::Report;
use crate::node;
use crate::stamp;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Milliseconds after which a hanging test is ended.
const TEST_TIMEOUT_MS: u32 = 600_000;

/// Folders whose `*.test.js` files run without a browser.
const SUITES: [(&str, &str); 8] = [
    ("build scripts", "xtask/js"),
    ("package tests", "pkg/test"),
    ("receivers", "tests/receivers"),
    ("replay of orders", "tests/replay"),
    ("benches, in short", "tests/bench"),
    ("the npm SDK and the package", "xtask/differential"),
    ("the shop", "miniprogram-demo/tests"),
    ("simulator tests", "simulator/test"),
];

/// Where a `tsconfig.json` may stand.
const TYPED: [&str; 3] = ["pkg", "miniprogram-demo", "simulator"];

pub(crate) fn suites(workspace: &Workspace, report: &mut Report, browser: &LazyBrowser) {
    for project in projects(workspace) {
        let name = format!("types, {}", shown(workspace, &project));
        report.check(&name, tsc(workspace, &project));
    }
    // Several suites run it, and a build within a test would count as the test's time.
    report.check("collector build", collector(workspace));
    for (name, folder) in SUITES {
        report.tests(name, || node_test(workspace, folder), Tally::from_tap);
    }
    report.tests("end to end in Chromium", || end_to_end(workspace, browser), Tally::from_tap);
}

fn collector(workspace: &Workspace) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root()).args(["build", "--quiet", "--package", "huitou-collector"]);
    cargo
}

fn end_to_end(workspace: &Workspace, browser: &LazyBrowser) -> Result<Command> {
    let mut command = node_test(workspace, "simulator/e2e")?;
    browser::name(browser, &mut command)?;
    Ok(command)
}

fn node_test(workspace: &Workspace, folder: &str) -> Result<Command> {
    let is_test = |file: &PathBuf| [".test.js", ".test.mjs", ".test.cjs"].iter().any(|end| ends_with(file, end));
    let files: Vec<PathBuf> = stamp::files_in(&workspace.path(folder))?.into_iter().filter(is_test).collect();
    if files.is_empty() {
        bail!("{folder} has no *.test.js, .mjs or .cjs");
    }
    let mut command = Command::new("node");
    command.current_dir(workspace.root()).args(["--test", "--test-reporter=tap"]);
    command.arg(format!("--test-timeout={TEST_TIMEOUT_MS}")).args(files);
    Ok(command)
}

fn ends_with(file: &Path, end: &str) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().ends_with(end))
}

fn tsc(workspace: &Workspace, project: &Path) -> Command {
    let mut command = node::script(workspace, "node_modules/typescript/bin/tsc");
    command.args(["--noEmit", "--project"]).arg(project);
    command
}

/// Every TypeScript project of the repository, generated files aside.
fn projects(workspace: &Workspace) -> Vec<PathBuf> {
    let files = TYPED.iter().flat_map(|folder| stamp::files_in(&workspace.path(folder)).unwrap_or_default());
    let generated =
        |file: &PathBuf| file.components().any(|part| part.as_os_str() == "node_modules" || part.as_os_str() == "dist");
    files.filter(|file| ends_with(file, "tsconfig.json") && !generated(file)).collect()
}

fn shown(workspace: &Workspace, file: &Path) -> String {
    let folder = file.parent().unwrap_or(file);
    folder.strip_prefix(workspace.root()).unwrap_or(folder).display().to_string()
}
