//! `cargo xtask hash-quality`: hands over to the package `bench/hash`.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Prints the table; the exit code says whether the hash of a program's experiments is as good as chance.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root());
    cargo.args(["run", "--quiet", "--profile", "server", "--package", "huitou-hash-quality", "--"]);
    process::hand_over(cargo.args(arguments))
}
