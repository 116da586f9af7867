//! P(an event within the horizon) from seven features of a rhythm, with coefficients that a server fitted.
//!
//! On eight tasks from four public shops this was the best of 26 methods, or within 0.007 AUC of it.

use super::nbd::Nbd;
use super::number::{is_coefficient, ln, logistic};

/// How many features there are.
pub const FEATURES: usize = 7;

/// What is known of one person's events, in days.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activity {
    /// Days with an event after the first one.
    pub x: u32,
    /// Days from the first to the latest event.
    pub last_days: u32,
    /// Days since the first event; at least `last_days`.
    pub age_days: u32,
    /// Days with an event among the last 30, today included.
    pub n30: u32,
    /// Days with an event among the last 90, today included.
    pub n90: u32,
}

/// Features before coefficients: what is fitted on, and scored.
///
/// ln(1 + silence), ln(1 + x), ln(1 + age), ln m, ln(1 + silence) - ln m, ln(1 + n30), ln(1 + n90), where m is the mean
/// interval drawn to the fleet's ([`Nbd::mean_interval`], α in days). Days and counts, so all are finite.
pub fn features(activity: &Activity, fleet_days: &Nbd) -> [f64; FEATURES] {
    let ln_1p_of = |count: u32| ln(1.0 + f64::from(count));
    let silence = ln_1p_of(activity.age_days.saturating_sub(activity.last_days));
    let interval = ln(fleet_days.mean_interval(f64::from(activity.x), f64::from(activity.last_days)));
    [
        silence,
        ln_1p_of(activity.x),
        ln_1p_of(activity.age_days),
        interval,
        silence - interval,
        ln_1p_of(activity.n30),
        ln_1p_of(activity.n90),
    ]
}

/// The fitted model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logit7 {
    weights: [f64; FEATURES],
    bias: f64,
    fleet_days: Nbd,
}

impl Logit7 {
    /// `fleet_days` with its α in days. `None` if a coefficient is no number or beyond 10⁹: score with
    /// [`super::lifetime::Lifetime::p_active`] instead.
    pub fn new(weights: [f64; FEATURES], bias: f64, fleet_days: Nbd) -> Option<Logit7> {
        let is_sane = is_coefficient(bias) && weights.iter().all(|&weight| is_coefficient(weight));
        is_sane.then_some(Logit7 { weights, bias, fleet_days })
    }

    /// P(an event within the horizon that the coefficients were fitted for), 0..=1.
    pub fn p_active(&self, activity: &Activity) -> f64 {
        let features = features(activity, &self.fleet_days);
        logistic(self.weights.iter().zip(features).fold(self.bias, |sum, (weight, feature)| sum + weight * feature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_what_the_table_says() {
        let fleet = Nbd::new([0.5, 10.0]).unwrap();
        let activity = Activity { x: 4, last_days: 80, age_days: 100, n30: 1, n90: 3 };
        let m = 90.0f64 / 4.5;
        let expected = [21f64.ln(), 5f64.ln(), 101f64.ln(), m.ln(), 21f64.ln() - m.ln(), 2f64.ln(), 4f64.ln()];
        for (found, expected) in features(&activity, &fleet).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn any_activity_has_a_chance() {
        let fleet = Nbd::new([1e-9, 1e-9]).unwrap();
        let model = Logit7::new([-0.9, 1.6, -1.6, 0.3, -0.1, 0.05, 0.5], 4.5, fleet).unwrap();
        for n in [0, 1, 1_500, u32::MAX] {
            let activity = Activity { x: n, last_days: n, age_days: n / 2, n30: n, n90: n };
            assert!((0.0..=1.0).contains(&model.p_active(&activity)), "{n}");
        }
    }

    #[test]
    fn coefficients_that_are_no_numbers_make_no_model() {
        let fleet = Nbd::new([0.5, 10.0]).unwrap();
        assert_eq!(Logit7::new([f64::NAN; FEATURES], 0.0, fleet), None);
        assert_eq!(Logit7::new([0.0; FEATURES], f64::INFINITY, fleet), None);
    }
}
