//! `cargo xtask bench`: the figures, measured on the package as it ships.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{build, demo, node, process};

/// Runs `bench/run.mjs` with what else was typed.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    build::run(workspace)?;
    demo::build_collector(workspace)?;
    let fold = ["build", "--quiet", "--package", "huitou-fold-bench"];
    for how in [["--profile", "server"].as_slice(), &["--release", "--lib", "--target", "wasm32-unknown-unknown"]] {
        process::run(Command::new("cargo").current_dir(workspace.root()).args(fold).args(how))?;
    }
    let mut script = node::script(workspace, "bench/run.mjs");
    let wasm = workspace.target("wasm32-unknown-unknown/release/huitou_fold_bench.wasm");
    script.env("HUITOU_FOLD_NATIVE", workspace.target("server/huitou-fold-bench")).env("HUITOU_FOLD_WASM", wasm);
    // Not whichever was built last: that may be one for debugging.
    script.env("HUITOU_COLLECTOR", workspace.target("server/huitou-collector"));
    process::hand_over(script.args(arguments))
}
