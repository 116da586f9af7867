//! The regularised incomplete beta function, by Lentz's continued fraction (DLMF 8.17.22).

use super::number::{exp, lgamma, ln};

/// Convergence takes about √max(a, b) steps; parameters of cycles are below 10⁴.
const STEPS_MAX: u32 = 500;
const TINY: f64 = 1e-300;

/// I_x(a, b) for fixed a and b, both positive; what does not depend on x is computed once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncompleteBeta {
    a: f64,
    b: f64,
    /// -ln B(a, b).
    ln_scale: f64,
}

impl IncompleteBeta {
    /// For these shapes.
    pub fn new(a: f64, b: f64) -> IncompleteBeta {
        IncompleteBeta { a, b, ln_scale: lgamma(a + b) - lgamma(a) - lgamma(b) }
    }

    /// I_x, 0..=1. `x` is taken into 0..=1, what is no number for 0.
    pub fn at(&self, x: f64) -> f64 {
        if x.is_nan() || x <= 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            return 1.0;
        }
        let IncompleteBeta { a, b, ln_scale } = *self;
        let front = exp(ln_scale + a * ln(x) + b * ln(1.0 - x));
        // The fraction converges fast on one side of the mean; the other side is its mirror image.
        let found = if x < (a + 1.0) / (a + b + 2.0) {
            front * fraction(a, b, x) / a
        } else {
            1.0 - front * fraction(b, a, 1.0 - x) / b
        };
        found.clamp(0.0, 1.0)
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut product = d;
    for m in 1..=STEPS_MAX {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for step in [even, odd] {
            d = 1.0 / away(1.0 + step * d);
            c = away(1.0 + step / c);
            change = c * d;
            product *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_parameters_are_binomial_tails() {
        // I_x(a, n - a + 1) = P(Binomial(n, x) >= a).
        let tail = |n: u32, a: u32, x: f64| -> f64 {
            let choose = |k: u32| (0..k).fold(1.0, |c, i| c * f64::from(n - i) / f64::from(i + 1));
            (a..=n).map(|k| choose(k) * x.powi(k as i32) * (1.0 - x).powi((n - k) as i32)).sum()
        };
        for (n, a, x) in [(10, 3, 0.2), (10, 3, 0.9), (40, 1, 0.01), (40, 39, 0.97), (5, 5, 0.5)] {
            let found = IncompleteBeta::new(f64::from(a), f64::from(n - a + 1)).at(x);
            assert!((found - tail(n, a, x)).abs() < 1e-13, "{n} {a} {x}");
        }
    }

    #[test]
    fn both_ends_and_nonsense_are_chances() {
        assert_eq!(IncompleteBeta::new(2.0, 3.0).at(-1.0), 0.0);
        assert_eq!(IncompleteBeta::new(2.0, 3.0).at(f64::NAN), 0.0);
        assert_eq!(IncompleteBeta::new(2.0, 3.0).at(2.0), 1.0);
        for shape in [1e-9, 0.5, 3_000.0, 1e9] {
            assert!((0.0..=1.0).contains(&IncompleteBeta::new(shape, 2.0).at(0.3)), "{shape}");
        }
    }
}
