//! Section `messages`: so that nobody is harassed.

use super::gift::Clock;
use super::macros::config;
use super::read::{Cursor, Read};

/// Section `messages`: what marketing messages keep to. Service messages need a credit only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageRules {
    /// From and until which minute of the day nothing is sent; what is due waits. `None`: no such hours.
    pub quiet: Option<(u32, u32)>,
    /// Messages sent on one date; 0: no limit.
    pub per_day_max: u32,
    /// Messages sent on a date and the six before it; 0: no limit.
    pub per_7_days_max: u32,
    /// After so many messages without a visit nothing more is sent before the next one; 0: no limit.
    pub ignored_max: u32,
    /// A message needs a credit of its template.
    pub needs_credit: bool,
    /// Templates with so many credits are not asked for.
    pub keep_credits: u32,
    /// Days between a rejection and the next question for the same template.
    pub ask_again_days: u32,
}

config! {
    /// The section as written.
    struct Messages {
        /// See [`MessageRules::quiet`].
        quiet_hours: Option<Quiet> = None,
        /// See [`MessageRules::per_day_max`].
        max_per_day: u32 [0..=100] = 0,
        /// See [`MessageRules::per_7_days_max`].
        max_per_7_days: u32 [0..=100] = 0,
        /// See [`MessageRules::ignored_max`].
        max_ignored: u32 [0..=100] = 0,
        /// See [`MessageRules::needs_credit`].
        need_subscription: bool = false,
        /// How subscriptions are asked for.
        subscribe: Subscribe = {},
    }

    /// How subscriptions are asked for.
    struct Subscribe {
        /// See [`MessageRules::keep_credits`].
        keep_credits: u32 [1..=50] = 1,
        /// See [`MessageRules::ask_again_days`].
        ask_again_after_days: u32 [0..=366] = 7,
    }
}

impl Read for MessageRules {
    fn read(cursor: &Cursor) -> MessageRules {
        let written = Messages::read(cursor);
        MessageRules {
            quiet: written.quiet_hours.map(|quiet| quiet.0),
            per_day_max: written.max_per_day,
            per_7_days_max: written.max_per_7_days,
            ignored_max: written.max_ignored,
            needs_credit: written.need_subscription,
            keep_credits: written.subscribe.keep_credits,
            ask_again_days: written.subscribe.ask_again_after_days,
        }
    }
}

/// Two times of the day.
struct Quiet((u32, u32));

impl Read for Quiet {
    fn read(cursor: &Cursor) -> Quiet {
        let mut times = Vec::new();
        for (position, value) in cursor.value().as_list().unwrap_or_default().iter().enumerate() {
            times.push(Clock::read(&cursor.item(value, position)).0);
        }
        match times.as_slice() {
            &[from, to] if from != to => Quiet((from, to)),
            _ => {
                cursor.fail("expected two different times such as [\"22:00\", \"08:00\"]");
                Quiet((0, 1))
            }
        }
    }
}
