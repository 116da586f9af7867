//! Everything a person types in this repository: `cargo xtask COMMAND`.

mod build;
mod node;
mod process;
mod progress;
mod stamp;
mod workspace;

use std::process::ExitCode;

use anyhow::{bail, Result};
use pico_args::Arguments;
use workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND

  build      the package: wasm modules, bundles, fallback
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
        Some("build") => build::run(&workspace)?,
        None | Some("help") => print!("{HELP}"),
        Some(other) => bail!("unknown command `{other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}
