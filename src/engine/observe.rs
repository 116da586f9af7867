//! Observations: what the app calls on every tap. Each is checked, stamped, turned into records.

use super::{personal::looks_personal, Engine, BACK_BELIEVED_MS};
use crate::clock::{At, Day, UnixMs, DAY_MS};
use crate::event::dropped::Dropped;
use crate::event::{Props, Record, TEXT_BYTES_MAX};
use crate::id::{builtin, EventIx, FlowIx, Label, DIMENSIONS_MAX};
use crate::insight::sketch::VALUE_MAX;

/// A step back smaller than this is the platform's own adjustment, or calls that waited for the start: not counted.
pub const CLOCK_BACK_MS_MIN: i64 = 60_000;
/// Texts met are kept until the next start and are in every image: at most so many bytes of them.
pub const MET_BYTES_MAX: usize = 16 * 1024;

/// Props handed over before their event.
#[derive(Debug, Default)]
pub(super) struct Staged {
    labels: Vec<(u8, Label)>,
    numbers: Vec<(u8, f64)>,
}

/// The page on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenPage {
    label: Label,
    since: UnixMs,
    /// The app came back to it and the page itself has not said so yet.
    resumed: bool,
}

impl Engine {
    /// The label of a text in a dimension (`event * 4 + position`), or why it is refused (already counted).
    ///
    /// # Errors
    /// [`Dropped::BadText`] if it is empty or over 64 bytes, [`Dropped::Personal`] if it looks like a phone number,
    /// an e-mail or an identity card, [`Dropped::UndeclaredProp`] if there is no such dimension.
    pub fn label(&mut self, dimension_id: u32, text: &str) -> Result<Label, Dropped> {
        let event = EventIx((dimension_id / DIMENSIONS_MAX) as u16);
        let dimension = (dimension_id % DIMENSIONS_MAX) as u8;
        let found = self.find_or_meet(event, dimension, text);
        if let Err(reason) = found {
            self.note(reason, 1);
        }
        found
    }

    fn find_or_meet(&mut self, event: EventIx, dimension: u8, text: &str) -> Result<Label, Dropped> {
        let names = self.program.names.event(event).ok_or(Dropped::UndeclaredProp)?;
        names.dimensions.get(usize::from(dimension)).ok_or(Dropped::UndeclaredProp)?;
        if text.is_empty() || text.len() > TEXT_BYTES_MAX {
            return Err(Dropped::BadText);
        }
        let Some(epoch) = self.state.epoch() else { return Err(Dropped::BadText) };
        if let Some(label) = epoch.label_of(event, dimension, text) {
            return Ok(label);
        }
        if looks_personal(text) {
            return Err(Dropped::Personal);
        }
        let met = epoch.met_count(event, dimension);
        let full = met >= self.program.caps.labels_per_dimension as usize || epoch.met_bytes() > MET_BYTES_MAX;
        if full {
            self.note(Dropped::LabelOverflow, 1);
            return Ok(Label::OTHER);
        }
        self.record(Record::Met { event, dimension, text: text.to_owned() });
        Ok(if self.refused { Label::OTHER } else { Label::met(met) })
    }

    /// Stages a dimension value for the next [`Engine::track`].
    pub fn set_label(&mut self, position: u8, label: Label) {
        if self.staged.labels.len() < DIMENSIONS_MAX as usize {
            self.staged.labels.push((position, label));
        }
    }

    /// Stages a number for the next [`Engine::track`]; it is checked there.
    pub fn set_number(&mut self, position: u8, value: f64) {
        if self.staged.numbers.len() < DIMENSIONS_MAX as usize {
            self.staged.numbers.push((position, value));
        }
    }

    /// Counts an event with the staged props.
    pub fn track(&mut self, event: EventIx, at: At) {
        let props = self.take_staged(event);
        let Some(props) = props else { return self.note(Dropped::UndeclaredEvent, 1) };
        if event == builtin::HIDE {
            self.hide_page(at);
        }
        if self.is_over_cap(at) {
            self.note(Dropped::EventOverflow, 1);
        } else {
            let after_s = self.move_clock(at);
            let told = self.desk.watches(event).then(|| props.clone());
            self.record(Record::Event { after_s, event, props });
            self.advance_flows(event);
            if let Some(props) = told {
                self.signal_event(event, &props);
            }
        }
        self.lifecycle(event, at);
    }

    /// Enters a page (leaving the one before), or leaves the open one (`None`).
    pub fn page(&mut self, page: Option<Label>, at: At) {
        let goes_on = matches!((self.page, page), (Some(open), Some(label)) if open.resumed && open.label == label);
        if !goes_on {
            self.leave_page(at);
        }
        self.resume = None;
        if let Some(label) = page {
            let since = self.page.map_or(at.instant, |open| open.since);
            self.page = Some(OpenPage { label, since, resumed: false });
            self.staged = Staged::default();
            self.set_label(0, label);
            self.track(builtin::PAGE, at);
        }
    }

    /// The app says that a step of a flow was made.
    pub fn flow(&mut self, flow: FlowIx, step: u8, at: At) {
        let known = self.program.flows.get(usize::from(flow.0)).is_some_and(|f| usize::from(step) < f.steps.len());
        if !known {
            return self.note(Dropped::UndeclaredStep, 1);
        }
        let after_s = self.move_clock(at);
        self.step(flow, step, after_s);
    }

    /// An order that the app believes paid. False if its id was told before or the row is full.
    pub fn order(&mut self, id: &str, paid_fen: u64, at: At) -> bool {
        let full = self.state.orders_in_row() >= crate::insight::ORDERS_PER_ROW_MAX;
        if full || self.state.knows_order(id) {
            self.staged = Staged::default();
            self.note(Dropped::OrderRefused, 1);
            return false;
        }
        self.set_number(0, paid_fen as f64);
        self.track(builtin::ORDER, at);
        self.record(Record::Order { id: id.to_owned(), paid_fen });
        true
    }

    /// The staged props as positions and whole numbers; `None` if the event is not in the program.
    fn take_staged(&mut self, event: EventIx) -> Option<Props> {
        let staged = std::mem::take(&mut self.staged);
        let names = self.program.names.event(event)?;
        let mut props = Props::default();
        let mut bad = 0;
        for (position, label) in staged.labels {
            match names.dimensions.get(usize::from(position)) {
                Some(_) => props.labels.push((position, label)),
                None => bad += 1,
            }
        }
        for (position, value) in staged.numbers {
            let decimals = names.numbers.get(usize::from(position)).map(|number| number.decimals);
            match decimals.and_then(|decimals| scaled(value, decimals)) {
                Some(value) => props.numbers.push((position, value)),
                None => bad += 1,
            }
        }
        if bad > 0 {
            self.note(Dropped::BadNumber, bad);
        }
        Some(props)
    }

    /// True if the day has had its events. A day further back than the clock stands still is one of its own.
    fn is_over_cap(&self, at: At) -> bool {
        let today = Day::of(self.corrected(at.instant), self.zone(at));
        let profile = &self.state.profile;
        let is_that_day = (0..=2).contains(&(profile.last_day.number() - today.number()));
        is_that_day && profile.events_today >= self.program.caps.events_per_day
    }

    /// Brings the state's clock to `at` and begins a session if one is due. Returns the seconds that the record to
    /// come must carry.
    pub(super) fn move_clock(&mut self, at: At) -> u32 {
        self.offset = at.offset;
        let after_s = self.seconds_to(at);
        let gap_ms = self.state.last.plus(i64::from(after_s) * 1000).since(self.state.active);
        let idle_ms = i64::from(self.program.idle_minutes) * crate::clock::MINUTE_MS;
        if self.state.profile.sessions > 0 && gap_ms < idle_ms {
            return after_s;
        }
        self.record(Record::Session { after_s });
        self.outbox.session_began();
        self.insight.is_due = true;
        0
    }

    fn seconds_to(&mut self, at: At) -> u32 {
        let (instant, zone) = (self.corrected(at.instant), self.zone(at));
        let ahead_ms = instant.since(self.state.last);
        if ahead_ms < -BACK_BELIEVED_MS {
            self.note(Dropped::ClockBack, 1);
            self.set_clock(instant, zone);
            return 0;
        }
        if ahead_ms <= -CLOCK_BACK_MS_MIN && !std::mem::replace(&mut self.clock_back_noted, true) {
            self.note(Dropped::ClockBack, 1);
        }
        if zone != self.state.zone {
            self.set_clock(instant.max(self.state.last), zone);
        }
        (instant.since(self.state.last) / 1000).clamp(0, i64::from(u32::MAX)) as u32
    }

    /// A day that was left is never written to again: going back to an earlier date begins a new segment.
    fn set_clock(&mut self, instant: UnixMs, zone: crate::clock::OffsetMin) {
        let goes_back = Day::of(instant, zone) < self.state.day();
        self.record(Record::Clock { instant, zone });
        if goes_back {
            self.new_segment(self.state.user.clone());
        }
    }

    fn advance_flows(&mut self, event: EventIx) {
        for index in 0..self.program.flows.len() {
            let steps = self.program.flows.get(index).map_or(&[][..], |flow| &flow.steps);
            if let Some(step) = steps.iter().position(|&step| step == Some(event)) {
                self.step(FlowIx(index as u16), step as u8, 0);
            }
        }
    }

    /// Counts a step if it is the first of a new attempt or the next of a live one.
    fn step(&mut self, flow: FlowIx, step: u8, after_s: u32) {
        let Some(rule) = self.program.flows.get(usize::from(flow.0)) else { return };
        let (window_ms, last) = (rule.window_ms, usize::from(step) + 1 == rule.steps.len());
        let now = self.state.last.plus(i64::from(after_s) * 1000);
        let attempt = self.state.attempts.get(flow).copied().flatten();
        let live = attempt.filter(|attempt| now.since(attempt.started) <= window_ms);
        let counts = match live {
            None => step == 0,
            Some(attempt) => attempt.step.checked_add(1) == Some(step),
        };
        if counts {
            self.record(Record::Flow { after_s, flow, step, last });
            if last {
                self.signal_flow_done(flow);
            }
        }
    }

    fn leave_page(&mut self, at: At) {
        let Some(open) = self.page.take() else { return };
        let dwell_ms = at.instant.since(open.since).clamp(0, DAY_MS) as u64;
        let after_s = self.move_clock(at);
        self.record(Record::Dwell { after_s, page: open.label, dwell_ms });
    }

    /// The page belongs to someone else from now on.
    pub(super) fn leave_page_for_good(&mut self, at: At) {
        self.leave_page(at);
        self.resume = None;
    }

    fn hide_page(&mut self, at: At) {
        let open = self.page.map(|page| page.label);
        self.leave_page(at);
        self.resume = open;
    }

    /// What hiding and showing mean beyond being counted.
    fn lifecycle(&mut self, event: EventIx, at: At) {
        if self.insight.is_due && event != builtin::HIDE {
            self.judge(false);
        }
        match event {
            builtin::HIDE => {
                self.judge(true);
                self.outbox.hidden(&self.program.sync);
                self.sync_due = true;
            }
            builtin::LAUNCH | builtin::SHOW => {
                if let Some(label) = self.resume.take() {
                    self.page = Some(OpenPage { label, since: at.instant, resumed: true });
                }
                self.send_leftovers();
            }
            _ => self.send_if_large(),
        }
    }

    /// Rows older than the age limit, or of an earlier stretch, do not wait for the session's end.
    fn send_leftovers(&mut self) {
        let oldest = self.state.last.plus(-self.program.sync.max_age_ms);
        let limit = Day::of(oldest, self.state.zone);
        let mut rows = self.state.epochs.iter().flat_map(|epoch| &epoch.rows).filter(|row| row.is_unsent());
        if rows.any(|row| row.row.segment != self.state.segment || row.row.day < limit) {
            self.outbox.recover();
        }
    }

    /// Looked at once per 32 events: encoding the rows to measure them costs more than an event.
    fn send_if_large(&mut self) {
        let due = self.state.profile.events_today.is_multiple_of(32);
        if due && crate::sync::unsent(&self.state).1 > self.program.sync.max_bytes {
            self.outbox.recover();
        }
    }
}

/// `round(value * 10^decimals)` as a whole number, if it is one a sketch takes. Adding a half and cutting off would
/// change large whole numbers: past 2^52 there are no halves.
fn scaled(value: f64, decimals: u8) -> Option<u64> {
    let factor = 10u32.checked_pow(u32::from(decimals))?;
    let scaled = value * f64::from(factor);
    if !(scaled >= 0.0 && scaled <= VALUE_MAX as f64) {
        return None;
    }
    let whole = scaled as u64;
    Some(whole + u64::from(scaled - whole as f64 >= 0.5))
}
