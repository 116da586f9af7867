//! Intervals are log-normal around a mean of the person's own, which is normal over the fleet.

use super::super::number::{is_coefficient, is_positive, ln, normal_tail};
use super::{CycleFleet, Gaps};

/// A day is the finest that is recorded; no time at all has no logarithm.
const DAYS_MIN: f64 = 0.01;

/// What is believed of the next interval's logarithm: normal with this mean and deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LogNormal {
    mean: f64,
    deviation: f64,
}

impl LogNormal {
    /// The fleet's mean counts as τ = within / between intervals.
    pub(super) fn new(fleet: &CycleFleet, gaps: &Gaps) -> Option<LogNormal> {
        if !is_positive(fleet.within) || !is_positive(fleet.between) || !is_coefficient(fleet.ln_median) {
            return None;
        }
        let tau = fleet.within / fleet.between;
        let n = f64::from(gaps.n);
        let mean = (gaps.sum_ln + tau * fleet.ln_median) / (n + tau);
        Some(LogNormal { mean, deviation: (fleet.within * (1.0 + 1.0 / (n + tau))).sqrt() })
    }

    pub(super) fn survival(&self, days: f64) -> f64 {
        normal_tail((ln(days.max(DAYS_MIN)) - self.mean) / self.deviation)
    }
}
