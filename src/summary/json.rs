//! The JSON profile (`docs/wire.md`): the same content with its names, for backends without a decoder.

use super::wire::texts_of;
use super::{MetText, Scalar, Upload};
use crate::id::{EventIx, Label, LabelKind};
use crate::insight::sketch::{Sketch, VALUE_MAX};
use crate::insight::stats::{Dropped, EventStats, Row, Stats, Table, Tally};
use crate::json::{push_unsigned, JsonWriter};
use crate::program::names::{EventNames, Names};

/// Turns positions into texts.
pub(super) struct Context<'a> {
    pub(super) names: &'a Names,
    pub(super) met: &'a [MetText],
}

impl Upload {
    /// Writes the JSON profile. `names` are those that [`Upload::dictionary`] is the hash of.
    pub fn to_json(&self, names: &Names) -> String {
        let mut w = JsonWriter::default();
        w.begin_object();
        self.write_envelope(&mut w, names);
        match self.deletion {
            Some(deletion) => write_id(&mut w, "delete", |out| deletion.write(out)),
            None => self.write_content(&mut w, names),
        }
        w.end_object();
        w.finish()
    }

    fn write_envelope(&self, w: &mut JsonWriter, names: &Names) {
        w.count_member("v", 1);
        w.text_member("app", &names.app);
        write_id(w, "device", |out| self.device.write(out));
        w.text_member("user", self.user.as_str());
        w.key("sent");
        w.integer(self.sent.instant.get());
        w.key("tz");
        w.integer(self.sent.offset.get().into());
    }

    fn write_content(&self, w: &mut JsonWriter, names: &Names) {
        w.count_member("facts", self.fact_cursor.into());
        if let Some((revision, attributes)) = &self.attributes {
            w.key("attributes");
            w.begin_object();
            w.count_member("rev", (*revision).into());
            w.key("set");
            write_attributes(w, attributes);
            w.end_object();
        }
        self.write_claims(w);
        self.write_exposures(w);
        self.write_insight(w);
        self.write_plan(w);
        let context = Context { names, met: &self.met };
        w.key("rows");
        w.begin_array();
        self.rows.iter().for_each(|row| context.write_row(w, row));
        w.end_array();
    }
}

/// Appends one row as an object of the JSON profile. `met` are the texts its labels point to.
pub fn write_row(w: &mut JsonWriter, row: &Row, names: &Names, met: &[MetText]) {
    Context { names, met }.write_row(w, row);
}

impl Context<'_> {
    fn write_row(&self, w: &mut JsonWriter, row: &Row) {
        w.begin_object();
        write_id(w, "s", |out| row.segment.write(out));
        write_id(w, "d", |out| row.day.write(out));
        w.count_member("r", row.revision.into());
        self.write_events(w, &row.stats);
        self.write_flows(w, &row.stats);
        write_rest(w, &row.stats);
        w.end_object();
    }

    fn write_events(&self, w: &mut JsonWriter, stats: &Stats) {
        if stats.events.is_empty() {
            return;
        }
        w.key("e");
        w.begin_object();
        for (at, stats) in stats.events.iter() {
            if let Some(names) = self.names.event(at) {
                w.key(&names.name);
                w.begin_object();
                w.count_member("n", stats.count.into());
                self.write_dimensions(w, at, stats);
                write_numbers(w, names, stats);
                w.end_object();
            }
        }
        w.end_object();
    }

    fn write_dimensions(&self, w: &mut JsonWriter, event: EventIx, stats: &EventStats) {
        if stats.dimensions.iter().all(Table::is_empty) {
            return;
        }
        w.key("by");
        w.begin_object();
        for (at, table) in (0..).zip(&stats.dimensions).filter(|(_, table)| !table.is_empty()) {
            let names = self.names.event(event).and_then(|names| names.dimensions.get(usize::from(at)));
            w.key(names.map_or("", |names| &names.name));
            w.begin_object();
            for (label, tally) in table.iter() {
                w.key(self.text_of((event.0, at), label));
                write_tally(w, tally);
            }
            w.end_object();
        }
        w.end_object();
    }

    /// "" stands for "other", and for a label whose text is missing.
    pub(super) fn text_of(&self, (event, dimension): (u16, u16), label: Label) -> &str {
        let text = match label.kind() {
            LabelKind::Other => None,
            LabelKind::Declared(index) => {
                let dimensions = self.names.event(EventIx(event)).map(|names| &names.dimensions);
                dimensions.and_then(|all| all.get(usize::from(dimension))?.values.get(index))
            }
            LabelKind::Met(index) => texts_of(self.met, (event, dimension)).nth(index).map(|met| &met.text),
        };
        text.map_or("", |text| text)
    }

    fn write_flows(&self, w: &mut JsonWriter, stats: &Stats) {
        if stats.flows.is_empty() {
            return;
        }
        w.key("f");
        w.begin_object();
        for (at, reached) in stats.flows.iter() {
            if let Some(names) = self.names.flow(at) {
                w.key(&names.name);
                w.begin_array();
                let count_at = |step: usize| reached.get(step).copied().unwrap_or(0);
                (0..names.steps.len()).for_each(|step| w.unsigned(count_at(step).into()));
                w.end_array();
            }
        }
        w.end_object();
    }
}

fn write_numbers(w: &mut JsonWriter, names: &EventNames, stats: &EventStats) {
    let is_empty = |sketch: &Sketch| sketch.sum == 0 && sketch.buckets.is_empty();
    if stats.numbers.iter().all(is_empty) {
        return;
    }
    w.key("num");
    w.begin_object();
    for (names, sketch) in names.numbers.iter().zip(&stats.numbers).filter(|(_, sketch)| !is_empty(sketch)) {
        w.key(&names.name);
        write_sketch(w, sketch);
    }
    w.end_object();
}

fn write_sketch(w: &mut JsonWriter, sketch: &Sketch) {
    w.begin_object();
    w.count_member("sum", sketch.sum.min(VALUE_MAX));
    if !sketch.buckets.is_empty() {
        w.key("b");
        w.begin_array();
        sketch.buckets.iter().for_each(|&(bucket, count)| write_pair(w, bucket.into(), count.into()));
        w.end_array();
    }
    w.end_object();
}

fn write_rest(w: &mut JsonWriter, stats: &Stats) {
    if !stats.hours.is_empty() {
        w.key("h");
        w.begin_object();
        for (hour, &count) in stats.hours.iter() {
            let mut key = String::new();
            push_unsigned(&mut key, hour.into());
            w.count_member(&key, count.into());
        }
        w.end_object();
    }
    if stats.sessions != 0 || stats.session_s != 0 {
        w.key("ss");
        write_pair(w, stats.sessions.into(), stats.session_s.into());
    }
    if !stats.orders.is_empty() {
        w.key("o");
        w.begin_array();
        for order in &stats.orders {
            w.begin_array();
            w.string(&order.id);
            w.unsigned(order.paid_fen.min(VALUE_MAX));
            w.end_array();
        }
        w.end_array();
    }
    if !stats.drops.is_empty() {
        w.key("x");
        w.begin_object();
        for (reason, &count) in stats.drops.iter() {
            w.count_member(&reason_name(reason), count.into());
        }
        w.end_object();
    }
}

/// The name of a reason; `reason_N` for one that a later version of the phone's engine knows.
pub(super) fn reason_name(reason: u8) -> String {
    if let Some(known) = Dropped::ALL.get(usize::from(reason)) {
        return known.name().to_owned();
    }
    let mut name = "reason_".to_owned();
    push_unsigned(&mut name, reason.into());
    name
}

fn write_attributes(w: &mut JsonWriter, attributes: &[(String, Scalar)]) {
    w.begin_object();
    for (name, value) in attributes {
        w.key(name);
        match value {
            Scalar::Text(text) => w.string(text),
            Scalar::Milli(milli) => w.milli(*milli),
            Scalar::Flag(flag) => w.bool(*flag),
        }
    }
    w.end_object();
}

fn write_tally(w: &mut JsonWriter, tally: &Tally) {
    write_pair(w, tally.count.into(), tally.sum.min(VALUE_MAX));
}

fn write_pair(w: &mut JsonWriter, first: u64, second: u64) {
    w.begin_array();
    w.unsigned(first);
    w.unsigned(second);
    w.end_array();
}

fn write_id(w: &mut JsonWriter, key: &str, write: impl Fn(&mut String)) {
    let mut text = String::new();
    write(&mut text);
    w.text_member(key, &text);
}
