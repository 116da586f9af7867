//! `cargo xtask simulate` and `simulate-aa`: hand over to the collector, whose journeys and statistics are on trial.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Runs that command of the collector with what else was typed; the exit code says whether all is as it should be.
pub(crate) fn run(workspace: &Workspace, command: &str, arguments: &[OsString]) -> Result<ExitCode> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root()).args([
        "run",
        "--quiet",
        "--profile",
        "server",
        "--package",
        "huitou-collector",
        "--",
        command,
    ]);
    process::hand_over(cargo.args(arguments))
}
