//! Decimal digits to a double and back, as JavaScript does it: a bucket's end must be the same number here and there.
//!
//! Exact for everything that people and JavaScript write without an exponent; far out (beyond 10^±22 or so) within some
//! units in the last place, which spares the module the big-number arithmetic of a general parser.

use super::push_unsigned;

/// `digits * 10^exponent`.
#[derive(Default)]
pub struct Decimal {
    digits: u64,
    /// The power of ten.
    pub exponent: i32,
}

impl Decimal {
    /// Appends a digit; `shift` is -1 after the point. What exceeds 19 digits moves the exponent only.
    pub fn push(&mut self, digit: u8, shift: i32) {
        if self.digits < u64::MAX / 10 - 1 {
            self.digits = self.digits * 10 + u64::from(digit);
            self.exponent += shift;
        } else {
            self.exponent += shift + 1;
        }
    }

    /// The double nearest to it; infinite if it is beyond all of them.
    pub fn to_f64(&self) -> f64 {
        to_f64(self.digits, self.exponent)
    }
}

/// Whole numbers up to here are doubles.
const EXACT_MAX: u64 = 1 << 53;
/// Powers of ten up to this one are doubles.
const EXACT_POWER: u32 = 22;

fn to_f64(digits: u64, exponent: i32) -> f64 {
    let power = exponent.unsigned_abs();
    let is_exact = digits <= EXACT_MAX && power <= EXACT_POWER;
    let rounded = if is_exact { None } else { rounded_once(digits, exponent) };
    rounded.unwrap_or_else(|| stepwise(digits, exponent))
}

/// Bits of the second step of a division.
const MORE_BITS: u32 = 40;

/// One rounding, by whole numbers of 128 bits; `None` if they do not suffice.
fn rounded_once(digits: u64, exponent: i32) -> Option<f64> {
    let (digits, power) = (u128::from(digits), 10u128.checked_pow(exponent.unsigned_abs())?);
    if exponent >= 0 {
        return Some(digits.checked_mul(power)? as f64);
    }
    let shift = digits.leading_zeros().min(127);
    let (mut quotient, mut rest) = ((digits << shift) / power, (digits << shift) % power);
    let mut shifted = shift;
    // A double has 53 bits, and two more decide how it is rounded: division goes on where it stopped.
    if quotient >> 54 == 0 {
        rest = rest.checked_mul(1 << MORE_BITS)?;
        (quotient, rest) = ((quotient << MORE_BITS) + rest / power, rest % power);
        shifted += MORE_BITS;
    }
    Some((quotient | u128::from(rest > 0)) as f64 * power_of_two(-(shifted as i32)))
}

/// Exact if both operands are doubles; else a few units in the last place off.
fn stepwise(digits: u64, exponent: i32) -> f64 {
    let mut value = digits as f64;
    let mut left = exponent.unsigned_abs();
    while left > 0 && value > 0.0 && value.is_finite() {
        let step = left.min(EXACT_POWER);
        let power = (0..step).fold(1.0, |power, _| power * 10.0);
        value = if exponent < 0 { value / power } else { value * power };
        left -= step;
    }
    value
}

fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// Appends the number as JavaScript's `String(number)` writes it: the fewest digits that read back as the same number.
pub fn push_number(out: &mut String, number: f64) {
    if number < 0.0 {
        out.push('-');
    }
    let size = number.abs();
    if size < EXACT_MAX as f64 && size == size.trunc() {
        return push_unsigned(out, size as u64);
    }
    let (digits, exponent) = shortest(size);
    let mut text = String::new();
    push_unsigned(&mut text, digits);
    push_scaled(out, &text, text.len() as i32 + exponent);
}

/// `digits` with the decimal point after `point` of them.
fn push_scaled(out: &mut String, digits: &str, point: i32) {
    let zeros = |out: &mut String, count: i32| (0..count).for_each(|_| out.push('0'));
    let (head, tail) = digits.split_at_checked(point.max(0) as usize).unwrap_or((digits, ""));
    match point {
        1..=21 => {
            out.push_str(head);
            zeros(out, point - digits.len() as i32);
            if !tail.is_empty() {
                out.push('.');
                out.push_str(tail);
            }
        }
        -5..=0 => {
            out.push_str("0.");
            zeros(out, -point);
            out.push_str(digits);
        }
        _ => push_scientific(out, digits, point - 1),
    }
}

fn push_scientific(out: &mut String, digits: &str, exponent: i32) {
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    out.push_str(first);
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out.push_str(if exponent < 0 { "e-" } else { "e+" });
    push_unsigned(out, exponent.unsigned_abs().into());
}

/// Digits and a power of ten that read back as `size`, as few as there are; `size` is positive and finite.
fn shortest(size: f64) -> (u64, i32) {
    let mut places = -330;
    while places < 308 && to_f64(1, places + 1) <= size {
        places += 1;
    }
    let mut found = (0, 0);
    for count in 0..17 {
        let exponent = places - count;
        found = (scaled(size, -exponent), exponent);
        if to_f64(found.0, exponent) == size {
            break;
        }
    }
    found
}

/// `size * 10^power`, rounded to a whole number.
fn scaled(size: f64, power: i32) -> u64 {
    scaled_once(size, power).unwrap_or_else(|| {
        let factor = to_f64(1, power.abs());
        (if power < 0 { size / factor } else { size * factor } + 0.5) as u64
    })
}

fn scaled_once(size: f64, power: i32) -> Option<u64> {
    let bits = size.to_bits();
    let (exponent, fraction) = ((bits >> 52) as i32 - 1075, u128::from((bits & (EXACT_MAX / 2 - 1)) | (EXACT_MAX / 2)));
    let ten = 10u128.checked_pow(power.unsigned_abs())?;
    let (mut above, mut below) = if power < 0 { (fraction, ten) } else { (fraction.checked_mul(ten)?, 1) };
    let moved = if exponent < 0 { &mut below } else { &mut above };
    *moved = moved.checked_mul(1u128.checked_shl(exponent.unsigned_abs())?)?;
    u64::try_from((above + below / 2) / below).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    fn read(text: &str) -> f64 {
        let mut decimal = Decimal::default();
        let mut shift = 0;
        for byte in text.bytes() {
            match byte {
                b'.' => shift = -1,
                digit => decimal.push(digit - b'0', shift),
            }
        }
        decimal.to_f64()
    }

    fn written(number: f64) -> String {
        let mut out = String::new();
        push_number(&mut out, number);
        out
    }

    #[test]
    fn numbers_read_back_as_the_standard_library_reads_them() {
        let mut seed = 7u64;
        for round in 0..200_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = (seed >> 11) as f64 / (1u64 << 53) as f64 * [1.0, 1e-3, 1e6, 1e15][round % 4];
            if number >= 1e-6 {
                let text = format!("{number}");
                assert_eq!(read(&text), number, "{text}");
                assert_eq!(written(number), text);
            }
        }
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3.0, "0.3333333333333333"),
            (0.000001, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (123e-20, "1.23e-18"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
        ] {
            assert_eq!(written(number), text);
        }
    }
}
