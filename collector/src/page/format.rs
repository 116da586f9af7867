//! Figures and texts as people read them.

use huitou::clock::{Day, OffsetMin, UnixMs, DAY_MS, MINUTE_MS};

/// The zone that times are shown in.
const CHINA_MIN: i32 = 480;

/// Text made safe for HTML, inside attributes too.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text as one segment of a path, or a value of a query.
pub(super) fn path(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// `1234567` is `1,234,567`.
pub(super) fn count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Fen as yuan; without decimals from a million.
pub(super) fn yuan(fen: i64) -> String {
    if fen >= 100_000_000 {
        return format!("¥{}", count(fen / 100));
    }
    format!("¥{}.{:02}", count(fen / 100), fen % 100)
}

/// Bytes in a fitting unit.
pub(super) fn size(bytes: i64) -> String {
    let (unit, name) = match bytes {
        0..10_000 => return format!("{} B", count(bytes)),
        10_000..10_000_000 => (1000, "KB"),
        10_000_000..10_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", count(tenths / 10), tenths % 10)
}

/// Seconds in a fitting unit.
pub(super) fn duration(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} 秒"),
        60..3600 => format!("{} 分 {} 秒", seconds / 60, seconds % 60),
        _ => format!("{} 小时 {} 分", count(seconds / 3600), seconds % 3600 / 60),
    }
}

/// A moment in China: `03-01 20:00:05`.
pub(super) fn clock(at_ms: i64) -> String {
    let mut date = String::new();
    Day::of(UnixMs::new(at_ms), OffsetMin::new(CHINA_MIN)).write(&mut date);
    let second = (at_ms + i64::from(CHINA_MIN) * MINUTE_MS).rem_euclid(DAY_MS) / 1000;
    let month_and_day = date.get(5..).unwrap_or_default();
    format!("{month_and_day} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// A count as the formatters take it.
pub(super) fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Whole percent of `part` in `all`, 0..=100.
pub(super) fn share(part: i64, all: i64) -> i64 {
    if all <= 0 {
        return 0;
    }
    i64::try_from(i128::from(part) * 100 / i128::from(all)).unwrap_or(0).clamp(0, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(-1234567), "-1,234,567");
        assert_eq!(yuan(490_005), "¥4,900.05");
        assert_eq!(yuan(100_000_000), "¥1,000,000");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(12_345), "12.3 KB");
        assert_eq!(size(12_345_678), "12.3 MB");
        assert_eq!(duration(59), "59 秒");
        assert_eq!(duration(3_700), "1 小时 1 分");
        assert_eq!(clock(1_772_366_405_000), "03-01 20:00:05");
        assert_eq!((share(1, 3), share(5, 0), share(i64::MAX, 1)), (33, 0, 0));
        assert_eq!(path("a/用"), "a%2F%E7%94%A8");
    }
}
