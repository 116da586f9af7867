//! The state of one person, and how acts and time change it.

use sha2::{Digest, Sha256};

use super::act::{Act, Refusal, Stamp};
use super::codec::{read_day, write_day};
use super::line::{Line, Reason, Term};
use super::membership::Paid;
use super::orders::Orders;
use super::rewards::Rewards;
use super::streak::Streak;
use super::tiers::Standing;
use super::today::Today;
use super::wallet::Wallet;
use crate::bytes::{Reader, Writer};
use crate::clock::{Day, UnixMs};
use crate::program::rules::{Calendar, Rules};

/// Hears each line of the ledger.
pub type Sink<'a> = &'a mut dyn FnMut(&Line);

/// Everything that follows from the acts so far. Equal acts in equal order give equal bytes.
///
/// Dates never go back here: with `day_zone: "event"` a journey west repeats a date, and only check-ins care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The date up to which time has passed.
    pub(super) day: Day,
    pub(super) streak: Streak,
    pub(super) wallet: Wallet,
    pub(super) today: Today,
    pub(super) orders: Orders,
    pub(super) standing: Standing,
    pub(super) membership: Paid,
    /// Month and day, 0 if unknown.
    pub(super) birthday: (u8, u8),
    pub(super) rewards: Rewards,
}

/// What one act is applied with.
pub(super) struct Turn<'a, 'b> {
    pub(super) rules: &'a Rules,
    pub(super) stamp: Stamp,
    /// The state's date.
    pub(super) day: Day,
    pub(super) sink: Sink<'b>,
}

impl Turn<'_, '_> {
    /// A line of today that moves no points.
    pub(super) fn say(&mut self, reason: Reason, subject: &str, terms: &[Term]) {
        self.line(Line { reason, subject, terms, ..self.blank() });
    }

    pub(super) fn line(&mut self, line: Line) {
        (self.sink)(&line);
    }

    pub(super) fn blank(&self) -> Line<'static> {
        Line {
            moment_s: self.stamp.moment_s,
            day: self.day,
            reason: Reason::CheckIn,
            points: 0,
            growth: 0,
            last: None,
            subject: "",
            rule: None,
            terms: &[],
        }
    }

    /// A line of a date that began before the act's moment, dated at its beginning (give or take a change of clocks).
    pub(super) fn blank_at(&self, day: Day) -> Line<'static> {
        let calendar = &self.rules.calendar;
        let offset = calendar.zone.offset_at(instant(self.stamp), self.stamp.offset);
        let minutes = i64::from(calendar.day_starts_min) - i64::from(offset.get());
        Line { day, moment_s: i64::from(day.number()) * 86_400 + minutes * 60, ..self.blank() }
    }
}

impl State {
    /// Nothing has happened yet.
    #[inline(never)]
    pub fn new() -> State {
        State::default()
    }

    /// Passes time to the act's date, then applies the act. Stamps ascend. A refused act changes nothing else.
    #[expect(clippy::too_many_arguments, reason = "each is a thing of its own, and this is the one door")]
    pub fn apply(&mut self, rules: &Rules, stamp: Stamp, act: &Act, sink: Sink) -> Result<(), Refusal> {
        let date = day_of(&rules.calendar, stamp);
        let turn = &mut Turn { rules, stamp, day: date.max(self.day), sink };
        self.pass(turn);
        match act {
            Act::CheckIn => self.check_in(turn, date),
            Act::MakeUp { day } => self.make_up(turn, *day),
            Act::Activity { activity } => self.activity(turn, *activity),
            Act::OrderPaid { order_id, paid_fen, categories } => {
                self.order_paid(turn, (order_id, *paid_fen), categories)
            }
            Act::Refund { order_id, refund_fen } => self.refund(turn, order_id, *refund_fen),
            Act::Redeem { points, order_id, item } => self.redeem(turn, *points, (order_id, item)),
            Act::Grant { source, points } => self.granted(turn, source, *points),
            Act::Referral { friend, inviter } => self.referral(turn, friend, *inviter),
            Act::Membership { months } => self.membership_bought(turn, *months),
            Act::Birthday { month, day } => {
                self.birthday = (*month, *day);
                Ok(())
            }
            Act::Drawn { lottery, prize, points } => self.drawn(turn, (lottery, prize), *points),
            Act::Granted { right } => self.right_granted(turn, *right),
            Act::Game { id, kind, progress } => {
                self.rewards.game(id, kind, *progress);
                Ok(())
            }
        }
    }

    /// A copy with time passed to that moment: what somebody who looks then sees.
    pub fn observed(&self, rules: &Rules, stamp: Stamp, sink: Sink) -> State {
        let mut state = self.clone();
        let day = day_of(&rules.calendar, stamp).max(self.day);
        let turn = &mut Turn { rules, stamp, day, sink };
        state.pass(turn);
        state.cover(turn);
        state
    }

    /// Passes time to the turn's date, in date order: points open and expire, terms end.
    fn pass(&mut self, turn: &mut Turn) {
        if turn.day == self.day {
            return;
        }
        self.day = turn.day;
        self.today.clear();
        self.wallet.open(turn.day);
        loop {
            let expiry = self.wallet.next_expiry().unwrap_or(Day::MAX);
            let review = self.standing.next_review(turn.rules.tiers.as_ref());
            if expiry.min(review) > turn.day || expiry.min(review) == Day::MAX {
                return;
            }
            if expiry <= review {
                let points = self.wallet.expire(expiry);
                let line = Line { reason: Reason::Expired, points: -signed(points), ..turn.blank_at(expiry) };
                turn.line(line);
            } else {
                self.standing.review(turn, review);
            }
        }
    }

    /// Appends the canonical bytes.
    pub fn encode(&self, w: &mut Writer) {
        write_day(w, self.day);
        self.streak.encode(w);
        self.wallet.encode(w);
        self.today.encode(w);
        self.orders.encode(w);
        self.standing.encode(w);
        self.membership.encode(w);
        w.byte(self.birthday.0);
        w.byte(self.birthday.1);
        self.rewards.encode(w);
    }

    /// Reads what [`State::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<State> {
        Some(State {
            day: read_day(r)?,
            streak: Streak::decode(r)?,
            wallet: Wallet::decode(r)?,
            today: Today::decode(r)?,
            orders: Orders::decode(r)?,
            standing: Standing::decode(r)?,
            membership: Paid::decode(r)?,
            birthday: (r.byte()?, r.byte()?),
            rewards: Rewards::decode(r)?,
        })
    }

    /// The first half of the SHA-256 of the canonical bytes: equal only for equal states.
    pub fn digest(&self) -> [u8; 16] {
        let mut w = Writer::default();
        self.encode(&mut w);
        let mut digest = [0; 16];
        digest.iter_mut().zip(Sha256::digest(&w.out)).for_each(|(to, from)| *to = from);
        digest
    }
}

/// The calendar date of a stamp (T2, T3).
pub(super) fn day_of(calendar: &Calendar, stamp: Stamp) -> Day {
    calendar.day(instant(stamp), stamp.offset)
}

fn instant(stamp: Stamp) -> UnixMs {
    UnixMs::new(stamp.moment_s.saturating_mul(1000))
}

/// As a signed number, for lines.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
