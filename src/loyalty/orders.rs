//! Paid orders, refunds and what was spent on orders.

use super::act::Refusal;
use super::codec::{read_day, read_flag, read_number, read_small, read_text, write_day, write_number};
use super::earn::Earning;
use super::line::{Line, Reason, Term, What};
use super::state::{signed, State, Turn};
use super::wallet::{read_lot, write_lot, Part};
use crate::bytes::{Reader, Writer};
use crate::clock::Day;
use crate::program::rules::{Shortfall, Source};

/// Orders that are remembered, and orders that points were spent on; the oldest go.
const ORDERS_MAX: usize = 1024;

/// A paid order.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    id: String,
    number: u32,
    day: Day,
    paid_fen: u64,
    refunded_fen: u64,
    /// What it brought.
    points: u64,
    growth: u64,
    /// Fully refunded.
    closed: bool,
}

/// What was spent on an order, to be returned with it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spent {
    order_id: String,
    parts: Vec<Part>,
}

/// Orders, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Orders {
    orders: Vec<Order>,
    spent: Vec<Spent>,
    /// Orders ever.
    count: u32,
    /// Orders that are not fully refunded, and the most that this was.
    live: u32,
    live_max: u32,
    /// Fen paid less refunds, and the most that this was.
    total_fen: u64,
    total_max_fen: u64,
}

/// An order's (number, id), and the (points, growth) that it loses.
type Back<'a> = ((u32, &'a str), (u64, u64));

impl State {
    /// A paid order: points, tier, every n-th order, rewards, in this order.
    pub(super) fn order_paid(
        &mut self,
        turn: &mut Turn,
        (id, paid_fen): (&str, u64),
        categories: &[String],
    ) -> Result<(), Refusal> {
        if self.orders.find(id).is_some() {
            return Err(Refusal::DuplicateOrder);
        }
        let rules = turn.rules;
        let yuan = paid_fen / 100;
        let growth = yuan.saturating_mul(u64::from(rules.growth_per_yuan));
        let number = self.orders.count.saturating_add(1);
        let per_yuan = u64::from(rules.points.per_yuan);
        let lead = [Term::new(What::Yuan, yuan), Term::new(What::PerYuan, per_yuan)];
        let earning =
            Earning { base: yuan.saturating_mul(per_yuan), growth, ..Earning::fact(Source::ORDER, Reason::Order, 0) };
        let points = self.earn(turn, Earning { order: number, subject: id, lead: &lead, ..earning });
        let day = turn.day;
        self.orders.add(Order {
            id: id.to_owned(),
            number,
            day,
            paid_fen,
            refunded_fen: 0,
            points,
            growth,
            closed: false,
        });
        self.standing.add(turn, growth);
        self.count_order(turn);
        self.reward_spending(turn, paid_fen);
        self.rewards.bought(turn, categories);
        Ok(())
    }

    /// Every n-th order brings a coupon (N1).
    fn count_order(&mut self, turn: &mut Turn) {
        self.orders.live = self.orders.live.saturating_add(1);
        if self.orders.live <= self.orders.live_max {
            return;
        }
        self.orders.live_max = self.orders.live;
        let Some(rule) = &turn.rules.every_n_orders else { return };
        if rule.n > 0 && self.orders.live.is_multiple_of(rule.n) {
            self.give_coupon(turn, &rule.coupon, Reason::EveryNOrders);
        }
    }

    /// Rewards for what was paid in all.
    fn reward_spending(&mut self, turn: &mut Turn, paid_fen: u64) {
        self.orders.total_fen = self.orders.total_fen.saturating_add(paid_fen);
        let (before, now) = (self.orders.total_max_fen, self.orders.total_fen);
        if now > before {
            self.orders.total_max_fen = now;
            self.spending_rewards(turn, before, now);
        }
    }

    /// A refund: takes back, then (a full one) returns what was spent on the order (P5).
    pub(super) fn refund(&mut self, turn: &mut Turn, id: &str, refund_fen: u64) -> Result<(), Refusal> {
        let at = self.orders.find(id).ok_or(Refusal::UnknownOrder)?;
        let order = self.orders.orders.get_mut(at).ok_or(Refusal::UnknownOrder)?;
        let left_before = order.paid_fen.saturating_sub(order.refunded_fen);
        if refund_fen > left_before {
            return Err(Refusal::MoreThanPaid);
        }
        order.refunded_fen = order.refunded_fen.saturating_add(refund_fen);
        let left = left_before.saturating_sub(refund_fen);
        let closes = left == 0 && !order.closed;
        order.closed |= closes;
        let kept = |whole, left| share(whole, left, order.paid_fen);
        let kept_points = kept(order.points, left);
        let back = kept(order.points, left_before).saturating_sub(kept_points);
        let growth = kept(order.growth, left_before).saturating_sub(kept(order.growth, left));
        let (number, day) = (order.number, order.day);
        let lead = [
            Term::new(What::Granted, order.points),
            Term::new(What::UnrefundedFen, left),
            Term::new(What::PaidFen, order.paid_fen),
            Term::new(What::Kept, kept_points),
        ];
        self.take_back(turn, ((number, id), (back, growth)), lead);
        self.orders.total_fen = self.orders.total_fen.saturating_sub(refund_fen);
        if closes {
            self.orders.live = self.orders.live.saturating_sub(1);
            self.give_back(turn, id);
        }
        self.standing.take(turn, (day, growth));
        Ok(())
    }

    fn take_back(&mut self, turn: &mut Turn, ((number, id), (points, growth)): Back, lead: [Term; 4]) {
        let taken = self.wallet.take_back(number, points);
        let (what, sum) = match turn.rules.points.shortfall {
            Shortfall::StopAtZero => (What::WrittenOff, &mut self.wallet.written_off),
            Shortfall::AllowNegative => (What::Debt, &mut self.wallet.debt),
        };
        *sum = sum.saturating_add(taken.missing);
        let [a, b, c, d] = lead;
        let (own, others) = (Term::new(What::OwnLot, taken.own), Term::new(What::OtherLots, taken.others));
        let terms = [a, b, c, d, own, others, Term::new(what, taken.missing)];
        let growth = -signed(growth);
        let line = Line { points: -signed(points), growth, subject: id, terms: &terms, ..turn.blank() };
        turn.line(Line { reason: Reason::RefundTakenBack, ..line });
        if what == What::WrittenOff && taken.missing > 0 {
            let points = signed(taken.missing);
            turn.line(Line { reason: Reason::WrittenOff, points, subject: id, ..turn.blank() });
        }
    }

    fn give_back(&mut self, turn: &mut Turn, id: &str) {
        for spent in self.orders.take_spent(id) {
            let (expired, paid) = self.wallet.give_back(&spent.parts, turn.day);
            let points = spent.parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.points));
            let terms = [Term::new(What::DebtPaid, paid)];
            let line = Line { reason: Reason::RefundReturned, points: signed(points), ..turn.blank() };
            turn.line(Line { subject: id, terms: &terms, ..line });
            if expired > 0 {
                turn.line(Line { reason: Reason::Expired, points: -signed(expired), subject: id, ..turn.blank() });
            }
        }
    }

    /// Points are spent: for a discount, or for something in the mall (P6).
    pub(super) fn redeem(
        &mut self,
        turn: &mut Turn,
        points: u32,
        (order_id, item): (&str, &str),
    ) -> Result<(), Refusal> {
        let rules = &turn.rules.points;
        if item.is_empty() {
            if !points.is_multiple_of(rules.redeem_step.max(1)) {
                return Err(Refusal::NotAMultiple);
            }
        } else {
            self.may_have(turn.rules, item, points)?;
        }
        if self.wallet.available() < i64::from(points) {
            return Err(Refusal::NotEnoughPoints);
        }
        let parts = self.wallet.spend(u64::from(points));
        self.orders.spend(order_id, parts);
        let steps = u64::from(points / rules.redeem_step.max(1));
        let fen = if item.is_empty() { steps.saturating_mul(u64::from(rules.fen_per_step)) } else { 0 };
        self.rewards.had(item);
        let terms = [Term::new(What::DiscountFen, fen)];
        let subject = if item.is_empty() { order_id } else { item };
        let line = Line { reason: Reason::Redeem, points: -i64::from(points), subject, ..turn.blank() };
        turn.line(Line { terms: if fen > 0 { &terms } else { &[] }, ..line });
        Ok(())
    }
}

impl Orders {
    /// Orders that are not fully refunded, and fen paid less refunds.
    pub(super) fn figures(&self) -> (u32, u64) {
        (self.live, self.total_fen)
    }

    /// The newest first: refunds mostly belong to new orders.
    fn find(&self, id: &str) -> Option<usize> {
        self.orders.iter().rposition(|order| order.id == id)
    }

    fn add(&mut self, order: Order) {
        self.count = order.number;
        if self.orders.len() >= ORDERS_MAX {
            self.orders.remove(0);
        }
        self.orders.push(order);
    }

    fn spend(&mut self, order_id: &str, parts: Vec<Part>) {
        if order_id.is_empty() || parts.is_empty() {
            return;
        }
        if self.spent.len() >= ORDERS_MAX {
            self.spent.remove(0);
        }
        self.spent.push(Spent { order_id: order_id.to_owned(), parts });
    }

    fn take_spent(&mut self, id: &str) -> Vec<Spent> {
        let mut taken = Vec::new();
        while let Some(at) = self.spent.iter().position(|spent| spent.order_id == id) {
            taken.push(self.spent.remove(at));
        }
        taken
    }

    /// Orders that are not fully refunded, and the most that this was.
    pub(super) fn live(&self) -> (u32, u32) {
        (self.live, self.live_max)
    }

    /// Fen paid less refunds, and the most that this was.
    pub(super) fn total_fen(&self) -> (u64, u64) {
        (self.total_fen, self.total_max_fen)
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.count(self.orders.len());
        for order in &self.orders {
            w.text(&order.id);
            write_day(w, order.day);
            let Order { number, paid_fen, refunded_fen, points, growth, .. } = *order;
            for number in [u64::from(number), paid_fen, refunded_fen, points, growth] {
                write_number(w, number);
            }
            w.byte(u8::from(order.closed));
        }
        w.count(self.spent.len());
        for spent in &self.spent {
            w.text(&spent.order_id);
            w.count(spent.parts.len());
            for part in &spent.parts {
                write_lot(w, part);
            }
        }
        for number in [self.count, self.live, self.live_max] {
            write_number(w, u64::from(number));
        }
        write_number(w, self.total_fen);
        write_number(w, self.total_max_fen);
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Orders> {
        Some(Orders {
            orders: r.list(read_order)?,
            spent: r.list(|r| Some(Spent { order_id: read_text(r)?, parts: r.list(read_lot)? }))?,
            count: read_small(r)?,
            live: read_small(r)?,
            live_max: read_small(r)?,
            total_fen: read_number(r)?,
            total_max_fen: read_number(r)?,
        })
    }
}

fn read_order(r: &mut Reader) -> Option<Order> {
    Some(Order {
        id: read_text(r)?,
        day: read_day(r)?,
        number: read_small(r)?,
        paid_fen: read_number(r)?,
        refunded_fen: read_number(r)?,
        points: read_number(r)?,
        growth: read_number(r)?,
        closed: read_flag(r)?,
    })
}

/// `whole × left / paid`, rounded down, exact at any size. All of it if nothing was paid.
fn share(whole: u64, left: u64, paid: u64) -> u64 {
    if left >= paid {
        return whole;
    }
    match whole.checked_mul(left) {
        Some(product) => product / paid,
        None => long_share(whole, left, paid),
    }
}

/// Binary long division.
#[cold]
fn long_share(whole: u64, left: u64, paid: u64) -> u64 {
    let (left, paid) = (u128::from(left), u128::from(paid));
    let (mut quotient, mut rest) = (0u64, 0u128);
    for bit in (0..64).rev() {
        quotient <<= 1;
        for term in [rest, if whole >> bit & 1 == 1 { left } else { 0 }] {
            rest += term;
            if rest >= paid {
                rest -= paid;
                quotient += 1;
            }
        }
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact_at_any_size() {
        let exact = |whole: u64, left: u64, paid: u64| (u128::from(whole) * u128::from(left) / u128::from(paid)) as u64;
        for whole in [0, 1, 99, 100, 12_345, u64::MAX / 3, u64::MAX] {
            for (left, paid) in
                [(0, 1), (1, 2), (6_700, 10_050), (10_049, 10_050), (u64::MAX - 1, u64::MAX), (1, u64::MAX)]
            {
                assert_eq!(share(whole, left, paid), exact(whole, left, paid), "{whole} {left}/{paid}");
            }
        }
        assert_eq!(share(7, 0, 0), 7, "nothing was paid, so nothing is refunded");
    }
}
