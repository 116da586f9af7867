//! Instants, civil days and zones. No `now()`: time is always handed in by the shell.

use chrono::{Datelike, NaiveDate};

/// Milliseconds in one minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds in one hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in 24 hours. Only for instants; a [`Day`] is a calendar date, not 24 hours.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMs(i64);

impl UnixMs {
    /// 2020-01-01T00:00:00Z, the earliest instant the engine believes.
    pub const MIN: UnixMs = UnixMs(1_577_836_800_000);
    /// 2100-01-01T00:00:00Z, the latest.
    pub const MAX: UnixMs = UnixMs(4_102_444_800_000);

    /// The instant, pulled into [`UnixMs::MIN`]..=[`UnixMs::MAX`].
    pub fn new(ms: i64) -> UnixMs {
        UnixMs(ms.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// As [`UnixMs::new`], from JavaScript's `Date.now()`. NaN becomes [`UnixMs::MIN`].
    pub fn from_f64(ms: f64) -> UnixMs {
        UnixMs::new(ms as i64)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn get(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms` (may be negative), kept within the limits.
    pub fn plus(self, ms: i64) -> UnixMs {
        UnixMs::new(self.0.saturating_add(ms))
    }

    /// `self - earlier` in milliseconds; negative if `earlier` is later.
    pub fn since(self, earlier: UnixMs) -> i64 {
        self.0 - earlier.0
    }
}

/// Minutes east of UTC, within ±18 hours (`480` is China).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OffsetMin(i16);

impl OffsetMin {
    /// The offset, pulled into ±1,080 minutes.
    pub fn new(minutes: i32) -> OffsetMin {
        OffsetMin(minutes.clamp(-1080, 1080) as i16)
    }

    /// Minutes east of UTC.
    pub fn get(self) -> i32 {
        i32::from(self.0)
    }
}

/// What the shell captured when the app called: the instant and the phone's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// The phone's clock.
    pub instant: UnixMs,
    /// The phone's zone at that instant.
    pub offset: OffsetMin,
}

/// A civil date, 2020-01-01 ..= 2100-01-01, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Default for Day {
    fn default() -> Day {
        Day::MIN
    }
}

impl Day {
    /// 2020-01-01.
    pub const MIN: Day = Day(18_262);
    /// 2100-01-01.
    pub const MAX: Day = Day(47_482);

    /// The day with that number since 1970-01-01, or `None` outside the limits.
    pub fn from_number(days: i32) -> Option<Day> {
        (Self::MIN.0..=Self::MAX.0).contains(&days).then_some(Day(days))
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.0
    }

    /// The calendar date that clocks at `offset` show at `instant`.
    pub fn of(instant: UnixMs, offset: OffsetMin) -> Day {
        let local_ms = instant.get() + i64::from(offset.get()) * MINUTE_MS;
        Day((local_ms.div_euclid(DAY_MS) as i32).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Reads `YYYY-MM-DD`; `None` if it is no date within the limits.
    pub fn parse(text: &str) -> Option<Day> {
        let bytes = text.as_bytes();
        let &[a, b, c, d, b'-', e, f, b'-', g, h] = bytes else {
            return None;
        };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0u32, |sum, &x| x.is_ascii_digit().then(|| sum * 10 + u32::from(x - b'0')))
        };
        let date = NaiveDate::from_ymd_opt(number(&[a, b, c, d])? as i32, number(&[e, f])?, number(&[g, h])?)?;
        Day::from_number(date.num_days_from_ce() - DAYS_BEFORE_1970)
    }

    /// Writes `YYYY-MM-DD`. By hand: chrono's formatter costs 9 KB of compressed wasm.
    pub fn write(self, out: &mut String) {
        let date = self.date();
        push_digits(out, date.year() as u32, 4);
        out.push('-');
        push_digits(out, date.month(), 2);
        out.push('-');
        push_digits(out, date.day(), 2);
    }

    /// That many days later (earlier if negative), kept within the limits.
    pub fn plus(self, days: i64) -> Day {
        let number = i64::from(self.0).saturating_add(days);
        Day(number.clamp(i64::from(Self::MIN.0), i64::from(Self::MAX.0)) as i32)
    }

    /// The same day number so many months later, or that month's last day, kept within the limits.
    pub fn plus_months(self, months: u32) -> Day {
        let (year, month, day) = self.parts();
        let months = u64::from(year) * 12 + u64::from(month - 1) + u64::from(months);
        let year = i32::try_from(months / 12).unwrap_or(i32::MAX);
        for day in [day, 30, 29, 28] {
            if let Some(day) = Day::civil(year, (months % 12) as u32 + 1, day) {
                return day;
            }
        }
        Day::MAX
    }

    /// December 31 of the year after this one.
    pub fn end_of_next_year(self) -> Day {
        Day::civil(self.date().year() + 1, 12, 31).unwrap_or(Day::MAX)
    }

    /// Days from `earlier` to this one; negative if it is later.
    pub fn since(self, earlier: Day) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// 1 (Monday)..=7 (Sunday).
    pub fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) as u32 + 1
    }

    /// Year, month (1..=12) and day of the month (1..=31).
    pub fn parts(self) -> (u32, u32, u32) {
        let date = self.date();
        (date.year() as u32, date.month(), date.day())
    }

    /// The date if there is one, kept within the limits.
    pub(crate) fn civil(year: i32, month: u32, day: u32) -> Option<Day> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Day((date.num_days_from_ce() - DAYS_BEFORE_1970).clamp(Self::MIN.0, Self::MAX.0)))
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0 + DAYS_BEFORE_1970).unwrap_or_default()
    }
}

/// Days from 0000-12-31 (chrono's day 0) to 1970-01-01.
const DAYS_BEFORE_1970: i32 = 719_163;

fn push_digits(out: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        out.push(char::from(b'0' + (value / 10u32.pow(place) % 10) as u8));
    }
}

/// The hour of the day, 0..=23, that clocks at `offset` show at `instant`.
pub fn hour_of(instant: UnixMs, offset: OffsetMin) -> u8 {
    let local_ms = instant.get() + i64::from(offset.get()) * MINUTE_MS;
    (local_ms.rem_euclid(DAY_MS) / HOUR_MS) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_round_trip_through_text() {
        for number in Day::MIN.number()..=Day::MAX.number() {
            let day = Day::from_number(number).unwrap();
            let mut text = String::new();
            day.write(&mut text);
            assert_eq!(Day::parse(&text), Some(day), "{text}");
        }
    }

    #[test]
    fn months_are_clamped_and_years_end() {
        let day = |text| Day::parse(text).unwrap();
        for (from, months, to) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2026-03-31", 1, "2026-04-30"),
            ("2026-12-15", 1, "2027-01-15"),
            ("2026-11-30", 3, "2027-02-28"),
            ("2026-05-05", 0, "2026-05-05"),
            ("2026-05-05", u32::MAX, "2100-01-01"),
        ] {
            assert_eq!(day(from).plus_months(months), day(to), "{from} + {months}");
        }
        for (from, to) in [
            ("2026-01-01", "2027-12-31"),
            ("2026-12-31", "2027-12-31"),
            ("2027-01-01", "2028-12-31"),
            ("2028-02-29", "2029-12-31"),
            ("2099-05-05", "2100-01-01"),
        ] {
            assert_eq!(day(from).end_of_next_year(), day(to), "{from}");
        }
    }

    #[test]
    fn weekdays_and_distances() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!((day("2026-11-23").weekday(), day("2026-11-22").weekday(), day("2028-02-29").weekday()), (1, 7, 2));
        assert_eq!((day("2028-03-01").since(day("2028-02-28")), day("2026-01-01").since(day("2026-01-02"))), (2, -1));
        assert_eq!(
            (day("2026-12-31").plus(1), Day::MAX.plus(1), Day::MIN.plus(-1)),
            (day("2027-01-01"), Day::MAX, Day::MIN)
        );
        assert_eq!(day("2028-02-29").parts(), (2028, 2, 29));
    }

    #[test]
    fn text_that_is_no_date_is_refused() {
        for text in ["", "2026-02-30", "2026-2-03", "2019-12-31", "9999-01-01", "2026-01-01T", "２０２６-01-01"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_the_date_on_the_wall() {
        let instant = UnixMs::new(1_772_380_800_000); // 2026-03-01T16:00:00Z
        assert_eq!(Day::of(instant, OffsetMin::new(480)), Day::parse("2026-03-02").unwrap());
        assert_eq!(Day::of(instant, OffsetMin::new(479)), Day::parse("2026-03-01").unwrap());
        assert_eq!(hour_of(instant, OffsetMin::new(480)), 0);
        assert_eq!(hour_of(instant, OffsetMin::new(479)), 23);
    }

    #[test]
    fn absurd_clocks_are_pulled_into_the_limits() {
        assert_eq!(UnixMs::from_f64(f64::NAN), UnixMs::MIN);
        assert_eq!(UnixMs::from_f64(f64::INFINITY), UnixMs::MAX);
        assert_eq!(UnixMs::from_f64(-5.0), UnixMs::MIN);
        assert_eq!(OffsetMin::new(i32::MAX).get(), 1080);
    }
}
