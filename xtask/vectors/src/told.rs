//! `loyalty-told.json`: ledgers, and all that is told of them.

use anyhow::{Context, Result};
use huitou::loyalty::exported::replay_json;
use serde_json::Value;

use crate::{compare, Outcome};

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    file.get("cases").and_then(Value::as_array).context("no cases")?.iter().map(outcome).collect()
}

fn outcome(case: &Value) -> Result<Outcome> {
    let ledger = case.get("ledger").context("no ledger")?;
    let mut told: Value = serde_json::from_str(&replay_json(&ledger.to_string())?)?;
    // The digest says the same in fewer words.
    told.as_object_mut().context("no object is told")?.remove("bytes");
    Ok(Outcome::of(case, compare(&told, case.get("told").context("nothing is told")?)))
}
