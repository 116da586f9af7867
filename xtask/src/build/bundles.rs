//! The package's JavaScript: bundled by esbuild through `xtask/js/bundle.mjs`.

use std::path::PathBuf;

use anyhow::{bail, Result};

use super::module::Module;
use crate::node;
use crate::process;
use crate::progress::Progress;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// What a mini-program's package holds besides types.
pub(crate) const PHONE_FILES: [&str; 2] = ["pkg/dist/miniprogram/huitou.wasm.br", "pkg/dist/miniprogram/index.js"];

/// Bytes that each source takes in the mini-program's bundle.
pub(crate) const SHARES: &str = "pkg/wasm/shares.json";

const OTHER_FILES: [&str; 9] = [
    SHARES,
    "pkg/dist/miniprogram/index.d.ts",
    "pkg/dist/esm/index.mjs",
    "pkg/dist/esm/huitou.wasm",
    "pkg/dist/node/index.cjs",
    "pkg/dist/node/server.cjs",
    "pkg/dist/node/huitou-server.wasm",
    "pkg/fallback/dist/index.js",
    "pkg/decrypt/dist/index.js",
];

/// Bundles every entry, unless nothing has changed.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let stamp = Stamp::of(workspace, "bundles", &inputs(workspace), "")?;
    let outputs: Vec<PathBuf> = PHONE_FILES.iter().chain(&OTHER_FILES).map(|file| workspace.path(file)).collect();
    if stamp.is_fresh(&outputs) {
        println!("bundles: unchanged");
        return Ok(());
    }
    let progress = Progress::start("bundles");
    let done = process::watch(&mut node::script(workspace, "xtask/js/bundle.mjs"), |line| progress.detail(line))?;
    progress.finish(if done.success { "built" } else { "failed" });
    if !done.success {
        bail!("bundling failed:\n{}", done.log.trim_end());
    }
    stamp.write()
}

fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    let modules = [Module::PHONE, Module::SERVER];
    let mut inputs: Vec<PathBuf> = modules.iter().flat_map(|m| [m.wasm(workspace), m.glue(workspace)]).collect();
    let sources = ["pkg/src", "pkg/index.d.ts", "xtask/js", "package-lock.json"];
    inputs.extend(sources.iter().map(|file| workspace.path(file)));
    inputs
}
