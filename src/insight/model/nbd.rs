//! Events at a steady rate that differs between people, and nobody ever drops out (NBD).

use super::lifetime::History;
use super::number::{exp, is_positive, ln, time};

/// Rates are Gamma(r, α) over the fleet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nbd {
    r: f64,
    alpha: f64,
}

impl Nbd {
    /// What is assumed of visits before a fleet was fitted, with α in days: households of the public data set.
    pub const PRIOR_DAYS: Nbd = Nbd { r: 1.4, alpha: 10.0 };

    /// With `[r, α]`.
    pub fn new([r, alpha]: [f64; 2]) -> Option<Nbd> {
        (is_positive(r) && is_positive(alpha)).then_some(Nbd { r, alpha })
    }

    /// P(at least one event within the next `t`), 0..=1.
    pub fn p_active(&self, history: &History, t: f64) -> f64 {
        1.0 - exp(-(self.r + history.x()) * ln(1.0 + time(t) / (self.alpha + history.age())))
    }

    /// How many events to expect within the next `t`.
    pub fn expected(&self, history: &History, t: f64) -> f64 {
        (self.r + history.x()) / (self.alpha + history.age()) * time(t)
    }

    /// Her mean interval, drawn to the fleet's: (time until her latest event + α) / (events + r).
    pub fn mean_interval(&self, x: f64, last: f64) -> f64 {
        (last + self.alpha) / (x + self.r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_drawn_to_the_fleet() {
        let nbd = Nbd::new([0.5, 10.0]).unwrap();
        let busy = History::new(20, 19.0, 20.0);
        assert!((nbd.expected(&busy, 10.0) - 20.5 / 30.0 * 10.0).abs() < 1e-12);
        assert!(nbd.p_active(&busy, 10.0) > 0.99 && nbd.p_active(&History::new(0, 0.0, 20.0), 10.0) < 0.2);
        assert_eq!(nbd.p_active(&busy, -1.0), 0.0);
        assert_eq!(nbd.mean_interval(9.5, 90.0), 10.0);
        assert_eq!(Nbd::new([f64::NAN, 1.0]), None);
    }
}
