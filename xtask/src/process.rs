//! Running other programs, with a remedy in the message when one of them is missing or has no network.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{channel, Sender};
use std::thread;

use anyhow::{anyhow, bail, Context, Result};

/// What a finished program said and whether it was content.
pub(crate) struct Finished {
    pub success: bool,
    /// Both streams, line by line as they came.
    pub log: String,
}

/// Runs a program to its end with its output on the terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| explain(command, error))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status})", line_of(command))
}

/// Leaves the terminal to a program that reports by itself; its verdict is the caller's.
pub(crate) fn hand_over(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().map_err(|error| explain(command, error))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a program quietly; what it said becomes the error when it fails.
pub(crate) fn quiet(command: &mut Command) -> Result<String> {
    let done = watch(command, |_| {})?;
    if done.success {
        return Ok(done.log);
    }
    match network_trouble(&done.log) {
        Some(line) => bail!(
            "`{}` could not reach its registry: connect to the network and run this again ({line})",
            line_of(command)
        ),
        None => bail!("`{}` failed:\n{}", line_of(command), done.log.trim_end()),
    }
}

/// Runs a program, showing each line to `on_line` as it comes.
pub(crate) fn watch(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<Finished> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| explain(command, error))?;
    let (sender, lines) = channel();
    follow(child.stdout.take().context("no stdout")?, sender.clone());
    follow(child.stderr.take().context("no stderr")?, sender);
    let mut log = String::new();
    for line in lines {
        on_line(&line);
        log.push_str(&line);
        log.push('\n');
    }
    let status = child.wait().with_context(|| line_of(command))?;
    Ok(Finished { success: status.success(), log })
}

/// Sends every line of a stream until it ends; a line that isn't UTF-8 is shown as well as it can be.
fn follow(stream: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_string();
            if lines.send(text).is_err() {
                return;
            }
        }
    });
}

/// Whether a program answers at all.
pub(crate) fn exists(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn explain(command: &Command, error: std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy().to_string();
    if error.kind() == ErrorKind::NotFound {
        return anyhow!("`{program}` was not found: {}", remedy(&program));
    }
    anyhow!("`{}` did not start: {error}", line_of(command))
}

fn remedy(program: &str) -> &'static str {
    match program {
        "node" | "npm" => "install Node 20 or newer (Debian: apt-get install nodejs npm)",
        "rustup" | "cargo" | "rustc" => "install Rust through rustup (https://rustup.rs)",
        "apt-get" => "this system has no apt; install the program with its own package manager",
        _ => "install it, or put it on PATH",
    }
}

/// The line that shows a program couldn't reach the network, if there's one.
fn network_trouble(log: &str) -> Option<&str> {
    const SIGNS: [&str; 8] = [
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ETIMEDOUT",
        "Could not resolve host",
        "could not resolve host",
        "Temporary failure resolving",
        "could not download file",
    ];
    log.lines().map(str::trim).find(|line| SIGNS.iter().any(|sign| line.contains(sign)))
}

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_names_its_remedy() {
        let error = run(&mut Command::new("no-such-program-anywhere")).unwrap_err().to_string();
        assert_eq!(error, "`no-such-program-anywhere` was not found: install it, or put it on PATH");
    }

    #[test]
    fn a_failure_shows_what_the_program_said() {
        let error = quiet(Command::new("sh").args(["-c", "echo on stdout; echo on stderr >&2; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("on stdout") && text.contains("on stderr"), "{text}");
    }

    #[test]
    fn no_network_is_told_apart_from_other_failures() {
        assert!(network_trouble("npm error code ENOTFOUND").is_some());
        assert!(network_trouble("npm error code E404").is_none());
    }

    #[test]
    fn lines_come_one_by_one() {
        let mut seen = Vec::new();
        let done = watch(Command::new("sh").args(["-c", "echo one; echo two"]), |line| seen.push(line.to_string()));
        assert!(done.unwrap().success);
        assert_eq!(seen, ["one", "two"]);
    }
}
