//! `cargo xtask score` and `cargo xtask quality`: the phone's own models over files of events.

mod churn;
mod cycle;
mod decline;
mod fleet;
mod quality;
mod recs;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{bail, Context, Result};
use pico_args::Arguments;

const HELP: &str = "\
score churn EVENTS FLEET OUT.csv [--model mbg|logistic]
    id,prob: P(an event within the fleet's horizon); logistic where the fleet carries logit7, else mbg
score cycle HISTORY FLEET OUT.csv
    id,pred_days: days from the latest purchase to the next, half the chances being earlier
score recs HISTORY ITEMS TABLE OUT.csv
    id,item: ten items for each person, best first, then ten that are new to her where they are not among these
quality [FOLDER]
    all of these measured against the figures to beat

Input is plain or gzip.
";

fn main() -> ExitCode {
    match run(Arguments::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments) -> Result<ExitCode> {
    match arguments.subcommand()?.as_deref() {
        Some("score") => score(arguments)?,
        Some("quality") => {
            let folder: PathBuf = arguments.free_from_str().context("say where the data are: quality FOLDER")?;
            return quality::run(&folder);
        }
        None | Some("help") => print!("{HELP}"),
        Some(other) => bail!("unknown command `{other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn score(mut arguments: Arguments) -> Result<()> {
    let what = arguments.subcommand()?.with_context(|| format!("say what to score\n\n{HELP}"))?;
    let model: Option<String> = arguments.opt_value_from_str("--model")?;
    let files: Vec<PathBuf> = arguments.finish().into_iter().map(PathBuf::from).collect();
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    match (what.as_str(), files.as_slice()) {
        ("churn", [events, fleet, out]) => churn::score(events, fleet, out, model.as_deref()),
        ("cycle", [history, fleet, out]) => cycle::score(history, fleet, out),
        ("recs", [history, items, table, out]) => recs::score([history, items, table], out),
        _ => bail!("unknown, or too few or too many files\n\n{HELP}"),
    }
}

/// Writes rows under a header; the file is whole or not there.
fn write(out: &Path, header: [&str; 2], rows: impl Iterator<Item = [String; 2]>) -> Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(header)?;
    for row in rows {
        csv.write_record(row)?;
    }
    std::fs::write(out, csv.into_inner()?).with_context(|| format!("writing {}", out.display()))
}
