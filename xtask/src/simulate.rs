//! `cargo xtask simulate-aa`: hands over to the collector, whose statistics are on trial.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Runs the simulation with what else was typed; the exit code says whether chance explains what was found.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root()).args([
        "run",
        "--quiet",
        "--profile",
        "server",
        "--package",
        "huitou-collector",
        "--",
        "simulate-aa",
    ]);
    process::hand_over(cargo.args(arguments))
}
