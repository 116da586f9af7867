//! What comes before what.

use super::loose;
use super::Dialect;
use crate::program::value::Value;
use std::cmp::Ordering;

/// Which outcomes of a comparison pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrSame,
    More,
    MoreOrSame,
    Same,
    Other,
}

impl Order {
    pub(super) fn takes(self, found: Ordering) -> bool {
        match self {
            Order::Less => found.is_lt(),
            Order::LessOrSame => found.is_le(),
            Order::More => found.is_gt(),
            Order::MoreOrSame => found.is_ge(),
            Order::Same => found.is_eq(),
            Order::Other => found.is_ne(),
        }
    }
}

/// Two numbers, or two texts; nothing else can be compared, unless the dialect makes it alike.
pub(super) fn compare(one: &Value, other: &Value, dialect: Dialect) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.partial_cmp(other),
        (Value::Text(one), Value::Text(other)) => Some(compare_text(one, other)),
        _ if dialect == Dialect::Loose => loose::compare(one, other),
        _ => None,
    }
}

/// As JavaScript does, by UTF-16 units: an emoji comes before a fullwidth letter.
pub(super) fn compare_text(one: &str, other: &str) -> Ordering {
    // Bytes are units where all are ASCII, as nearly always.
    if one.is_ascii() && other.is_ascii() {
        return one.cmp(other);
    }
    one.encode_utf16().cmp(other.encode_utf16())
}
