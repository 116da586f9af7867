//! `huitou-fuzz [TARGET] [--seconds N] [--seed N]`: mutates known inputs and hands them to what reads bytes from
//! outside. Any panic, broken promise or slow answer ends the run with the input and the seed that made it.
//!
//! This is no coverage-guided fuzzer: those need nightly Rust. Mutations are blind but start from real inputs, and
//! checksums are put right again, so that they get past the first check.

mod mutation;
mod random;
mod targets;

use std::panic::{catch_unwind, set_hook, take_hook};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{bail, Context, Result};
use pico_args::Arguments;

use random::Random;
use targets::{Target, TARGETS};

/// An answer that takes longer has hung, as far as a phone is concerned.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(2);
const SECONDS: u64 = 60;

fn main() -> ExitCode {
    match run(Arguments::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments) -> Result<()> {
    let seconds = arguments.opt_value_from_str("--seconds")?.unwrap_or(SECONDS);
    let seed = arguments.opt_value_from_str("--seed")?.unwrap_or(1);
    let wanted: Option<String> = arguments.opt_free_from_str()?;
    let chosen: Vec<&Target> =
        TARGETS.iter().filter(|target| wanted.as_deref().is_none_or(|name| name == target.name)).collect();
    if chosen.is_empty() {
        bail!("no such target; there are {}", TARGETS.map(|target| target.name).join(", "));
    }
    for target in chosen {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let inputs = fuzz(target, seed, || Instant::now() < deadline)?;
        println!("{}: {inputs} inputs in {seconds} s, seed {seed}, nothing found", target.name);
    }
    Ok(())
}

/// Runs one target while `goes_on`; how many inputs it took, or the first that it could not take.
fn fuzz(target: &Target, seed: u64, goes_on: impl Fn() -> bool) -> Result<u64> {
    let corpus = (target.corpus)().with_context(|| format!("{}: the known inputs", target.name))?;
    let mut random = Random::new(seed);
    for input in &corpus {
        judge(target, input).with_context(|| format!("{}: a known input", target.name))?;
    }
    let mut inputs = 0;
    while goes_on() {
        let input = mutation::mutate(&corpus, &mut random);
        if let Err(fault) = judge(target, &input) {
            let kept = keep(target, &input)?;
            bail!("{}, input {inputs} of seed {seed}, kept in {}: {fault:#}", target.name, kept.display());
        }
        inputs += 1;
    }
    Ok(inputs)
}

/// One input: no panic, no broken promise, an answer in time.
fn judge(target: &Target, input: &[u8]) -> Result<()> {
    let started = Instant::now();
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(|| (target.run)(input));
    set_hook(hook);
    let took = started.elapsed();
    match outcome {
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_string()));
            bail!("panicked: {}", said.unwrap_or_default())
        }
        Ok(Err(fault)) => Err(fault),
        Ok(Ok(())) if took > ANSWER_TIME_MAX => bail!("took {} ms", took.as_millis()),
        Ok(Ok(())) => Ok(()),
    }
}

/// Writes the input where a person can look at it.
fn keep(target: &Target, input: &[u8]) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join("huitou-fuzz");
    std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let file = folder.join(format!("{}-{:08x}.bin", target.name, huitou::bytes::crc32(input)));
    std::fs::write(&file, input).with_context(|| format!("writing {}", file.display()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn every_target_takes_its_known_inputs_and_a_few_hundred_others() {
        for target in &TARGETS {
            let left = Cell::new(300);
            let inputs = fuzz(target, 7, || left.replace(left.get() - 1) > 0).unwrap();
            assert_eq!(inputs, 300, "{}", target.name);
        }
    }

    fn target(run: fn(&[u8]) -> Result<()>) -> Target {
        Target { name: "test", corpus: || Ok(vec![b"known".to_vec()]), run }
    }

    #[test]
    fn a_panic_is_found() {
        let broken = target(|input| {
            assert!(input == b"known", "not known");
            Ok(())
        });
        let text = format!("{:#}", fuzz(&broken, 1, || true).unwrap_err());
        assert!(text.contains("panicked: not known"), "{text}");
    }

    #[test]
    fn equal_seeds_give_equal_inputs() {
        let inputs = |seed| {
            let mut random = Random::new(seed);
            (0..50)
                .map(|_| mutation::mutate(&[b"abcdefgh".to_vec(), b"12345".to_vec()], &mut random))
                .collect::<Vec<_>>()
        };
        assert_eq!(inputs(3), inputs(3));
        assert_ne!(inputs(3), inputs(4));
    }
}
