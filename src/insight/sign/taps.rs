//! She tapped again and again at what did not answer.

use super::errors::DAYS;
use super::show::{count, Evidence, Known};

/// `threshold` in days with such taps among the latest [`DAYS`].
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let days = known.portrait.taps.within(known.today, DAYS);
    (days >= threshold).then(|| vec![count("days", days)])
}
