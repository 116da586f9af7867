//! She met errors.

use super::show::{count, Evidence, Known};

/// Days that are looked at.
pub(super) const DAYS: u32 = 14;

/// `threshold` in days with errors among the latest [`DAYS`].
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let days = known.portrait.errors.within(known.today, DAYS);
    (days >= threshold).then(|| vec![count("days", days)])
}
