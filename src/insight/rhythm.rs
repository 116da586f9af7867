//! On which days something happened: all that the models need of a stream of visits or purchases, in about 32 bytes.

use crate::bytes::{Reader, Writer};
use crate::clock::Day;
use crate::insight::model::cycle::Gaps;
use crate::insight::model::lifetime::History;
use crate::insight::model::logit7::Activity;
use crate::insight::model::number::ln;

/// Days before the latest that are known one by one, itself included.
pub const WINDOW_DAYS: u32 = 128;
/// Logarithms are summed as whole multiples of 2^-16: sums of whole numbers do not depend on their order.
const LN_UNIT: f64 = 65_536.0;
/// Days from the first date to the last that exist. So Σ ln gap <= span / e and Σ (ln gap)² <= span · 4 / e², which keeps
/// both sums below 2^31 units: what many gaps add, their shortness takes away.
const SPAN_DAYS_MAX: i64 = 29_220;

/// The days of one stream. Adding a day twice, or in another order, changes nothing, as long as it is late by less than
/// [`WINDOW_DAYS`], before the first, or later than every day that has left the window. Any other late day can't be told
/// from one that is counted already, so it is not counted ([`Rhythm::add`] says so).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rhythm {
    days: u32,
    first: Day,
    last: Day,
    /// The latest day that has left the window; means nothing while all days are inside. Of the days before it, but the
    /// first, is only known how many.
    edge: Day,
    /// Bit i: something happened i days before `last`.
    window: u128,
    sum_ln: u32,
    sum_ln2: u32,
    spent_fen: u64,
}

/// Gaps of the last months, in days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecentGaps {
    /// How many.
    pub n: u32,
    /// Their sum.
    pub sum_days: u32,
    /// The sum of their squares: at most a century's.
    pub sum_days2: u32,
}

impl RecentGaps {
    fn and(self, days: u32) -> RecentGaps {
        let RecentGaps { n, sum_days, sum_days2 } = self;
        RecentGaps {
            n: n + 1,
            sum_days: sum_days + days,
            sum_days2: sum_days2.saturating_add(days.saturating_mul(days)),
        }
    }
}

/// The days beside a day that is not counted yet.
struct Place {
    before: Option<Day>,
    after: Option<Day>,
}

impl Rhythm {
    /// Days counted.
    pub fn days(&self) -> u32 {
        self.days
    }

    /// The first day and the latest; `None` before any.
    pub fn span(&self) -> Option<(Day, Day)> {
        (self.days > 0).then_some((self.first, self.last))
    }

    /// What was spent on all days, in fen; saturates.
    pub fn spent_fen(&self) -> u64 {
        self.spent_fen
    }

    /// Adds to what was spent.
    pub fn spend(&mut self, fen: u64) {
        self.spent_fen = self.spent_fen.saturating_add(fen);
    }

    /// Something happened on a day. False if the day was counted before or can't be placed (see [`Rhythm`]); nothing
    /// changes then.
    pub fn add(&mut self, day: Day) -> bool {
        if self.days == 0 {
            (self.first, self.last, self.window, self.days) = (day, day, 1, 1);
            return true;
        }
        let Some(place) = self.place(day) else { return false };
        if let (Some(before), Some(after)) = (place.before, place.after) {
            self.change_gap(after.since(before), false);
        }
        for gap in [place.before.map(|before| day.since(before)), place.after.map(|after| after.since(day))] {
            self.change_gap(gap.unwrap_or(0), true);
        }
        self.mark(day);
        self.days = self.days.saturating_add(1);
        true
    }

    /// The clock was set back, and that is believed: days after this one have not been. Exact for days of the window; if
    /// all of it goes, what is left is the latest day before it, with the counts and sums up to there, then the first
    /// day, then nothing. What was spent stays.
    pub fn forget_after(&mut self, day: Day) {
        while self.days > 0 && self.last > day {
            if self.is_only_counted() {
                self.keep_first();
                continue;
            }
            let inside = self.window >> 1;
            let before = match inside {
                0 => self.edge(),
                inside => Some(self.last.plus(-1 - i64::from(inside.trailing_zeros()))),
            };
            let Some(before) = before.filter(|&before| before < self.last) else {
                *self = Rhythm { spent_fen: self.spent_fen, ..Rhythm::default() };
                return;
            };
            self.change_gap(self.last.since(before), false);
            self.window = (inside >> inside.trailing_zeros().min(WINDOW_DAYS - 1)) | 1;
            (self.last, self.days) = (before, self.days - 1);
            self.settle_edge();
        }
        if self.edge().is_none() {
            self.edge = Day::default();
        }
    }

    /// The window has moved back: the edge may lie inside now, and is a day like others there; of those before it but the
    /// first is only known how many.
    fn settle_edge(&mut self) {
        let back = |day: Day, last: Day| u32::try_from(last.since(day)).ok().and_then(|back| 1u128.checked_shl(back));
        let Some(bit) = self.edge().and_then(|edge| back(edge, self.last)) else { return };
        self.window |= bit;
        if self.days != self.window.count_ones() + 1 {
            return;
        }
        match back(self.first, self.last) {
            Some(first) if self.window & first == 0 => self.window |= first,
            None => self.edge = self.first,
            Some(_) => {}
        }
    }

    /// True if the days between the first and the latest are only counted.
    fn is_only_counted(&self) -> bool {
        self.edge() == Some(self.last)
    }

    /// What lay between is not known day by day, and has not been either.
    fn keep_first(&mut self) {
        let (first, spent_fen) = (self.first, self.spent_fen);
        *self = Rhythm { days: 1, first, last: first, window: 1, spent_fen, ..Rhythm::default() };
    }

    /// For models of lifetimes, with `unit_days` days in a unit of time; today is no earlier than the latest day.
    pub fn history(&self, today: Day, unit_days: f64) -> History {
        let days = |to: Day| to.since(self.first) as f64 / unit_days;
        History::new(self.days.saturating_sub(1), days(self.last), days(today.max(self.last)))
    }

    /// For [`crate::insight::model::logit7`].
    pub fn activity(&self, today: Day) -> Activity {
        let today = today.max(self.last);
        Activity {
            x: self.days.saturating_sub(1),
            last_days: self.last.since(self.first) as u32,
            age_days: today.since(self.first) as u32,
            n30: self.count_within(today, 30),
            n90: self.count_within(today, 90),
        }
    }

    /// For [`crate::insight::model::cycle`].
    pub fn gaps(&self) -> Gaps {
        Gaps {
            n: self.days.saturating_sub(1),
            sum_days: self.last.since(self.first) as u32,
            sum_ln: f64::from(self.sum_ln) / LN_UNIT,
            sum_ln2: f64::from(self.sum_ln2) / LN_UNIT,
        }
    }

    /// Gaps between the days of the window, or, if there is but one of those, the gap before it as far as it is known;
    /// `None` before the second day.
    pub fn recent_gaps(&self) -> Option<RecentGaps> {
        let mut found = RecentGaps::default();
        let mut rest = self.window >> 1;
        while rest != 0 {
            let gap = rest.trailing_zeros() + 1;
            found = found.and(gap);
            rest = rest.checked_shr(gap).unwrap_or(0);
        }
        if found.n == 0 {
            let edge = self.edge().filter(|_| !self.is_only_counted())?;
            found = found.and(self.last.since(edge) as u32);
        }
        Some(found)
    }

    /// Days without anything up to today; 0 before the first day.
    pub fn silence_days(&self, today: Day) -> u32 {
        if self.days == 0 {
            return 0;
        }
        today.since(self.last).clamp(0, i64::from(u32::MAX)) as u32
    }

    /// Days on which something happened among the `days` up to today (at most [`WINDOW_DAYS`]), today included.
    pub fn count_within(&self, today: Day, days: u32) -> u32 {
        let left = i64::from(days.min(WINDOW_DAYS)) - today.since(self.last).max(0);
        let mask = match u32::try_from(left) {
            Ok(left) if left < WINDOW_DAYS => (1 << left) - 1,
            Ok(_) => u128::MAX,
            Err(_) => 0,
        };
        (self.window & mask).count_ones()
    }

    /// True if something happened so many days before the latest day, as far as the window goes.
    pub fn has(&self, days_before_last: u32) -> bool {
        days_before_last < WINDOW_DAYS && self.window >> days_before_last & 1 == 1
    }

    /// The latest day before the window, if there is one.
    fn edge(&self) -> Option<Day> {
        (self.days > self.window.count_ones()).then_some(self.edge)
    }

    /// Where a day would stand; `None` if it is counted, or may be.
    fn place(&self, day: Day) -> Option<Place> {
        let back = self.last.since(day);
        if back < 0 {
            return Some(Place { before: Some(self.last), after: None });
        }
        if day < self.first {
            return Some(Place { before: None, after: Some(self.first) });
        }
        if self.edge().is_some_and(|edge| day <= edge) {
            return None;
        }
        let back = u32::try_from(back).ok()?;
        let (later, earlier) = match back {
            0 => return None,
            back if back < WINDOW_DAYS => (self.window & ((1 << back) - 1), self.window >> back),
            _ => (self.window, 0),
        };
        let after = self.last.plus(-i64::from(later.ilog2()));
        if earlier & 1 == 1 {
            return None;
        }
        let before = match earlier {
            0 => self.edge().filter(|&edge| edge < day)?,
            earlier => day.plus(-i64::from(earlier.trailing_zeros())),
        };
        Some(Place { before: Some(before), after: Some(after) })
    }

    /// Sets the day's bit, moves the window if it is the latest, and remembers what falls out of it.
    fn mark(&mut self, day: Day) {
        self.first = self.first.min(day);
        let ahead = day.since(self.last);
        if ahead > 0 {
            let ahead = ahead as u32;
            let stays = WINDOW_DAYS.saturating_sub(ahead);
            let leaving = if stays < WINDOW_DAYS { self.window >> stays } else { 0 };
            if leaving != 0 {
                self.edge = self.last.plus(-i64::from(stays + leaving.trailing_zeros()));
            }
            self.window = self.window.checked_shl(ahead).unwrap_or(0) | 1;
            self.last = day;
            return;
        }
        match u32::try_from(-ahead).ok().and_then(|back| 1u128.checked_shl(back)) {
            Some(bit) => self.window |= bit,
            None if self.edge().is_none() || day > self.edge => self.edge = day,
            None => {}
        }
    }

    fn change_gap(&mut self, days: i64, adds: bool) {
        if days <= 0 {
            return;
        }
        let logarithm = ln(days as f64);
        for (sum, value) in [(&mut self.sum_ln, logarithm), (&mut self.sum_ln2, logarithm * logarithm)] {
            let units = (value * LN_UNIT + 0.5) as u32;
            *sum = if adds { sum.saturating_add(units) } else { sum.saturating_sub(units) };
        }
    }

    /// Appends its bytes: 25 to 45 of them.
    pub fn encode(&self, w: &mut Writer) {
        w.count(self.days as usize);
        if self.days == 0 {
            w.varint(self.spent_fen);
            return;
        }
        w.signed(i64::from(self.first.number()));
        w.varint(self.last.since(self.first) as u64);
        let edge = self.edge().map_or(0, |edge| self.last.since(edge));
        for value in [edge as u64, u64::from(self.sum_ln), u64::from(self.sum_ln2), self.spent_fen] {
            w.varint(value);
        }
        w.varint((self.window >> 64) as u64);
        w.varint(self.window as u64);
    }

    /// Reads what [`Rhythm::encode`] wrote; `None` for bytes that it does not write.
    pub fn decode(r: &mut Reader) -> Option<Rhythm> {
        let days = r.varint32()?;
        if days == 0 {
            return Some(Rhythm { spent_fen: r.varint()?, ..Rhythm::default() });
        }
        let first = Day::from_number(i32::try_from(r.signed()?).ok()?)?;
        let (span, edge) = (i64::try_from(r.varint()?).ok()?, i64::try_from(r.varint()?).ok()?);
        let (sum_ln, sum_ln2, spent_fen) = (r.varint32()?, r.varint32()?, r.varint()?);
        let window = u128::from(r.varint()?) << 64 | u128::from(r.varint()?);
        let inside = window.count_ones();
        let is_sane = (0..=SPAN_DAYS_MAX).contains(&span)
            && window & 1 == 1
            && i64::from(window.ilog2()) <= span
            && inside <= days
            && i64::from(days) <= span + 1
            && (0..=span).contains(&edge)
            && (edge == 0 || inside < days);
        let last = first.plus(span);
        let edge = if inside == days { Day::default() } else { last.plus(-edge) };
        is_sane.then_some(Rhythm { days, first, last, edge, window, sum_ln, sum_ln2, spent_fen })
    }
}

#[cfg(test)]
mod tests;
