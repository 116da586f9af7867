//! How far a variation lies from the control, as a share of the control.

use super::{Estimate, Sample};

/// The lift mean(variation) / mean(control) − 1: 0.12 is 12 % more. `None` where the control's mean is not above zero.
///
/// The error is that of a ratio of two independent means by the delta method,
/// `√( s_b² / (n_b m_a²) + s_a² m_b² / (n_a m_a⁴) )`; `degrees` are those of the difference.
pub fn lift(control: &Sample, variation: &Sample, degrees: Option<f64>) -> Option<Estimate> {
    let (a, b) = (control.mean, variation.mean);
    let squared = variation.error_squared() / (a * a) + control.error_squared() * (b * b) / (a * a * a * a);
    let estimate = Estimate { value: b / a - 1.0, error: squared.sqrt(), degrees };
    (a > 0.0 && estimate.error > 0.0).then_some(estimate)
}
