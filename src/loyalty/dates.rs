//! Dates that lie ahead: birthdays and the days of campaigns.

use super::state::State;
use crate::clock::Day;
use crate::program::rules::When;

/// How far ahead a date is looked for: February 29 comes within eight years, but February 28 stands for it.
const AHEAD_DAYS: i64 = 366;

/// Today or the next date on which she has her birthday; `None` if it is not known.
pub fn next_birthday(state: &State, today: Day) -> Option<Day> {
    (0..AHEAD_DAYS).map(|days| today.plus(days)).find(|&day| state.has_birthday(day))
}

/// Today or the next first date of a campaign that goes by the calendar; `None` for others and for those that are past.
pub fn next_day_of(when: &When, today: Day) -> Option<Day> {
    match when {
        When::DayOfMonth(number) => (0..AHEAD_DAYS).map(|days| today.plus(days)).find(|day| day.parts().2 == *number),
        When::Weekday(number) => (0..7).map(|days| today.plus(days)).find(|day| day.weekday() == *number),
        When::Between(from, _) => (*from >= today).then_some(*from),
        When::Birthday | When::Tier(_) | When::PaidMember => None,
    }
}
