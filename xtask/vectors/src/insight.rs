//! `insight.json`: `{"name", "do": [[day, deed]], "at", "signs"?, "expect"}`; the deeds are those of the integration tests.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{judged, Outcome};

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    let cases = file.as_array().context("not a list")?;
    let outcome = |case: &Value| {
        let wrong = judged::run(case);
        Outcome::of(case, (!wrong.is_empty()).then(|| wrong.join("; ")))
    };
    Ok(cases.iter().map(outcome).collect())
}
