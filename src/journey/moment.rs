//! When a step is due: clock times on dates of the shop's calendar, and hours that hold it back.

use crate::clock::{Day, OffsetMin, UnixMs, DAY_MS, MINUTE_MS};
use crate::event::journey::Entry;
use crate::program::journeys::{Delay, Step};
use crate::program::DayZone;

const DAY_MIN: i64 = DAY_MS / MINUTE_MS;

/// Whose clock counts: the shop's, or that of the phone when the journey began.
#[derive(Clone, Copy, Debug)]
pub struct Wall<'a> {
    /// The program's.
    pub zone: &'a DayZone,
    /// The phone's then.
    pub phone: OffsetMin,
}

impl Wall<'_> {
    /// The date and the milliseconds since midnight that the clock shows.
    pub fn read(&self, at: UnixMs) -> (Day, i64) {
        let offset = self.zone.offset_at(at, self.phone);
        let local = at.get() + i64::from(offset.get()) * MINUTE_MS;
        (Day::of(at, offset), local.rem_euclid(DAY_MS))
    }

    /// When the clock shows that. A time that comes twice is the first of them; one that never comes moves forward by the
    /// hour that was left out.
    pub fn instant(&self, day: Day, since_midnight_ms: i64) -> UnixMs {
        let local = i64::from(day.number()) * DAY_MS + since_midnight_ms;
        let offset = |ms: i64| i64::from(self.zone.offset_at(UnixMs::new(ms), self.phone).get()) * MINUTE_MS;
        // Half a day around: no zone changes its clocks twice within that.
        let (before, after) = (offset(local - DAY_MS), offset(local + DAY_MS));
        let fits = |offset_then: i64| offset(local - offset_then) == offset_then;
        let offset_then = if fits(before) || !fits(after) { before } else { after };
        UnixMs::new(local - offset_then)
    }
}

/// When a step is due, before any quiet hours. Never before the beginning.
pub fn due(step: &Step, entry: &Entry, zone: &DayZone) -> UnixMs {
    let wall = Wall { zone, phone: entry.offset };
    let (start, days) = match step.delay {
        Delay::AfterMinutes(minutes) => return entry.at.plus(i64::from(minutes) * MINUTE_MS),
        Delay::AfterDays(days) => (entry.anchor, i64::from(days)),
        Delay::BeforeDays(days) => (entry.anchor, -i64::from(days)),
    };
    let (day, clock_ms) = wall.read(start);
    let mut day = day.plus(days);
    if let Some(weekday) = step.weekday {
        day = day.plus(i64::from((weekday + 7 - day.weekday()) % 7));
    }
    let clock_ms = step.at_clock.map_or(clock_ms, |minute| i64::from(minute) * MINUTE_MS);
    wall.instant(day, clock_ms).max(entry.at)
}

/// The end of the quiet hours if a moment lies in them, else the moment.
pub fn held(at: UnixMs, quiet: Option<(u32, u32)>, wall: Wall) -> UnixMs {
    let Some((from, to)) = quiet.map(|(from, to)| (i64::from(from), i64::from(to))) else { return at };
    let (day, clock_ms) = wall.read(at);
    let minute = clock_ms / MINUTE_MS;
    let since_from = (minute - from).rem_euclid(DAY_MIN);
    if since_from >= (to - from).rem_euclid(DAY_MIN) {
        return at;
    }
    let is_tomorrow = minute >= to;
    wall.instant(day.plus(i64::from(is_tomorrow)), to * MINUTE_MS)
}
