//! The exposures that an upload carries.

use super::Upload;
use crate::bytes::{Reader, Writer};
use crate::json::JsonWriter;

pub use crate::experiment::exposure::Exposure;

/// The most exposures one upload may carry.
pub const EXPOSURES_MAX: usize = 64;

/// Exposures that the receiver has not acknowledged. It keeps the earliest of each (experiment, variation, bucket
/// version) of a person, so that order and repetition change nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposures {
    /// Grows with every exposure; the receiver echoes it.
    pub revision: u32,
    /// 1..=[`EXPOSURES_MAX`].
    pub list: Vec<Exposure>,
}

impl Exposures {
    pub(super) fn encode(&self, w: &mut Writer) {
        w.varint(self.revision.into());
        w.count(self.list.len());
        self.list.iter().for_each(|exposure| exposure.encode(w));
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Exposures> {
        let revision = r.varint32()?;
        let list = r.list(Exposure::decode)?;
        (1..=EXPOSURES_MAX).contains(&list.len()).then_some(Exposures { revision, list })
    }
}

impl Upload {
    pub(super) fn write_exposures(&self, w: &mut JsonWriter) {
        let Some(exposures) = &self.exposures else { return };
        w.key("exposures");
        w.begin_object();
        w.count_member("rev", exposures.revision.into());
        w.key("list");
        w.begin_array();
        for exposure in &exposures.list {
            w.begin_object();
            w.text_member("experiment", &exposure.experiment);
            w.text_member("variation", &exposure.variation);
            w.count_member("version", exposure.bucket_version.into());
            w.key("at");
            w.integer(exposure.first.get());
            w.end_object();
        }
        w.end_array();
        w.end_object();
    }
}
