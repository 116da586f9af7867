//! The person's own rhythm as far as it can be folded at once: first and last day, active days, the live session.

use crate::clock::Day;

/// Which days a person came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The first day anything was recorded.
    pub first_day: Day,
    /// The latest.
    pub last_day: Day,
    /// Bit i is set if something was recorded i days before `last_day`; 64 days.
    pub active_days: u64,
    /// Sessions ever begun on this device.
    pub sessions: u32,
    /// Events counted on `last_day`, over all segments: what the daily cap looks at.
    pub events_today: u32,
}

impl Profile {
    /// Notes activity on a day. An earlier day than the last (a zone change) sets its own bit.
    pub fn visit(&mut self, day: Day) {
        if self.active_days == 0 {
            *self = Profile { first_day: day, last_day: day, active_days: 1, ..Profile::default() };
        }
        let ahead = day.number() - self.last_day.number();
        if ahead > 0 {
            self.active_days = self.active_days.checked_shl(ahead as u32).unwrap_or(0) | 1;
            self.last_day = day;
            self.events_today = 0;
        } else {
            self.active_days |= 1u64.checked_shl(ahead.unsigned_abs()).unwrap_or(0);
            self.first_day = self.first_day.min(day);
        }
    }

    /// The clock was set back, and that is believed: the days after this one have not been.
    pub fn set_back(&mut self, day: Day) {
        let ahead = self.last_day.number() - day.number();
        if self.active_days == 0 || ahead <= 0 {
            return;
        }
        self.active_days = self.active_days.checked_shr(ahead as u32).unwrap_or(0) | 1;
        self.first_day = self.first_day.min(day);
        self.last_day = day;
        self.events_today = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(offset: i32) -> Day {
        Day::from_number(20_000 + offset).unwrap()
    }

    #[test]
    fn active_days_are_a_sliding_window() {
        let mut profile = Profile::default();
        for offset in [0, 1, 1, 3, 66] {
            profile.visit(day(offset));
        }
        assert_eq!(profile.active_days, 1 | 1 << 63, "day 3 is 63 days before day 66");
        assert_eq!((profile.first_day, profile.last_day), (day(0), day(66)));
        profile.visit(day(65));
        assert_eq!(profile.active_days, 1 | 2 | 1 << 63, "a zone change west sets the day before");
        profile.visit(day(400));
        assert_eq!(profile.active_days, 1);
    }

    #[test]
    fn days_that_have_not_been_are_forgotten() {
        let mut profile = Profile::default();
        profile.set_back(day(0));
        assert_eq!(profile, Profile::default(), "nothing was recorded");
        for offset in [0, 2, 365] {
            profile.visit(day(offset));
        }
        profile.sessions = 7;
        profile.set_back(day(3));
        assert_eq!((profile.first_day, profile.last_day, profile.sessions), (day(0), day(3), 7));
        assert_eq!(profile.active_days, 1, "what the window had lost stays lost");
        profile.visit(day(4));
        profile.set_back(day(2));
        assert_eq!((profile.active_days, profile.last_day), (1, day(2)));
    }
}
