//! Versions: `v1.2.3-rc.1+build`, in the order that SemVer has them.

use super::order::compare_text;
use super::Dialect;
use crate::json::decimal::push_number;
use crate::program::value::Value;
use std::cmp::Ordering;

/// Digits of a part are padded to so many places, so that text sorts as numbers do.
const PLACES: usize = 5;

/// A version that others are compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Version {
    given: Value,
    /// Made once: it takes longer than comparing.
    padded: String,
}

impl Version {
    pub(super) fn new(given: &Value) -> Version {
        Version { given: given.clone(), padded: padded(given) }
    }
}

/// `None` if one of them is no version.
pub(super) fn compare(one: &Value, other: &Version, dialect: Dialect) -> Option<Ordering> {
    let alike = matches!((one, &other.given), (Value::Text(_), Value::Text(_)) | (Value::Number(_), Value::Number(_)));
    (alike || dialect == Dialect::Loose).then(|| compare_text(&padded(one), &other.padded))
}

fn padded(value: &Value) -> String {
    let mut version = match value {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    if let Value::Number(number) = value {
        push_number(&mut version, *number);
    }
    if version.is_empty() {
        version.push('0');
    }
    let core = version.split('+').next().unwrap_or_default();
    let parts: Vec<&str> = core.strip_prefix('v').unwrap_or(core).split(['-', '.']).collect();
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        // Also behind an empty first part.
        if at > 0 {
            out.push('-');
        }
        push_part(&mut out, part);
    }
    // A release comes after everything that led to it: `~` is above all letters.
    if parts.len() == 3 {
        out.push_str("-~");
    }
    out
}

fn push_part(out: &mut String, part: &str) {
    let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let missing = if is_number { PLACES.saturating_sub(part.len()) } else { 0 };
    (0..missing).for_each(|_| out.push(' '));
    out.push_str(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_first_part_is_a_part() {
        let version = |text: &str| padded(&Value::Text(text.to_owned()));
        assert_eq!((version("-1"), version("1")), (String::from("-    1"), String::from("    1")));
        assert_eq!(version(".2.3"), "-    2-    3-~");
    }
}
