//! What observations become: bounded statistics of one segment on one day.

use super::sketch::{Sketch, VALUE_MAX};
use crate::clock::Day;
pub use crate::event::dropped::Dropped;
use crate::id::{EventIx, FlowIx, Label, SegmentId};

/// A small ordered map: ascending keys in one vector. Cheaper in wasm than a tree, canonical by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<K, V> {
    rows: Vec<(K, V)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table { rows: Vec::new() }
    }
}

impl<K: Ord + Copy, V: Default> Table<K, V> {
    /// The value at `key`, made if missing.
    pub fn entry(&mut self, key: K) -> &mut V {
        let place = match self.place(key) {
            Ok(found) => found,
            Err(place) => {
                self.rows.insert(place, (key, V::default()));
                place
            }
        };
        // The place was found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.rows[place].1
    }

    /// The value at `key`.
    pub fn get(&self, key: K) -> Option<&V> {
        let found = self.place(key).ok()?;
        self.rows.get(found).map(|(_, value)| value)
    }

    /// As [`Table::get`], to change the value.
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let found = self.place(key).ok()?;
        self.rows.get_mut(found).map(|(_, value)| value)
    }

    /// Where the key stands, or would.
    #[inline(never)]
    fn place(&self, key: K) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&key, |&(k, _)| k)
    }

    /// Adds a row with a key above all present ones; false (and nothing added) if it is not above.
    pub fn push(&mut self, key: K, value: V) -> bool {
        let ascending = self.rows.last().is_none_or(|&(last, _)| last < key);
        if ascending {
            self.rows.push((key, value));
        }
        ascending
    }

    /// Rows in ascending order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (K, &V)> {
        self.rows.iter().map(|(key, value)| (*key, value))
    }

    /// The rows themselves, in ascending order of their keys.
    pub fn into_rows(self) -> Vec<(K, V)> {
        self.rows
    }

    /// As [`Table::iter`], to change values.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.rows.iter_mut().map(|(_, value)| value)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Removes all rows.
    pub fn clear(&mut self) {
        self.rows.clear();
    }
}

/// How often a value of a dimension came, and the sum of the event's first number then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Times seen; saturates.
    pub count: u32,
    /// Sum of the event's first number (0 for events without numbers); saturates.
    pub sum: u64,
}

impl Tally {
    /// Adds another tally; saturates.
    pub fn add(&mut self, more: Tally) {
        self.count = self.count.saturating_add(more.count);
        self.sum = self.sum.saturating_add(more.sum).min(VALUE_MAX);
    }
}

/// Statistics of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventStats {
    /// Times tracked; saturates.
    pub count: u32,
    /// One table a dimension, by position in the dictionary; shorter than the dictionary if the rest is empty.
    pub dimensions: Vec<Table<Label, Tally>>,
    /// One sketch a number, by position in the dictionary; shorter if the rest is empty.
    pub numbers: Vec<Sketch>,
}

/// An order the app believes paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The shop's own id, 1..=40 bytes.
    pub id: String,
    /// Whole fen.
    pub paid_fen: u64,
}

/// Everything counted in one segment on one day. The weekday is the day's own, so it is not stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// By event.
    pub events: Table<EventIx, EventStats>,
    /// By flow: how many attempts reached each step. Breaks at step `i` are `reached[i] - reached[i + 1]`.
    pub flows: Table<FlowIx, Vec<u32>>,
    /// Events by hour of the day, 0..=23.
    pub hours: Table<u8, u32>,
    /// Sessions begun.
    pub sessions: u32,
    /// Seconds in sessions (gaps shorter than the idle limit).
    pub session_s: u32,
    /// Orders that the app believes paid.
    pub orders: Vec<Order>,
    /// What was not counted, by reason.
    pub drops: Table<u8, u32>,
}

/// The statistics of one segment on one day, at a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which stretch of recording.
    pub segment: SegmentId,
    /// The calendar day in the program's zone, pinned when recorded.
    pub day: Day,
    /// Grows with every change; the server keeps the highest.
    pub revision: u32,
    /// What was counted.
    pub stats: Stats,
}
