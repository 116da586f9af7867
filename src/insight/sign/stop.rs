//! She came back after a silence that is unusual for her, or has not come back yet.

use super::show::{count, tenths, Evidence, Known};
use super::silence::silence;

/// `threshold` in percent of the bound that was measured.
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let found = silence(&known.earlier, known.today)?;
    let shows = found.score * 100.0 >= f64::from(threshold);
    shows.then(|| vec![count("silence_days", found.days), tenths("usual_days", found.usual_days)])
}
