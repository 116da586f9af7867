//! Rows recorded under one dictionary. A new program version with other names opens a new epoch; the old one
//! stays, with its own names, until all its rows are acknowledged.

use super::stats::{Dropped, EventStats, Row, Stats, Table, Tally};
use crate::clock::Day;
use crate::event::Props;
use crate::id::{builtin, EventIx, Label, LabelKind, SegmentId, UserId};
use crate::program::names::Names;

/// A row in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct OutRow {
    /// Whose it is.
    pub user: UserId,
    /// Highest revision that the server echoed; 0 for none.
    pub acked: u32,
    /// The server refused it for good.
    pub quarantined: bool,
    /// Detail was given up for room.
    pub coarse: bool,
    /// What was counted.
    pub row: Row,
}

impl OutRow {
    /// True if the server lacks something of it and may have it.
    pub fn is_unsent(&self) -> bool {
        self.row.revision > self.acked && !self.quarantined
    }

    /// Gives up values, sketches and hours; totals, sums, flows and orders stay. The revision stays too: whoever
    /// has the row at this revision has the same totals.
    pub fn coarsen(&mut self) {
        self.coarse = true;
        self.row.stats.hours.clear();
        for stats in self.row.stats.events.values_mut() {
            stats.dimensions.clear();
            for sketch in &mut stats.numbers {
                sketch.buckets.clear();
            }
        }
    }

    /// How many events it holds.
    pub fn events(&self) -> u32 {
        self.row.stats.events.iter().fold(0, |sum, (_, stats)| sum.saturating_add(stats.count))
    }
}

/// One dictionary, the texts met under it, and the rows recorded under it in order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Epoch {
    /// The dictionary.
    pub names: Names,
    /// Its hash.
    pub dictionary: u32,
    /// Texts met, by (event, dimension), in the order of their labels.
    pub met: Table<(u16, u8), Vec<String>>,
    /// Oldest first.
    pub rows: Vec<OutRow>,
}

impl Epoch {
    /// An epoch without rows.
    pub fn new(names: Names) -> Epoch {
        Epoch { dictionary: names.hash(), names, met: Table::default(), rows: Vec::new() }
    }

    /// The statistics of (segment, day), at a revision raised by one: whoever asks changes them.
    pub fn touch(&mut self, user: &UserId, segment: SegmentId, day: Day) -> &mut Stats {
        let found = self.rows.iter().rposition(|r| r.row.segment == segment && r.row.day == day);
        let place = found.unwrap_or_else(|| {
            let row = Row { segment, day, revision: 0, stats: Stats::default() };
            self.rows.push(OutRow { user: user.clone(), acked: 0, quarantined: false, coarse: false, row });
            self.rows.len() - 1
        });
        // The place was found or made just above.
        #[allow(clippy::indexing_slicing)]
        let row = &mut self.rows[place].row;
        row.revision = row.revision.saturating_add(1);
        &mut row.stats
    }

    /// The row of (segment, day).
    pub fn row_mut(&mut self, segment: SegmentId, day: i32) -> Option<&mut OutRow> {
        self.rows.iter_mut().find(|r| r.row.segment == segment && r.row.day.number() == day)
    }

    /// Forgets rows that the server holds, except the one that may still grow.
    pub fn forget_acknowledged(&mut self, open: SegmentId, today: Day) {
        self.rows.retain(|r| r.row.revision > r.acked || (r.row.segment == open && r.row.day == today));
    }

    /// Adds a text to a dimension.
    pub fn meet(&mut self, event: EventIx, dimension: u8, text: String) {
        self.met.entry((event.0, dimension)).push(text);
    }

    /// The label of a text, if it is declared or was met before.
    pub fn label_of(&self, event: EventIx, dimension: u8, text: &str) -> Option<Label> {
        let declared = &self.names.events.get(usize::from(event.0))?.dimensions.get(usize::from(dimension))?.values;
        if let Some(index) = declared.iter().position(|value| value == text) {
            return Some(Label::declared(index));
        }
        let met = self.met.get((event.0, dimension))?;
        met.iter().position(|value| value == text).map(Label::met)
    }

    /// The text of a label; `None` for "other".
    pub fn text_of(&self, event: EventIx, dimension: u8, label: Label) -> Option<&str> {
        match label.kind() {
            LabelKind::Other => None,
            LabelKind::Declared(index) => {
                let dimension = self.names.events.get(usize::from(event.0))?.dimensions.get(usize::from(dimension))?;
                dimension.values.get(index).map(String::as_str)
            }
            LabelKind::Met(index) => self.met.get((event.0, dimension))?.get(index).map(String::as_str),
        }
    }

    /// How many texts were met in a dimension.
    pub fn met_count(&self, event: EventIx, dimension: u8) -> usize {
        self.met.get((event.0, dimension)).map_or(0, Vec::len)
    }

    /// How many bytes of text were met.
    pub fn met_bytes(&self) -> usize {
        self.met.iter().flat_map(|(_, texts)| texts).map(String::len).sum()
    }

    /// Forgets texts that no row uses and numbers the rest anew. Only at a start: the shell caches labels.
    pub fn compact_met(&mut self) {
        for ((event, dimension), mut texts) in std::mem::take(&mut self.met).into_rows() {
            let mut kept = Vec::new();
            for stats in self.rows.iter().filter_map(|row| row.row.stats.events.get(EventIx(event))) {
                note_met(stats, dimension, &mut kept);
            }
            for stats in self.rows.iter_mut().filter_map(|row| row.row.stats.events.get_mut(EventIx(event))) {
                relabel(stats, dimension, &kept);
            }
            let mut index = 0;
            texts.retain(|_| {
                index += 1;
                kept.binary_search(&(index - 1)).is_ok()
            });
            if !texts.is_empty() {
                self.met.push((event, dimension), texts);
            }
        }
    }
}

/// Adds the indices of the met texts that one dimension uses, ascending and each once.
pub fn note_met(stats: &EventStats, dimension: u8, indices: &mut Vec<usize>) {
    let Some(table) = stats.dimensions.get(usize::from(dimension)) else { return };
    for (label, _) in table.iter() {
        if let LabelKind::Met(index) = label.kind() {
            if let Err(place) = indices.binary_search(&index) {
                indices.insert(place, index);
            }
        }
    }
}

/// Gives the labels of one dimension their place in `kept` (ascending, so order is preserved).
pub fn relabel(stats: &mut EventStats, dimension: u8, kept: &[usize]) {
    let Some(table) = stats.dimensions.get_mut(usize::from(dimension)) else { return };
    let mut renamed = Table::default();
    for (label, tally) in table.iter() {
        let label = match label.kind() {
            LabelKind::Met(index) => kept.binary_search(&index).map_or(Label::OTHER, Label::met),
            _ => label,
        };
        let sum: &mut Tally = renamed.entry(label);
        sum.add(*tally);
    }
    *table = renamed;
}

impl Stats {
    /// Counts one event at an hour of the day.
    pub fn count(&mut self, event: EventIx, props: &Props, hour: u8) {
        let hours = self.hours.entry(hour);
        *hours = hours.saturating_add(1);
        let stats = self.events.entry(event);
        stats.count = stats.count.saturating_add(1);
        let first = props.numbers.iter().find(|&&(position, _)| position == 0).map_or(0, |&(_, value)| value);
        for &(position, label) in &props.labels {
            stats.tally(position, label, Tally { count: 1, sum: first });
        }
        for &(position, value) in &props.numbers {
            stats.measure(position, value);
        }
    }

    /// Adds the time a page was seen to the page event's number and to its label.
    pub fn dwell(&mut self, page: Label, dwell_ms: u64) {
        let stats = self.events.entry(builtin::PAGE);
        stats.tally(0, page, Tally { count: 0, sum: dwell_ms });
        stats.measure(0, dwell_ms);
    }

    /// Counts what was not counted.
    pub fn drop(&mut self, reason: Dropped, count: u32) {
        let sum = self.drops.entry(reason as u8);
        *sum = sum.saturating_add(count);
    }

    /// Counts an attempt that reached a step.
    pub fn reach(&mut self, flow: crate::id::FlowIx, step: u8) {
        let reached = self.flows.entry(flow);
        let step = usize::from(step);
        if reached.len() <= step {
            reached.resize(step + 1, 0);
        }
        if let Some(count) = reached.get_mut(step) {
            *count = count.saturating_add(1);
        }
    }
}

impl EventStats {
    fn tally(&mut self, position: u8, label: Label, more: Tally) {
        if let Some(table) = slot(&mut self.dimensions, position) {
            table.entry(label).add(more);
        }
    }

    fn measure(&mut self, position: u8, value: u64) {
        if let Some(sketch) = slot(&mut self.numbers, position) {
            sketch.add(value);
        }
    }
}

/// The item at `position`, with the vector grown to hold it. Positions come from a checked program, at most 4.
fn slot<T: Default + Clone>(items: &mut Vec<T>, position: u8) -> Option<&mut T> {
    let position = usize::from(position);
    if items.len() <= position {
        items.resize(position + 1, T::default());
    }
    items.get_mut(position)
}
