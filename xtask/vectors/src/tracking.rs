//! `tracking.json`: what a person does, and what a receiver must believe afterwards. The file says what its words
//! mean; the steps are those of the integration tests.

use std::panic::catch_unwind;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{steps, Outcome};

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    let program = file.get("program").context("no program")?;
    let cases = file.get("cases").and_then(Value::as_array).context("no cases")?;
    Ok(cases.iter().map(|case| Outcome::of(case, difference(program, case))).collect())
}

/// A case that breaks a promise on the way panics: that is its difference.
fn difference(program: &Value, case: &Value) -> Option<String> {
    match catch_unwind(|| steps::run(program, case)) {
        Ok(wrong) => (!wrong.is_empty()).then(|| wrong.join("; ")),
        Err(panic) => Some(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a step panicked".to_string())),
    }
}
