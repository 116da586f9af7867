//! Zones with a name, and rules for summer time as POSIX writes them.

use crate::clock::{Day, OffsetMin, UnixMs, MINUTE_MS};

/// Rules, and the common zones that follow them: the same from 2020 on, which a test compares with the zone database.
/// Whoever lives elsewhere writes the rule. Kept short: phones load it.
pub(super) const TABLE: &[(&str, &str)] = &[
    (
        "CST-8",
        "Asia/Shanghai Asia/Hong_Kong Asia/Macau Asia/Taipei Asia/Singapore Asia/Kuala_Lumpur Asia/Manila \
         Australia/Perth",
    ),
    ("XX6", "America/Costa_Rica America/Guatemala"),
    ("UTC0", "UTC Etc/UTC Africa/Accra Atlantic/Reykjavik"),
    ("JST-9", "Asia/Tokyo Asia/Seoul"),
    ("ICT-7", "Asia/Bangkok Asia/Ho_Chi_Minh Asia/Jakarta"),
    ("XX-6", "Asia/Urumqi Asia/Dhaka"),
    ("MMT-6:30", "Asia/Yangon"),
    ("NPT-5:45", "Asia/Kathmandu"),
    ("IST-5:30", "Asia/Kolkata Asia/Colombo"),
    ("PKT-5", "Asia/Karachi Asia/Tashkent"),
    ("GST-4", "Asia/Dubai"),
    ("MSK-3", "Europe/Moscow Europe/Istanbul Asia/Riyadh Africa/Nairobi"),
    ("SAST-2", "Africa/Johannesburg"),
    ("WAT-1", "Africa/Lagos"),
    ("GMT0BST,M3.5.0/1,M10.5.0", "Europe/London Europe/Dublin Europe/Lisbon"),
    (
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Brussels Europe/Vienna \
         Europe/Zurich Europe/Stockholm Europe/Copenhagen Europe/Oslo Europe/Prague Europe/Warsaw Europe/Budapest",
    ),
    ("EET-2EEST,M3.5.0/3,M10.5.0/4", "Europe/Athens Europe/Helsinki Europe/Bucharest Europe/Kyiv"),
    ("AST4ADT,M3.2.0,M11.1.0", "America/Halifax"),
    ("EST5EDT,M3.2.0,M11.1.0", "America/New_York America/Toronto America/Detroit"),
    ("CST6CDT,M3.2.0,M11.1.0", "America/Chicago America/Winnipeg"),
    ("MST7MDT,M3.2.0,M11.1.0", "America/Denver America/Edmonton"),
    ("MST7", "America/Phoenix"),
    ("PST8PDT,M3.2.0,M11.1.0", "America/Los_Angeles"),
    ("AKST9AKDT,M3.2.0,M11.1.0", "America/Anchorage"),
    ("HST10", "Pacific/Honolulu"),
    ("XX3", "America/Sao_Paulo America/Argentina/Buenos_Aires"),
    ("XX5", "America/Bogota America/Lima America/Panama"),
    ("AEST-10", "Australia/Brisbane"),
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney Australia/Melbourne Australia/Hobart"),
    ("ACST-9:30ACDT,M10.1.0,M4.1.0/3", "Australia/Adelaide"),
    ("NZST-12NZDT,M9.5.0,M4.1.0/3", "Pacific/Auckland"),
];

/// A zone whose clocks change twice a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummerTime {
    standard: OffsetMin,
    summer: OffsetMin,
    begins: Change,
    ends: Change,
}

/// `Mm.w.d/time`: on weekday `d` of week `w` of a month; week 5 is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    month: u8,
    week: u8,
    /// 1 (Monday)..=7.
    weekday: u8,
    /// Minutes after midnight on the clocks as they were; may lie on another date.
    at_min: i16,
}

impl SummerTime {
    /// How far clocks are from UTC at an instant.
    pub fn offset_at(&self, instant: UnixMs) -> OffsetMin {
        let year = Day::of(instant, self.standard).parts().0;
        let begins = self.begins.ms_in(year, self.standard);
        let ends = self.ends.ms_in(year, self.summer);
        let now = instant.get();
        let is_summer = if begins < ends { begins <= now && now < ends } else { now < ends || begins <= now };
        if is_summer {
            self.summer
        } else {
            self.standard
        }
    }
}

impl Change {
    fn ms_in(self, year: u32, before: OffsetMin) -> i64 {
        let first = Day::civil(year as i32, u32::from(self.month), 1).unwrap_or_default();
        let weekdays = (7 + u32::from(self.weekday) - first.weekday()) % 7;
        let mut day = first.plus(i64::from(weekdays + 7 * (u32::from(self.week) - 1)));
        if day >= first.plus_months(1) {
            day = day.plus(-7);
        }
        let minutes = i64::from(day.number()) * 1440 + i64::from(self.at_min) - i64::from(before.get());
        minutes * MINUTE_MS
    }
}

/// What a rule says: a distance from UTC, and summer time if there is any.
pub(super) fn parse(text: &str) -> Option<(OffsetMin, Option<SummerTime>)> {
    let mut scan = Scan { rest: text.as_bytes() };
    scan.name()?;
    // POSIX counts west of Greenwich.
    let standard = -scan.minutes(18)?;
    if scan.rest.is_empty() {
        return Some((OffsetMin::new(standard), None));
    }
    scan.name()?;
    let summer = if scan.rest.first() == Some(&b',') { standard + 60 } else { -scan.minutes(18)? };
    let (begins, ends) = (scan.change()?, scan.change()?);
    let (standard, summer) = (OffsetMin::new(standard), OffsetMin::new(summer));
    scan.rest.is_empty().then_some((standard, Some(SummerTime { standard, summer, begins, ends })))
}

/// What is left of a rule to read.
struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn eat(&mut self, byte: u8) -> bool {
        let Some((&first, rest)) = self.rest.split_first() else { return false };
        if first == byte {
            self.rest = rest;
        }
        first == byte
    }

    /// Letters, or anything in `<>`. What they are doesn't matter.
    fn name(&mut self) -> Option<()> {
        let quoted = self.eat(b'<');
        let is_part = |byte: &u8| byte.is_ascii_alphabetic() || quoted && *byte != b'>';
        let len = self.rest.iter().take_while(|byte| is_part(byte)).count();
        self.rest = self.rest.get(len..)?;
        (len > 0 && (!quoted || self.eat(b'>'))).then_some(())
    }

    fn number(&mut self, max: i32) -> Option<i32> {
        let (mut number, mut len) = (0i32, 0);
        while let Some((digit @ b'0'..=b'9', rest)) = self.rest.split_first() {
            (number, len) = (number.min(999) * 10 + i32::from(digit - b'0'), len + 1);
            self.rest = rest;
        }
        (len > 0 && number <= max).then_some(number)
    }

    /// Hours, or hours and minutes, with or without a sign; at most so many hours.
    fn minutes(&mut self, hours_max: i32) -> Option<i32> {
        let minus = self.eat(b'-');
        if !minus {
            self.eat(b'+');
        }
        let hours = self.number(hours_max)?;
        let minutes = if self.eat(b':') { self.number(59)? } else { 0 };
        let size = hours * 60 + minutes;
        Some(if minus { -size } else { size })
    }

    /// `,Mm.w.d` or `,Mm.w.d/time`.
    fn change(&mut self) -> Option<Change> {
        let head = self.eat(b',') && self.eat(b'M');
        let month = self.number(12).filter(|&month| head && month > 0)?;
        let week = self.eat(b'.').then(|| self.number(5)).flatten().filter(|&week| week > 0)?;
        let weekday = self.eat(b'.').then(|| self.number(6)).flatten()?;
        let at_min = if self.eat(b'/') { self.minutes(167)? } else { 120 };
        let weekday = (weekday + 6) % 7 + 1;
        Some(Change { month: month as u8, week: week as u8, weekday: weekday as u8, at_min: at_min as i16 })
    }
}
