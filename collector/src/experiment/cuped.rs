//! Less noise by what is known from before the experiment.

use super::{Sample, Sums};

/// Two samples after the adjustment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjusted {
    /// What a unit of the metric before says about the metric since.
    pub theta: f64,
    /// The control.
    pub control: Sample,
    /// The variation.
    pub variation: Sample,
    /// The share of the variance that is left, 0 to 1: of 0.6, an experiment of 600 people says what one of 1,000 would.
    pub variance_left: f64,
}

/// CUPED (Deng, Xu, Kohavi, Walker, 2013): `y − θ (x − x̄)` in place of `y`, with `x` from before the first exposure, so
/// that no variation can have moved it. `θ = (Sxy_a + Sxy_b) / (Sxx_a + Sxx_b)` is pooled within both variations (the
/// slope of a regression with a mean for each), `x̄` is the mean of both. `None` without data from before.
pub fn adjust(control: &Sums, variation: &Sums) -> Option<Adjusted> {
    let ((yy_a, xx_a, xy_a), (yy_b, xx_b, xy_b)) = (control.scatter(), variation.scatter());
    let theta = (xy_a + xy_b) / (xx_a + xx_b);
    if xx_a + xx_b <= 0.0 || !theta.is_finite() {
        return None;
    }
    let before = (control.x + variation.x) / (control.n() + variation.n());
    let (a, b) = (sample(control, theta, before)?, sample(variation, theta, before)?);
    let left = a.variance * (control.n() - 1.0) + b.variance * (variation.n() - 1.0);
    let variance_left = if yy_a + yy_b > 0.0 { left / (yy_a + yy_b) } else { 1.0 };
    Some(Adjusted { theta, control: a, variation: b, variance_left })
}

fn sample(sums: &Sums, theta: f64, before: f64) -> Option<Sample> {
    let plain = sums.sample()?;
    let (yy, xx, xy) = sums.scatter();
    let scatter = (yy - 2.0 * theta * xy + theta * theta * xx).max(0.0);
    let mean = plain.mean - theta * (sums.x / sums.n() - before);
    Some(Sample { mean, variance: scatter / (sums.n() - 1.0), ..plain })
}
