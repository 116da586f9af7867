//! Everything a person types in this repository: `cargo xtask COMMAND`.

mod audit;
mod bench;
mod build;
mod demo;
mod differential;
mod fuzz;
mod hash_quality;
mod mutate;
mod node;
mod process;
mod progress;
mod score;
mod simulate;
mod size;
mod stamp;
mod tally;
mod test;
mod vectors;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{bail, Result};
use pico_args::Arguments;
use workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND

  demo     the shop in a browser and the collector that its summaries arrive at, until Ctrl-C
           [--port N] [--collector-port N] [--data FOLDER] [--replay ORDERS]
  test     all checks, or those whose names contain one of the words: [WORD...]
  build    the package: wasm modules, bundles, fallback
  size     bytes that the package adds to a mini-program, and what weighs most
  vectors  data cases on the native engine and on the package: [FOLDER]
  bench    the figures of the package as it ships
  differential
           the package beside GrowthBook's npm SDK, on random payloads and people: [--pairs N] [--seed TEXT]
  fuzz     random input from a seed: [TARGET] [--seconds N] [--seed N]
  hash-quality
           whether people fall evenly and independently into the buckets of experiments: [--ids N]
  mutate   the loyalty fold made wrong in one place at a time, to see whether tests notice: [--count N] [--seed N]
  simulate made-up people through journeys, with the real engine and collector, beside those held out:
           [--persons N] [--days N] [--seed N]
  simulate-aa
           experiments in which nothing differs, through the engine's assignment and the collector's statistics:
           [--tests N] [--phones N] [--seed N]
  score    the phone's models over files, into a CSV file: churn EVENTS FLEET OUT [--model mbg|logistic],
           cycle HISTORY FLEET OUT, recs HISTORY ITEMS TABLE OUT
  quality  how good those models are, beside the figures to beat: [FOLDER]
  audit    licences, sources and duplicates of the crates
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
    let workspace = Workspace::find()?;
    match arguments.subcommand()?.as_deref() {
        Some("demo") => demo::run(&workspace, arguments)?,
        Some("test") => return test::run(&workspace, &words(arguments)),
        Some("build") => build::run(&workspace)?,
        Some("size") => size::run(&workspace)?,
        Some("vectors") => return vectors::run(&workspace, arguments.finish().into_iter().next().map(Into::into)),
        Some("bench") => return bench::run(&workspace, &arguments.finish()),
        Some("differential") => return differential::run(&workspace, &arguments.finish()),
        Some("fuzz") => return fuzz::run(&workspace, &arguments.finish()),
        Some("hash-quality") => return hash_quality::run(&workspace, &arguments.finish()),
        Some("mutate") => return mutate::run(&workspace, arguments),
        Some("simulate") => return simulate::run(&workspace, "simulate", &arguments.finish()),
        Some("simulate-aa") => return simulate::run(&workspace, "simulate-aa", &arguments.finish()),
        Some("score") => return score::score(&workspace, &arguments.finish()),
        Some("quality") => return score::quality(&workspace, arguments.finish().into_iter().next()),
        Some("audit") => audit::run(&workspace)?,
        None | Some("help") => print!("{HELP}"),
        Some(other) => bail!("unknown command `{other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn words(arguments: Arguments) -> Vec<String> {
    arguments.finish().iter().map(|word: &OsString| word.to_string_lossy().to_string()).collect()
}
