//! What a program says of actions: whatever a phone tells, this is what may be done.

use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::journey::moment::{held, Wall};
use huitou::program::journeys::{Deed, Journey};
use huitou::program::messages::MessageRules;
use huitou::program::{DayZone, Program};

/// The sections of a program that speak of journeys.
#[derive(Clone, Debug)]
pub struct Guide {
    journeys: Vec<Journey>,
    /// What messages keep to.
    pub messages: MessageRules,
    zone: DayZone,
}

impl Default for Guide {
    /// Of an app whose program is not served here.
    fn default() -> Guide {
        Guide { journeys: Vec::new(), messages: MessageRules::default(), zone: DayZone::china() }
    }
}

impl Guide {
    /// That of a program.
    pub fn of(program: &Program) -> Guide {
        let journeys = program.journeys.0.clone();
        Guide { journeys, messages: program.messages.clone(), zone: program.day_zone }
    }

    /// True if there is no program to hold a plan against.
    pub fn knows_none(&self) -> bool {
        self.journeys.is_empty()
    }

    /// The journey with that id.
    pub fn journey(&self, id: &str) -> Option<&Journey> {
        self.journeys.iter().find(|journey| journey.id == id)
    }

    /// What a step does for a variation.
    pub fn deed(&self, journey: &str, step: u8, variation: u8) -> Option<&Deed> {
        self.journey(journey)?.deed(usize::from(step), variation)
    }

    /// The program's date of a moment.
    pub fn day(&self, at_ms: i64, phone: OffsetMin) -> Day {
        Wall { zone: &self.zone, phone }.read(UnixMs::new(at_ms)).0
    }

    /// The end of the quiet hours that a moment lies in, else the moment.
    pub fn held(&self, at_ms: i64, phone: OffsetMin) -> i64 {
        held(UnixMs::new(at_ms), self.messages.quiet, Wall { zone: &self.zone, phone }).get()
    }
}
