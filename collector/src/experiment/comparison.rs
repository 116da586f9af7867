//! One variation against the control, on one metric.

use super::cuped::{self, Adjusted};
use super::difference::Difference;
use super::lift::lift;
use super::{Estimate, Interval, Sample, Sums};

/// What a person's value can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 0 or 1: did she or not.
    Proportion,
    /// Any amount.
    Amount,
}

/// Everything that can be said of one metric of one variation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// In the metric's own unit.
    pub difference: Difference,
    /// As a share of the control; `None` where the control has nothing.
    pub lift: Option<Lift>,
    /// The same with less noise, where there are data from before.
    pub cuped: Option<Cuped>,
}

/// A lift with its two intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// 0.12 is 12 % more than the control.
    pub estimate: Estimate,
    /// For an end that was fixed beforehand, looked at once.
    pub interval: Interval,
    /// For any number of looks.
    pub always_valid: Interval,
}

/// The comparison after the adjustment for what was before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cuped {
    /// The slope, and what is left of the variance.
    pub adjusted: Adjusted,
    /// Of the adjusted means.
    pub difference: Difference,
    /// Of the adjusted means.
    pub lift: Option<Lift>,
}

impl Comparison {
    /// `None` with fewer than two people in either, or where nothing varies.
    pub fn of(control: &Sums, variation: &Sums, scale: Scale) -> Option<Comparison> {
        let (a, b) = (control.sample()?, variation.sample()?);
        let difference = match scale {
            Scale::Proportion => Difference::proportions(control, variation)?,
            Scale::Amount => Difference::welch(&a, &b)?,
        };
        let cuped = cuped::adjust(control, variation).and_then(Cuped::of);
        Some(Comparison { difference, lift: Lift::of(&a, &b, difference.estimate.degrees), cuped })
    }

    /// The lift that is the surest: the adjusted one where there is one.
    pub fn best_lift(&self) -> Option<Lift> {
        self.cuped.and_then(|cuped| cuped.lift).or(self.lift)
    }
}

impl Cuped {
    fn of(adjusted: Adjusted) -> Option<Cuped> {
        let difference = Difference::welch(&adjusted.control, &adjusted.variation)?;
        let lift = Lift::of(&adjusted.control, &adjusted.variation, difference.estimate.degrees);
        Some(Cuped { adjusted, difference, lift })
    }
}

impl Lift {
    fn of(control: &Sample, variation: &Sample, degrees: Option<f64>) -> Option<Lift> {
        let estimate = lift(control, variation, degrees)?;
        let always_valid = estimate.always_valid(control.people + variation.people);
        Some(Lift { estimate, interval: estimate.interval(), always_valid })
    }
}
