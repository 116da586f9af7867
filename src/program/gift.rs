//! What the loyalty sections share: gifts, words, dates.

use super::read::{Cursor, Read};
use super::rules::Gift;
use super::text::LabelText;
use super::value::Value;
use crate::clock::Day;

/// Points that one rule may speak of.
pub(super) const POINTS: (i64, i64) = (0, 10_000_000);
/// As [`POINTS`], where none makes no sense.
pub(super) const SOME_POINTS: (i64, i64) = (1, POINTS.1);
/// Money that one rule may speak of: up to a million yuan.
pub(super) const FEN: (i64, i64) = (0, 100_000_000);
/// As [`FEN`], where nothing makes no sense.
pub(super) const SOME_FEN: (i64, i64) = (1, FEN.1);
/// Ten years.
pub(super) const DAYS: (i64, i64) = (0, 3660);
/// How often something may happen; 0: without limit.
pub(super) const TIMES: (i64, i64) = (0, 1000);
/// Bytes of an id or a reference.
pub(super) const TEXT: (i64, i64) = (1, 64);

/// An amount, growth: whole and not negative.
impl Read for u64 {
    fn read(cursor: &Cursor) -> u64 {
        cursor.integer().unsigned_abs()
    }
}

impl Gift {
    /// The fields of a gift, which may stand among others.
    #[inline(never)]
    pub(super) fn fields(cursor: &Cursor) -> Gift {
        Gift {
            points: cursor.or("points", POINTS, 0),
            coupon: cursor.or("coupon", TEXT, String::new()),
            ticket: cursor.or("ticket", TEXT, Ticket::default()).0,
        }
    }

    /// As [`Gift::fields`], where something must be given.
    pub(super) fn some(cursor: &Cursor) -> Gift {
        let gift = Gift::fields(cursor);
        if gift == Gift::default() {
            cursor.fail("expected points above 0, a coupon or a ticket");
        }
        gift
    }
}

impl Read for Gift {
    fn read(cursor: &Cursor) -> Gift {
        cursor.object();
        let gift = Gift::fields(cursor);
        cursor.done();
        gift
    }
}

/// The id of a lottery that the program declares.
#[derive(Default)]
pub(super) struct Ticket(pub(super) String);

impl Read for Ticket {
    fn read(cursor: &Cursor) -> Ticket {
        let id = cursor.text();
        if !is_listed(cursor.whole().get("lottery"), "id", id) {
            cursor.fail("expected the id of a lottery");
        }
        Ticket(id.to_owned())
    }
}

/// True if a list has an object with that name.
pub(super) fn is_listed(list: Option<&Value>, key: &str, name: &str) -> bool {
    let items = list.and_then(Value::as_list).unwrap_or_default();
    items.iter().any(|item| item.get(key).and_then(Value::as_str) == Some(name))
}

impl Read for Day {
    fn read(cursor: &Cursor) -> Day {
        let day = cursor.value().as_str().and_then(Day::parse);
        cursor.or_fail(day, "expected a date like \"2026-03-01\"").unwrap_or_default()
    }
}

/// A time of the day, `HH:MM`, in minutes.
pub(super) struct Clock(pub(super) u32);

impl Read for Clock {
    fn read(cursor: &Cursor) -> Clock {
        let minutes = cursor.value().as_str().and_then(clock_minutes);
        Clock(cursor.or_fail(minutes, "expected a time like \"04:00\"").unwrap_or_default())
    }
}

fn clock_minutes(text: &str) -> Option<u32> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else {
        return None;
    };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// One of some words: its position; the first one after a mistake.
#[inline(never)]
pub(super) fn choice(cursor: &Cursor, words: &[&str]) -> usize {
    let found = cursor.value().as_str().and_then(|text| words.iter().position(|word| *word == text));
    if found.is_none() {
        let mut expected = String::from("expected \"");
        expected.push_str(&words.join("\" or \""));
        expected.push('"');
        cursor.fail(&expected);
    }
    found.unwrap_or_default()
}

/// What a tier or a membership brings, by the shop's own references.
pub(super) fn benefits(cursor: &Cursor) -> Vec<String> {
    let listed: Vec<LabelText> = cursor.or("benefits", (0, 32), Vec::new());
    listed.into_iter().map(|benefit| benefit.0).collect()
}
