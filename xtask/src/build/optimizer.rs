//! wasm-opt, from the npm package `binaryen`, run by its path.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// What the prebuilt standard library brings beyond the MVP. It has to be allowed before it can be lowered.
const ALLOWED: [&str; 5] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
];

/// The passes that replace it with MVP instructions; optimising before and after is smaller than once.
const PASSES: [&str; 5] =
    ["-Oz", "--llvm-memory-copy-fill-lowering", "--signext-lowering", "--llvm-nontrapping-fptoint-lowering", "-Oz"];

const STRIP: [&str; 3] = ["--strip-debug", "--strip-producers", "--strip-target-features"];

/// Writes the module as it ships.
pub(crate) fn shrink(workspace: &Workspace, from: &Path, to: &Path) -> Result<()> {
    process::quiet(wasm_opt(workspace, from, to).args(STRIP)).map(|_| ())
}

/// Writes the same code with its function names, for looking at what weighs most.
pub(crate) fn shrink_named(workspace: &Workspace, from: &Path, to: &Path) -> Result<()> {
    process::quiet(wasm_opt(workspace, from, to).arg("-g")).map(|_| ())
}

fn wasm_opt(workspace: &Workspace, from: &Path, to: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(workspace.path("node_modules/binaryen/bin/wasm-opt")).current_dir(workspace.root());
    command.arg(from).args(ALLOWED).args(PASSES).arg("-o").arg(to);
    command
}
