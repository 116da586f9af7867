//! Elementary functions, the same bits on every machine: what a platform's own library answers differs in the last one.
//! As few as will do, because each is half a kilobyte on a phone: arguments near 1 lose digits that no score needs.

pub use libm::{erfc, exp, lgamma, log as ln};

/// Parameters beyond this are no fleet's, and squares of them must not overflow.
pub const PARAMETER_MAX: f64 = 1e9;
/// Positive parameters below this are as good as nothing and make logarithms lose their meaning.
pub const PARAMETER_MIN: f64 = 1e-9;

/// True for a number that can be a scale, a shape or a rate.
pub fn is_positive(value: f64) -> bool {
    (PARAMETER_MIN..=PARAMETER_MAX).contains(&value)
}

/// True for a number that can be a coefficient.
pub fn is_coefficient(value: f64) -> bool {
    (-PARAMETER_MAX..=PARAMETER_MAX).contains(&value)
}

/// A length of time as models take it: what is negative or no number is 0.
pub fn time(value: f64) -> f64 {
    amount(value, PARAMETER_MAX)
}

/// A number from 0 to `most`: what is negative or no number is 0.
pub fn amount(value: f64, most: f64) -> f64 {
    if value > 0.0 {
        value.min(most)
    } else {
        0.0
    }
}

/// 1 / (1 + e^-x), within 0..=1 for every number.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_parameter_and_no_time() {
        for nonsense in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e10] {
            assert!(!is_positive(nonsense), "{nonsense}");
        }
        assert!(is_positive(1e-9) && is_coefficient(-3.0) && !is_coefficient(f64::NAN));
        assert_eq!([time(f64::NAN), time(-1.0), time(2.5), time(f64::INFINITY)], [0.0, 0.0, 2.5, PARAMETER_MAX]);
        assert_eq!([logistic(-1e9), logistic(0.0), logistic(1e9)], [0.0, 0.5, 1.0]);
    }
}
