//! Something of hers is about to go: what she holds, or her tier. Whoever knows of it says when.

use super::show::{count, Evidence};

/// `threshold` in days, at most.
pub(super) fn look(in_days: Option<u32>, threshold: u32) -> Option<Evidence> {
    let in_days = in_days.filter(|&in_days| in_days <= threshold)?;
    Some(vec![count("in_days", in_days)])
}
