//! She looks at pages much shorter than she used to. A weak sign: on baskets, the only public stand-in for dwell, an
//! average of the size told who would fall off with an AUC of 0.54.

use super::show::{count, Evidence, Known};

/// Pages before which nothing is usual.
const PAGES_MIN: u32 = 40;

/// `threshold` in percent of what is usual for her, at most.
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let dwell = &known.portrait.dwell;
    let (recent, usual) = (dwell.recent_ms(), dwell.usual_ms());
    let is_short = u64::from(recent) * 100 <= u64::from(usual) * u64::from(threshold);
    let shows = dwell.pages >= PAGES_MIN && usual > 0 && is_short;
    shows.then(|| vec![count("recent_ms", recent), count("usual_ms", usual)])
}
