//! The JSON profile as a receiver reads it: what it takes, it can write and add to itself.

use anyhow::{ensure, Context, Result};
use huitou::summary::report::Report;
use serde_json::Value;

use super::{vectors, Target};

pub(super) const TARGET: Target = Target { name: "report", corpus, run };

fn corpus() -> Result<Vec<Vec<u8>>> {
    let file = vectors("wire.json")?;
    let cases = file.get("cases").and_then(Value::as_array).context("wire.json has no cases")?;
    Ok(cases.iter().filter_map(|case| case.get("report")).map(|report| report.to_string().into_bytes()).collect())
}

fn run(input: &[u8]) -> Result<()> {
    let Ok(report) = Report::from_json(&String::from_utf8_lossy(input)) else { return Ok(()) };
    let written = serde_json::to_string(&report).context("a report can't be written")?;
    let again = Report::from_json(&written).map_err(|error| anyhow::anyhow!("written, but refused: {error}"))?;
    ensure!(again == report, "read again, it differs");
    for row in &report.rows {
        let mut sum = row.stats.clone();
        sum.merge(&row.stats);
    }
    Ok(())
}
