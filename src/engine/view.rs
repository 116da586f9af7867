//! What people look at: figures for the developer, the state for an inspector.

use super::lab::exposure_members;
use super::Engine;
use crate::clock::Day;
use crate::event::dropped::Dropped;
use crate::insight::epoch::{Epoch, OutRow};
use crate::json::JsonWriter;
use crate::program::Program;
use crate::summary::json::write_row;
use crate::summary::MetText;

/// Figures of this start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Consent as it stands.
    pub consent: bool,
    /// Events counted today, over all starts.
    pub events_today: u32,
    /// Sessions ever begun.
    pub sessions: u32,
    /// Requests made since this start.
    pub requests: u32,
    /// Bytes of their bodies.
    pub sent_bytes: u64,
    /// Rows that the server lacks.
    pub unsent_rows: u32,
    /// Roughly their bytes on the wire.
    pub unsent_bytes: u32,
    /// The latest acknowledgement, ms; `None` if there was none.
    pub last_sync_at: Option<i64>,
    /// What was not counted since this start, by reason.
    pub dropped: Vec<(&'static str, u32)>,
}

impl Engine {
    /// What it was booted with.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Figures for the developer.
    pub fn stats(&self) -> Stats {
        let (unsent_rows, unsent_bytes) = crate::sync::unsent(&self.state);
        let named = |(reason, &count): (u8, &u32)| Some((Dropped::ALL.get(usize::from(reason))?.name(), count));
        Stats {
            consent: self.state.consented,
            events_today: self.state.profile.events_today,
            sessions: self.state.profile.sessions,
            requests: self.outbox.requests,
            sent_bytes: self.outbox.sent_bytes,
            unsent_rows,
            unsent_bytes,
            last_sync_at: self.outbox.last_sync.map(|at| at.get()),
            dropped: self.dropped.iter().filter_map(named).collect(),
        }
    }

    /// What the engine knows, as JSON: ids, days of activity, every row still on the phone by name, and the
    /// exposures of who uses it.
    pub fn state_json(&self) -> String {
        let mut w = JsonWriter::default();
        w.begin_object();
        self.write_ids(&mut w);
        self.write_days(&mut w);
        w.key("rows");
        w.begin_array();
        for epoch in &self.state.epochs {
            let met = met_texts(epoch);
            epoch.rows.iter().for_each(|row| write_out_row(&mut w, row, epoch, &met));
        }
        w.end_array();
        self.write_exposures(&mut w);
        w.end_object();
        w.finish()
    }

    fn write_exposures(&self, w: &mut JsonWriter) {
        w.key("exposures");
        w.begin_array();
        for seen in self.trials.seen_by(&self.state.user) {
            w.begin_object();
            exposure_members(w, &seen.exposure);
            w.key("acked");
            w.bool(seen.is_acked);
            w.end_object();
        }
        w.end_array();
    }

    fn write_ids(&self, w: &mut JsonWriter) {
        let mut id = String::new();
        self.state.device.write(&mut id);
        w.text_member("device", &id);
        w.text_member("user", self.state.user.as_str());
        id.clear();
        self.state.segment.write(&mut id);
        w.text_member("segment", &id);
        w.key("sessions");
        w.unsigned(self.state.profile.sessions.into());
        w.key("clock_skew_s");
        w.integer(self.state.skew_s);
    }

    /// `today` and the days of the last 64 on which something was recorded, latest first.
    fn write_days(&self, w: &mut JsonWriter) {
        let profile = &self.state.profile;
        write_day(w, "today", self.state.day());
        w.key("active_days");
        w.begin_array();
        for ago in (0..64).filter(|ago| profile.active_days >> ago & 1 == 1) {
            if let Some(day) = Day::from_number(profile.last_day.number() - ago) {
                let mut text = String::new();
                day.write(&mut text);
                w.string(&text);
            }
        }
        w.end_array();
        if profile.active_days != 0 {
            write_day(w, "first_day", profile.first_day);
        }
    }
}

fn write_out_row(w: &mut JsonWriter, row: &OutRow, epoch: &Epoch, met: &[MetText]) {
    w.begin_object();
    w.text_member("user", row.user.as_str());
    w.key("acked");
    w.unsigned(row.acked.into());
    w.key("quarantined");
    w.bool(row.quarantined);
    w.key("row");
    write_row(w, &row.row, &epoch.names, met);
    w.end_object();
}

fn write_day(w: &mut JsonWriter, key: &str, day: Day) {
    let mut text = String::new();
    day.write(&mut text);
    w.text_member(key, &text);
}

fn met_texts(epoch: &Epoch) -> Vec<MetText> {
    let mut met = Vec::new();
    for ((event, dimension), texts) in epoch.met.iter() {
        for text in texts {
            met.push(MetText { event, dimension: u16::from(dimension), text: text.clone() });
        }
    }
    met
}
