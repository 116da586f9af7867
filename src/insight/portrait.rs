//! What is known of a person's ways: when she comes, what she buys and looks at, where she breaks off. Folded from the
//! same records as the rows, and changed by nothing else; read by [`super::outlook`] and its kin.
//!
//! Everything is bounded: what is worth least goes first. The fold is whole numbers, but for logarithms and exponents
//! that one crate computes alike everywhere and that are rounded at once.

mod bytes;
pub mod goods;
pub mod habit;

use self::goods::{FlowHabit, Goods, Watch};
use self::habit::{Days, Dwell, Hours};
use super::rhythm::Rhythm;
use super::{State, ORDER_ID_BYTES_MAX};
use crate::bytes::crc32;
use crate::clock::{hour_of, Day, OffsetMin, UnixMs};
use crate::event::portrait::{Change, Judgement, Thing, NAME_BYTES_MAX};
use crate::event::Record;
use crate::id::{builtin, FlowIx, UserId};

/// Items that a person may follow at a time; the one followed longest goes first.
pub const WATCHED_MAX: usize = 32;
/// Flows remembered: twice what a program may have, since another program's may be among them.
pub const FLOWS_MAX: usize = 32;
/// Orders that the server told of before the phone did; their amounts are not counted again.
pub const PAID_MAX: usize = 16;

/// What is in the cart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cart {
    /// When it was changed last.
    pub changed: UnixMs,
    /// Pieces; 0 for an empty cart.
    pub count: u32,
    /// What they cost.
    pub value_fen: u64,
}

/// How questions for subscriptions were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompts {
    /// Refused since the last one that was accepted; saturates.
    pub refused: u32,
    /// The day of the latest.
    pub last: Day,
}

/// Orders of which the app said whether a coupon was used; both saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coupons {
    /// All of them.
    pub orders: u32,
    /// Those with a coupon.
    pub used: u32,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portrait {
    /// Days on which she came.
    pub visits: Rhythm,
    /// The same before the latest of them: how she was before she came back. A window that a long absence has emptied
    /// can't be had back.
    pub earlier: Rhythm,
    /// Days on which she paid, with what she spent.
    pub purchases: Rhythm,
    /// What she buys and looks at.
    pub goods: Goods,
    /// What is in the cart.
    pub cart: Cart,
    /// How she gets through flows, at most [`FLOWS_MAX`].
    pub flows: Vec<FlowHabit>,
    /// How long she looks at pages.
    pub dwell: Dwell,
    /// Days with errors.
    pub errors: Days,
    /// Days with repeated hard taps.
    pub taps: Days,
    /// Questions for subscriptions.
    pub prompts: Prompts,
    /// Orders with coupons.
    pub coupons: Coupons,
    /// What she follows, oldest first, at most [`WATCHED_MAX`].
    pub watched: Vec<Watch>,
    /// When her sessions begin.
    pub hours: Hours,
    /// What was said of her last.
    pub judgement: Judgement,
    /// Since when her level is what it is.
    pub since: Day,
    /// Grows with each judgement, and is no less than the seconds since 2020: storage that was rolled back does not
    /// use a revision again.
    pub revision: u32,
    /// The highest revision that the backend echoed.
    pub acked: u32,
    /// CRC-32 of the ids of orders that the server told of first, at most [`PAID_MAX`].
    paid: Vec<u32>,
}

impl Portrait {
    /// Applies one record, before the state does. Total: what makes no sense changes nothing.
    pub fn apply(&mut self, record: &Record, state: &State) {
        let (now, zone) = moment(record, state);
        let day = Day::of(now, zone);
        if is_visit(record) {
            self.visit(day);
        }
        match record {
            Record::Session { .. } => self.hours.add(hour_of(now, zone)),
            Record::Event { event, .. } if *event == builtin::ERROR => self.errors.add(day),
            Record::Dwell { dwell_ms, .. } => self.dwell.add(*dwell_ms),
            Record::Flow { flow, step, last, .. } => self.reach(state, (*flow, *step, *last), day),
            Record::Order { id, paid_fen } if (1..=ORDER_ID_BYTES_MAX).contains(&id.len()) => {
                self.pay(crc32(id.as_bytes()), *paid_fen, day);
            }
            Record::Clock { .. } if self.is_ahead(day) => self.forget_after(day),
            Record::Portrait { change, .. } => self.change(change, now, day),
            _ => {}
        }
    }

    /// Somebody logged in: what is known of somebody without a name is hers; what is known of another account goes.
    pub fn log_in(&mut self, before: &UserId) {
        if !before.is_anonymous() {
            *self = Portrait::default();
        }
        self.acked = 0;
    }

    /// Notes the CRC-32 of an order that the server told of: true if it is new.
    pub fn is_unpaid(&self, order: u32) -> bool {
        !self.paid.contains(&order)
    }

    fn visit(&mut self, day: Day) {
        if self.visits.span().is_none_or(|(_, last)| last != day) {
            let earlier = self.visits;
            if self.visits.add(day) {
                self.earlier = earlier;
            }
        }
    }

    fn pay(&mut self, order: u32, paid_fen: u64, day: Day) {
        self.cart = Cart::default();
        if let Some(place) = self.paid.iter().position(|paid| *paid == order) {
            self.paid.remove(place);
            return;
        }
        self.purchases.add(day);
        self.purchases.spend(paid_fen);
    }

    fn reach(&mut self, state: &State, (flow, step, is_last): (FlowIx, u8, bool), day: Day) {
        let Some(names) = state.epoch().and_then(|epoch| epoch.names.flow(flow)) else { return };
        if usize::from(step) >= names.steps.len() {
            return;
        }
        let found = self.flows.iter().position(|habit| habit.name == names.name);
        let place = found.unwrap_or_else(|| {
            if self.flows.len() >= FLOWS_MAX {
                self.flows.remove(0);
            }
            self.flows.push(FlowHabit { name: names.name.clone(), ..FlowHabit::default() });
            self.flows.len() - 1
        });
        if let Some(habit) = self.flows.get_mut(place) {
            habit.reach(step, is_last, day);
        }
    }

    fn change(&mut self, change: &Change, now: UnixMs, day: Day) {
        match change {
            Change::Browsed(thing) => self.goods.browse(thing, day),
            Change::Cart { count: 0, .. } => self.cart = Cart::default(),
            Change::Cart { count, value_fen } => {
                self.cart = Cart { changed: now, count: *count, value_fen: *value_fen };
            }
            Change::HardTaps => self.taps.add(day),
            Change::Prompt(is_accepted) => {
                let refused = if *is_accepted { 0 } else { self.prompts.refused.saturating_add(1) };
                self.prompts = Prompts { refused, last: day };
            }
            Change::Followed { item, price_fen, in_stock } => {
                self.follow(Watch { item: item.clone(), price_fen: *price_fen, in_stock: *in_stock });
            }
            Change::Unfollowed(item) => self.watched.retain(|watch| watch.item != *item),
            Change::Bought { things, coupon } => self.bought(things, *coupon, day),
            Change::Paid { order, day, paid_fen, categories } => self.paid(*order, *paid_fen, (*day, categories)),
            Change::Judged(judgement) => self.judged(judgement, now, day),
            Change::Acknowledged(revision) => self.acked = self.acked.max(*revision),
        }
    }

    fn follow(&mut self, watch: Watch) {
        if !(1..=NAME_BYTES_MAX).contains(&watch.item.len()) {
            return;
        }
        self.watched.retain(|known| known.item != watch.item);
        if self.watched.len() >= WATCHED_MAX {
            self.watched.remove(0);
        }
        self.watched.push(watch);
    }

    fn bought(&mut self, things: &[Thing], coupon: Option<bool>, day: Day) {
        for thing in things {
            self.goods.buy(thing, day);
        }
        if let Some(is_used) = coupon {
            self.coupons.orders = self.coupons.orders.saturating_add(1);
            self.coupons.used = self.coupons.used.saturating_add(u32::from(is_used));
        }
    }

    fn paid(&mut self, order: u32, paid_fen: u64, (day, categories): (Day, &[String])) {
        if self.paid.contains(&order) {
            return;
        }
        if self.paid.len() >= PAID_MAX {
            self.paid.remove(0);
        }
        self.paid.push(order);
        self.purchases.add(day);
        self.purchases.spend(paid_fen);
        for category in categories {
            self.goods.buy_of(category, day);
        }
    }

    fn judged(&mut self, judgement: &Judgement, now: UnixMs, day: Day) {
        if judgement.level != self.judgement.level {
            self.since = day;
        }
        let now_s = (now.since(UnixMs::MIN) / 1000) as u32;
        self.judgement = judgement.clone();
        self.revision = self.revision.saturating_add(1).max(now_s);
    }

    /// True if she came later than tomorrow: then the clock was wrong. A zone may take back a day.
    fn is_ahead(&self, day: Day) -> bool {
        let last = |rhythm: &Rhythm| rhythm.span().map_or(day, |(_, last)| last);
        last(&self.visits).max(last(&self.purchases)).since(day) > 1
    }

    fn forget_after(&mut self, day: Day) {
        self.visits.forget_after(day);
        self.earlier.forget_after(day);
        self.purchases.forget_after(day);
        self.goods.forget_after(day);
        self.errors.forget_after(day);
        self.taps.forget_after(day);
        for flow in &mut self.flows {
            flow.unfinished.forget_after(day);
            flow.finished.forget_after(day);
            flow.open = flow.open.filter(|(_, begun)| *begun <= day);
        }
        self.prompts.last = self.prompts.last.min(day);
        self.since = self.since.min(day);
    }
}

/// When a record happens, and in which zone; nothing has been applied yet.
fn moment(record: &Record, state: &State) -> (UnixMs, OffsetMin) {
    let after_s = match record {
        Record::Clock { instant, zone } => return (*instant, *zone),
        Record::Event { after_s, .. }
        | Record::Session { after_s }
        | Record::Dwell { after_s, .. }
        | Record::Flow { after_s, .. }
        | Record::Portrait { after_s, .. } => *after_s,
        _ => 0,
    };
    (state.last.plus(i64::from(after_s) * 1000), state.zone)
}

/// True for what a person does.
fn is_visit(record: &Record) -> bool {
    match record {
        Record::Event { .. } | Record::Session { .. } | Record::Dwell { .. } | Record::Flow { .. } => true,
        Record::Portrait { change, .. } => change.is_activity(),
        _ => false,
    }
}
