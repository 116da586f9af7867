//! The command `huitou-collector`.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli.command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("huitou-collector: {failure}");
            ExitCode::FAILURE
        }
    }
}
