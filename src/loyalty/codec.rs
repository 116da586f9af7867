//! Canonical bytes of what the state is made of.

use crate::bytes::{Reader, Writer};
use crate::clock::Day;

pub(super) fn write_day(w: &mut Writer, day: Day) {
    write_number(w, day.since(Day::MIN) as u64);
}

pub(super) fn read_day(r: &mut Reader) -> Option<Day> {
    Day::from_number(Day::MIN.number().checked_add(read_number(r)?.try_into().ok()?)?)
}

/// One copy of a varint: inlined, each would cost the phone bytes.
#[inline(never)]
pub(super) fn write_number(w: &mut Writer, number: u64) {
    w.varint(number);
}

#[inline(never)]
pub(super) fn read_number(r: &mut Reader) -> Option<u64> {
    r.varint()
}

pub(super) fn read_small(r: &mut Reader) -> Option<u32> {
    read_number(r)?.try_into().ok()
}

#[inline(never)]
pub(super) fn read_text(r: &mut Reader) -> Option<String> {
    r.text().map(str::to_owned)
}

pub(super) fn read_flag(r: &mut Reader) -> Option<bool> {
    match r.byte()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}
