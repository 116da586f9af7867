//! She comes less often than she used to.

use super::show::{tenths, Evidence, Known};
use super::slow_down::slow_down;

/// `threshold` in percent of the bound that was measured.
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let found = slow_down(&known.earlier, known.today, known.nbd_days)?;
    let shows = found.score * 100.0 >= f64::from(threshold);
    shows.then(|| vec![tenths("visits_per_30d_before", found.before), tenths("visits_per_30d_since", found.since)])
}
