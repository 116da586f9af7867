//! Something lies in the cart, and has lain there for a while.

use super::show::{count, Evidence, Known};
use crate::clock::HOUR_MS;
use crate::program::value::Value;

/// `threshold` in hours.
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let cart = &known.portrait.cart;
    let age_ms = known.now.since(cart.changed);
    if cart.count == 0 || age_ms < i64::from(threshold) * HOUR_MS {
        return None;
    }
    let value = ("value_fen", Value::Number(cart.value_fen as f64));
    Some(vec![count("count", cart.count), value, count("age_hours", (age_ms / HOUR_MS) as u32)])
}
