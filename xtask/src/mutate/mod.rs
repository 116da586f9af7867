//! `cargo xtask mutate`: makes the loyalty fold wrong in one place at a time, and sees whether the tests notice.
//!
//! Works on a copy of the repository with a target folder of its own. Which places are tried is decided by a seed; the
//! same seed tries the same ones.

mod sites;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{bail, Context, Result};
use pico_args::Arguments;

use crate::process;
use crate::workspace::Workspace;
use sites::{sites, Site};

/// The part that is made wrong.
const FOLDER: &str = "src/loyalty";

/// Not the fold: what only shows it or carries it is held by tests of its own that this does not run.
const LEFT_OUT: [&str; 6] = ["exported.rs", "chained.rs", "form.rs", "wire.rs", "ledger.rs", "ledgers.rs"];

/// Compiling takes longer than testing.
const PROFILE: [&str; 4] =
    ["--config", "profile.dev.package.huitou.opt-level=0", "--config", "profile.dev.debug=false"];

/// Tests that may notice, the fastest first.
const CHECKS: [&[&str]; 2] = [
    &["--package", "huitou-vectors", "--", "loyalty"],
    &["--package", "huitou", "--lib", "--test", "it", "--", "loyalty"],
];

/// A test that takes so long has hung.
const CHECK_TIME_MAX: Duration = Duration::from_secs(180);

const COUNT: usize = 100;

/// What the tests said of a change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Caught,
    Survived,
    /// It does not compile: the compiler noticed.
    Refused,
}

/// A change of a file.
struct Mutant {
    file: PathBuf,
    site: Site,
}

/// Tries `--count` changes, chosen by `--seed`; fails if one in ten survives.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<ExitCode> {
    let count = arguments.opt_value_from_str("--count")?.unwrap_or(COUNT);
    let seed = arguments.opt_value_from_str("--seed")?.unwrap_or(1);
    let tree = workspace.target("mutants/tree");
    copy(workspace, &tree)?;
    if check(workspace, &tree)? != Verdict::Survived {
        bail!("the tests fail on the unchanged source");
    }
    let all = mutants(&tree)?;
    println!("{} places in {FOLDER}; trying {count} with seed {seed}", all.len());
    let (mut caught, mut survived) = (0, 0);
    for mutant in chosen(all, seed) {
        if caught + survived == count {
            break;
        }
        match attempt(workspace, &tree, &mutant)? {
            Verdict::Caught => {
                caught += 1;
                println!("{caught} of {} caught", caught + survived);
            }
            Verdict::Survived => {
                survived += 1;
                println!("{}", told(&tree, &mutant));
            }
            Verdict::Refused => {}
        }
    }
    println!("{caught} of {} caught", caught + survived);
    Ok(if survived * 10 <= caught + survived { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What git knows of and what it would add; files that have not changed keep their time, so that little is built anew.
fn copy(workspace: &Workspace, tree: &Path) -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(workspace.root()).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    for name in process::quiet(&mut git)?.lines() {
        let (from, to) = (workspace.path(name), tree.join(name));
        let Ok(content) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|there| there == content) {
            continue;
        }
        fs::create_dir_all(to.parent().context("a file without a folder")?)?;
        fs::write(&to, content).with_context(|| format!("writing {}", to.display()))?;
    }
    Ok(())
}

fn mutants(tree: &Path) -> Result<Vec<Mutant>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(tree.join(FOLDER)).context("reading the folder to change")? {
        let file = entry?.path();
        let is_left_out = LEFT_OUT.iter().any(|name| file.ends_with(name));
        files.extend((!is_left_out && file.extension().is_some_and(|end| end == "rs")).then_some(file));
    }
    files.sort();
    let mut mutants = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        mutants.extend(sites(&text).into_iter().map(|site| Mutant { file: file.clone(), site }));
    }
    Ok(mutants)
}

/// All of them in an order that the seed decides (splitmix64).
fn chosen(mutants: Vec<Mutant>, seed: u64) -> Vec<Mutant> {
    let mut state = seed;
    let mut keyed: Vec<(u64, Mutant)> = mutants
        .into_iter()
        .map(|mutant| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ mixed >> 31, mutant)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, mutant)| mutant).collect()
}

/// Makes the change, runs the tests, and takes it back.
fn attempt(workspace: &Workspace, tree: &Path, Mutant { file, site }: &Mutant) -> Result<Verdict> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().enumerate();
    let changed: String = lines
        .map(|(at, line)| if at == site.line { format!("{}\n", site.after) } else { format!("{line}\n") })
        .collect();
    fs::write(file, changed)?;
    let verdict = check(workspace, tree);
    fs::write(file, text)?;
    verdict
}

fn check(workspace: &Workspace, tree: &Path) -> Result<Verdict> {
    for tests in CHECKS {
        let (selection, _) = tests.split_at(tests.iter().position(|word| *word == "--").unwrap_or(tests.len()));
        if !holds(cargo(workspace, tree).args(["test", "--no-run"]).args(PROFILE).args(selection))? {
            return Ok(Verdict::Refused);
        }
        if !holds(cargo(workspace, tree).arg("test").args(PROFILE).args(tests))? {
            return Ok(Verdict::Caught);
        }
    }
    Ok(Verdict::Survived)
}

fn cargo(workspace: &Workspace, tree: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(tree).env("CARGO_TARGET_DIR", workspace.target("mutants/target"));
    cargo.env("RUST_BACKTRACE", "0").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    cargo
}

/// Whether a command ends well, and in time.
fn holds(command: &mut Command) -> Result<bool> {
    let mut child = command.spawn().context("running cargo")?;
    let until = Instant::now() + CHECK_TIME_MAX;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() > until {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        sleep(Duration::from_millis(50));
    }
}

fn told(tree: &Path, Mutant { file, site }: &Mutant) -> String {
    let file = file.strip_prefix(tree).unwrap_or(file).display();
    format!("survived: {file}:{}\n  - {}\n  + {}", site.line + 1, site.before.trim(), site.after.trim())
}
