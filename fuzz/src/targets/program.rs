//! The text of a program: whatever it is, it loads or is refused with a reason.

use std::fs;

use anyhow::{ensure, Context, Result};
use huitou::journey::rules::Conditions;
use huitou::program::load;

use super::{test_file, vectors, Target};

pub(super) const TARGET: Target = Target { name: "program", corpus, run };

fn corpus() -> Result<Vec<Vec<u8>>> {
    let cases = vectors("program.json")?;
    let cases = cases.as_array().context("program.json is no list")?.iter();
    let text = |case: &serde_json::Value| match case.get("text").and_then(serde_json::Value::as_str) {
        Some(text) => text.to_string(),
        None => case.get("program").cloned().unwrap_or_default().to_string(),
    };
    let mut inputs: Vec<Vec<u8>> = cases.map(|case| text(case).into_bytes()).collect();
    for name in ["journeys", "tea-shop"] {
        inputs.push(fs::read(test_file("../examples/programs").join(name).with_extension("json"))?);
    }
    Ok(inputs)
}

fn run(input: &[u8]) -> Result<()> {
    match load(&String::from_utf8_lossy(input)) {
        Ok((program, warnings)) => {
            ensure!(!program.names.app.is_empty(), "a program without an app");
            Conditions::read(&program);
            ensure!(warnings.iter().all(|warning| !warning.message.is_empty()), "a warning without a message");
        }
        Err(errors) => ensure!(!errors.is_empty(), "refused without a reason"),
    }
    Ok(())
}
