//! `cargo xtask fuzz`: hands over to the package `fuzz`.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Runs the targets with what else was typed.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root()).args([
        "run",
        "--quiet",
        "--profile",
        "server",
        "--package",
        "huitou-fuzz",
        "--",
    ]);
    process::hand_over(cargo.args(arguments))
}
