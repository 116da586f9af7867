//! What journeys obey: the program's sections with their conditions compiled.

use crate::condition::{compile, Condition, Context, Dialect, Groups};
use crate::program::journeys::Journey;
use crate::program::messages::MessageRules;
use crate::program::read::{Cursor, Report};
use crate::program::value::Value;
use crate::program::{DayZone, Program, Warning};

/// The sections that speak of journeys.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// In the program's order.
    pub journeys: &'a [Journey],
    /// What messages keep to.
    pub messages: &'a MessageRules,
    /// Whose calendar.
    pub zone: &'a DayZone,
}

impl<'a> Rules<'a> {
    /// Those of a program.
    pub fn of(program: &'a Program) -> Rules<'a> {
        Rules { journeys: &program.journeys.0, messages: &program.messages, zone: &program.day_zone }
    }

    /// The journey with that id.
    pub fn find(&self, id: &str) -> Option<(usize, &'a Journey)> {
        self.journeys.iter().enumerate().find(|(_, journey)| journey.id == id)
    }
}

/// Conditions of a program's journeys: for each its own, then those of its steps.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    conditions: Vec<Vec<Option<Condition>>>,
    groups: Groups,
}

impl Conditions {
    /// Compiles them; what can't be read never holds.
    pub fn read(program: &Program) -> (Conditions, Vec<Warning>) {
        let report = Report::default();
        let groups = Groups::read(&Cursor::root(&program.saved_groups.0, &report));
        let mut conditions = Vec::new();
        for journey in &program.journeys.0 {
            let of = |when: &Value| match when {
                Value::Null => None,
                when => Some(compile(&Cursor::root(when, &report), &groups)),
            };
            let mut own = vec![of(&journey.when)];
            own.extend(journey.steps.iter().map(|step| of(&step.when)));
            conditions.push(own);
        }
        let mut warnings = Vec::new();
        for mistake in report.into_mistakes() {
            warnings.push(Warning { path: String::from("journeys"), message: mistake.message });
        }
        (Conditions { conditions, groups }, warnings)
    }

    /// True if any of a journey's conditions has to be asked.
    pub fn has_any(&self, journey: usize) -> bool {
        self.conditions.get(journey).is_some_and(|own| own.iter().any(Option::is_some))
    }

    /// True if a journey's own condition holds (`None`), or that of a step.
    pub fn hold(&self, journey: usize, step: Option<usize>, attributes: &Value) -> bool {
        let place = step.map_or(0, |step| step + 1);
        let found = self.conditions.get(journey).and_then(|own| own.get(place)).and_then(Option::as_ref);
        found.is_none_or(|condition| condition.passes(attributes, &Context::new(&self.groups, Dialect::Strict)))
    }
}
