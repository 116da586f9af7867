//! Intervals are Gamma(k, λ) with a rate of the person's own, and rates are Gamma(a, b) over the fleet.

use super::super::incomplete_beta::incomplete_beta;
use super::super::number::is_positive;
use super::{CycleFleet, Gaps};

/// What is believed of the next interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gamma {
    k: f64,
    a: f64,
    b: f64,
}

impl Gamma {
    pub(super) fn new(fleet: &CycleFleet, gaps: &Gaps) -> Option<Gamma> {
        let [k, a, b] = fleet.gamma;
        let is_sane = fleet.gamma.iter().all(|&parameter| is_positive(parameter));
        is_sane.then_some(Gamma { k, a: a + k * f64::from(gaps.n), b: b + f64::from(gaps.sum_days) })
    }

    /// 1 - I(t / (b + t); k, a), from the other end, where small chances keep their digits.
    pub(super) fn survival(&self, days: f64) -> f64 {
        incomplete_beta(self.a, self.k, self.b / (self.b + days))
    }
}
