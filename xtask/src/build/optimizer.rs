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

/// Inlining makes the module smaller and its compressed form larger (51.6 against 49.2 KB): repeated calls compress
/// better than unlike bodies. The package carries the compressed form.
const NO_INLINING: [&str; 2] = ["--one-caller-inline-max-function-size=0", "--always-inline-max-function-size=0"];

/// The stack grows down towards address 0, so nothing lies below 1 KB while it has that much left; and the memory is
/// the module's own, zero until written.
const MEMORY: [&str; 2] = ["--low-memory-unused", "--zero-filled-memory"];

/// The passes that replace it with MVP instructions; optimising before and after is smaller than once. Control flow is
/// taken apart and built anew at first: shorter than the compiler's. Functions and locals keep the linker's order:
/// neighbours are alike, which compresses better than short indices of busy ones.
const PASSES: [&str; 7] = [
    "--flatten",
    "--rereloop",
    "-Oz",
    "--llvm-memory-copy-fill-lowering",
    "--signext-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "-Oz",
];

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
    command.arg(from).args(ALLOWED).args(NO_INLINING).args(MEMORY).args(PASSES).arg("-o").arg(to);
    command
}
