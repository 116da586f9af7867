//! She keeps refusing to be written to.

use super::show::{count, Evidence, Known};

/// `threshold` in questions refused since the last one that was accepted.
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let refused = known.portrait.prompts.refused;
    (refused >= threshold).then(|| vec![count("refused", refused)])
}
