//! That somebody saw a variation, and when first: all that results need to know of the phone.

use crate::bytes::{Reader, Writer};
use crate::clock::UnixMs;

/// The longest key of an experiment or of a variation, in bytes. A person in an experiment with a longer one gets her
/// variation, but is not counted.
pub const KEY_BYTES_MAX: usize = 64;

/// The first time that a person saw a variation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// Key of the experiment, 1..=[`KEY_BYTES_MAX`] bytes.
    pub experiment: String,
    /// Key of the variation, 1..=[`KEY_BYTES_MAX`] bytes; `"0"`, `"1"` … where the payload names none.
    pub variation: String,
    /// Grows when the experiment begins anew; 0 at first.
    pub bucket_version: u32,
    /// Whole seconds.
    pub first: UnixMs,
}

impl Exposure {
    /// True if it stands for this variation of this experiment in this bucket version, whenever it was seen.
    pub fn is_of(&self, experiment: &str, variation: &str, bucket_version: u32) -> bool {
        self.bucket_version == bucket_version && self.experiment == experiment && self.variation == variation
    }

    /// Appends the canonical bytes.
    pub fn encode(&self, w: &mut Writer) {
        w.text(&self.experiment);
        w.text(&self.variation);
        w.varint(self.bucket_version.into());
        w.varint((self.first.since(UnixMs::MIN) / 1000) as u64);
    }

    /// Reads what [`Exposure::encode`] wrote; `None` for anything else.
    pub fn decode(r: &mut Reader) -> Option<Exposure> {
        let experiment = r.text().filter(|key| is_key(key))?.to_owned();
        let variation = r.text().filter(|key| is_key(key))?.to_owned();
        let bucket_version = r.varint32()?;
        let first_s = i64::try_from(r.varint()?).ok()?;
        let is_believed = first_s <= UnixMs::MAX.since(UnixMs::MIN) / 1000;
        is_believed.then(|| Exposure { experiment, variation, bucket_version, first: UnixMs::MIN.plus(first_s * 1000) })
    }
}

/// True if the key may be counted.
pub fn is_key(key: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&key.len())
}
