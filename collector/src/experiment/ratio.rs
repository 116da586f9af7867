//! Did the variations get as many people as they should?

use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Below it the split is no accident: something loses people of one variation, and no figure may be read. One check of a
/// sound experiment in a thousand fails; GrowthBook and Bucketeer use the same threshold.
pub const THRESHOLD: f64 = 0.001;

/// A variation must expect so many people before χ² is near its distribution.
const EXPECTED_MIN: f64 = 5.0;

/// Fewer people than this say nothing.
const PEOPLE_MIN: f64 = 100.0;

/// The share of people who may be where nobody should: a changed client can claim any variation, and one person who does
/// must not silence an experiment of thousands.
pub const STRAY_SHARE_MAX: f64 = 0.01;

/// The sample-ratio check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Pearson's χ²: Σ (observed − expected)² / expected.
    pub chi_square: f64,
    /// How likely a split at least as uneven is by chance.
    pub p: f64,
}

impl Ratio {
    /// Of the people of each variation, and the shares that were meant (any positive scale). `None` while there are too
    /// few people, or with fewer than two variations. It fails if more than [`STRAY_SHARE_MAX`] of the people are in
    /// variations that should get none.
    pub fn of(people: &[u64], shares: &[f64]) -> Option<Ratio> {
        let pairs = people.iter().map(|&n| n as f64).zip(shares.iter().copied());
        let (cells, strays): (Vec<_>, Vec<_>) = pairs.partition(|(_, share)| *share > 0.0);
        let (planned, stray) = (sum(&cells), sum(&strays));
        if planned + stray < PEOPLE_MIN {
            return None;
        }
        if stray > STRAY_SHARE_MAX * (planned + stray) {
            return Some(Ratio { chi_square: f64::INFINITY, p: 0.0 });
        }
        let whole: f64 = cells.iter().map(|(_, share)| share).sum();
        Ratio::of_expected(cells.into_iter().map(|(n, share)| (n, planned * share / whole)).collect())
    }

    /// Of (observed, expected).
    fn of_expected(cells: Vec<(f64, f64)>) -> Option<Ratio> {
        if cells.len() < 2 || cells.iter().any(|(_, expected)| *expected < EXPECTED_MIN) {
            return None;
        }
        let chi_square = cells.iter().map(|(n, expected)| (n - expected) * (n - expected) / expected).sum();
        let distribution = ChiSquared::new((cells.len() - 1) as f64).ok()?;
        Some(Ratio { chi_square, p: distribution.sf(chi_square) })
    }

    /// True if no figure of the experiment may be read.
    pub fn is_off(&self) -> bool {
        self.p < THRESHOLD
    }
}

fn sum(cells: &[(f64, f64)]) -> f64 {
    cells.iter().map(|(people, _)| people).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_people_say_nothing_and_leaks_fail() {
        assert_eq!(Ratio::of(&[40, 40], &[1.0, 1.0]), None, "80 people");
        assert_eq!(Ratio::of(&[1000], &[1.0]), None, "one variation");
        assert_eq!(Ratio::of(&[200, 1], &[0.99, 0.01]), None, "two people expected");
        assert!(!Ratio::of(&[500, 520], &[1.0, 1.0]).unwrap().is_off());
        assert!(Ratio::of(&[500, 650], &[1.0, 1.0]).unwrap().is_off());
        assert!(!Ratio::of(&[900, 110], &[9.0, 1.0]).unwrap().is_off(), "uneven as it was meant");
        assert!(Ratio::of(&[1000, 1000, 30], &[0.5, 0.5, 0.0]).unwrap().is_off(), "nobody should be there");
        assert!(!Ratio::of(&[1000, 1000, 3], &[0.5, 0.5, 0.0]).unwrap().is_off(), "three forged phones");
    }
}
