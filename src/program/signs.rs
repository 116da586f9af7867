//! Section `signs`: which signs of a change show, and from when on.

use super::macros::config;
use super::read::{Cursor, Read};

/// Names, what they count in unless the program says otherwise, and whether they show unless it does. Positions are on
/// the wire: only ever append.
pub const SIGNS: [(&str, u32, bool); 11] = [
    ("stop", 100, true),
    ("slow_down", 100, true),
    ("flow", 2, true),
    ("cart", 24, true),
    ("dwell", 50, true),
    ("errors", 2, true),
    ("taps", 2, true),
    ("prompts", 3, true),
    ("coupon", 3, true),
    ("tier", 14, true),
    ("inactive", 3, false),
];

config! {
    /// One sign as written.
    struct Entry {
        /// Whether it shows at all.
        enabled: Option<bool> = None,
        /// From when on; the unit is the sign's own.
        threshold: Option<u32> [1..=1000] = None,
    }
}

/// One sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignRule {
    /// Whether it shows at all.
    pub is_enabled: bool,
    /// From when on; the unit is the sign's own (docs/insight.md).
    pub threshold: u32,
}

/// All of them, in the order of [`SIGNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignRules(pub [SignRule; SIGNS.len()]);

impl Read for SignRules {
    fn read(cursor: &Cursor) -> SignRules {
        cursor.object();
        let mut rules = [SignRule::default(); SIGNS.len()];
        for (rule, (name, threshold, is_enabled)) in rules.iter_mut().zip(SIGNS) {
            let entry: Entry = cursor.or_empty_map(name, (0, 0));
            rule.is_enabled = entry.enabled.unwrap_or(is_enabled);
            rule.threshold = entry.threshold.unwrap_or(threshold);
        }
        cursor.done();
        SignRules(rules)
    }
}
