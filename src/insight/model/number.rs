//! Elementary functions, the same bits on every machine: what a platform's own library answers differs in the last one.
//! As few as will do, because each is half a kilobyte on a phone: arguments near 1 lose digits that no score needs.

pub use libm::{exp, log as ln};

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

/// From here on Stirling's series below is exact to 2e-14.
const STIRLING_FROM: f64 = 10.0;
/// ln √(2π).
const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_7;
/// B(2n) / (2n (2n - 1)), the series' coefficients.
const STIRLING: [f64; 5] = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0];

/// ln Γ(x) for x > 0, to 13 digits: Stirling's series, where need be after Γ(x + 1) = x Γ(x).
pub fn lgamma(x: f64) -> f64 {
    let (mut x, mut below) = (x, 1.0);
    while x < STIRLING_FROM {
        below *= x;
        x += 1.0;
    }
    let mut power = 1.0 / x;
    let mut sum = (x - 0.5) * ln(x) - x + LN_SQRT_TAU - ln(below);
    for coefficient in STIRLING {
        sum += coefficient * power;
        power /= x * x;
    }
    sum
}

/// Of the polynomial in 1 / (1 + z/2) of [`normal_tail`].
const TAIL: [f64; 10] = [
    -1.265_512_23,
    1.000_023_68,
    0.374_091_96,
    0.096_784_18,
    -0.186_288_06,
    0.278_868_07,
    -1.135_203_98,
    1.488_515_87,
    -0.822_152_23,
    0.170_872_77,
];

/// P(a standard normal number is above x), within 1.2e-7 of itself: enough for days and chances, at a tenth of the bytes
/// of an exact one (Press et al., Numerical Recipes, 6.2).
pub fn normal_tail(x: f64) -> f64 {
    let z = x.abs() * core::f64::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * z);
    let polynomial = TAIL.iter().rev().fold(0.0, |sum, coefficient| sum * t + coefficient);
    let tail = 0.5 * t * exp(polynomial - z * z);
    if x >= 0.0 {
        tail
    } else {
        1.0 - tail
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
    fn gamma_is_the_factorial() {
        let mut factorial = 1.0f64;
        for n in 1..30 {
            assert!((lgamma(f64::from(n)) - factorial.ln()).abs() < 1e-13 * factorial.ln().max(1.0), "{n}");
            factorial *= f64::from(n);
        }
        assert!((lgamma(0.5) - core::f64::consts::PI.sqrt().ln()).abs() < 1e-13);
        for x in [1e-9, 0.3, 1.5, 9.99, 10.01, 77.7, 1e6, 1e9] {
            assert!((lgamma(x) - libm::lgamma(x)).abs() <= 1e-13 * libm::lgamma(x).abs().max(1.0), "{x}");
        }
    }

    #[test]
    fn the_tail_is_that_of_the_normal_distribution() {
        for tenth in -90..300 {
            let x = f64::from(tenth) / 10.0;
            let exact = 0.5 * libm::erfc(x * core::f64::consts::FRAC_1_SQRT_2);
            assert!((normal_tail(x) - exact).abs() <= 1.2e-7 * exact, "{x}");
        }
    }

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
