//! One variation against the control, on one metric.

use super::cuped::{self, Adjusted};
use super::difference::Difference;
use super::lift::{self, Lift};
use super::{sequential, Interval, Sample, Sums, ALPHA};

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
    /// As it was counted.
    pub plain: Effect,
    /// The same with less noise, where there are data from before.
    pub cuped: Option<Cuped>,
}

/// How far a variation lies from the control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// In the metric's own unit.
    pub difference: Difference,
    /// Of the difference; 95 %, for an end that was fixed beforehand, looked at once.
    pub interval: Interval,
    /// Of the difference; 95 %, for any number of looks.
    pub always_valid: Interval,
    /// As a share of the control; `None` where the control has nothing.
    pub lift: Option<Lift>,
}

/// The effect after the adjustment for what was before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cuped {
    /// The slope, and what is left of the variance.
    pub adjusted: Adjusted,
    /// Of the adjusted means.
    pub effect: Effect,
}

impl Comparison {
    /// `None` with fewer than two people in either, or where nothing varies.
    pub fn of(control: &Sums, variation: &Sums, scale: Scale) -> Option<Comparison> {
        let (a, b, difference) = match scale {
            Scale::Proportion => {
                (control.proportion()?, variation.proportion()?, Difference::proportions(control, variation)?)
            }
            Scale::Amount => {
                let (a, b) = (control.sample()?, variation.sample()?);
                (a, b, Difference::welch(&a, &b)?)
            }
        };
        let cuped = cuped::adjust(control, variation).and_then(Cuped::of);
        Some(Comparison { plain: Effect::of(&a, &b, difference), cuped })
    }

    /// The effect that is the surest: the adjusted one where there is one.
    pub fn best(&self) -> &Effect {
        self.cuped.as_ref().map_or(&self.plain, |cuped| &cuped.effect)
    }
}

impl Cuped {
    fn of(adjusted: Adjusted) -> Option<Cuped> {
        let difference = Difference::welch(&adjusted.control, &adjusted.variation)?;
        Some(Cuped { effect: Effect::of(&adjusted.control, &adjusted.variation, difference), adjusted })
    }
}

impl Effect {
    fn of(control: &Sample, variation: &Sample, difference: Difference) -> Effect {
        let (estimate, people) = (difference.estimate, control.people + variation.people);
        let (once, always) = (estimate.multiplier(), sequential::half_width(1.0, people, ALPHA));
        let lift = (control.mean > 0.0).then(|| Lift {
            value: estimate.value / control.mean,
            interval: lift::interval(control, variation, once),
            always_valid: lift::interval(control, variation, always),
        });
        let around = |multiplier: f64| Interval::around(estimate.value, multiplier * estimate.error);
        Effect { difference, interval: around(once), always_valid: around(always), lift }
    }
}
