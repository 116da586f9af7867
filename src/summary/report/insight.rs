//! A judgement by name, as the JSON profile has it.

use serde::{Deserialize, Serialize};

use crate::event::portrait::{Level, PERMILLE, SEGMENTS_MAX, SEGMENT_BYTES_MAX};
use crate::summary::insight::{sign_names, Insight};

/// The most signs at a time.
const SIGNS_MAX: usize = 32;

/// How the person was judged last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportInsight {
    /// The receiver echoes it.
    #[serde(rename = "rev")]
    pub revision: u32,
    /// `new`, `active`, `slowing`, `at_risk` or `lost`.
    pub level: String,
    /// P(a visit within the horizon), in thousandths.
    #[serde(rename = "p")]
    pub visit_permille: u16,
    /// P(a purchase within its horizon), in thousandths.
    #[serde(rename = "buy")]
    pub buy_permille: u16,
    /// Names of the signs that show.
    pub signs: Vec<String>,
    /// Names of her segments.
    pub segments: Vec<String>,
}

impl ReportInsight {
    pub(super) fn of(insight: &Insight) -> ReportInsight {
        let judgement = &insight.judgement;
        ReportInsight {
            revision: insight.revision,
            level: judgement.level.code().to_owned(),
            visit_permille: judgement.visit_permille,
            buy_permille: judgement.buy_permille,
            signs: sign_names(judgement.signs),
            segments: judgement.segments.clone(),
        }
    }

    /// True if everything is in range.
    pub fn fits(&self) -> bool {
        let is_name = |name: &String| (1..=SEGMENT_BYTES_MAX).contains(&name.len());
        Level::ALL.iter().any(|level| level.code() == self.level)
            && self.visit_permille <= PERMILLE
            && self.buy_permille <= PERMILLE
            && self.signs.len() <= SIGNS_MAX
            && self.segments.len() <= SEGMENTS_MAX
            && self.signs.iter().all(is_name)
            && self.segments.iter().all(is_name)
    }
}
