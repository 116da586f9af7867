//! `cargo xtask differential`: the package beside GrowthBook's npm SDK, on random payloads and people.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{build, node, process};

/// Runs the comparison with what else was typed; the exit code says whether all differences are documented.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    build::run(workspace)?;
    process::hand_over(node::script(workspace, "xtask/differential/run.mjs").args(arguments))
}
