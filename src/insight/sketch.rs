//! Mergeable quantile sketch over whole numbers, without floating point.
//!
//! Log-linear buckets (the scheme of HDR Histogram): values below 16 have a bucket each; above, every power of two
//! is cut into 8 equal parts. A bucket's bounds differ by at most 1/8 of the lower one, so its representative
//! (the harmonic mean of the bounds) is within **1/17 = 5.9 %** of every value in it.
//! Merging adds bucket counts: exact, in any order.

/// Largest value a sketch takes: what a JavaScript number holds exactly.
pub const VALUE_MAX: u64 = (1 << 53) - 1;

/// Number of buckets: 16 exact ones, 8 for each power of two from 2^4 to 2^52.
pub const BUCKETS: u32 = 16 + 49 * 8;

/// Counts by bucket, and the exact sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Exact sum of all values; saturates at [`VALUE_MAX`], so that every receiver holds it exactly.
    pub sum: u64,
    /// (bucket, count), ascending, no zero counts.
    pub buckets: Vec<(u32, u32)>,
}

/// The bucket of a value.
pub fn bucket_of(value: u64) -> u32 {
    if value < 16 {
        return value as u32;
    }
    let exponent = 63 - value.leading_zeros();
    let part = (value >> (exponent - 3) & 7) as u32;
    16 + (exponent - 4) * 8 + part
}

/// Lowest and highest value of a bucket, both included.
pub fn bounds_of(bucket: u32) -> (u64, u64) {
    let Some(above) = bucket.checked_sub(16) else {
        return (u64::from(bucket), u64::from(bucket));
    };
    let (exponent, part) = (above / 8 + 4, u64::from(above % 8));
    let width = 1u64 << (exponent - 3);
    let low = (8 + part) * width;
    (low, low + width - 1)
}

impl Sketch {
    /// Adds one value, at most [`VALUE_MAX`].
    pub fn add(&mut self, value: u64) {
        self.sum = self.sum.saturating_add(value).min(VALUE_MAX);
        self.add_bucket(bucket_of(value), 1);
    }

    /// Adds all of another sketch.
    pub fn merge(&mut self, other: &Sketch) {
        self.sum = self.sum.saturating_add(other.sum).min(VALUE_MAX);
        for &(bucket, count) in &other.buckets {
            self.add_bucket(bucket, count);
        }
    }

    /// How many values were added; 0 for a coarsened sketch that kept only its sum.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|&(_, count)| u64::from(count)).sum()
    }

    /// The value below which `permille` of a thousand values lie, within 5.9 %; `None` if nothing was added.
    pub fn quantile(&self, permille: u32) -> Option<u64> {
        let rank = (self.count() * u64::from(permille.min(1000))).div_ceil(1000).max(1);
        let mut seen = 0;
        let (bucket, _) = self.buckets.iter().find(|&&(_, count)| {
            seen += u64::from(count);
            seen >= rank
        })?;
        let (low, high) = bounds_of(*bucket);
        let (low, above) = (u128::from(low), u128::from(high) + 1);
        Some(if low + 1 == above { low as u64 } else { (2 * low * above / (low + above)) as u64 })
    }

    fn add_bucket(&mut self, bucket: u32, count: u32) {
        match self.buckets.binary_search_by_key(&bucket, |&(b, _)| b) {
            Ok(found) => {
                if let Some((_, sum)) = self.buckets.get_mut(found) {
                    *sum = sum.saturating_add(count);
                }
            }
            Err(place) => self.buckets.insert(place, (bucket, count)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_tile_the_numbers() {
        let mut next = 0;
        for bucket in 0..BUCKETS {
            let (low, high) = bounds_of(bucket);
            assert_eq!(low, next, "bucket {bucket}");
            assert_eq!(bucket_of(low), bucket);
            assert_eq!(bucket_of(high), bucket);
            next = high + 1;
        }
        assert_eq!(next, VALUE_MAX + 1);
    }

    #[test]
    fn quantiles_are_within_the_stated_error() {
        for value in [0, 1, 15, 16, 17, 31, 33, 999, 12_345, 1 << 40, VALUE_MAX] {
            let mut sketch = Sketch::default();
            sketch.add(value);
            let found = sketch.quantile(500).unwrap();
            assert!(found.abs_diff(value) * 17 <= value.max(1), "{value} came back as {found}");
        }
        assert_eq!(Sketch::default().quantile(500), None);
    }

    #[test]
    fn merging_equals_adding() {
        let (mut one, mut two, mut all) = (Sketch::default(), Sketch::default(), Sketch::default());
        for value in 0..2000u64 {
            if value % 3 == 0 {
                one.add(value * 7)
            } else {
                two.add(value * 7)
            }
            all.add(value * 7);
        }
        let mut other_way = two.clone();
        one.merge(&two);
        assert_eq!(one, all);
        other_way.merge(&{
            let mut a = Sketch::default();
            (0..2000u64).filter(|v| v % 3 == 0).for_each(|v| a.add(v * 7));
            a
        });
        assert_eq!(other_way, all);
    }
}
