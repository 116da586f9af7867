//! `huitou-hash-quality [--ids N]`: the core's own bucket function on ids of three kinds under twenty seeds. Ends with 1
//! if version 2, the one that experiments of a program use, is not as good as chance.

mod ids;
mod measure;

use std::process::ExitCode;

use anyhow::Result;
use measure::{measure, Found, Pairs};
use pico_args::Arguments;

/// Ids of each kind.
const IDS: usize = 1_000_000;

fn main() -> ExitCode {
    match run(Arguments::from_env()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table; true if version 2 is within its bounds.
fn run(mut arguments: Arguments) -> Result<bool> {
    let count = arguments.opt_value_from_str("--ids")?.unwrap_or(IDS);
    let mut is_good = true;
    println!("{count} ids of each kind, 10 seeds alike (exp-01 … exp-10) and 10 unlike\n");
    println!("{:<24}{:<25}{:<47}independent, unlike", "", "even", "independent, alike");
    for version in [1, 2] {
        for kind in ids::KINDS {
            let found = measure(&(kind.make)(count), version)?;
            let faults = found.faults();
            is_good &= version != 2 || faults.is_empty();
            println!("v{version}  {:<20}{}  {}", kind.name, line(&found), verdict(version, &faults));
        }
    }
    println!("\nz: standardised χ² of 10,000 (v1: 1,000) buckets, and of 10 × 10 tenths of two seeds; |z| ≤ 4 each.");
    println!(
        "phi: correlation of the halves of two seeds, chance makes ±{:.3}; same: share in the same half.",
        phi_max(count)
    );
    println!("version 2 is {}", if is_good { "as good as chance" } else { "OUT OF BOUNDS" });
    Ok(is_good)
}

/// The largest correlation that chance makes.
fn phi_max(count: usize) -> f64 {
    measure::PHI_ERRORS_MAX / (count as f64).sqrt()
}

fn line(found: &Found) -> String {
    let even = format!("|z| ≤ {:.1}, {} of 20 off", found.uneven_worst(), found.uneven());
    format!("{even:<25}{:<47}{:<43}", pairs(&found.alike), pairs(&found.unlike))
}

fn pairs(pairs: &Pairs) -> String {
    let Pairs { phi_worst, same, z_worst } = pairs;
    format!("|phi| ≤ {phi_worst:.4}, same {:.3}–{:.3}, z ≤ {z_worst:.0}", same.0, same.1)
}

/// Version 1 is for payloads that ask for it: that it is bad is known.
fn verdict(version: u32, faults: &[&str]) -> String {
    match (version, faults) {
        (_, []) => String::from("ok"),
        (2, faults) => format!("BAD: {}", faults.join(", ")),
        (_, faults) => format!("bad, as known: {}", faults.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_2_is_good_and_version_1_is_not() {
        for kind in ids::KINDS {
            let ids = (kind.make)(100_000);
            assert_eq!(measure(&ids, 2).unwrap().faults(), [""; 0], "{}", kind.name);
            assert!(measure(&ids, 1).unwrap().faults().contains(&"alike"), "{}", kind.name);
        }
    }

    #[test]
    fn an_unknown_version_is_an_error() {
        assert!(measure(&[String::from("a")], 3).is_err());
    }
}
