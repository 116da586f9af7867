//! How JavaScript makes values alike: only for [`super::Dialect::Loose`].

use super::order::compare_text;
use crate::json::decimal::{push_number, Decimal};
use crate::program::value::Value;
use std::cmp::Ordering;

/// What a condition without operators asks of a value in the SDK 1.8.0: `value + "" === text`, `value * 1 === number`,
/// `!!value === flag`, the same JSON text otherwise.
pub(super) fn equals(value: &Value, expected: &Value) -> bool {
    match expected {
        Value::Text(text) => to_text(value) == *text,
        Value::Number(number) => to_number(value) == *number,
        Value::Bool(flag) => *value != Value::Null && is_truthy(value) == *flag,
        Value::Null => *value == Value::Null,
        Value::List(_) | Value::Map(_) => value.to_json() == expected.to_json(),
    }
}

/// `<` and its kin: texts as texts, everything else as numbers.
pub(super) fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    let is_text = |value: &Value| matches!(value, Value::Text(_) | Value::List(_) | Value::Map(_));
    if is_text(one) && is_text(other) {
        return Some(compare_text(&to_text(one), &to_text(other)));
    }
    to_number(one).partial_cmp(&to_number(other))
}

/// JavaScript's truth: all but null, false, 0 and the empty text.
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => *number != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::List(_) | Value::Map(_) => true,
    }
}

/// JavaScript's `String(value)`.
pub fn to_text(value: &Value) -> String {
    match value {
        Value::Null => String::from("null"),
        Value::Bool(flag) => String::from(if *flag { "true" } else { "false" }),
        Value::Number(number) => {
            let mut out = String::new();
            push_number(&mut out, *number);
            out
        }
        Value::Text(text) => text.clone(),
        Value::List(items) => {
            let texts: Vec<String> = items.iter().map(in_list).collect();
            texts.join(",")
        }
        Value::Map(_) => String::from("[object Object]"),
    }
}

fn in_list(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        other => to_text(other),
    }
}

/// `Number(value)`; not a number for what is none. Hexadecimal texts are none here.
fn to_number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Number(number) => *number,
        other => parse(to_text(other).trim()).unwrap_or(f64::NAN),
    }
}

fn parse(text: &str) -> Option<f64> {
    let (negative, size) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if text.is_empty() {
        return Some(0.0);
    }
    let (mantissa, exponent) = size.split_once(['e', 'E']).unwrap_or((size, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let mut decimal = Decimal::default();
    for (digits, shift) in [(whole, 0), (part, -1)] {
        for digit in digits.bytes() {
            decimal.push(digit.checked_sub(b'0').filter(|&digit| digit < 10)?, shift);
        }
    }
    decimal.exponent += exponent.parse::<i32>().ok()?.clamp(-10_000, 10_000);
    let number = decimal.to_f64();
    Some(if negative { -number } else { number })
}
