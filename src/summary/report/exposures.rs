//! Exposures by name, as the JSON profile has them.

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::experiment::exposure::{is_key, Exposure};
use crate::summary::exposures::{Exposures, EXPOSURES_MAX};

/// Exposures that the receiver has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportExposures {
    /// The receiver echoes it.
    #[serde(rename = "rev")]
    pub revision: u32,
    /// 1 to 64 of them.
    pub list: Vec<ReportExposure>,
}

/// The first time that a person saw a variation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportExposure {
    /// Key of the experiment, 1..=64 bytes.
    pub experiment: String,
    /// Key of the variation, 1..=64 bytes.
    pub variation: String,
    /// Grows when the experiment begins anew.
    #[serde(rename = "version")]
    pub bucket_version: u32,
    /// When, in milliseconds (whole seconds).
    #[serde(rename = "at")]
    pub first_ms: i64,
}

impl ReportExposures {
    pub(super) fn of(exposures: &Exposures) -> ReportExposures {
        let list = exposures.list.iter().map(ReportExposure::of).collect();
        ReportExposures { revision: exposures.revision, list }
    }

    /// The checked form; `None` if anything is out of range.
    pub fn checked(&self) -> Option<Exposures> {
        let list: Option<Vec<Exposure>> = self.list.iter().map(ReportExposure::checked).collect();
        let list = list.filter(|list| (1..=EXPOSURES_MAX).contains(&list.len()))?;
        Some(Exposures { revision: self.revision, list })
    }
}

impl ReportExposure {
    fn of(exposure: &Exposure) -> ReportExposure {
        ReportExposure {
            experiment: exposure.experiment.clone(),
            variation: exposure.variation.clone(),
            bucket_version: exposure.bucket_version,
            first_ms: exposure.first.get(),
        }
    }

    fn checked(&self) -> Option<Exposure> {
        let first = UnixMs::new(self.first_ms);
        let whole = first.get() == self.first_ms && self.first_ms % 1000 == 0;
        (whole && is_key(&self.experiment) && is_key(&self.variation)).then(|| Exposure {
            experiment: self.experiment.clone(),
            variation: self.variation.clone(),
            bucket_version: self.bucket_version,
            first,
        })
    }
}
