//! Counting what test programs report.

use std::iter::Sum;
use std::ops::Add;

/// How many checks passed, failed, or did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Tally {
    /// One check that passed or failed.
    pub(crate) fn of(success: bool) -> Tally {
        Tally { passed: u32::from(success), failed: u32::from(!success), skipped: 0 }
    }

    pub(crate) fn skipped() -> Tally {
        Tally { skipped: 1, ..Tally::default() }
    }

    /// The sum of all closing lines of libtest and of wasm-bindgen's runner:
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; …`.
    pub(crate) fn from_libtest(log: &str) -> Tally {
        log.lines().filter_map(|line| line.trim().strip_prefix("test result: ")).map(closing_line).sum()
    }

    /// The closing lines of Node's test runner in TAP form: `# pass 3`.
    pub(crate) fn from_tap(log: &str) -> Tally {
        let count = |name: &str| -> u32 {
            let values = log.lines().filter_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(' '));
            values.filter_map(|value| value.parse::<u32>().ok()).sum()
        };
        Tally {
            passed: count("pass"),
            failed: count("fail") + count("cancelled"),
            skipped: count("skipped") + count("todo"),
        }
    }

    /// The last line of a whole run. Plain, as other tools read it.
    pub(crate) fn closing(&self) -> String {
        match self.skipped {
            0 => format!("{} passed, {} failed", self.passed, self.failed),
            skipped => format!("{} passed, {} failed, {skipped} skipped", self.passed, self.failed),
        }
    }
}

/// The counts of `ok. 3 passed; 0 failed; 1 ignored; …`.
fn closing_line(line: &str) -> Tally {
    let counts = line.split_once(". ").map_or("", |(_, counts)| counts);
    let count = |name: &str| -> u32 {
        let found = counts.split("; ").find_map(|part| part.strip_suffix(name));
        found.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    Tally { passed: count(" passed"), failed: count(" failed"), skipped: count(" ignored") }
}

impl Add for Tally {
    type Output = Tally;

    fn add(self, other: Tally) -> Tally {
        Tally {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Tally>>(tallies: I) -> Tally {
        tallies.fold(Tally::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_several_binaries_add_up() {
        let log = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.02s\n\
            test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n";
        assert_eq!(Tally::from_libtest(log), Tally { passed: 7, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_test_that_prints_a_closing_line_word_is_not_counted() {
        assert_eq!(Tally::from_libtest("5 passed; 0 failed\n"), Tally::default());
    }

    #[test]
    fn node_counts_cancelled_tests_as_failed() {
        let log = "ok 1 - a\n# tests 6\n# suites 1\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n";
        assert_eq!(Tally::from_tap(log), Tally { passed: 2, failed: 2, skipped: 2 });
    }

    #[test]
    fn the_closing_line_names_skipped_checks_only_if_there_are_any() {
        assert_eq!(Tally { passed: 3, failed: 0, skipped: 0 }.closing(), "3 passed, 0 failed");
        assert_eq!(Tally { passed: 3, failed: 1, skipped: 2 }.closing(), "3 passed, 1 failed, 2 skipped");
    }
}
