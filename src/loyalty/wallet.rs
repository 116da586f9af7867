//! Points: lots, what became of them, and debts.
//!
//! At every moment `granted + written_off = available + pending + spent + expired + taken_back`, where `taken_back` is
//! what refunds asked for (what was not there is in `written_off`, or makes `available` smaller as a debt) and `spent`
//! is without what was returned.

use super::codec::{read_day, read_number, read_small, write_day, write_number};
use crate::bytes::{Reader, Writer};
use crate::clock::Day;

/// The last usable date of what never expires.
pub(super) const NEVER: Day = Day::MAX;

/// Points that expire together; an order's have a lot of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lot {
    /// The last date on which they are usable.
    pub(super) last: Day,
    /// The order's number; 0 for all others together.
    pub(super) order: u32,
    pub(super) points: u64,
}

impl Lot {
    /// The place in the order of spending, as one number: comparing pairs takes longer.
    fn key(&self) -> u64 {
        (self.last.since(Day::MIN) as u64) << 32 | u64::from(self.order)
    }
}

/// What was spent of a lot.
pub(super) type Part = Lot;

/// What a refund found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TakenBack {
    pub(super) own: u64,
    pub(super) others: u64,
    pub(super) missing: u64,
}

/// All points of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wallet {
    /// Usable, ascending by (last, order).
    pub(super) open: Vec<Lot>,
    /// Not yet usable, with the date on which they open; ascending by (opening, last, order).
    pub(super) pending: Vec<(Day, Lot)>,
    pub(super) granted: u64,
    pub(super) spent: u64,
    pub(super) expired: u64,
    pub(super) taken_back: u64,
    pub(super) written_off: u64,
    /// What caps cut.
    pub(super) cut: u64,
    /// What later points pay first.
    pub(super) debt: u64,
}

impl Wallet {
    /// Points in open lots, before debts.
    pub(super) fn usable(&self) -> u64 {
        self.open.iter().fold(0, |sum, lot| lot.points.saturating_add(sum))
    }

    /// Usable points less debts.
    pub(super) fn available(&self) -> i64 {
        let debt = i64::try_from(self.debt).unwrap_or(i64::MAX);
        i64::try_from(self.usable()).unwrap_or(i64::MAX).saturating_sub(debt)
    }

    /// Points that are not usable yet.
    pub(super) fn waiting(&self) -> u64 {
        self.pending.iter().fold(0, |sum, (_, lot)| lot.points.saturating_add(sum))
    }

    /// Grants a lot, usable at once or from a date on; gives what a debt swallowed.
    pub(super) fn grant(&mut self, mut lot: Lot, opens: Option<Day>) -> u64 {
        self.granted = self.granted.saturating_add(lot.points);
        match opens {
            // Nothing opens after its last date.
            Some(opens) => {
                self.wait(opens.min(lot.last.plus(1)), lot);
                0
            }
            None => {
                let paid = self.pay_debt(&mut lot);
                self.put(lot);
                paid
            }
        }
    }

    fn pay_debt(&mut self, lot: &mut Lot) -> u64 {
        let paid = self.debt.min(lot.points);
        self.debt = self.debt.saturating_sub(paid);
        lot.points = lot.points.saturating_sub(paid);
        paid
    }

    /// Adds to the open lot of that kind.
    fn put(&mut self, lot: Lot) {
        if lot.points == 0 {
            return;
        }
        // Most lots expire after all others.
        let is_last = self.open.last().is_none_or(|last| last.key() <= lot.key());
        let at = if is_last { self.open.len() } else { self.open.partition_point(|other| other.key() <= lot.key()) };
        match self.open.get_mut(at.wrapping_sub(1)).filter(|other| other.key() == lot.key()) {
            Some(same) => same.points = same.points.saturating_add(lot.points),
            None => self.open.insert(at, lot),
        }
    }

    fn wait(&mut self, opens: Day, lot: Lot) {
        if lot.points == 0 {
            return;
        }
        let key = |(opens, lot): &(Day, Lot)| (*opens, lot.key());
        let new = (opens, lot);
        let at = self.pending.partition_point(|other| key(other) <= key(&new));
        match self.pending.get_mut(at.wrapping_sub(1)).filter(|other| key(other) == key(&new)) {
            Some(same) => same.1.points = same.1.points.saturating_add(lot.points),
            None => self.pending.insert(at, new),
        }
    }

    /// Opens what has waited long enough. Debts are paid with it first.
    pub(super) fn open(&mut self, today: Day) {
        let waiting = self.pending.iter().position(|(opens, _)| *opens > today).unwrap_or(self.pending.len());
        for at in 0..waiting {
            if let Some((_, mut lot)) = self.pending.get(at).copied() {
                self.pay_debt(&mut lot);
                self.put(lot);
            }
        }
        self.pending.drain(..waiting);
    }

    /// The first date on which something will have expired.
    pub(super) fn next_expiry(&self) -> Option<Day> {
        self.open.first().filter(|lot| lot.last < NEVER).map(|lot| lot.last.plus(1))
    }

    /// Points that have expired by that date.
    pub(super) fn expire(&mut self, today: Day) -> u64 {
        let (mut expired, mut gone) = (0u64, 0);
        while let Some(lot) = self.open.get(gone).filter(|lot| lot.last < today) {
            expired = expired.saturating_add(lot.points);
            gone += 1;
        }
        self.open.drain(..gone);
        self.expired = self.expired.saturating_add(expired);
        expired
    }

    /// Spends what expires first. There must be enough.
    pub(super) fn spend(&mut self, points: u64) -> Vec<Part> {
        self.spent = self.spent.saturating_add(points);
        let mut parts = Vec::new();
        self.draw(points, &mut parts);
        parts
    }

    /// Takes up to that many usable points, those that expire first; gives how many.
    fn draw(&mut self, points: u64, parts: &mut Vec<Part>) -> u64 {
        let (mut wanted, mut emptied) = (points, 0);
        while let Some(lot) = self.open.get_mut(emptied).filter(|_| wanted > 0) {
            let part = lot.points.min(wanted);
            lot.points = lot.points.saturating_sub(part);
            wanted = wanted.saturating_sub(part);
            parts.push(Part { points: part, ..*lot });
            emptied += usize::from(lot.points == 0);
        }
        // All at once: each removal by itself would move all the others.
        self.open.drain(..emptied);
        points.saturating_sub(wanted)
    }

    /// Takes an order's points back: from its own lot, also if it waits, then from others (P5).
    pub(super) fn take_back(&mut self, order: u32, points: u64) -> TakenBack {
        self.taken_back = self.taken_back.saturating_add(points);
        let own = self.take_own(order, points);
        let others = self.draw(points.saturating_sub(own), &mut Vec::new());
        TakenBack { own, others, missing: points.saturating_sub(own).saturating_sub(others) }
    }

    fn take_own(&mut self, order: u32, points: u64) -> u64 {
        let mut wanted = points;
        let mut take = |lot: &mut Lot| {
            let part = if lot.order == order { lot.points.min(wanted) } else { 0 };
            lot.points = lot.points.saturating_sub(part);
            wanted = wanted.saturating_sub(part);
        };
        self.open.iter_mut().for_each(&mut take);
        self.pending.iter_mut().for_each(|(_, lot)| take(lot));
        self.open.retain(|lot| lot.points > 0);
        self.pending.retain(|(_, lot)| lot.points > 0);
        points.saturating_sub(wanted)
    }

    /// Gives back what was spent: what has expired meanwhile is gone at once, a debt is paid first. Gives
    /// (points expired, points that paid a debt).
    pub(super) fn give_back(&mut self, parts: &[Part], today: Day) -> (u64, u64) {
        let (mut expired, mut paid) = (0u64, 0u64);
        for part in parts {
            let mut lot = *part;
            self.spent = self.spent.saturating_sub(lot.points);
            if lot.last < today {
                expired = expired.saturating_add(lot.points);
                continue;
            }
            paid = paid.saturating_add(self.pay_debt(&mut lot));
            self.put(lot);
        }
        self.expired = self.expired.saturating_add(expired);
        (expired, paid)
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.count(self.open.len());
        let mut before = Day::MIN;
        for lot in &self.open {
            // Days since the lot before: one byte almost always.
            write_number(w, lot.last.since(before) as u64);
            write_number(w, u64::from(lot.order));
            write_number(w, lot.points);
            before = lot.last;
        }
        w.count(self.pending.len());
        for (opens, lot) in &self.pending {
            write_day(w, *opens);
            write_lot(w, lot);
        }
        for number in [self.granted, self.spent, self.expired, self.taken_back, self.written_off, self.cut, self.debt] {
            write_number(w, number);
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Wallet> {
        let mut before = Day::MIN;
        let open = r.list(|r| {
            before = Day::from_number(before.number().checked_add(read_small(r)?.try_into().ok()?)?)?;
            Some(Lot { last: before, order: read_small(r)?, points: read_number(r)? })
        })?;
        let pending = r.list(|r| Some((read_day(r)?, read_lot(r)?)))?;
        let mut numbers = [0; 7];
        for number in &mut numbers {
            *number = read_number(r)?;
        }
        let [granted, spent, expired, taken_back, written_off, cut, debt] = numbers;
        Some(Wallet { open, pending, granted, spent, expired, taken_back, written_off, cut, debt })
    }
}

pub(super) fn write_lot(w: &mut Writer, lot: &Lot) {
    write_day(w, lot.last);
    write_number(w, u64::from(lot.order));
    write_number(w, lot.points);
}

pub(super) fn read_lot(r: &mut Reader) -> Option<Lot> {
    Some(Lot { last: read_day(r)?, order: read_small(r)?, points: read_number(r)? })
}
