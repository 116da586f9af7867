//! Versions: `v1.2.3-rc.1+build`, in the order that SemVer has them.

use super::order::compare_text;
use super::Dialect;
use crate::json::decimal::push_number;
use crate::program::value::Value;
use std::cmp::Ordering;

/// Digits of a part are padded to so many places, so that text sorts as numbers do.
const PADDING: &str = "     ";
/// A release comes after everything that led to it: `~` is above all letters.
const RELEASE: &str = "-~";

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
    let mut digits = String::new();
    let version = match value {
        Value::Text(text) => text.as_str(),
        Value::Number(number) => {
            push_number(&mut digits, *number);
            &digits
        }
        _ => "",
    };
    let version = if version.is_empty() { "0" } else { version };
    let core = version.split_once('+').map_or(version, |(core, _)| core);
    let core = core.strip_prefix('v').unwrap_or(core);
    // Most have three parts, and grow by no more than this.
    let mut out = String::with_capacity(core.len() + 3 * PADDING.len() + RELEASE.len());
    let mut parts = 0;
    for part in core.split(['-', '.']) {
        // Also behind an empty first part.
        if parts > 0 {
            out.push('-');
        }
        push_part(&mut out, part);
        parts += 1;
    }
    if parts == 3 {
        out.push_str(RELEASE);
    }
    out
}

fn push_part(out: &mut String, part: &str) {
    let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    // Nothing is missing of a number that has all places, nor of a word.
    let missing = PADDING.get(part.len()..).filter(|_| is_number).unwrap_or_default();
    out.push_str(missing);
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
