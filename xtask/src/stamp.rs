//! Skipping a step whose inputs haven't changed, by their content: a checkout changes every time of change.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// The digest of a step's inputs, and the file that remembers the digest of the last run.
pub(crate) struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// Digests files and folders (all that is in them), and what else decides the result, such as flags.
    pub(crate) fn of(workspace: &Workspace, step: &str, inputs: &[PathBuf], settings: &str) -> Result<Stamp> {
        let mut hasher = DefaultHasher::new();
        settings.hash(&mut hasher);
        for input in inputs {
            for file in files_in(input)? {
                file.hash(&mut hasher);
                fs::read(&file).with_context(|| format!("reading {}", file.display()))?.hash(&mut hasher);
            }
        }
        let file = workspace.scratch(&format!("{step}.stamp"));
        Ok(Stamp { file, digest: format!("{:016x}", hasher.finish()) })
    }

    /// Whether the last run had the same inputs and its outputs are still there.
    pub(crate) fn is_fresh(&self, outputs: &[PathBuf]) -> bool {
        outputs.iter().all(|output| output.exists())
            && fs::read_to_string(&self.file).is_ok_and(|last| last == self.digest)
    }

    /// Remembers that the step has run.
    pub(crate) fn write(&self) -> Result<()> {
        let folder = self.file.parent().context("a stamp stands in a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(&self.file, &self.digest).with_context(|| format!("writing {}", self.file.display()))
    }
}

/// All files of a folder in a fixed order, or the file itself; none if it doesn't exist.
pub(crate) fn files_in(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(if path.exists() { vec![path.to_path_buf()] } else { Vec::new() });
    }
    let entries = fs::read_dir(path).with_context(|| format!("listing {}", path.display()))?;
    let mut entries = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        files.extend(files_in(&entry)?);
    }
    Ok(files)
}
