//! How far a variation lies from the control, as a share of the control.

use super::{Interval, Sample};

/// A lift with its two intervals; an interval is `None` where the control's mean is too unsure to divide by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// mean(variation) / mean(control) − 1: 0.12 is 12 % more than the control.
    pub value: f64,
    /// 95 %, for an end that was fixed beforehand, looked at once.
    pub interval: Option<Interval>,
    /// 95 %, for any number of looks.
    pub always_valid: Option<Interval>,
}

/// The interval of a lift that belongs to an interval of `multiplier` standard errors around the difference, by Fieller's
/// theorem: all R with `|m_b − R m_a| ≤ c √(s_b² + R² s_a²)`, less 1. So it holds zero exactly when the interval of
/// the difference does, which that of the delta method (GrowthBook's) does not: for large lifts of few people it
/// contradicts the test. `None` where the control's mean is not above zero by `multiplier` errors.
pub fn interval(control: &Sample, variation: &Sample, multiplier: f64) -> Option<Interval> {
    let (squared, ratio) = (multiplier * multiplier, variation.mean / control.mean);
    let unsure = squared * control.error_squared() / (control.mean * control.mean);
    let (a, b) = (control.error_squared(), variation.error_squared());
    let within = (b + ratio * ratio * a - unsure * b).max(0.0);
    let half_width = multiplier / control.mean * within.sqrt() / (1.0 - unsure);
    // The middle less 1, without the loss of digits that taking 1 from it would mean.
    let middle = ((variation.mean - control.mean) / control.mean + unsure) / (1.0 - unsure);
    (control.mean > 0.0 && unsure < 1.0).then(|| Interval::around(middle, half_width))
}
