//! `cargo xtask size`: what the package adds to a mini-program, what weighs most, and the budget that it must keep.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{bail, Context, Result};
use serde_json::Value;
use wasmparser::{KnownCustom, Name, Parser, Payload};

use crate::build::bundles::{PHONE_FILES, SHARES};
use crate::build::module::Module;
use crate::build::{self, optimizer};
use crate::workspace::Workspace;

const BUDGET_FILE: &str = "xtask/size-budget.json";

/// Functions and modules listed.
const ROWS: usize = 20;

/// Prints the sizes and what dominates them; fails if the budget is exceeded.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    build::run(workspace)?;
    println!("\n{:>9}  raw module", bytes_of(&Module::PHONE.wasm(workspace))?);
    for file in PHONE_FILES {
        println!("{:>9}  {file}", bytes_of(&workspace.path(file))?);
    }
    let named = workspace.scratch("phone/named.wasm");
    optimizer::shrink_named(workspace, &Module::PHONE.bound(workspace), &named)?;
    let functions = functions(&fs::read(&named).context("reading the module with names")?)?;
    print_rows("bytes of code by module", by_module(&functions));
    print_rows("largest functions", functions);
    print_rows("bytes of minified JavaScript by source", shares(workspace)?);
    println!("\n{}", check(workspace)?);
    Ok(())
}

/// The budget, kept or exceeded, on the files as they were built.
pub(crate) fn check(workspace: &Workspace) -> Result<String> {
    let file = workspace.path(BUDGET_FILE);
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let mut total = 0;
    for file in PHONE_FILES {
        total += bytes_of(&workspace.path(file))?;
    }
    keep(&text, total)
}

fn keep(budget: &str, total: u64) -> Result<String> {
    let budget: Value = serde_json::from_str(budget).context(BUDGET_FILE)?;
    let most = budget.get("in_package_bytes").and_then(Value::as_u64);
    let most = most.with_context(|| format!("{BUDGET_FILE} has no in_package_bytes"))?;
    if total > most {
        bail!(
            "{total} B in the package, {} B over the budget of {most} B (`cargo xtask size` shows what weighs most)",
            total - most
        );
    }
    Ok(format!("{total} B in the package, {} B left of {most} B", most - total))
}

fn bytes_of(file: &std::path::Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("looking at {}", file.display()))?.len())
}

/// Name and body size of every function, and the size of the data, largest first.
fn functions(module: &[u8]) -> Result<Vec<(String, usize)>> {
    let (mut imported, mut bodies, mut names, mut data) = (0, Vec::new(), BTreeMap::new(), 0);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => imported = imports.into_imports().count(),
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
            Payload::DataSection(section) => data = section.range().len(),
            Payload::CustomSection(section) => names.extend(names_in(section.as_known())),
            _ => {}
        }
    }
    let name =
        |position: usize| names.get(&(imported + position)).cloned().unwrap_or_else(|| format!("function {position}"));
    let mut rows: Vec<_> = bodies.into_iter().enumerate().map(|(position, bytes)| (name(position), bytes)).collect();
    rows.push(("(constant data)".to_string(), data));
    rows.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    Ok(rows)
}

fn names_in(section: KnownCustom) -> Vec<(usize, String)> {
    let KnownCustom::Name(section) = section else { return Vec::new() };
    let maps = section.into_iter().flatten().filter_map(|name| match name {
        Name::Function(map) => Some(map),
        _ => None,
    });
    let readable = |name: &str| format!("{:#}", rustc_demangle::demangle(name));
    maps.flat_map(|map| map.into_iter().flatten())
        .map(|naming| (naming.index as usize, readable(naming.name)))
        .collect()
}

/// The same bytes summed by crate and module: `huitou::sync`.
fn by_module(functions: &[(String, usize)]) -> Vec<(String, usize)> {
    let mut sums = BTreeMap::new();
    for (name, bytes) in functions {
        *sums.entry(module_of(name)).or_insert(0) += bytes;
    }
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    rows
}

/// `<huitou::sync::Outbox as Clone>::clone` -> `huitou::sync`; a name that isn't Rust's stays what it is.
fn module_of(name: &str) -> String {
    let path = name.trim_start_matches(['<', '&', '(', '[', '*']);
    let path = path.split([' ', '<', '>']).next().unwrap_or(path);
    path.split("::").take(2).collect::<Vec<_>>().join("::")
}

/// Sources of the mini-program's bundle, largest first.
fn shares(workspace: &Workspace) -> Result<Vec<(String, usize)>> {
    let text = fs::read_to_string(workspace.path(SHARES)).context(SHARES)?;
    let shares: BTreeMap<String, usize> = serde_json::from_str(&text).context(SHARES)?;
    let mut rows: Vec<_> = shares.into_iter().collect();
    rows.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    Ok(rows)
}

fn print_rows(title: &str, rows: Vec<(String, usize)>) {
    println!("\n{title}");
    for (name, bytes) in rows.into_iter().take(ROWS) {
        println!("{bytes:>9}  {name}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept_to_the_byte() {
        let budget = r#"{"in_package_bytes": 1000}"#;
        assert_eq!(keep(budget, 1000).unwrap(), "1000 B in the package, 0 B left of 1000 B");
        assert!(keep(budget, 1001).unwrap_err().to_string().contains("1 B over"));
    }

    #[test]
    fn a_budget_file_without_a_number_is_an_error() {
        assert!(keep("{}", 1).is_err());
    }

    #[test]
    fn functions_are_summed_by_module() {
        assert_eq!(module_of("huitou::sync::Outbox::failed"), "huitou::sync");
        assert_eq!(module_of("<huitou::sync::Outbox as core::clone::Clone>::clone"), "huitou::sync");
        assert_eq!(module_of("__wbindgen_malloc"), "__wbindgen_malloc");
    }
}
