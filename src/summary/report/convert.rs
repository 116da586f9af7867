//! From positions to names.

use super::{
    Attribute, Hour, Report, ReportAttributes, ReportClaims, ReportEvent, ReportExposures, ReportInsight, ReportNumber,
    ReportPlan, ReportRow, ReportStats,
};
use crate::id::EventIx;
use crate::insight::sketch::{Sketch, VALUE_MAX};
use crate::insight::stats::{EventStats, Row, Stats, Table};
use crate::program::names::Names;
use crate::summary::json::{reason_name, Context};
use crate::summary::Upload;

impl Report {
    /// The upload with the names its positions mean: the same as reading [`Upload::to_json`].
    pub fn from_upload(upload: &Upload, names: &Names) -> Report {
        let attributes = upload.attributes.as_ref().map(|(revision, values)| ReportAttributes {
            revision: *revision,
            values: values.iter().map(|(name, value)| (name.clone(), Attribute(value.clone()))).collect(),
        });
        let context = Context { names, met: &upload.met };
        Report {
            v: 1,
            app: names.app.clone(),
            device: hex(|out| upload.device.write(out)),
            user: upload.user.as_str().to_owned(),
            sent_at_ms: upload.sent.instant.get(),
            offset_min: upload.sent.offset.get(),
            fact_cursor: upload.fact_cursor,
            attributes,
            claims: upload.claims.as_ref().map(ReportClaims::of),
            exposures: upload.exposures.as_ref().map(ReportExposures::of),
            insight: upload.insight.as_ref().map(ReportInsight::of),
            plan: upload.plan.as_ref().map(ReportPlan::of),
            rows: upload.rows.iter().map(|row| row_of(row, &context)).collect(),
            deletion: upload.deletion.map(|deletion| hex(|out| deletion.write(out))),
        }
    }
}

fn hex(write: impl Fn(&mut String)) -> String {
    let mut text = String::new();
    write(&mut text);
    text
}

fn row_of(row: &Row, context: &Context) -> ReportRow {
    ReportRow {
        segment: hex(|out| row.segment.write(out)),
        day: hex(|out| row.day.write(out)),
        revision: row.revision,
        stats: stats_of(&row.stats, context),
    }
}

fn stats_of(stats: &Stats, context: &Context) -> ReportStats {
    let events = stats.events.iter().filter_map(|(at, event)| {
        let name = context.names.event(at)?.name.clone();
        Some((name, event_of(at, event, context)))
    });
    let flows = stats.flows.iter().filter_map(|(at, reached)| {
        let names = context.names.flow(at)?;
        let counts = reached.iter().map(|&count| count.into()).chain(std::iter::repeat(0));
        Some((names.name.clone(), counts.take(names.steps.len()).collect()))
    });
    let orders = stats.orders.iter().map(|order| (order.id.clone(), order.paid_fen.min(VALUE_MAX)));
    ReportStats {
        events: events.collect(),
        flows: flows.collect(),
        hours: stats.hours.iter().map(|(hour, &count)| (Hour(hour), count.into())).collect(),
        sessions: (stats.sessions.into(), stats.session_s.into()),
        orders: orders.collect(),
        drops: stats.drops.iter().map(|(reason, &count)| (reason_name(reason), count.into())).collect(),
    }
}

fn event_of(at: EventIx, stats: &EventStats, context: &Context) -> ReportEvent {
    let mut event = ReportEvent { count: stats.count.into(), ..ReportEvent::default() };
    let Some(names) = context.names.event(at) else {
        return event;
    };
    let tables = (0..).zip(names.dimensions.iter().zip(&stats.dimensions));
    for (dimension, (names, table)) in tables.filter(|(_, (_, table))| !Table::is_empty(table)) {
        let values = event.by.entry(names.name.clone()).or_default();
        for (label, tally) in table.iter() {
            let sums = values.entry(context.text_of((at.0, dimension), label).to_owned()).or_default();
            sums.0 += u64::from(tally.count);
            sums.1 += tally.sum.min(VALUE_MAX);
        }
    }
    let sketches = names.numbers.iter().zip(&stats.numbers);
    let sketches = sketches.filter(|(_, sketch)| **sketch != Sketch::default());
    event.numbers = sketches.map(|(names, sketch)| (names.name.clone(), number_of(sketch))).collect();
    event
}

fn number_of(sketch: &Sketch) -> ReportNumber {
    let buckets = sketch.buckets.iter().map(|&(bucket, count)| (bucket, count.into())).collect();
    ReportNumber { sum: sketch.sum.min(VALUE_MAX), buckets }
}
