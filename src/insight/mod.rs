//! Observations folded into bounded statistics: `state = fold(records)`.

pub mod due;
pub mod epoch;
pub mod fleet;
pub mod model;
pub mod models;
pub mod outlook;
pub mod portrait;
pub mod profile;
pub mod recent;
pub mod recommend;
pub mod returning;
pub mod rhythm;
pub mod segment;
pub mod sign;
pub mod sketch;
pub mod stats;
pub mod traits;

use self::epoch::Epoch;
use self::profile::Profile;
use self::sketch::VALUE_MAX;
use self::stats::{Order, Stats};
use crate::clock::{hour_of, Day, OffsetMin, UnixMs};
use crate::event::{Props, Record, Scalar, ORDER_ID_BYTES_MAX, TEXT_BYTES_MAX};
use crate::id::{builtin, DeletionId, DeviceId, EventIx, FlowIx, Label, LabelKind, SegmentId, UserId};
use crate::program::names::{Dimension, EventNames, Names};
use crate::program::BUILT_IN_ATTRIBUTES;

/// Orders remembered to recognise a repeated id and to mark confirmed ones.
pub const ORDERS_KEPT_MAX: usize = 32;
/// Orders in one row: a person pays a few times a day; more is a loop in the app.
pub const ORDERS_PER_ROW_MAX: usize = 64;
/// The largest correction of the clock: the years that the engine believes.
pub const SKEW_S_MAX: i64 = 80 * 366 * 86_400;
/// Attributes kept on the phone.
pub const ATTRIBUTES_MAX: usize = 64;

/// An attempt at a flow that is still within its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The step reached.
    pub step: u8,
    /// When the first step was made.
    pub started: UnixMs,
}

/// An order the app told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOrder {
    /// Id and amount.
    pub order: Order,
    /// The day it was told.
    pub day: Day,
    /// True once the server said so.
    pub confirmed: bool,
}

/// A withdrawal that the server must still carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Makes the request recognisable when repeated.
    pub id: DeletionId,
    /// The installation whose data is to go.
    pub device: DeviceId,
}

/// Attributes of the person, for targeting and (if declared) for the backend.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    /// In order of name.
    pub values: Vec<(String, Scalar)>,
    /// Grows with every change, and is no less than the seconds since 2020: storage that was rolled back does not
    /// reuse a revision that the server has seen.
    pub revision: u32,
    /// The highest revision that the server echoed.
    pub acked: u32,
}

/// All that is durable.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The person agreed; without it only a deletion request may be stored and sent.
    pub consented: bool,
    /// This installation.
    pub device: DeviceId,
    /// Who is logged in.
    pub user: UserId,
    /// The stretch being recorded.
    pub segment: SegmentId,
    /// Instant of the latest record, whole seconds; never goes back but by [`Record::Clock`].
    pub last: UnixMs,
    /// Instant of the latest activity: what the session rule looks at.
    pub active: UnixMs,
    /// The zone whose dates count.
    pub zone: OffsetMin,
    /// Server's clock minus the phone's.
    pub skew_s: i64,
    /// The person's rhythm.
    pub profile: Profile,
    /// Live attempts, by flow.
    pub attempts: stats::Table<FlowIx, Option<Attempt>>,
    /// Latest orders, oldest first.
    pub orders: Vec<KnownOrder>,
    /// Attributes.
    pub attributes: Attributes,
    /// Highest fact number received.
    pub fact_cursor: u32,
    /// A deletion to be acknowledged.
    pub deletion: Option<(Deletion, UserId)>,
    /// By dictionary, oldest first; the last one is being recorded.
    pub epochs: Vec<Epoch>,
}

impl State {
    /// Nothing recorded yet.
    pub fn new(device: DeviceId, names: Names) -> State {
        State {
            consented: false,
            device,
            user: UserId::default(),
            segment: SegmentId::default(),
            last: UnixMs::MIN,
            active: UnixMs::MIN,
            zone: OffsetMin::default(),
            skew_s: 0,
            profile: Profile::default(),
            attempts: stats::Table::default(),
            orders: Vec::new(),
            attributes: Attributes::default(),
            fact_cursor: 0,
            deletion: None,
            epochs: vec![Epoch::new(names)],
        }
    }

    /// The day that `last` falls on.
    pub fn day(&self) -> Day {
        Day::of(self.last, self.zone)
    }

    /// Records from here on use these names. Attempts at flows end: positions may mean something else.
    pub fn begin_epoch(&mut self, names: Names) {
        if self.epoch().is_some_and(|epoch| epoch.names == names) {
            return;
        }
        self.attempts.clear();
        self.epochs.retain(|epoch| !epoch.rows.is_empty());
        self.epochs.push(Epoch::new(names));
    }

    /// The epoch being recorded. There always is one; `None` can't happen but costs less than a panic.
    pub fn epoch(&self) -> Option<&Epoch> {
        self.epochs.last()
    }

    /// Applies one record. Total: a record that makes no sense (stored by another version) changes nothing.
    pub fn apply(&mut self, record: Record) {
        if !self.takes(&record) {
            return;
        }
        match record {
            Record::Event { after_s, event, props } => self.apply_event(after_s, event, &props),
            Record::Session { after_s } => self.apply_session(after_s),
            Record::Dwell { after_s, page, dwell_ms } => {
                self.advance(after_s);
                self.with_stats(|stats, _| stats.dwell(page, dwell_ms));
            }
            Record::Flow { after_s, flow, step, last } => {
                self.advance(after_s);
                self.apply_flow(flow, step, last);
            }
            Record::Met { event, dimension, text } => {
                if let Some(epoch) = self.epochs.last_mut() {
                    epoch.meet(event, dimension, text);
                }
            }
            Record::Dropped { reason, count } => self.with_stats(|stats, _| stats.drop(reason, count)),
            Record::Order { id, paid_fen } => self.apply_order(Order { id, paid_fen }),
            Record::Clock { instant, zone } => {
                self.last = instant;
                self.active = self.active.min(instant);
                self.zone = zone;
                self.profile.set_back(self.day());
            }
            Record::Segment { id, user } => self.apply_segment(id, user),
            Record::Skew { skew_s } => self.skew_s = skew_s.clamp(-SKEW_S_MAX, SKEW_S_MAX),
            Record::Attribute { name, value } => {
                let now_s = self.last.since(UnixMs::MIN) / 1000;
                self.attributes.set(name, value, now_s as u32);
            }
            Record::Acknowledged { segment, day, revision } => self.apply_acknowledged(segment, day, revision),
            Record::AttributesAcknowledged { revision } => {
                self.attributes.acked = self.attributes.acked.max(revision);
            }
            Record::Quarantined { segment, day } => {
                self.epochs.iter_mut().filter_map(|e| e.row_mut(segment, day)).for_each(|r| r.quarantined = true);
            }
            Record::Fact { number, order_id } => self.apply_fact(number, &order_id),
            Record::Deleted => self.deletion = None,
            // What a person does is told apart; that she does something counts here.
            Record::Portrait { after_s, change } if change.is_activity() => self.advance(after_s),
            // What is remembered of experiments and journeys, and the portrait, are states of their own.
            Record::Lab(_) | Record::Portrait { .. } | Record::Journey(_) => {}
        }
    }

    /// Moves to a later second; time since the last activity belongs to the session.
    fn advance(&mut self, after_s: u32) {
        self.last = self.last.plus(i64::from(after_s) * 1000);
        let active_s = (self.last.since(self.active) / 1000).clamp(0, i64::from(u32::MAX)) as u32;
        self.active = self.last;
        self.profile.visit(self.day());
        if active_s > 0 {
            self.with_stats(|stats, _| stats.session_s = stats.session_s.saturating_add(active_s));
        }
    }

    fn apply_session(&mut self, after_s: u32) {
        self.last = self.last.plus(i64::from(after_s) * 1000);
        self.active = self.last;
        self.profile.visit(self.day());
        self.profile.sessions = self.profile.sessions.saturating_add(1);
        self.with_stats(|stats, _| stats.sessions = stats.sessions.saturating_add(1));
    }

    fn apply_event(&mut self, after_s: u32, event: EventIx, props: &Props) {
        self.advance(after_s);
        self.profile.events_today = self.profile.events_today.saturating_add(1);
        self.with_stats(|stats, hour| stats.count(event, props, hour));
    }

    /// Guards the fold against records of another dictionary or another version: every position must exist and every
    /// value be one that rows can hold.
    fn takes(&self, record: &Record) -> bool {
        let Some(names) = self.epoch().map(|epoch| &epoch.names) else { return false };
        match record {
            Record::Event { event, props, .. } => names.event(*event).is_some_and(|names| fits(props, names)),
            Record::Dwell { page, dwell_ms, .. } => {
                let pages = names.event(builtin::PAGE).and_then(|event| event.dimensions.first());
                *dwell_ms <= VALUE_MAX && pages.is_some_and(|pages| is_label(*page, pages))
            }
            Record::Flow { flow, step, .. } => names.flow(*flow).is_some_and(|f| usize::from(*step) < f.steps.len()),
            Record::Met { event, dimension, text } => {
                let dimension = names.event(*event).and_then(|names| names.dimensions.get(usize::from(*dimension)));
                dimension.is_some() && (1..=TEXT_BYTES_MAX).contains(&text.len())
            }
            Record::Order { id, paid_fen } => (1..=ORDER_ID_BYTES_MAX).contains(&id.len()) && *paid_fen <= VALUE_MAX,
            _ => true,
        }
    }

    fn apply_flow(&mut self, flow: FlowIx, step: u8, last: bool) {
        let started = match self.attempts.get(flow) {
            Some(Some(attempt)) if step > 0 => attempt.started,
            _ => self.last,
        };
        *self.attempts.entry(flow) = (!last).then_some(Attempt { step, started });
        self.with_stats(|stats, _| stats.reach(flow, step));
    }

    fn apply_order(&mut self, order: Order) {
        let day = self.day();
        if self.orders.len() >= ORDERS_KEPT_MAX {
            self.orders.remove(0);
        }
        self.orders.push(KnownOrder { order: order.clone(), day, confirmed: false });
        self.with_stats(|stats, _| {
            if stats.orders.len() < ORDERS_PER_ROW_MAX {
                stats.orders.push(order);
            }
        });
    }

    fn apply_segment(&mut self, id: SegmentId, user: UserId) {
        self.segment = id;
        if user != self.user {
            self.change_user(user);
        }
        self.forget_acknowledged();
    }

    /// What was recorded before a login belongs to who logs in; what belonged to somebody else goes. The server has
    /// attributes and numbers facts for each user.
    fn change_user(&mut self, user: UserId) {
        let before = std::mem::replace(&mut self.user, user);
        if !before.is_anonymous() {
            self.attempts.clear();
            self.orders.clear();
            self.attributes.values.retain(|(name, _)| BUILT_IN_ATTRIBUTES.contains(&name.as_str()));
        }
        self.attributes.acked = 0;
        self.fact_cursor = 0;
    }

    fn apply_acknowledged(&mut self, segment: SegmentId, day: i32, revision: u32) {
        for row in self.epochs.iter_mut().filter_map(|epoch| epoch.row_mut(segment, day)) {
            row.acked = row.acked.max(revision.min(row.row.revision));
        }
        self.forget_acknowledged();
    }

    /// Rows that can't grow any more and are held by the server go; so do epochs left without rows.
    fn forget_acknowledged(&mut self) {
        let (segment, today) = (self.segment, self.day());
        for epoch in &mut self.epochs {
            epoch.forget_acknowledged(segment, today);
        }
        let current = self.epochs.len().saturating_sub(1);
        let mut index = 0;
        self.epochs.retain(|epoch| {
            index += 1;
            index > current || !epoch.rows.is_empty()
        });
    }

    fn apply_fact(&mut self, number: u32, order_id: &str) {
        self.fact_cursor = self.fact_cursor.max(number);
        if let Some(known) = self.orders.iter_mut().find(|known| known.order.id == order_id) {
            known.confirmed = true;
        }
    }

    /// The statistics of the current segment and day, and the hour; their row's revision grows.
    fn with_stats(&mut self, change: impl FnOnce(&mut Stats, u8)) {
        let (day, hour) = (self.day(), hour_of(self.last, self.zone));
        if let Some(epoch) = self.epochs.last_mut() {
            change(epoch.touch(&self.user, self.segment, day), hour);
        }
    }

    /// True if an order with that id was told before.
    pub fn knows_order(&self, id: &str) -> bool {
        self.orders.iter().any(|known| known.order.id == id)
    }

    /// Orders in the current row.
    pub fn orders_in_row(&self) -> usize {
        let day = self.day();
        let row = self.epoch().and_then(|e| e.rows.iter().rfind(|r| r.row.segment == self.segment && r.row.day == day));
        row.map_or(0, |r| r.row.stats.orders.len())
    }
}

fn fits(props: &Props, names: &EventNames) -> bool {
    props.labels.iter().all(|&(at, label)| names.dimensions.get(usize::from(at)).is_some_and(|d| is_label(label, d)))
        && props.numbers.iter().all(|&(at, value)| usize::from(at) < names.numbers.len() && value <= VALUE_MAX)
}

fn is_label(label: Label, dimension: &Dimension) -> bool {
    !matches!(label.kind(), LabelKind::Declared(index) if index >= dimension.values.len())
}

impl Attributes {
    fn set(&mut self, name: String, value: Option<Scalar>, now_s: u32) {
        let found = self.values.binary_search_by(|(known, _)| known.as_str().cmp(&name));
        match (found, value) {
            (Ok(at), Some(value)) => {
                if let Some(slot) = self.values.get_mut(at) {
                    slot.1 = value;
                }
            }
            (Ok(at), None) => drop(self.values.remove(at)),
            (Err(at), Some(value)) if self.values.len() < ATTRIBUTES_MAX => self.values.insert(at, (name, value)),
            _ => return,
        }
        self.revision = self.revision.saturating_add(1).max(now_s);
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&Scalar> {
        let at = self.values.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.values.get(at).map(|(_, value)| value)
    }
}
