//! `cargo xtask bench`: the figures, measured on the package as it ships.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{build, node, process};

/// Runs `bench/run.mjs` with what else was typed.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    build::run(workspace)?;
    process::hand_over(node::script(workspace, "bench/run.mjs").args(arguments))
}
