//! The small parts of a portrait.

use crate::bytes::{Reader, Writer};
use crate::clock::Day;
use crate::insight::recent::Recent;

/// A dwell counts as this much at most: whoever leaves the phone on a page does not read it.
pub const DWELL_MS_MAX: u64 = 600_000;
/// Averages are kept as multiples of 2^-6 ms.
const DWELL_SHIFT: u32 = 6;
/// Hours of a day.
pub const HOURS: usize = 24;

/// How often something happened lately, and when last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Often {
    recent: Recent,
    last: Day,
}

impl Often {
    /// It happened on a day.
    pub fn add(&mut self, day: Day) {
        self.recent.add(day);
        self.last = self.last.max(day);
    }

    /// True if it never happened.
    pub fn is_empty(&self) -> bool {
        self.recent.is_empty()
    }

    /// See [`Recent::weight`].
    pub fn weight(&self, today: Day) -> f64 {
        self.recent.weight(today)
    }

    /// The latest day; means nothing if it never happened.
    pub fn last(&self) -> Day {
        self.last
    }

    /// Whatever happened after a day that has not come yet is forgotten, and what went before with it.
    pub fn forget_after(&mut self, day: Day) {
        if self.last > day {
            *self = Often::default();
        }
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        self.recent.encode(w);
        if !self.is_empty() {
            w.varint(self.last.number() as u64);
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Often> {
        let recent = Recent::decode(r)?;
        let last = if recent.is_empty() { Day::default() } else { decode_day(r)? };
        Some(Often { recent, last })
    }
}

/// Which of the latest 32 days something happened on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    last: Day,
    bits: u32,
}

impl Days {
    /// It happened on a day.
    pub fn add(&mut self, day: Day) {
        let ahead = day.since(self.last);
        if self.bits == 0 {
            *self = Days { last: day, bits: 1 };
        } else if ahead > 0 {
            *self = Days { last: day, bits: self.bits.checked_shl(ahead as u32).unwrap_or(0) | 1 };
        } else {
            self.bits |= 1u32.checked_shl(ahead.unsigned_abs() as u32).unwrap_or(0);
        }
    }

    /// On how many of the `days` up to today, at most 32; a later today that has not come yet is as if it were today.
    pub fn within(&self, today: Day, days: u32) -> u32 {
        let ago = today.since(self.last).max(0) as u32;
        let mask = match days.checked_sub(ago) {
            Some(left) if left < u32::BITS => (1 << left) - 1,
            Some(_) => u32::MAX,
            None => 0,
        };
        (self.bits & mask).count_ones()
    }

    /// See [`Often::forget_after`].
    pub fn forget_after(&mut self, day: Day) {
        if self.last > day {
            *self = Days::default();
        }
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.varint(self.bits.into());
        if self.bits != 0 {
            w.varint(self.last.number() as u64);
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Days> {
        let bits = r.varint32()?;
        let last = if bits == 0 { Day::default() } else { decode_day(r)? };
        (bits == 0 || bits & 1 == 1).then_some(Days { last, bits })
    }
}

/// How long pages are looked at: lately, and as a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dwell {
    /// Pages counted; saturates.
    pub pages: u32,
    recent: u32,
    usual: u32,
}

impl Dwell {
    /// A page was left after so long.
    pub fn add(&mut self, dwell_ms: u64) {
        let value = (dwell_ms.min(DWELL_MS_MAX) as u32) << DWELL_SHIFT;
        if self.pages == 0 {
            (self.recent, self.usual) = (value, value);
        }
        self.pages = self.pages.saturating_add(1);
        self.recent = moved(self.recent, value, 8);
        self.usual = moved(self.usual, value, 64);
    }

    /// Mean of about the latest 8 pages, in milliseconds.
    pub fn recent_ms(&self) -> u32 {
        self.recent >> DWELL_SHIFT
    }

    /// Mean of about the latest 64 pages, in milliseconds.
    pub fn usual_ms(&self) -> u32 {
        self.usual >> DWELL_SHIFT
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        for value in [self.pages, self.recent, self.usual] {
            w.varint(value.into());
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Dwell> {
        let (pages, recent, usual) = (r.varint32()?, r.varint32()?, r.varint32()?);
        let most = (DWELL_MS_MAX as u32) << DWELL_SHIFT;
        (recent <= most && usual <= most).then_some(Dwell { pages, recent, usual })
    }
}

/// An average moved to a value by one part in so many.
fn moved(average: u32, value: u32, parts: u32) -> u32 {
    if value >= average {
        average + (value - average) / parts
    } else {
        average - (average - value) / parts
    }
}

/// At which hours sessions begin; old ones fade as new ones come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    counts: [u8; HOURS],
}

impl Hours {
    /// A session began at an hour, 0..24.
    pub fn add(&mut self, hour: u8) {
        let Some(count) = self.counts.get_mut(usize::from(hour)) else { return };
        *count += 1;
        if *count == u8::MAX {
            self.counts.iter_mut().for_each(|count| *count /= 2);
        }
    }

    /// The hour around which most sessions begin, weighing it twice and its neighbours once; of equal ones the earliest.
    /// `None` before any session.
    pub fn usual(&self) -> Option<u8> {
        let count = |hour: usize| self.counts.get(hour % HOURS).map_or(0, |&count| u32::from(count));
        let mut best = (0, None);
        for hour in 0..HOURS {
            let weight = 2 * count(hour) + count(hour + 1) + count(hour + HOURS - 1);
            if weight > best.0 && count(hour) > 0 {
                best = (weight, Some(hour as u8));
            }
        }
        best.1
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        self.counts.iter().for_each(|&count| w.byte(count));
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Hours> {
        Some(Hours { counts: r.take(HOURS)?.try_into().ok()? })
    }
}

pub(super) fn decode_day(r: &mut Reader) -> Option<Day> {
    Day::from_number(r.varint()?.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i32) -> Day {
        Day::from_number(20_000 + number).unwrap()
    }

    #[test]
    fn days_are_a_sliding_window() {
        let mut days = Days::default();
        for number in [0, 3, 3, 1] {
            days.add(day(number));
        }
        assert_eq!([1, 2, 3, 4, 90].map(|length| days.within(day(3), length)), [1, 1, 2, 3, 3]);
        assert_eq!([days.within(day(6), 3), days.within(day(6), 4), days.within(day(0), 1)], [0, 1, 1]);
        days.add(day(34));
        assert_eq!(days.within(day(34), 32), 2, "day 3 is 31 days before");
        days.forget_after(day(33));
        assert_eq!(days, Days::default());
    }

    #[test]
    fn averages_follow_at_their_own_pace() {
        let mut dwell = Dwell::default();
        for _ in 0..100 {
            dwell.add(20_000);
        }
        assert_eq!((dwell.recent_ms(), dwell.usual_ms()), (20_000, 20_000));
        for _ in 0..16 {
            dwell.add(2_000);
        }
        assert!(dwell.recent_ms() < 4_500 && dwell.usual_ms() > 15_000, "{dwell:?}");
        dwell.add(u64::MAX);
        assert!(dwell.recent_ms() < 80_000);
    }

    #[test]
    fn the_usual_hour_has_neighbours() {
        let mut hours = Hours::default();
        assert_eq!(hours.usual(), None);
        for hour in [9, 9, 20, 21, 21, 22, 200] {
            hours.add(hour);
        }
        assert_eq!(hours.usual(), Some(21), "as many in the evening as at nine, but around it");
        (0..1_000).for_each(|_| hours.add(3));
        assert_eq!(hours.usual(), Some(3));
        let mut midnight = Hours::default();
        [23, 0, 0].into_iter().for_each(|hour| midnight.add(hour));
        assert_eq!(midnight.usual(), Some(0));
    }
}
