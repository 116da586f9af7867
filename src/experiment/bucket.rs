//! From a person to a number below 1, and from that to a variation. The arithmetic is that of JavaScript's doubles, in
//! the same order, because a bucket's end must not move by a single person.

/// Part of the numbers below 1: from `start`, which belongs to it, to `end`, which does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// 0 or more.
    pub start: f64,
    /// 1 or less.
    pub end: f64,
}

impl Range {
    /// True if the number lies in it.
    pub fn has(&self, number: f64) -> bool {
        number >= self.start && number < self.end
    }
}

/// FNV-1a, 32 bits, over UTF-16 units: as the SDKs do it, so that a Chinese key falls into the same bucket everywhere.
fn fnv(texts: [&str; 2]) -> u32 {
    let mut hash = FNV_START;
    for text in texts {
        // Bytes are units where all are ASCII, as nearly always, and four times as fast.
        if text.is_ascii() {
            text.bytes().for_each(|byte| hash = fnv_step(hash, byte.into()));
        } else {
            text.encode_utf16().for_each(|unit| hash = fnv_step(hash, unit.into()));
        }
    }
    hash
}

/// FNV-1a of the number's decimal digits.
fn fnv_of_digits(number: u32) -> u32 {
    let (mut hash, mut place) = (FNV_START, 1_000_000_000);
    while place > 1 && number < place {
        place /= 10;
    }
    while place > 0 {
        hash = fnv_step(hash, u32::from(b'0') + number / place % 10);
        place /= 10;
    }
    hash
}

const FNV_START: u32 = 0x811c_9dc5;

fn fnv_step(hash: u32, unit: u32) -> u32 {
    (hash ^ unit).wrapping_mul(0x0100_0193)
}

/// The number of a value under a seed: version 2 in ten-thousandths, version 1 in thousandths; `None` for any other.
///
/// Version 1 is for payloads that ask for it: two seeds that differ in their last letter give nearly the same numbers,
/// so two such experiments are not independent.
pub fn hash(seed: &str, value: &str, version: u32) -> Option<f64> {
    match version {
        1 => Some(f64::from(fnv([value, seed]) % 1000) / 1000.0),
        2 => Some(f64::from(fnv_of_digits(fnv([seed, value])) % 10_000) / 10_000.0),
        _ => None,
    }
}

/// True if the value lies in a namespace (hash version 1 of the name with two underscores before it).
pub fn is_in_namespace(value: &str, name: &str, range: Range) -> bool {
    let mut seed = String::from("__");
    seed.push_str(name);
    hash(&seed, value, 1).is_some_and(|number| range.has(number))
}

/// `count` weights of the same size.
pub fn equal_weights(count: usize) -> Vec<f64> {
    vec![1.0 / count as f64; count]
}

/// The range of each variation: the first `coverage` of its share, so that growing coverage keeps everybody where she
/// is. Weights that do not fit (another number of them, a sum off by more than 0.01) count as equal ones.
pub fn ranges(count: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<Range> {
    let coverage = coverage.clamp(0.0, 1.0);
    let equal = equal_weights(count);
    let fits = |weights: &&[f64]| {
        let sum: f64 = weights.iter().fold(0.0, |sum, weight| sum + weight);
        weights.len() == count && (0.99..=1.01).contains(&sum)
    };
    let mut reached = 0.0;
    let mut next = |weight: &f64| {
        let start = reached;
        reached += weight;
        Range { start, end: start + coverage * weight }
    };
    weights.filter(fits).unwrap_or(&equal).iter().map(&mut next).collect()
}

/// The position of the first range that has the number.
pub fn choose(number: f64, ranges: &[Range]) -> Option<usize> {
    ranges.iter().position(|range| range.has(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_hashed_as_their_text() {
        for number in [0, 7, 10, 99, 100, 1_000_000, 999_999_999, 1_000_000_000, u32::MAX] {
            assert_eq!(fnv_of_digits(number), fnv([&number.to_string(), ""]), "{number}");
        }
    }

    #[test]
    fn a_text_is_hashed_by_its_units() {
        let whole = "种子u_1".encode_utf16().fold(FNV_START, |hash, unit| fnv_step(hash, unit.into()));
        assert_eq!((fnv(["种子", "u_1"]), fnv(["种子u", "_1"])), (whole, whole));
    }
}
