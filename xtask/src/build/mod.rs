//! `cargo xtask build`: from the crate to the package's files, each step only when its inputs have changed.

pub(crate) mod bindings;
pub(crate) mod bundles;
pub(crate) mod gate;
pub(crate) mod module;
pub(crate) mod optimizer;

use anyhow::Result;

use crate::node;
use crate::workspace::Workspace;
use module::Module;

/// Builds the package: both modules, then every bundle.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    module::ensure_target()?;
    node::ensure(workspace)?;
    for module in [Module::PHONE, Module::SERVER] {
        module.build(workspace)?;
    }
    bundles::build(workspace)
}
