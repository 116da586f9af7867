//! A phone that has something new to tell at every turn.

use huitou::clock::{At, Day, OffsetMin, UnixMs};
use huitou::id::{DeviceId, EventIx, FlowIx, Label, SegmentId, UserId};
use huitou::insight::stats::{EventStats, Row, Stats, Table, Tally};
use huitou::program::names::EventNames;
use huitou::program::Names;
use huitou::summary::Upload;

use crate::clock::now_ms;
use crate::error::Failure;

/// Revisions of a row before the phone starts a new segment: one insert, then updates.
const REVISIONS: u32 = 4;
/// Events that are in use on a day.
const EVENTS: usize = 10;

/// One user's phone.
pub(super) struct Phone {
    names: Names,
    upload: Upload,
    pub(super) token: String,
}

/// The names of a served program.
pub(super) fn names(program: &str) -> Result<Names, Failure> {
    let (program, _) = huitou::program::load(program).map_err(|_| Failure::new("the served program is not valid"))?;
    Ok(program.names)
}

impl Phone {
    pub(super) fn new(number: usize, names: Names, token: String) -> Phone {
        let now = UnixMs::new(now_ms());
        let offset = OffsetMin::new(480);
        // Another device at every run, so that rows of an earlier run are not in the way.
        let device = (now.get() as u64) << 20 | number as u64;
        let segment = SegmentId(device.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let row = Row { segment, day: Day::of(now, offset), revision: 0, stats: stats(&names) };
        let upload = Upload {
            device: DeviceId(device),
            user: UserId::new(&format!("load-{number}")).unwrap_or_default(),
            sent: At { instant: now, offset },
            fact_cursor: 0,
            dictionary: names.hash(),
            names: None,
            attributes: None,
            met: Vec::new(),
            rows: vec![row],
            claims: None,
            exposures: None,
            insight: None,
            plan: None,
            deletion: None,
        };
        Phone { names, upload, token }
    }

    /// The body as it is now.
    pub(super) fn body(&self) -> Vec<u8> {
        self.upload.encode(&self.names)
    }

    /// Counts on, and gives the new body.
    pub(super) fn next_body(&mut self) -> Vec<u8> {
        if let Some(row) = self.upload.rows.first_mut() {
            row.revision += 1;
            if row.revision > REVISIONS {
                row.revision = 1;
                row.segment = SegmentId(row.segment.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
            }
            row.stats.session_s += 7;
            row.stats.events.values_mut().for_each(|event| event.count += 1);
        }
        self.body()
    }

    /// True if the answer echoes the row just sent.
    pub(super) fn is_acked_by(&self, answer: &str) -> bool {
        let Some(row) = self.upload.rows.first() else {
            return false;
        };
        let (mut segment, mut day) = (String::new(), String::new());
        row.segment.write(&mut segment);
        row.day.write(&mut day);
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
        let sent = serde_json::json!({ "s": segment, "d": day, "r": row.revision });
        answer.get("acks").and_then(|acks| acks.get(0)) == Some(&sent)
    }
}

fn stats(names: &Names) -> Stats {
    let mut stats = Stats { sessions: 2, session_s: 600, ..Stats::default() };
    for (place, event) in names.events.iter().take(EVENTS).enumerate() {
        *stats.events.entry(EventIx(place as u16)) = event_stats(event);
    }
    for (place, flow) in names.flows.iter().enumerate() {
        *stats.flows.entry(FlowIx(place as u16)) = (0..flow.steps.len()).map(|step| 9 - step.min(8) as u32).collect();
    }
    for hour in [9, 12, 20] {
        *stats.hours.entry(hour) = u32::from(hour);
    }
    stats
}

fn event_stats(event: &EventNames) -> EventStats {
    let mut stats = EventStats { count: 12, ..EventStats::default() };
    for dimension in &event.dimensions {
        let mut table = Table::default();
        for value in 0..dimension.values.len().min(4) {
            *table.entry(Label::declared(value)) =
                Tally { count: 2, sum: if event.numbers.is_empty() { 0 } else { 900 } };
        }
        stats.dimensions.push(table);
    }
    for _ in &event.numbers {
        let mut sketch = huitou::insight::sketch::Sketch::default();
        (0..12u64).for_each(|n| sketch.add(300 + n * n * 40));
        stats.numbers.push(sketch);
    }
    stats
}
