//! How far a variation lies from the control, in the metric's own unit.

use super::estimate::tails;
use super::{Estimate, Sample, Sums};

/// A difference of means, and how likely one as large is by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Mean of the variation less that of the control.
    pub estimate: Estimate,
    /// How likely a difference at least as large is if there is none (two-sided).
    pub p: f64,
}

impl Difference {
    /// Welch's t-test, which lets variances differ; degrees of freedom after Welch and Satterthwaite. `None` where
    /// neither sample varies.
    pub fn welch(control: &Sample, variation: &Sample) -> Option<Difference> {
        let (a, b) = (control.error_squared(), variation.error_squared());
        let error = (a + b).sqrt();
        let share = a * a / (control.people - 1.0) + b * b / (variation.people - 1.0);
        let estimate = Estimate {
            value: variation.mean - control.mean,
            error,
            degrees: Some((a + b) * (a + b) / share).filter(|degrees| degrees.is_finite()),
        };
        (error > 0.0).then(|| Difference { estimate, p: estimate.p() })
    }

    /// The z-test of two proportions, `y` being 0 or 1 for each person. The test takes the variance of both together,
    /// as it is if there is no difference; the estimate's error is that of each for itself (Wald). `None` where
    /// neither varies.
    pub fn proportions(control: &Sums, variation: &Sums) -> Option<Difference> {
        let (a, b) = (control.y / control.n(), variation.y / variation.n());
        let both = (control.y + variation.y) / (control.n() + variation.n());
        let error = (a * (1.0 - a) / control.n() + b * (1.0 - b) / variation.n()).sqrt();
        let pooled = (both * (1.0 - both) * (1.0 / control.n() + 1.0 / variation.n())).sqrt();
        let estimate = Estimate { value: b - a, error, degrees: None };
        (error > 0.0 && pooled > 0.0).then(|| Difference { estimate, p: tails((b - a) / pooled, None) })
    }
}
