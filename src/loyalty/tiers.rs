//! Growth and tiers (G1).

use super::codec::{read_day, read_flag, read_number, write_day, write_number};
use super::line::{Line, Reason, Term, What};
use super::state::Turn;
use crate::bytes::{Reader, Writer};
use crate::clock::Day;
use crate::program::rules::{Downgrade, Tiers};

/// Growth of so many dates is kept by date, or of the window if that is longer; older growth as one sum.
const KEPT_DAYS: u32 = 400;

/// Growth, the level it brought, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// (date, growth), ascending.
    growth: Vec<(Day, u64)>,
    /// Growth of dates that are no longer kept one by one.
    older: u64,
    /// Position of the level.
    pub(super) level: u8,
    /// First date of the present term.
    pub(super) since: Day,
    /// The term is over, and the level can still be regained.
    pub(super) grace: bool,
}

impl Standing {
    /// Growth that counts on that date; without a window all of it.
    pub(super) fn sum(&self, tiers: Option<&Tiers>, day: Day) -> u64 {
        let window = tiers.map_or(0, |tiers| tiers.window_days);
        let mut sum = if window == 0 { self.older } else { 0 };
        for (date, growth) in self.growth.iter().rev() {
            if window > 0 && day.since(*date) >= i64::from(window) {
                break;
            }
            sum = sum.saturating_add(*growth);
        }
        sum
    }

    /// An order's growth: the level rises at once.
    pub(super) fn add(&mut self, turn: &mut Turn, growth: u64) {
        match self.growth.last_mut().filter(|entry| entry.0 == turn.day) {
            Some(entry) => entry.1 = entry.1.saturating_add(growth),
            None if growth > 0 => self.growth.push((turn.day, growth)),
            None => {}
        }
        let rules = turn.rules;
        let Some(tiers) = &rules.tiers else { return };
        self.forget(tiers.window_days.max(KEPT_DAYS), turn.day);
        let sum = self.sum(Some(tiers), turn.day);
        let qualified = qualified(tiers, sum);
        if qualified > self.level {
            self.enter(turn, turn.day, (qualified, Reason::TierUp));
        } else if self.grace && sum >= from(tiers, self.level) {
            self.enter(turn, turn.day, (self.level, Reason::TierKept));
        }
    }

    /// A refund lowers the growth of the order's date, and the level if the program says so.
    pub(super) fn take(&mut self, turn: &mut Turn, (day, growth): (Day, u64)) {
        let sum = match self.growth.binary_search_by_key(&day, |entry| entry.0) {
            Ok(at) => self.growth.get_mut(at).map_or(&mut self.older, |entry| &mut entry.1),
            Err(_) => &mut self.older,
        };
        *sum = sum.saturating_sub(growth);
        let rules = turn.rules;
        let Some(tiers) = rules.tiers.as_ref().filter(|tiers| tiers.falls_on_refund) else { return };
        let qualified = qualified(tiers, self.sum(Some(tiers), turn.day));
        if qualified < self.level {
            self.enter(turn, turn.day, (qualified, Reason::TierDown));
        }
    }

    fn forget(&mut self, kept_days: u32, day: Day) {
        while let Some((_, growth)) = self.growth.first().filter(|entry| day.since(entry.0) > i64::from(kept_days)) {
            self.older = self.older.saturating_add(*growth);
            self.growth.remove(0);
        }
    }

    /// The date on which the level is looked at again; [`Day::MAX`] if never.
    pub(super) fn next_review(&self, tiers: Option<&Tiers>) -> Day {
        let Some(tiers) = tiers.filter(|tiers| tiers.term_days > 0 && self.level > 0) else { return Day::MAX };
        let grace_days = if self.grace { tiers.grace_days } else { 0 };
        self.since.plus(i64::from(tiers.term_days)).plus(i64::from(grace_days))
    }

    /// The end of a term, or of the grace after it.
    pub(super) fn review(&mut self, turn: &mut Turn, day: Day) {
        let rules = turn.rules;
        let Some(tiers) = &rules.tiers else { return };
        let sum = self.sum(Some(tiers), day);
        if sum >= from(tiers, self.level) {
            self.enter(turn, day, (self.level, Reason::TierKept));
        } else if !self.grace && tiers.grace_days > 0 {
            self.grace = true;
        } else {
            let step = self.level.saturating_sub(1);
            let lower = match tiers.downgrade {
                Downgrade::OneStep => step,
                Downgrade::ToQualified => step.min(qualified(tiers, sum)),
            };
            self.enter(turn, day, (lower, Reason::TierDown));
        }
    }

    /// A new term begins.
    fn enter(&mut self, turn: &mut Turn, day: Day, (level, reason): (u8, Reason)) {
        (self.level, self.since, self.grace) = (level, day, false);
        let rules = turn.rules;
        let Some(tiers) = &rules.tiers else { return };
        let Some(entered) = tiers.levels.get(usize::from(level)) else { return };
        let terms = [Term::new(What::Growth, self.sum(Some(tiers), day)), Term::new(What::From, entered.from)];
        let line = Line { reason, subject: &entered.name, rule: Some(level), terms: &terms, ..turn.blank_at(day) };
        turn.line(line);
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.count(self.growth.len());
        for (day, growth) in &self.growth {
            write_day(w, *day);
            write_number(w, *growth);
        }
        write_number(w, self.older);
        w.byte(self.level);
        write_day(w, self.since);
        w.byte(u8::from(self.grace));
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Standing> {
        Some(Standing {
            growth: r.list(|r| Some((read_day(r)?, read_number(r)?)))?,
            older: read_number(r)?,
            level: r.byte()?,
            since: read_day(r)?,
            grace: read_flag(r)?,
        })
    }
}

/// The highest level that so much growth is enough for.
pub(super) fn qualified(tiers: &Tiers, growth: u64) -> u8 {
    let mut level = 0;
    for (position, candidate) in tiers.levels.iter().enumerate() {
        if candidate.from <= growth {
            level = u8::try_from(position).unwrap_or(u8::MAX);
        }
    }
    level
}

fn from(tiers: &Tiers, level: u8) -> u64 {
    tiers.levels.get(usize::from(level)).map_or(0, |level| level.from)
}
