//! What is fuzzed: everything that reads bytes which others wrote.

mod answer;
mod condition;
mod payload;
mod phone;
mod program;
mod report;
mod storage;
mod trials;
mod ways;
mod wire;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// One reader.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Inputs that it takes.
    pub(crate) corpus: fn() -> Result<Vec<Vec<u8>>>,
    /// Hands it one input. Refusing the input is right; an error is a promise that it broke.
    pub(crate) run: fn(&[u8]) -> Result<()>,
}

pub(crate) const TARGETS: [Target; 9] = [
    program::TARGET,
    wire::TARGET,
    report::TARGET,
    storage::TARGET,
    answer::TARGET,
    payload::TARGET,
    condition::TARGET,
    trials::TARGET,
    ways::TARGET,
];

/// A file of the repository's tests.
fn test_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(name)
}

fn vectors(name: &str) -> Result<Value> {
    let file = test_file("vectors").join(name);
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}
