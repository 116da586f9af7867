//! Intervals are Gamma(k, λ) with a rate of the person's own, and rates are Gamma(a, b) over the fleet.

use super::super::incomplete_beta::IncompleteBeta;
use super::super::number::is_positive;
use super::{CycleFleet, Gaps};

/// What is believed of the next interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gamma {
    b: f64,
    shares: IncompleteBeta,
}

impl Gamma {
    pub(super) fn new(fleet: &CycleFleet, gaps: &Gaps) -> Option<Gamma> {
        let [k, a, b] = fleet.gamma;
        let is_sane = fleet.gamma.iter().all(|&parameter| is_positive(parameter));
        let shares = IncompleteBeta::new(a + k * f64::from(gaps.n), k);
        is_sane.then_some(Gamma { b: b + f64::from(gaps.sum_days), shares })
    }

    /// 1 - I(t / (b + t); k, a), from the other end, where small chances keep their digits.
    pub(super) fn survival(&self, days: f64) -> f64 {
        self.shares.at(self.b / (self.b + days))
    }
}
