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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: i32) -> Day {
        Day::from_number(20_000 + number).unwrap()
    }

    fn of(days: &[i32]) -> Rhythm {
        let mut rhythm = Rhythm::default();
        days.iter().for_each(|&number| {
            rhythm.add(day(number));
        });
        rhythm
    }

    /// From the days themselves, as a batch would.
    fn batch(days: &[i32], today: i32) -> (Activity, Gaps) {
        let mut days = days.to_vec();
        days.sort_unstable();
        days.dedup();
        let (first, last) = (days[0], days[days.len() - 1]);
        let within = |length: i32| days.iter().filter(|&&day| day > today - length && day <= today).count() as u32;
        let units = |value: f64| (value * LN_UNIT + 0.5).floor() / LN_UNIT;
        let gaps: Vec<f64> = days.windows(2).map(|pair| libm::log(f64::from(pair[1] - pair[0]))).collect();
        let activity = Activity {
            x: days.len() as u32 - 1,
            last_days: (last - first) as u32,
            age_days: (today - first) as u32,
            n30: within(30),
            n90: within(90),
        };
        let gaps = Gaps {
            n: gaps.len() as u32,
            sum_days: (last - first) as u32,
            sum_ln: gaps.iter().map(|&gap| units(gap)).sum(),
            sum_ln2: gaps.iter().map(|&gap| units(gap * gap)).sum(),
        };
        (activity, gaps)
    }

    fn bytes(rhythm: &Rhythm) -> Vec<u8> {
        let mut w = Writer::default();
        rhythm.encode(&mut w);
        w.out
    }

    #[test]
    fn a_day_counts_once() {
        let mut rhythm = of(&[0, 3, 3, 10]);
        assert!(!rhythm.add(day(0)) && !rhythm.add(day(10)) && rhythm.add(day(4)));
        assert_eq!(rhythm, of(&[0, 3, 4, 10]));
        assert_eq!((rhythm.silence_days(day(12)), rhythm.silence_days(day(2))), (2, 0));
        assert!(rhythm.has(0) && rhythm.has(6) && !rhythm.has(5) && !rhythm.has(500));
    }

    #[test]
    fn late_days_find_their_place_where_it_is_known() {
        let mut rhythm = of(&[0, 100, 300, 340]);
        assert!(rhythm.add(day(250)), "between the window and what left it");
        assert!(rhythm.add(day(-7)), "before the first");
        assert_eq!(rhythm.gaps(), of(&[-7, 0, 100, 250, 300, 340]).gaps());
        assert!(!rhythm.add(day(50)), "may be one of those that left the window");
        assert!(rhythm.add(day(1_000)) && !rhythm.add(day(200)));
    }

    #[test]
    fn nonsense_has_an_answer() {
        let none = Rhythm::default();
        assert_eq!((none.span(), none.gaps(), none.silence_days(Day::MAX)), (None, Gaps::default(), 0));
        let mut rhythm = of(&[]);
        assert!(rhythm.add(Day::MIN) && rhythm.add(Day::MAX));
        assert_eq!((rhythm.gaps().sum_days, rhythm.activity(Day::MIN).age_days), (29_220, 29_220));
        let mut daily = Rhythm::default();
        (Day::MIN.number()..=Day::MAX.number()).for_each(|number| {
            daily.add(Day::from_number(number).unwrap());
        });
        assert_eq!((daily.days(), daily.gaps().sum_ln, daily.count_within(Day::MAX, 500)), (29_221, 0.0, 128));
        // Gaps of e and of e² days have the largest sums.
        for gap in [3, 7] {
            let gaps = of(&(0..27_000 / gap).map(|n| n * gap).collect::<Vec<i32>>()).gaps();
            assert!(gaps.sum_ln <= 10_750.0 && gaps.sum_ln2 <= 15_820.0 && gaps.sum_ln > 7_000.0, "{gaps:?}");
        }
        daily.spend(u64::MAX);
        daily.spend(1);
        assert_eq!(daily.spent_fen(), u64::MAX);
    }

    #[test]
    fn days_that_have_not_been_are_forgotten() {
        let mut rhythm = of(&[0, 5, 9, 100]);
        rhythm.forget_after(day(9));
        assert_eq!(rhythm, of(&[0, 5, 9]));
        rhythm.spend(5);
        rhythm.forget_after(day(-1));
        assert_eq!((rhythm.days(), rhythm.spent_fen()), (0, 5));
        let mut rhythm = of(&[0, 5, 9, 1_000, 1_001]);
        rhythm.forget_after(day(20));
        assert_eq!((rhythm.days(), rhythm.span()), (3, Some((day(0), day(9)))), "the window is lost, counts are not");
        assert!(rhythm.add(day(30)));
        rhythm.forget_after(day(0));
        assert_eq!(rhythm.span(), Some((day(0), day(0))));
        rhythm.forget_after(day(-1));
        assert_eq!(rhythm, Rhythm::default());
    }

    #[test]
    fn gaps_of_the_window_are_told_apart_from_older_ones() {
        let gaps = |days: &[i32]| of(days).recent_gaps().map(|gaps| (gaps.n, gaps.sum_days, gaps.sum_days2));
        assert_eq!((gaps(&[]), gaps(&[4])), (None, None));
        assert_eq!(gaps(&[0, 3, 5]), Some((2, 5, 13)));
        assert_eq!(gaps(&[0, 1, 200, 327]), Some((1, 127, 127 * 127)));
        assert_eq!(gaps(&[0, 1, 200]), Some((1, 199, 199 * 199)));
        assert_eq!(gaps(&(0..500).collect::<Vec<_>>()), Some((127, 127, 127)));
    }

    #[test]
    fn a_day_that_may_be_counted_already_is_not_counted_again_after_the_window_was_lost() {
        let mut rhythm = of(&[69, 70, 71, 165, 383]);
        rhythm.forget_after(day(165));
        assert_eq!((rhythm.days(), rhythm.recent_gaps()), (4, None));
        assert!(!rhythm.add(day(70)) && !rhythm.add(day(100)), "one of them is counted");
        assert!(rhythm.add(day(68)) && rhythm.add(day(67)) && rhythm.add(day(170)));
        assert_eq!(rhythm.days(), 7);
        rhythm.forget_after(day(100));
        assert_eq!(rhythm, of(&[67]), "what is left of the unknown is the first day");
        let mut two = of(&[0, 5, 200]);
        two.forget_after(day(100));
        assert_eq!(two, of(&[0, 5]));
    }

    proptest! {
        #[test]
        fn online_updates_equal_a_batch(
            mut days in prop::collection::vec(0i32..128, 1..60),
            (after, order) in (0i32..200, any::<u64>()),
        ) {
            let rhythm = of(&days);
            let (activity, gaps) = batch(&days, 127 + after);
            prop_assert_eq!(rhythm.activity(day(127 + after)), activity);
            prop_assert_eq!(rhythm.gaps(), gaps);
            let turn = (order % days.len() as u64) as usize;
            days.rotate_left(turn);
            prop_assert_eq!(of(&days), rhythm, "in another order");
        }

        #[test]
        fn days_that_are_late_by_less_than_the_window_count_as_in_a_batch(
            steps in prop::collection::vec((0i32..90, 0i32..128), 1..200),
        ) {
            let (mut rhythm, mut known, mut latest) = (Rhythm::default(), Vec::new(), 0);
            for (ahead, late) in steps {
                latest += ahead;
                for number in [latest, (latest - late).max(0)] {
                    rhythm.add(day(number));
                    known.push(number);
                }
                rhythm = Rhythm::decode(&mut Reader::new(&bytes(&rhythm))).unwrap();
            }
            let (activity, gaps) = batch(&known, latest + 3);
            prop_assert_eq!((rhythm.activity(day(latest + 3)), rhythm.gaps()), (activity, gaps));
        }

        #[test]
        fn bytes_say_the_same(days in prop::collection::vec(-900i32..900, 0..80), fen in any::<u64>()) {
            let mut rhythm = of(&days);
            rhythm.spend(fen);
            let written = bytes(&rhythm);
            prop_assert!(written.len() <= 52, "{} bytes", written.len());
            prop_assert_eq!(Rhythm::decode(&mut Reader::new(&written)), Some(rhythm));
            for cut in 0..written.len() {
                prop_assert_eq!(Rhythm::decode(&mut Reader::new(&written[..cut])), None);
            }
        }

        #[test]
        fn whatever_is_forgotten_what_is_left_is_stored(
            steps in prop::collection::vec((0i32..900, any::<bool>()), 1..40),
        ) {
            let mut rhythm = Rhythm::default();
            for (number, adds) in steps {
                if adds {
                    rhythm.add(day(number));
                } else {
                    rhythm.forget_after(day(number));
                }
                let mut w = Writer::default();
                rhythm.encode(&mut w);
                let read = Rhythm::decode(&mut Reader::new(&w.out));
                prop_assert_eq!(read.map(|read| (read.days(), read.span(), read.gaps())), Some((rhythm.days(), rhythm.span(), rhythm.gaps())));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), number in -900i32..900) {
            if let Some(mut rhythm) = Rhythm::decode(&mut Reader::new(&bytes)) {
                rhythm.add(day(number));
                rhythm.forget_after(day(number / 2));
                rhythm.add(day(number));
            }
        }
    }
}
