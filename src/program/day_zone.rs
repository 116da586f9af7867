//! Field `day_zone`: whose calendar a day is taken from.

use super::read::{Cursor, Read};
use crate::clock::OffsetMin;

/// Whose calendar says which day an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayZone {
    /// One offset for everybody: all phones agree when a day ends.
    Fixed(OffsetMin),
    /// The zone of the phone at the time of the event.
    Event,
}

impl DayZone {
    /// China: UTC+8 all year since 1991, so no zone database is needed.
    pub fn china() -> DayZone {
        DayZone::Fixed(OffsetMin::new(480))
    }

    /// Reads `Asia/Shanghai`, `event` or an offset such as `+08:00`, at most 18 hours from UTC.
    pub fn parse(text: &str) -> Option<DayZone> {
        match text {
            "Asia/Shanghai" => Some(DayZone::china()),
            "event" => Some(DayZone::Event),
            _ => parse_offset(text).map(DayZone::Fixed),
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
        let expected = "expected \"Asia/Shanghai\", \"event\" or an offset like \"+08:00\"";
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
        for text in ["", "+8:00", "+08:60", "+18:01", "+0800", "08:00", "UTC", "＋08:00", "Asia/Tokyo"] {
            assert_eq!(DayZone::parse(text), None, "{text}");
        }
        assert_eq!(DayZone::parse("event"), Some(DayZone::Event));
    }
}
