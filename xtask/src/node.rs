//! The JavaScript side: Node itself, and the development packages that the lock file names.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{bail, Context, Result};
use serde_json::Value;

use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// The oldest Node that the tools are run with.
const NODE_MAJOR_MIN: u32 = 20;

/// `node SCRIPT`, started at the repository root.
pub(crate) fn script(workspace: &Workspace, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(workspace.path(script)).current_dir(workspace.root());
    command
}

/// Sees to it that Node is new enough and that the packages of the lock file are installed.
pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    let version = process::quiet(Command::new("node").arg("--version"))?;
    if major(&version) < NODE_MAJOR_MIN {
        bail!("Node {} is too old: install Node {NODE_MAJOR_MIN} or newer", version.trim());
    }
    if packages_match(workspace.root()) {
        return Ok(());
    }
    let progress = Progress::start("npm ci");
    process::quiet(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(workspace.root()))?;
    progress.finish("installed");
    Ok(())
}

/// `v20.20.2` -> 20; 0 if it isn't a version.
fn major(version: &str) -> u32 {
    let digits = version.trim().trim_start_matches('v').split('.').next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Whether what npm says it installed is what the lock file asks for.
fn packages_match(root: &Path) -> bool {
    let read = |path| read_packages(&root.join(path));
    match (read("package-lock.json"), read("node_modules/.package-lock.json")) {
        (Ok(wanted), Ok(installed)) => covers(&installed, &wanted),
        _ => false,
    }
}

fn read_packages(path: &Path) -> Result<Value> {
    let lock: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    lock.get("packages").cloned().context("no packages in the lock file")
}

/// Every wanted package is there in its version; optional ones (other platforms') may be missing.
fn covers(installed: &Value, wanted: &Value) -> bool {
    let Some(wanted) = wanted.as_object() else { return false };
    wanted.iter().filter(|(name, _)| !name.is_empty()).all(|(name, package)| match installed.get(name) {
        Some(found) => found.get("version") == package.get("version"),
        None => package.get("optional") == Some(&Value::Bool(true)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("v20.20.2\n"), 20);
        assert_eq!(major("nothing"), 0);
    }

    #[test]
    fn a_missing_or_other_version_asks_for_npm_ci() {
        let wanted = json!({"": {}, "node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "2.0.0", "optional": true}});
        assert!(covers(&json!({"node_modules/a": {"version": "1.0.0"}}), &wanted));
        assert!(!covers(&json!({"node_modules/a": {"version": "1.0.1"}}), &wanted));
        assert!(!covers(&json!({"node_modules/b": {"version": "2.0.0"}}), &wanted));
    }
}
