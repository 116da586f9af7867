//! `cargo xtask score` and `cargo xtask quality`: hand over to the crate that runs the phone's models over files.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Where the data stand that no argument names.
const FOLDER: &str = "../shared/data/churn";

/// Runs `score` with what else was typed.
pub(crate) fn score(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    process::hand_over(cargo(workspace).arg("score").args(arguments))
}

/// Runs `quality`; the exit code says whether every bar was reached.
pub(crate) fn quality(workspace: &Workspace, folder: Option<OsString>) -> Result<ExitCode> {
    let folder = folder.unwrap_or_else(|| workspace.path(FOLDER).into());
    process::hand_over(cargo(workspace).arg("quality").arg(folder))
}

/// Paths that were typed stay relative to where they were typed.
fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = Command::new("cargo");
    let manifest = workspace.path("Cargo.toml");
    cargo.arg("run").arg("--manifest-path").arg(manifest);
    cargo.args(["--quiet", "--profile", "server", "--package", "huitou-score", "--"]);
    cargo
}
