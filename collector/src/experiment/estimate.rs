//! A figure and how sure it is.

use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};

use super::ALPHA;

/// From so many degrees of freedom on, Student's t is reckoned from the normal distribution …
const NEAR_NORMAL_DEGREES: f64 = 50_000.0;
/// … up to so many standard errors.
const NEAR_NORMAL_Z_MAX: f64 = 6.0;

/// A dozen steps find the quantile of one degree of freedom; rounding may keep them from ending by themselves.
const STEPS_MAX: usize = 32;

/// Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Around a middle.
    pub fn around(middle: f64, half_width: f64) -> Interval {
        Interval { low: middle - half_width, high: middle + half_width }
    }

    /// True if zero is no possible value: there is a difference, and its sign is known.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Standard error, in the same unit; above 0.
    pub error: f64,
    /// Degrees of freedom of Student's t; `None`: the normal distribution.
    pub degrees: Option<f64>,
}

impl Estimate {
    /// So many standard errors to both sides are the 95 % confidence interval of an experiment whose end was fixed
    /// beforehand and that is looked at once.
    pub fn multiplier(&self) -> f64 {
        quantile(1.0 - ALPHA / 2.0, self.degrees)
    }

    /// How likely an estimate at least this far from zero is if the truth is zero (two-sided).
    pub fn p(&self) -> f64 {
        tails(self.value / self.error, self.degrees)
    }
}

/// The mass of both tails beyond ±`z`.
pub fn tails(z: f64, degrees: Option<f64>) -> f64 {
    2.0 * upper_tail(z.abs(), degrees)
}

fn upper_tail(z: f64, degrees: Option<f64>) -> f64 {
    let Some(degrees) = degrees else { return Normal::standard().sf(z) };
    if degrees > NEAR_NORMAL_DEGREES && z < NEAR_NORMAL_Z_MAX {
        return near_normal_tail(z, degrees);
    }
    // Degrees that are no number do not get here: a variance of zero has had its end before.
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |t| t.sf(z))
}

/// Fisher's expansion of Student's t about the normal distribution (Johnson, Kotz, Balakrishnan, *Continuous univariate
/// distributions* 2, chapter 28), to the third power of 1/degrees: exact to 1e-10 where it is used, while the incomplete
/// beta function has lost nine digits to the difference of two large logarithms of Γ.
fn near_normal_tail(z: f64, degrees: f64) -> f64 {
    let (normal, squared) = (Normal::standard(), z * z);
    let polynomial = |coefficients: &[f64]| z * coefficients.iter().fold(0.0, |sum, c| sum * squared + c);
    let first = polynomial(&[1.0, 1.0]) / 4.0;
    let second = polynomial(&[3.0, -7.0, -5.0, -3.0]) / 96.0;
    let third = polynomial(&[1.0, -11.0, 14.0, 6.0, -3.0, -15.0]) / 384.0;
    normal.sf(z) + normal.pdf(z) * (first + (second + third / degrees) / degrees) / degrees
}

/// The value that a share of the mass lies below; the share is above a half.
///
/// By Newton's method from the normal quantile, because `StudentsT::inverse_cdf` is off in the fifth digit at a million
/// degrees. The tail is convex there and the start lies left of the root, so no step overshoots.
fn quantile(share: f64, degrees: Option<f64>) -> f64 {
    let normal = Normal::standard().inverse_cdf(share);
    let Some(Ok(t)) = degrees.map(|degrees| StudentsT::new(0.0, 1.0, degrees)) else { return normal };
    let mut at = normal;
    for _ in 0..STEPS_MAX {
        let step = (upper_tail(at, degrees) - (1.0 - share)) / t.pdf(at);
        at += step;
        if step.abs() <= f64::EPSILON * at {
            break;
        }
    }
    at
}
