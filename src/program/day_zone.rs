//! Field `day_zone`: whose calendar a day is taken from.

use super::read::{Cursor, Read};
use super::zones::{self, SummerTime};
use crate::clock::{OffsetMin, UnixMs};

/// Whose calendar says which day an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayZone {
    /// One offset for everybody: all phones agree when a day ends.
    Fixed(OffsetMin),
    /// One zone for everybody, whose clocks change twice a year.
    Summer(SummerTime),
    /// The zone of the phone at the time of the event.
    Event,
}

impl DayZone {
    /// China: UTC+8 all year since 1991.
    pub fn china() -> DayZone {
        DayZone::Fixed(OffsetMin::new(480))
    }

    /// Reads `event`, an offset such as `+08:00` (at most 18 hours from UTC), the name of a common zone, or a POSIX
    /// rule such as `EST5EDT,M3.2.0,M11.1.0`.
    pub fn parse(text: &str) -> Option<DayZone> {
        if text == "event" {
            return Some(DayZone::Event);
        }
        if let Some(offset) = parse_offset(text) {
            return Some(DayZone::Fixed(offset));
        }
        let mut rule = text;
        for (shared, names) in zones::TABLE {
            if names.split(' ').any(|name| name == text) {
                rule = shared;
            }
        }
        let (standard, summer) = zones::parse(rule)?;
        Some(summer.map_or(DayZone::Fixed(standard), DayZone::Summer))
    }

    /// The common zones that [`DayZone::parse`] knows by name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        zones::TABLE.iter().flat_map(|(_, names)| names.split(' '))
    }

    /// How far this zone's clocks are from UTC at an instant; `phone` is the phone's own distance.
    pub fn offset_at(&self, instant: UnixMs, phone: OffsetMin) -> OffsetMin {
        match self {
            DayZone::Fixed(offset) => *offset,
            DayZone::Summer(rule) => rule.offset_at(instant),
            DayZone::Event => phone,
        }
    }
}

fn parse_offset(text: &str) -> Option<OffsetMin> {
    let &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = text.as_bytes() else {
        return None;
    };
    let [h1, h2, m1, m2] = [digit(h1)?, digit(h2)?, digit(m1)?, digit(m2)?];
    let (hours, minutes) = (h1 * 10 + h2, m1 * 10 + m2);
    let size = hours * 60 + minutes;
    let fits = minutes < 60 && size <= 18 * 60;
    fits.then(|| OffsetMin::new(if sign == b'-' { -size } else { size }))
}

fn digit(byte: u8) -> Option<i32> {
    byte.is_ascii_digit().then(|| i32::from(byte - b'0'))
}

impl Read for DayZone {
    fn read(cursor: &Cursor) -> DayZone {
        let expected =
            "expected a common zone like \"Asia/Shanghai\", \"event\", an offset like \"+08:00\", or for any \
                        other zone its rule, the last line of /usr/share/zoneinfo/Area/City";
        let text = cursor.text_that(|text| DayZone::parse(text).is_some(), expected);
        DayZone::parse(text).unwrap_or(DayZone::china())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_to_the_minute() {
        let minutes = |text| match DayZone::parse(text) {
            Some(DayZone::Fixed(offset)) => Some(offset.get()),
            _ => None,
        };
        for (text, expected) in
            [("Asia/Shanghai", 480), ("+08:00", 480), ("-03:30", -210), ("+00:00", 0), ("+18:00", 1080)]
        {
            assert_eq!(minutes(text), Some(expected), "{text}");
        }
        for text in ["", "+8:00", "+08:60", "+18:01", "+0800", "08:00", "＋08:00", "Asia/Nowhere", "Asia/Tokyo "] {
            assert_eq!(DayZone::parse(text), None, "{text}");
        }
        assert_eq!(DayZone::parse("event"), Some(DayZone::Event));
    }

    #[test]
    fn rules_are_read_whole_or_not_at_all() {
        let china = Some(DayZone::china());
        for text in ["CST-8", "<+08>-8", "<+08>-08:00", "Asia/Shanghai", "Asia/Taipei"] {
            assert_eq!(DayZone::parse(text), china, "{text}");
        }
        let new_york = DayZone::parse("America/New_York");
        for text in ["EST5EDT,M3.2.0,M11.1.0", "EST5EDT4,M3.2.0/2,M11.1.0/2:00", "<-05>+5<-04>,M3.2.0,M11.1.0"] {
            assert_eq!(DayZone::parse(text), new_york, "{text}");
        }
        for text in [
            "EST",
            "EST5EDT",
            "EST5EDT,M3.2.0",
            "EST5EDT,M3.2.0,M11.1.0,",
            "EST5EDT,M13.2.0,M11.1.0",
            "EST5EDT,M3.0.0,M11.1.0",
            "EST5EDT,M3.6.0,M11.1.0",
            "EST5EDT,M3.2.7,M11.1.0",
            "EST5EDT,M3.2.0/168,M11.1.0",
            "EST5EDT,J60,J300",
            "EST19",
            "EST99999999999999999999",
            "<EST5",
            "5",
        ] {
            assert_eq!(DayZone::parse(text), None, "{text}");
        }
    }
}
