//! What a person spends a time: her amounts are Gamma(p, ν), and ν is Gamma(q, v) over the fleet.

use super::number::{amount, is_positive};

/// The model with a fleet's parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

impl GammaGamma {
    /// With `[p, q, v]`; v is in the unit of the amounts. q must be above 1: below, no mean exists.
    pub fn new([p, q, v]: [f64; 3]) -> Option<GammaGamma> {
        (is_positive(p) && is_positive(v) && q > 1.0 && is_positive(q)).then_some(GammaGamma { p, q, v })
    }

    /// Her mean amount to come, after `x` amounts of `mean` on average; the fleet's mean without any. An amount that is
    /// negative or no number is 0.
    pub fn expected_spend(&self, x: u32, mean: f64) -> f64 {
        let (x, mean) = (f64::from(x), amount(mean, f64::MAX.sqrt()));
        self.p * (self.v + x * mean) / (self.p * x + self.q - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_few_amounts_is_drawn_to_the_fleets() {
        let model = GammaGamma::new([6.25, 3.74, 15.44]).unwrap();
        let fleet = model.expected_spend(0, 0.0);
        assert!((fleet - 35.218_978_102_189_78).abs() < 1e-12);
        assert!(model.expected_spend(1, 100.0) < model.expected_spend(50, 100.0));
        assert!((model.expected_spend(100_000, 100.0) - 100.0).abs() < 0.01);
    }

    #[test]
    fn nonsense_has_an_answer() {
        let model = GammaGamma::new([6.25, 3.74, 15.44]).unwrap();
        for mean in [f64::NAN, f64::INFINITY, -3.0] {
            assert!(model.expected_spend(u32::MAX, mean).is_finite());
        }
        assert_eq!(model.expected_spend(3, f64::NAN), model.expected_spend(3, 0.0));
        assert_eq!(GammaGamma::new([6.0, 1.0, 15.0]), None);
        assert_eq!(GammaGamma::new([f64::NAN, 3.0, 15.0]), None);
    }
}
