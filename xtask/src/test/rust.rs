//! Checks of the Rust code: lints, native tests, documentation, and tests inside a wasm runtime.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use super::browser::{self, Browser, LazyBrowser};
use super::report::Report;
use crate::tally::Tally;
use crate::workspace::Workspace;

const WASM: [&str; 4] = ["--package", "huitou", "--target", "wasm32-unknown-unknown"];

/// As what ships is compiled, and without the section in which the standard library claims features that the
/// runner would then look for.
const WASM_FLAGS: &str = "-Ctarget-cpu=mvp\x1f-Cstrip=symbols";

/// Seconds that the tests of one file may take in a browser on a busy machine.
const BROWSER_TIMEOUT_S: &str = "120";

pub(crate) fn lints(workspace: &Workspace, report: &mut Report) {
    let deny = ["--", "-D", "warnings"];
    report.check("formatting", cargo(workspace, &[&["fmt", "--all", "--check"]]));
    report.check("clippy, host", cargo(workspace, &[&["clippy", "--workspace", "--all-targets"], &deny]));
    let wasm = ["clippy", "--lib", "--test=wasm_node", "--test=wasm_browser", "--features=server"];
    report.check("clippy, wasm32", cargo(workspace, &[&wasm, &WASM, &deny]));
}

pub(crate) fn native(workspace: &Workspace, report: &mut Report) {
    let units = ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
    report.tests("native tests", || Ok(cargo(workspace, &[&units])), Tally::from_libtest);
    let examples = ["test", "--workspace", "--doc", "--no-fail-fast"];
    report.tests("documentation tests", || Ok(cargo(workspace, &[&examples])), Tally::from_libtest);
    let mut documentation = cargo(workspace, &[&["doc", "--workspace", "--no-deps"]]);
    documentation.env("RUSTDOCFLAGS", "-Dwarnings");
    report.check("documentation", documentation);
}

/// Tests in Node and in a browser, through wasm-bindgen's runner built from this workspace.
pub(crate) fn wasm(workspace: &Workspace, report: &mut Report, browser: &LazyBrowser) {
    report.check("wasm test runner", cargo(workspace, &[&["build", "--package", "wasm-test-runner"]]));
    report.tests("wasm tests in Node", || Ok(wasm_test(workspace, "wasm_node")), Tally::from_libtest);
    report.tests("wasm tests in Chromium", || wasm_browser_test(workspace, browser), Tally::from_libtest);
}

fn wasm_browser_test(workspace: &Workspace, browser: &LazyBrowser) -> Result<Command> {
    let mut command = wasm_test(workspace, "wasm_browser");
    let browser = browser::name(browser, &mut command)?;
    command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", webdriver_settings(workspace, browser)?);
    Ok(command)
}

fn wasm_test(workspace: &Workspace, test: &str) -> Command {
    let mut command = cargo(workspace, &[&["test", "--test", test], &WASM]);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", workspace.target("debug/wasm-test-runner"));
    command.env("CARGO_ENCODED_RUSTFLAGS", WASM_FLAGS);
    command.env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT_S);
    command
}

/// chromedriver looks for a browser by itself; the settings name the one that was chosen.
fn webdriver_settings(workspace: &Workspace, browser: &Browser) -> Result<PathBuf> {
    let file = workspace.scratch("webdriver.json");
    fs::create_dir_all(workspace.scratch("")).context("creating a folder for intermediate files")?;
    let settings = json!({"goog:chromeOptions": {"binary": browser.chrome}});
    fs::write(&file, settings.to_string()).with_context(|| format!("writing {}", file.display()))?;
    Ok(file)
}

fn cargo(workspace: &Workspace, arguments: &[&[&str]]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root()).args(arguments.concat());
    command
}
