//! The limits of the binary profile, for reports that came as JSON: a receiver can trust either alike.

use super::{Attribute, Report, ReportAttributes, ReportEvent, ReportInsight, ReportNumber, ReportPlan, ReportRow};
use crate::clock::{Day, UnixMs};
use crate::error::Error;
use crate::id::{DeletionId, DeviceId, SegmentId, UserId};
use crate::insight::sketch::{BUCKETS, VALUE_MAX};
use crate::program::names::{EVENTS_MAX, FLOWS_MAX, NAME_BYTES_MAX, PROPS_MAX, STEPS, VALUES_MAX};
use crate::summary::rows::ORDER_ID_BYTES_MAX;
use crate::summary::{Scalar, ATTRIBUTES_MAX, MET_MAX, ROWS_MAX, TEXT_BYTES_MAX};

const COUNT_MAX: u64 = u32::MAX as u64;
/// Declared values, texts met on the phone, and "other".
const LABELS_MAX: usize = VALUES_MAX + MET_MAX + 1;
/// Reasons are numbered in one byte.
const REASONS_MAX: usize = 256;

type Checked = Result<(), Error>;

pub(super) fn check(report: &Report) -> Checked {
    require(report.v == 1, "v", "1")?;
    require(is_name(&report.app), "app", "1 to 32 bytes")?;
    require(DeviceId::parse(&report.device).is_some(), "device", "16 lower-case hexadecimal digits")?;
    require(UserId::new(&report.user).is_some(), "user", "at most 64 bytes without control characters")?;
    let sent_in_range = UnixMs::new(report.sent_at_ms).get() == report.sent_at_ms;
    require(sent_in_range, "sent", "milliseconds between 2020 and 2100")?;
    require((-1080..=1080).contains(&report.offset_min), "tz", "minutes within 18 hours")?;
    if let Some(attributes) = &report.attributes {
        check_attributes(attributes)?;
    }
    let claims_fit = report.claims.as_ref().is_none_or(|claims| claims.checked().is_some());
    require(claims_fit, "claims", "at most 128 claims as docs/wire.md has them")?;
    let exposures_fit = report.exposures.as_ref().is_none_or(|exposures| exposures.checked().is_some());
    require(exposures_fit, "exposures", "1 to 64 exposures as docs/wire.md has them")?;
    let insight_fits = report.insight.as_ref().is_none_or(ReportInsight::fits);
    require(insight_fits, "insight", "a judgement as docs/wire.md has it")?;
    let plan_fits = report.plan.as_ref().is_none_or(ReportPlan::fits);
    require(plan_fits, "plan", "1 to 16 trips as docs/wire.md has them")?;
    require(report.rows.len() <= ROWS_MAX, "rows", "at most 64")?;
    for (at, row) in report.rows.iter().enumerate() {
        check_row(row).map_err(|error| under(error, &format!("rows[{at}]")))?;
    }
    check_deletion(report)
}

fn check_deletion(report: &Report) -> Checked {
    let Some(deletion) = &report.deletion else {
        return Ok(());
    };
    require(DeletionId::parse(deletion).is_some(), "delete", "16 lower-case hexadecimal digits")?;
    let alone = report.fact_cursor == 0 && report.attributes.is_none() && report.rows.is_empty();
    let alone = alone && report.claims.is_none() && report.exposures.is_none();
    let alone = alone && report.insight.is_none() && report.plan.is_none();
    require(
        alone,
        "delete",
        "neither facts nor attributes nor claims nor exposures nor insight nor plan nor rows beside it",
    )
}

fn check_attributes(attributes: &ReportAttributes) -> Checked {
    require(attributes.values.len() <= ATTRIBUTES_MAX, "attributes.set", "at most 32")?;
    let is_long = |value: &Attribute| matches!(&value.0, Scalar::Text(text) if text.len() > TEXT_BYTES_MAX);
    for (name, value) in &attributes.values {
        require(is_name(name), "attributes.set", "names of 1 to 32 bytes")?;
        require(!is_long(value), &format!("attributes.set.{name}"), "text of at most 64 bytes")?;
    }
    Ok(())
}

fn check_row(row: &ReportRow) -> Checked {
    require(SegmentId::parse(&row.segment).is_some(), "s", "16 lower-case hexadecimal digits")?;
    require(Day::parse(&row.day).is_some(), "d", "a date between 2020 and 2100")?;
    let stats = &row.stats;
    require(stats.events.len() <= EVENTS_MAX, "e", "at most 72 events")?;
    for (name, event) in &stats.events {
        require(is_name(name), "e", "names of 1 to 32 bytes")?;
        check_event(event).map_err(|error| under(error, &format!("e.{name}")))?;
    }
    require(stats.flows.len() <= FLOWS_MAX, "f", "at most 16 flows")?;
    for (name, reached) in &stats.flows {
        require(is_name(name), "f", "names of 1 to 32 bytes")?;
        let fits = STEPS.contains(&reached.len()) && are_counts(reached);
        require(fits, &format!("f.{name}"), "2 to 12 counts")?;
    }
    require(are_counts(stats.hours.values()), "h", "counts below 2^32")?;
    require(are_counts([&stats.sessions.0, &stats.sessions.1]), "ss", "counts below 2^32")?;
    let is_order =
        |(id, paid_fen): &(String, u64)| (1..=ORDER_ID_BYTES_MAX).contains(&id.len()) && *paid_fen <= VALUE_MAX;
    require(stats.orders.iter().all(is_order), "o", "ids of 1 to 40 bytes and whole fen")?;
    require(stats.drops.len() <= REASONS_MAX && stats.drops.keys().all(|name| is_name(name)), "x", "known reasons")?;
    require(are_counts(stats.drops.values()), "x", "counts below 2^32")
}

fn check_event(event: &ReportEvent) -> Checked {
    require(event.count <= COUNT_MAX, "n", "a count below 2^32")?;
    require(event.by.len() <= PROPS_MAX && event.by.keys().all(|name| is_name(name)), "by", "at most 4 dimensions")?;
    for (name, values) in &event.by {
        let fits = values.len() <= LABELS_MAX
            && values.keys().all(|text| text.len() <= TEXT_BYTES_MAX)
            && values.values().all(|&(count, sum)| count <= COUNT_MAX && sum <= VALUE_MAX);
        require(fits, &format!("by.{name}"), "texts of at most 64 bytes, each with [count, sum]")?;
    }
    let named = event.numbers.len() <= PROPS_MAX && event.numbers.keys().all(|name| is_name(name));
    require(named, "num", "at most 4 numbers")?;
    for (name, number) in &event.numbers {
        require(is_sketch(number), &format!("num.{name}"), "a sum and ascending [bucket, count]")?;
    }
    Ok(())
}

fn is_sketch(number: &ReportNumber) -> bool {
    let in_range = |&(bucket, count): &(u32, u64)| bucket < BUCKETS && (1..=COUNT_MAX).contains(&count);
    number.sum <= VALUE_MAX
        && number.buckets.iter().all(in_range)
        && number.buckets.is_sorted_by(|(one, _), (two, _)| one < two)
}

fn is_name(text: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&text.len())
}

fn are_counts<'a>(counts: impl IntoIterator<Item = &'a u64>) -> bool {
    counts.into_iter().all(|&count| count <= COUNT_MAX)
}

fn require(fits: bool, path: &str, expected: &str) -> Checked {
    if fits {
        return Ok(());
    }
    Err(Error::new("report_invalid", format!("expected {expected}")).at(path))
}

fn under(error: Error, path: &str) -> Error {
    let path = format!("{path}.{}", error.path);
    error.at(path)
}
