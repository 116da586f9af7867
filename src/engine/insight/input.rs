//! What the app tells of a person's ways: what she looks at, her cart, her taps, what she follows.

use super::super::command::{text, Output};
use super::super::personal::looks_personal;
use super::super::Engine;
use crate::clock::At;
use crate::error::Error;
use crate::event::portrait::{Change, Thing, BOUGHT_MAX, NAME_BYTES_MAX};
use crate::event::Record;
use crate::program::value::Value;

/// So many taps on one thing
const TAPS: usize = 4;
/// within so many milliseconds are hard ones.
const TAPS_MS: i64 = 1_000;
/// Pieces of one item in a cart.
const QUANTITY_MAX: u64 = 100_000;

/// The latest taps on one thing.
#[derive(Debug, Default)]
pub struct Taps {
    target: String,
    /// Milliseconds, oldest first, fewer than [`TAPS`].
    times: Vec<i64>,
}

impl Taps {
    /// True if this tap makes enough of them.
    fn add(&mut self, target: &str, at_ms: i64) -> bool {
        if self.target != target {
            *self = Taps { target: target.to_owned(), times: Vec::new() };
        }
        self.times.retain(|&earlier| (0..=TAPS_MS).contains(&(at_ms - earlier)));
        self.times.push(at_ms);
        let is_hard = self.times.len() >= TAPS;
        if is_hard {
            self.times.clear();
        }
        is_hard
    }
}

fn bad(path: &str, message: &str) -> Error {
    Error::new("insight_invalid", message).at(path)
}

/// An id or a category: at most 40 bytes; an empty one only if it may be missing.
fn name(value: &Value, key: &str, is_needed: bool) -> Result<String, Error> {
    let name = match value.get(key) {
        None | Some(Value::Null) if !is_needed => "",
        found => found.and_then(Value::as_str).ok_or_else(|| bad(key, "expected text"))?,
    };
    let fits = name.len() <= NAME_BYTES_MAX && (!is_needed || !name.is_empty());
    if !fits || name.chars().any(char::is_control) || looks_personal(name) {
        return Err(bad(key, "expected an id of at most 40 bytes without control characters or personal data"));
    }
    Ok(name.to_owned())
}

/// A whole number that may be missing.
fn whole(value: &Value, key: &str) -> Result<Option<u64>, Error> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let number = value.as_i64().and_then(|number| u64::try_from(number).ok());
            number.map(Some).ok_or_else(|| bad(key, "expected a whole number"))
        }
    }
}

fn thing(value: &Value) -> Result<Thing, Error> {
    Ok(Thing { item: name(value, "item", true)?, category: name(value, "category", false)? })
}

/// Pieces of an item; one if not told.
fn quantity(value: &Value) -> Result<u64, Error> {
    Ok(whole(value, "quantity")?.unwrap_or(1).min(QUANTITY_MAX))
}

/// What an order held, and how many pieces. More than [`BOUGHT_MAX`] different things are counted but not remembered.
pub(in super::super) fn bought(items: &[Value]) -> Result<(Vec<Thing>, u64), Error> {
    let (mut things, mut pieces) = (Vec::new(), 0);
    for item in items {
        let thing = thing(item)?;
        pieces += quantity(item)?;
        if things.len() < BOUGHT_MAX {
            things.push(thing);
        }
    }
    Ok((things, pieces))
}

impl Engine {
    /// The commands that tell of a person's ways; `None` for any other.
    pub(super) fn told_of_ways(&mut self, op: &str, command: &Value, at: At) -> Option<Result<Output, Error>> {
        let change = match op {
            "browse" => thing(command).map(Change::Browsed),
            "cart" => cart(command),
            "follow" => follow(command),
            "prompt" => accepted(command),
            "tap" => return Some(self.tap(command, at)),
            _ => return None,
        };
        Some(change.map(|change| self.note_way(change, at)))
    }

    /// Remembers what she did.
    pub(in super::super) fn note_way(&mut self, change: Change, at: At) -> Output {
        let after_s = self.move_clock(at);
        let cart = match &change {
            Change::Cart { count, .. } => Some(if *count > 0 { "cart_changed" } else { "cart_emptied" }),
            _ => None,
        };
        self.record(Record::Portrait { after_s, change });
        if let Some(name) = cart {
            self.signal(name, &[]);
        }
        Output::Done
    }

    /// Text fields and steppers are tapped quickly by whoever uses them well.
    fn tap(&mut self, command: &Value, at: At) -> Result<Output, Error> {
        let target = text(command, "target")?;
        let kind = command.get("kind").and_then(Value::as_str).unwrap_or_default();
        let is_meant = matches!(kind, "text" | "stepper");
        if !is_meant && self.insight.taps.add(target, at.instant.get()) {
            self.note_way(Change::HardTaps, at);
        }
        Ok(Output::Done)
    }
}

/// The whole cart each time.
fn cart(command: &Value) -> Result<Change, Error> {
    let items = command.get("items").and_then(Value::as_list);
    let (mut count, mut value_fen) = (0u64, 0u64);
    for item in items.ok_or_else(|| bad("items", "expected the list of what is in the cart"))? {
        thing(item)?;
        let quantity = quantity(item)?;
        count += quantity;
        value_fen = value_fen.saturating_add(whole(item, "price_fen")?.unwrap_or(0).saturating_mul(quantity));
    }
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Change::Cart { count, value_fen })
}

/// `facts` null ends it.
fn follow(command: &Value) -> Result<Change, Error> {
    let item = name(command, "item", true)?;
    let Some(facts) = command.get("facts").filter(|facts| **facts != Value::Null) else {
        return Ok(Change::Unfollowed(item));
    };
    let in_stock = facts.get("in_stock").and_then(Value::as_bool);
    Ok(Change::Followed { item, price_fen: whole(facts, "price_fen")?, in_stock })
}

fn accepted(command: &Value) -> Result<Change, Error> {
    let accepted = command.get("accepted").and_then(Value::as_bool);
    accepted.map(Change::Prompt).ok_or_else(|| bad("accepted", "expected true or false"))
}
