//! `cargo xtask vectors [FOLDER]`: the same data cases on the native engine and on the built package.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{build, node, process};

/// Failures shown for each file.
const SHOWN: usize = 10;

/// Where cases stand that no argument names.
const FOLDERS: [&str; 2] = ["tests/vectors", "../shared/vectors"];

/// One case and what every implementation that failed it found.
#[derive(Default)]
struct Case {
    name: String,
    differences: Vec<String>,
    digest: Option<String>,
    skipped: bool,
}

/// The cases of one file by their position in it.
type File = BTreeMap<u64, Case>;

/// Builds the package, runs the cases and prints a line for each file.
pub(crate) fn run(workspace: &Workspace, folder: Option<PathBuf>) -> Result<ExitCode> {
    build::run(workspace)?;
    let (tally, text) = check(workspace, folder.as_deref())?;
    print!("{text}");
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The cases of a folder, or of the usual ones, on a package that has been built.
pub(crate) fn check(workspace: &Workspace, folder: Option<&Path>) -> Result<(Tally, String)> {
    if let Some(missing) = folder.filter(|folder| !folder.is_dir()) {
        bail!("{} is not a folder", missing.display());
    }
    let usual = || FOLDERS.iter().map(|folder| workspace.path(folder)).filter(|folder| folder.is_dir()).collect();
    let folders: Vec<PathBuf> = folder.map_or_else(usual, |folder| vec![folder.to_path_buf()]);
    build_native(workspace)?;
    let (mut tally, mut text) = (Tally::default(), String::new());
    for folder in folders {
        for (file, cases) in cases(workspace, &folder.canonicalize().context("finding the folder")?)? {
            tally = tally + count(&cases);
            text.push_str(&shown(&file, &cases));
        }
    }
    Ok((tally, text))
}

fn build_native(workspace: &Workspace) -> Result<()> {
    let mut cargo = Command::new("cargo");
    process::quiet(cargo.current_dir(workspace.root()).args(["build", "--package", "huitou-vectors"])).map(|_| ())
}

/// Both implementations' answers, side by side.
fn cases(workspace: &Workspace, folder: &Path) -> Result<BTreeMap<String, File>> {
    let mut native = Command::new(workspace.target("debug/huitou-vectors"));
    let mut package = node::script(workspace, "xtask/vectors/js/run.mjs");
    let mut files = BTreeMap::new();
    for (implementation, command) in [("native", &mut native), ("package", &mut package)] {
        let output = process::quiet(command.arg(folder)).with_context(|| format!("vectors, {implementation}"))?;
        for line in output.lines() {
            enter(&mut files, implementation, &serde_json::from_str(line).context("a runner printed no JSON")?)?;
        }
    }
    Ok(files)
}

fn enter(files: &mut BTreeMap<String, File>, implementation: &str, line: &Value) -> Result<()> {
    let file = line.get("file").and_then(Value::as_str).context("a case without a file")?;
    let position = line.get("position").and_then(Value::as_u64).context("a case without a position")?;
    let case = files.entry(file.to_string()).or_default().entry(position).or_default();
    case.name = line.get("name").and_then(Value::as_str).unwrap_or_default().to_string();
    if let Some(difference) = line.get("difference").and_then(Value::as_str) {
        case.differences.push(format!("{implementation}: {difference}"));
    }
    case.skipped |= line.get("skipped").and_then(Value::as_bool).unwrap_or_default();
    if let Some(digest) = line.get("digest").and_then(Value::as_str) {
        let first = case.digest.get_or_insert_with(|| digest.to_string());
        if first != digest {
            case.differences.push(format!("{implementation}: digest {digest} where another has {first}"));
        }
    }
    Ok(())
}

fn count(cases: &File) -> Tally {
    cases.values().filter(|case| !case.skipped).map(|case| Tally::of(case.differences.is_empty())).sum()
}

/// `program.json: 59/60`, what was skipped, the sections if the file has any, then the failures.
fn shown(file: &str, cases: &File) -> String {
    let tally = count(cases);
    let skipped: Vec<&str> = cases.values().filter(|case| case.skipped).map(first_word).collect();
    let mut text = format!("{file}: {}/{}", tally.passed, cases.len() - skipped.len());
    if !skipped.is_empty() {
        text.push_str(&format!(", {} skipped: {}", skipped.len(), skipped.join(" ")));
    }
    let sections = sections(cases);
    if !sections.is_empty() {
        text.push_str(&format!(" ({})", sections.join(", ")));
    }
    text.push('\n');
    for case in cases.values().filter(|case| !case.differences.is_empty()).take(SHOWN) {
        text.push_str(&format!("  {}: {}\n", case.name, case.differences.join("; ")));
    }
    text
}

/// `hash 16/16` for each section, in the file's order; none if names do not begin with `section[position]`.
fn sections(cases: &File) -> Vec<String> {
    let mut sections: Vec<(&str, Tally)> = Vec::new();
    for case in cases.values().filter(|case| !case.skipped) {
        let Some((section, _)) = first_word(case).split_once('[') else { continue };
        let tally = Tally::of(case.differences.is_empty());
        match sections.iter_mut().find(|(known, _)| *known == section) {
            Some((_, sum)) => *sum = *sum + tally,
            None => sections.push((section, tally)),
        }
    }
    sections.iter().map(|(name, sum)| format!("{name} {}/{}", sum.passed, sum.passed + sum.failed)).collect()
}

fn first_word(case: &Case) -> &str {
    case.name.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_case_passes_only_if_every_implementation_agrees() {
        let mut files = BTreeMap::new();
        let line = |position: u64, difference: Value| json!({"file": "a.json", "position": position, "name": format!("case {position}"), "difference": difference});
        enter(&mut files, "native", &line(0, Value::Null)).unwrap();
        enter(&mut files, "native", &line(1, Value::Null)).unwrap();
        enter(&mut files, "package", &line(1, json!("at /a: expected 1, found 2"))).unwrap();
        assert_eq!(shown("a.json", &files["a.json"]), "a.json: 1/2\n  case 1: package: at /a: expected 1, found 2\n");
    }

    #[test]
    fn what_is_skipped_is_said_and_not_counted() {
        let mut files = BTreeMap::new();
        let line = |position: u64, skipped: bool| json!({"file": "a.json", "position": position, "name": format!("c{position} x"), "difference": null, "skipped": skipped});
        for (position, skipped) in [(0, false), (1, true), (2, true)] {
            enter(&mut files, "native", &line(position, skipped)).unwrap();
        }
        assert_eq!(shown("a.json", &files["a.json"]), "a.json: 1/1, 2 skipped: c1 c2\n");
        assert_eq!(count(&files["a.json"]), Tally::of(true));
    }

    #[test]
    fn sections_are_counted() {
        let mut files = BTreeMap::new();
        for (position, name) in ["hash[0] a", "hash[1] b", "x.run[0] c"].into_iter().enumerate() {
            let difference = if name.ends_with('b') { json!("off") } else { Value::Null };
            let line = json!({"file": "a.json", "position": position, "name": name, "difference": difference});
            enter(&mut files, "native", &line).unwrap();
        }
        let text = shown("a.json", &files["a.json"]);
        assert!(text.starts_with("a.json: 2/3 (hash 1/2, x.run 1/1)\n"), "{text}");
    }

    #[test]
    fn implementations_with_different_digests_disagree() {
        let mut files = BTreeMap::new();
        for (implementation, digest) in [("native", "1"), ("package", "2")] {
            let line = json!({"file": "a.json", "position": 0, "name": "case", "difference": null, "digest": digest});
            enter(&mut files, implementation, &line).unwrap();
        }
        assert_eq!(count(&files["a.json"]), Tally::of(false));
    }
}
