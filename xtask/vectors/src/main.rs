//! Runs every file of a folder whose form is known on the native engine, and prints a line of JSON for each case:
//! `{"file", "position", "name", "difference", "digest"}`, the difference being null when the case passed.
//! `cargo xtask vectors` sets these beside what the built package says: digests of one case have to be equal.

mod churn;
mod growthbook;
mod insight;
mod loyalty;
mod program;
mod told;
mod tracking;
mod wire;

// The phone, the network and the receiver of the integration tests; the fault tests use more of them.
#[path = "../../../tests/it/judged.rs"]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod judged;
#[path = "../../../tests/it/tracking.rs"]
#[allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod steps;
#[path = "../../../tests/it/support/mod.rs"]
#[allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod support;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{json, Value};

/// A form of cases: the file's name, and how to run all that the file holds.
type Form = (&'static str, fn(&Value) -> Result<Vec<Outcome>>);

const FORMS: [Form; 10] = [
    ("program.json", program::run),
    ("tracking.json", tracking::run),
    ("wire.json", wire::run),
    ("loyalty.json", loyalty::run),
    ("loyalty-rules.json", loyalty::run),
    ("loyalty-told.json", told::run),
    ("journeys.json", loyalty::run),
    ("growthbook.json", growthbook::run),
    ("churn.json", churn::run),
    ("insight.json", insight::run),
];

/// What came of one case.
struct Outcome {
    name: String,
    difference: Option<String>,
    /// Stands for what not every implementation shows.
    digest: Option<String>,
    /// Of something that the engine does not do yet.
    skipped: bool,
}

impl Outcome {
    fn of(case: &Value, difference: Option<String>) -> Outcome {
        let name = case.get("name").and_then(Value::as_str).unwrap_or_default().to_string();
        Outcome { name, difference, digest: None, skipped: false }
    }
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).context("usage: huitou-vectors FOLDER")?;
    for (file, run) in FORMS {
        for (position, outcome) in outcomes(&Path::new(&folder).join(file), run)?.iter().enumerate() {
            let Outcome { name, difference, digest, skipped } = outcome;
            let line = json!({
                "file": file, "position": position, "name": name,
                "difference": difference, "digest": digest, "skipped": skipped,
            });
            println!("{line}");
        }
    }
    Ok(())
}

/// The cases of a file, none if the folder hasn't got it.
fn outcomes(file: &Path, run: fn(&Value) -> Result<Vec<Outcome>>) -> Result<Vec<Outcome>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let content = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    run(&content).with_context(|| format!("{} has another form", file.display()))
}

/// What differs between two values, by its path; nothing if they are equal.
fn compare(found: &Value, expected: &Value) -> Option<String> {
    let at = first_difference(found, expected, String::new())?;
    let pick = |value: &Value| value.pointer(&at).map_or("nothing".to_string(), Value::to_string);
    Some(format!("at {}: expected {}, found {}", if at.is_empty() { "/" } else { &at }, pick(expected), pick(found)))
}

fn first_difference(found: &Value, expected: &Value, at: String) -> Option<String> {
    match (found, expected) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.filter_map(|key| {
                step(a.get(key), b.get(key), format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")))
            })
            .next()
        }
        (Value::Array(a), Value::Array(b)) => (0..a.len().max(b.len()))
            .filter_map(|position| step(a.get(position), b.get(position), format!("{at}/{position}")))
            .next(),
        _ if found == expected => None,
        _ => Some(at),
    }
}

fn step(found: Option<&Value>, expected: Option<&Value>, at: String) -> Option<String> {
    match (found, expected) {
        (Some(found), Some(expected)) => first_difference(found, expected, at),
        _ => Some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named_by_its_path() {
        let expected = json!({"a": [1, {"b/c": 2}]});
        assert_eq!(compare(&expected, &expected), None);
        let text = compare(&json!({"a": [1, {"b/c": 3}]}), &expected).unwrap();
        assert_eq!(text, "at /a/1/b~1c: expected 2, found 3");
        assert_eq!(compare(&json!({"a": [1]}), &expected).unwrap(), "at /a/1: expected {\"b/c\":2}, found nothing");
    }

    #[test]
    fn the_cases_of_programs_tracking_and_wire_pass() {
        pass(&FORMS[..3]);
    }

    #[test]
    fn the_cases_of_loyalty_pass() {
        pass(&FORMS[3..]);
    }

    fn pass(forms: &[Form]) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
        for (file, run) in forms {
            let outcomes = outcomes(&folder.join(file), *run).unwrap();
            assert!(!outcomes.is_empty(), "{file}");
            for Outcome { name, difference, .. } in outcomes {
                assert_eq!(difference, None, "{file}: {name}");
            }
        }
    }
}
