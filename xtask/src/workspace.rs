//! Where things stand in the repository.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository and the folder that cargo builds into.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds both from this program itself: cargo runs it from `TARGET/PROFILE/xtask`.
    pub(crate) fn find() -> Result<Workspace> {
        let program = std::env::current_exe().context("this program's own path")?;
        let target = program.ancestors().nth(2).context("no target folder above this program")?.to_path_buf();
        let here = std::env::current_dir().context("the current folder")?;
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| here.join("xtask"), PathBuf::from);
        let root = package.parent().context("no folder above xtask")?.to_path_buf();
        Ok(Workspace { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the repository.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// A path inside cargo's target folder.
    pub(crate) fn target(&self, inside: &str) -> PathBuf {
        self.target.join(inside)
    }

    /// Intermediate files of the build, away from what ships.
    pub(crate) fn scratch(&self, inside: &str) -> PathBuf {
        self.target.join("xtask").join(inside)
    }
}

/// Whether a build on somebody's server asks for checks that can't be skipped.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}
