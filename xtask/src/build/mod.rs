//! `cargo xtask build`: from the crate to the package's files, each step only when its inputs have changed.

pub(crate) mod bindings;
pub(crate) mod bundles;
pub(crate) mod gate;
pub(crate) mod module;
pub(crate) mod optimizer;
mod panics;

use std::fs::{self, File, TryLockError};

use anyhow::{Context, Result};

use crate::node;
use crate::workspace::Workspace;
use module::Module;

/// Builds the package: both modules, then every bundle.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let _only_one_at_a_time = lock(workspace)?;
    module::ensure_target()?;
    node::ensure(workspace)?;
    for module in [Module::PHONE, Module::SERVER] {
        module.build(workspace)?;
    }
    bundles::build(workspace)
}

/// Two builds at once would write the same files. Held until the file is dropped.
fn lock(workspace: &Workspace) -> Result<File> {
    fs::create_dir_all(workspace.scratch("")).context("creating the folder of intermediate files")?;
    let file = File::create(workspace.scratch("lock")).context("creating the build's lock file")?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        println!("another build is running: waiting for it");
        file.lock().context("waiting for the other build")?;
    }
    Ok(file)
}
