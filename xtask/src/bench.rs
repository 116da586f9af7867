//! `cargo xtask bench`: the figures, measured on the package as it ships.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{build, demo, node, process};

/// Runs `bench/run.mjs` with what else was typed.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    build::run(workspace)?;
    demo::build_collector(workspace)?;
    let mut script = node::script(workspace, "bench/run.mjs");
    // Not whichever was built last: that may be one for debugging.
    script.env("HUITOU_COLLECTOR", workspace.target("server/huitou-collector"));
    process::hand_over(script.args(arguments))
}
