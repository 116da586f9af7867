//! Decimal digits to a double, small rather than correctly rounded to the last bit.

/// `digits * 10^exponent`.
#[derive(Default)]
pub(super) struct Decimal {
    digits: u64,
    pub(super) exponent: i32,
}

impl Decimal {
    /// Appends a digit; `shift` is -1 after the point. What exceeds 19 digits moves the exponent only.
    pub(super) fn push(&mut self, digit: u8, shift: i32) {
        if self.digits < u64::MAX / 10 - 1 {
            self.digits = self.digits * 10 + u64::from(digit);
            self.exponent += shift;
        } else {
            self.exponent += shift + 1;
        }
    }

    /// Exact up to 2^53 and 10^±22, where both operands are; else within some units in the last place, which spares
    /// the module the big-number arithmetic of a correctly rounding parser.
    pub(super) fn to_f64(&self) -> f64 {
        let mut value = self.digits as f64;
        let mut left = self.exponent.unsigned_abs();
        while left > 0 && value > 0.0 && value.is_finite() {
            let step = left.min(22);
            let power = (0..step).fold(1.0, |power, _| power * 10.0);
            value = if self.exponent < 0 { value / power } else { value * power };
            left -= step;
        }
        value
    }
}
