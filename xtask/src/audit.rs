//! `cargo xtask audit`: licences, sources and duplicates of every crate that the lock file names.
//!
//! The check here reads the same lists as cargo-deny (`deny.toml`) and needs nothing installed, so that it always
//! runs; cargo-deny itself runs when it's there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use anyhow::{bail, Context, Result};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

/// The only place from which crates may come.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Own check, then cargo-deny when it's installed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    println!("{}", check(workspace)?);
    if !process::exists("cargo-deny") {
        println!("cargo-deny is not installed; for its wider checks: cargo install cargo-deny --locked");
        return Ok(());
    }
    let mut deny = Command::new("cargo");
    process::run(deny.current_dir(workspace.root()).args(["deny", "--offline", "check", "licenses", "bans", "sources"]))
}

/// Fails with every crate that breaks a rule; says how many were looked at.
pub(crate) fn check(workspace: &Workspace) -> Result<String> {
    let deny = fs::read_to_string(workspace.path("deny.toml")).context("reading deny.toml")?;
    let packages = packages(workspace, &[])?;
    let phone = packages_of_phone(workspace, &packages)?;
    let mut faults = licence_faults(&packages, &list(&deny, "allow")?);
    faults.extend(source_faults(&packages));
    faults.extend(duplicates(&phone).into_iter().map(|name| format!("{name}: two versions in the phone's module")));
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(format!("{} crates: licences and sources allowed, none twice among the phone's {}", packages.len(), phone.len()))
}

/// A crate as cargo knows it.
struct Package {
    name: String,
    version: String,
    licence: Option<String>,
    source: Option<String>,
}

fn packages(workspace: &Workspace, arguments: &[&str]) -> Result<Vec<Package>> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root()).args(["metadata", "--format-version=1", "--locked", "--quiet"]).args(arguments);
    let output = cargo.output().context("running cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("reading cargo metadata")?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("cargo metadata has no packages")?;
    Ok(packages.iter().map(package).collect())
}

fn package(value: &Value) -> Package {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_string);
    Package {
        name: text("name").unwrap_or_default(),
        version: text("version").unwrap_or_default(),
        licence: text("license"),
        source: text("source"),
    }
}

/// The crates that are linked into the module: cargo's own tree, as features and targets decide it.
fn packages_of_phone<'a>(workspace: &Workspace, packages: &'a [Package]) -> Result<Vec<&'a Package>> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root()).args(["tree", "--package", "huitou", "--edges", "normal,no-proc-macro"]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--prefix", "none", "--format", "{p}", "--locked", "--quiet"]);
    let tree = process::quiet(&mut cargo)?;
    let linked: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    Ok(packages.iter().filter(|package| linked.contains(&(package.name.as_str(), package.version.as_str()))).collect())
}

/// `serde v1.0.229 (*)` -> `serde`, `1.0.229`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

/// The quoted words of a list in `deny.toml`: `name = ["a", "b"]`, on one line or several.
fn list(toml: &str, name: &str) -> Result<BTreeSet<String>> {
    let start = format!("\n{name} = [");
    let rest = toml.split_once(&start).with_context(|| format!("deny.toml has no list `{name}`"))?.1;
    let inside = rest.split_once(']').with_context(|| format!("the list `{name}` of deny.toml doesn't end"))?.0;
    Ok(inside.split('"').skip(1).step_by(2).map(str::to_string).collect())
}

fn licence_faults(packages: &[Package], allowed: &BTreeSet<String>) -> Vec<String> {
    let refused =
        packages.iter().filter(|package| !package.licence.as_deref().is_some_and(|terms| permits(terms, allowed)));
    let shown = |package: &Package| package.licence.clone().unwrap_or_else(|| "none stated".to_string());
    refused.map(|package| format!("{} {}: licence {}", package.name, package.version, shown(package))).collect()
}

/// Whether an SPDX expression can be met with the allowed licences. Brackets only ever group alternatives in
/// practice; `A AND (B OR C)` is read as each part of the AND having an allowed alternative.
fn permits(terms: &str, allowed: &BTreeSet<String>) -> bool {
    let terms = terms.replace('/', " OR ");
    terms.split(" AND ").all(|part| {
        let mut alternatives = part.split(" OR ").map(|word| word.trim_matches(['(', ')', ' ']));
        alternatives.any(|word| allowed.contains(word))
    })
}

fn source_faults(packages: &[Package]) -> Vec<String> {
    let foreign = packages.iter().filter_map(|package| {
        let source = package.source.as_deref().filter(|source| *source != REGISTRY)?;
        Some(format!("{} {}: comes from {source}", package.name, package.version))
    });
    foreign.collect()
}

fn duplicates(packages: &[&Package]) -> Vec<String> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for package in packages {
        *counts.entry(&package.name).or_insert(0) += 1;
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> BTreeSet<String> {
        list("[licenses]\nallow = [\n    \"MIT\",\n    \"Unicode-3.0\",\n]\n", "allow").unwrap()
    }

    fn package(name: &str, licence: Option<&str>) -> Package {
        Package {
            name: name.to_string(),
            version: "1.0.0".to_string(),
            licence: licence.map(str::to_string),
            source: None,
        }
    }

    #[test]
    fn lists_are_read_from_the_settings_of_cargo_deny() {
        assert_eq!(allowed().into_iter().collect::<Vec<_>>(), ["MIT", "Unicode-3.0"]);
        assert!(list("allow = 3", "allow").is_err());
    }

    #[test]
    fn one_allowed_alternative_is_enough_but_every_part_needs_one() {
        assert!(permits("GPL-3.0-only OR MIT", &allowed()));
        assert!(permits("MIT/Apache-2.0", &allowed()));
        assert!(permits("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed()));
        assert!(!permits("MIT AND GPL-3.0-only", &allowed()));
    }

    #[test]
    fn a_crate_without_a_licence_is_a_fault() {
        let faults = licence_faults(&[package("a", None), package("b", Some("MIT"))], &allowed());
        assert_eq!(faults, ["a 1.0.0: licence none stated"]);
    }

    #[test]
    fn a_crate_from_elsewhere_is_a_fault() {
        let foreign = Package { source: Some("git+https://example.org/a".to_string()), ..package("a", Some("MIT")) };
        assert_eq!(source_faults(&[foreign]), ["a 1.0.0: comes from git+https://example.org/a"]);
    }

    #[test]
    fn two_versions_of_a_crate_are_a_duplicate() {
        let (one, two) = (package("a", None), Package { version: "2.0.0".to_string(), ..package("a", None) });
        assert_eq!(duplicates(&[&one, &two]), ["a"]);
        assert_eq!(duplicates(&[&one]), Vec::<String>::new());
    }
}
