//! The bytes of one row, in uploads and in the store (`docs/wire.md`, "Row").
//!
//! Everything counted is a list of *ascending keys with counts*: the step from the key before and a count of one to
//! three share a varint, so that most entries take one byte.

use crate::bytes::{Reader, Writer};
use crate::clock::Day;
use crate::id::{EventIx, FlowIx, Label, LabelKind, SegmentId};
use crate::insight::sketch::{Sketch, BUCKETS, VALUE_MAX};
use crate::insight::stats::{EventStats, Order, Row, Stats, Table, Tally};
use crate::program::names::{Dimension, EventNames, Names};

pub use crate::event::ORDER_ID_BYTES_MAX;

const EVENTS: u8 = 1;
const FLOWS: u8 = 2;
const HOURS: u8 = 4;
const SESSIONS: u8 = 8;
const ORDERS: u8 = 16;
const DROPS: u8 = 32;
const ALL: u8 = 63;

/// Appends a row whose positions mean `names`. Only what `names` declares is written: of a longer table of
/// dimensions, numbers or steps the rest is left out, and a shorter one is filled with nothing.
pub fn encode_row(w: &mut Writer, row: &Row, names: &Names) {
    w.u64(row.segment.0);
    w.count(row.day.number().abs_diff(Day::MIN.number()) as usize);
    w.varint(row.revision.into());
    let stats = &row.stats;
    w.byte(sections(stats));
    if !stats.events.is_empty() {
        write_events(w, &stats.events, names);
    }
    if !stats.flows.is_empty() {
        write_flows(w, &stats.flows, names);
    }
    write_some_counts(w, stats.hours.iter().map(|(hour, &count)| (hour.into(), count)));
    if has_sessions(stats) {
        w.varint(stats.sessions.into());
        w.varint(stats.session_s.into());
    }
    if !stats.orders.is_empty() {
        write_orders(w, &stats.orders);
    }
    write_some_counts(w, stats.drops.iter().map(|(reason, &count)| (reason.into(), count)));
}

/// Reads what [`encode_row`] wrote with the same `names`. Labels of texts met on the phone are not checked: the
/// texts stand elsewhere.
pub fn decode_row(r: &mut Reader, names: &Names) -> Option<Row> {
    let segment = SegmentId(r.u64()?);
    let day = Day::from_number(i32::try_from(r.varint32()?).ok()?.checked_add(Day::MIN.number())?)?;
    let revision = r.varint32()?;
    let sections = r.byte().filter(|&byte| byte & !ALL == 0)?;
    let has = |section: u8| sections & section != 0;
    let mut stats = Stats::default();
    if has(EVENTS) {
        stats.events = read_events(r, names)?;
    }
    if has(FLOWS) {
        stats.flows = read_flows(r, names)?;
    }
    if has(HOURS) {
        stats.hours = read_counts(r, 24)?;
    }
    if has(SESSIONS) {
        (stats.sessions, stats.session_s) = (r.varint32()?, r.varint32()?);
    }
    if has(ORDERS) {
        stats.orders = read_orders(r)?;
    }
    if has(DROPS) {
        stats.drops = read_counts(r, 256)?;
    }
    // A section announced, but empty, would be a second encoding of the same row.
    let canonical = self::sections(&stats) == sections;
    canonical.then_some(Row { segment, day, revision, stats })
}

fn sections(stats: &Stats) -> u8 {
    let flag = |present: bool, section: u8| if present { section } else { 0 };
    flag(!stats.events.is_empty(), EVENTS)
        | flag(!stats.flows.is_empty(), FLOWS)
        | flag(!stats.hours.is_empty(), HOURS)
        | flag(has_sessions(stats), SESSIONS)
        | flag(!stats.orders.is_empty(), ORDERS)
        | flag(!stats.drops.is_empty(), DROPS)
}

fn has_sessions(stats: &Stats) -> bool {
    stats.sessions != 0 || stats.session_s != 0
}

/// One entry of ascending keys with counts; `next` is the lowest key that may follow.
fn write_key(w: &mut Writer, next: &mut u32, (key, count): (u32, u32)) {
    let step = u64::from(key.saturating_sub(*next));
    match count {
        1..=3 => w.varint(step << 2 | u64::from(count)),
        _ => {
            w.varint(step << 2);
            w.varint(count.into());
        }
    }
    *next = key.saturating_add(1);
}

fn read_key(r: &mut Reader, next: &mut u32) -> Option<(u32, u32)> {
    let head = r.varint()?;
    let key = u32::try_from(head >> 2).ok()?.checked_add(*next)?;
    *next = key.checked_add(1)?;
    let count = match (head & 3) as u32 {
        0 => r.varint32().filter(|count| !(1..=3).contains(count))?,
        small => small,
    };
    Some((key, count))
}

/// Sums stop where a JavaScript number stops being exact, so that every receiver can hold them.
fn read_sum(r: &mut Reader) -> Option<u64> {
    r.varint().filter(|&sum| sum <= VALUE_MAX)
}

fn write_some_counts(w: &mut Writer, counts: impl ExactSizeIterator<Item = (u32, u32)>) {
    if counts.len() == 0 {
        return;
    }
    w.count(counts.len());
    let mut next = 0;
    counts.for_each(|entry| write_key(w, &mut next, entry));
}

fn read_counts(r: &mut Reader, keys: u32) -> Option<Table<u8, u32>> {
    let (mut table, mut next) = (Table::default(), 0);
    for _ in 0..r.count()? {
        let (key, count) = read_key(r, &mut next).filter(|&(key, _)| key < keys)?;
        table.push(key as u8, count);
    }
    Some(table)
}

fn write_events(w: &mut Writer, events: &Table<EventIx, EventStats>, names: &Names) {
    w.count(events.len());
    let mut next = 0;
    for (event, stats) in events.iter() {
        write_key(w, &mut next, (event.0.into(), stats.count));
        if let Some(names) = names.event(event) {
            write_event(w, stats, names);
        }
    }
}

fn read_events(r: &mut Reader, names: &Names) -> Option<Table<EventIx, EventStats>> {
    let (mut table, mut next) = (Table::default(), 0);
    for _ in 0..r.count()? {
        let (key, count) = read_key(r, &mut next)?;
        let event = EventIx(key.try_into().ok()?);
        table.push(event, read_event(r, names.event(event)?, count)?);
    }
    Some(table)
}

fn write_event(w: &mut Writer, stats: &EventStats, names: &EventNames) {
    for at in 0..names.dimensions.len() {
        match stats.dimensions.get(at) {
            Some(table) => write_labels(w, table, !names.numbers.is_empty()),
            None => w.byte(0),
        }
    }
    let mut expected = expected_sum(stats);
    for at in 0..names.numbers.len() {
        let empty = Sketch::default();
        write_sketch(w, stats.numbers.get(at).unwrap_or(&empty), expected);
        expected = 0;
    }
}

fn read_event(r: &mut Reader, names: &EventNames, count: u32) -> Option<EventStats> {
    let mut stats = EventStats { count, ..EventStats::default() };
    for dimension in &names.dimensions {
        stats.dimensions.push(read_labels(r, dimension, !names.numbers.is_empty())?);
    }
    let mut expected = expected_sum(&stats);
    for _ in &names.numbers {
        stats.numbers.push(read_sketch(r, expected)?);
        expected = 0;
    }
    trim(&mut stats.dimensions, Table::is_empty);
    trim(&mut stats.numbers, |sketch| *sketch == Sketch::default());
    Some(stats)
}

/// The first number is also summed by value. If every event had a value of the first dimension, which is usual, the
/// sum of those is the number's own, and need not be written.
fn expected_sum(stats: &EventStats) -> u64 {
    let tallies = stats.dimensions.first().into_iter().flat_map(Table::iter);
    tallies.fold(0, |sum: u64, (_, tally)| sum.saturating_add(tally.sum.min(VALUE_MAX))).min(VALUE_MAX)
}

/// Takes empty ones off the end: the canonical form in memory.
fn trim<T>(list: &mut Vec<T>, is_empty: impl Fn(&T) -> bool) {
    while list.last().is_some_and(&is_empty) {
        list.pop();
    }
}

fn write_labels(w: &mut Writer, table: &Table<Label, Tally>, with_sums: bool) {
    w.count(table.len());
    let mut next = 0;
    for (label, tally) in table.iter() {
        write_key(w, &mut next, (label.0, tally.count));
        if with_sums {
            w.varint(tally.sum.min(VALUE_MAX));
        }
    }
}

fn read_labels(r: &mut Reader, dimension: &Dimension, with_sums: bool) -> Option<Table<Label, Tally>> {
    let (mut table, mut next) = (Table::default(), 0);
    for _ in 0..r.count()? {
        let (key, count) = read_key(r, &mut next)?;
        let label = Label(key);
        if matches!(label.kind(), LabelKind::Declared(index) if index >= dimension.values.len()) {
            return None;
        }
        let sum = if with_sums { read_sum(r)? } else { 0 };
        table.push(label, Tally { count, sum });
    }
    Some(table)
}

/// The number of buckets and whether a sum follows share a varint; it follows if it is not the expected one.
fn write_sketch(w: &mut Writer, sketch: &Sketch, expected_sum: u64) {
    let sum = sketch.sum.min(VALUE_MAX);
    let follows = sum != expected_sum;
    w.varint((sketch.buckets.len() as u64) << 1 | u64::from(follows));
    if follows {
        w.varint(sum);
    }
    let mut next = 0;
    sketch.buckets.iter().for_each(|&entry| write_key(w, &mut next, entry));
}

fn read_sketch(r: &mut Reader, expected_sum: u64) -> Option<Sketch> {
    let head = r.varint32()?;
    let follows = head & 1 == 1;
    let sum = if follows { read_sum(r).filter(|&sum| sum != expected_sum)? } else { expected_sum };
    let (mut buckets, mut next) = (Vec::new(), 0);
    for _ in 0..head >> 1 {
        let (bucket, count) = read_key(r, &mut next)?;
        if bucket >= BUCKETS || count == 0 {
            return None;
        }
        buckets.push((bucket, count));
    }
    Some(Sketch { sum, buckets })
}

fn write_flows(w: &mut Writer, flows: &Table<FlowIx, Vec<u32>>, names: &Names) {
    w.count(flows.len());
    let mut next = 0;
    for (flow, reached) in flows.iter() {
        let count_at = |step: usize| reached.get(step).copied().unwrap_or(0);
        write_key(w, &mut next, (flow.0.into(), count_at(0)));
        let steps = names.flow(flow).map_or(0, |names| names.steps.len());
        (1..steps).for_each(|step| w.varint(count_at(step).into()));
    }
}

fn read_flows(r: &mut Reader, names: &Names) -> Option<Table<FlowIx, Vec<u32>>> {
    let (mut table, mut next) = (Table::default(), 0);
    for _ in 0..r.count()? {
        let (key, first) = read_key(r, &mut next)?;
        let flow = FlowIx(key.try_into().ok()?);
        let mut reached = vec![first];
        for _ in 1..names.flow(flow)?.steps.len() {
            reached.push(r.varint32()?);
        }
        trim(&mut reached, |&count| count == 0);
        table.push(flow, reached);
    }
    Some(table)
}

fn write_orders(w: &mut Writer, orders: &[Order]) {
    w.count(orders.len());
    for order in orders {
        w.text(&order.id);
        w.varint(order.paid_fen.min(VALUE_MAX));
    }
}

fn read_orders(r: &mut Reader) -> Option<Vec<Order>> {
    let mut orders = Vec::new();
    for _ in 0..r.count()? {
        let id = r.text().filter(|id| (1..=ORDER_ID_BYTES_MAX).contains(&id.len()))?.to_owned();
        orders.push(Order { id, paid_fen: read_sum(r)? });
    }
    Some(orders)
}
