//! Section `flows`: sequences whose breaks are counted.

use super::macros::config;
use super::names::{EventNames, FlowNames};
use super::read::{repeats, Cursor, Keyed, Read};
use super::text::Name;
use crate::clock::MINUTE_MS;
use crate::id::EventIx;

config! {
    /// A flow as written.
    pub(super) struct FlowEntry {
        /// What `flow` is called with.
        name: Name,
        /// In order, none twice.
        steps: Steps [2..=12],
        /// How long an attempt may take from its first step.
        window_minutes: u32 [1..=43200] = 1440,
    }
}

/// How a flow advances. Its names stand at the same position in [`super::Names::flows`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// For each step the event that takes it; `None` for one that only `flow(name, step)` takes.
    pub steps: Vec<Option<EventIx>>,
    /// How long an attempt may take from its first step, in milliseconds.
    pub window_ms: i64,
}

impl FlowEntry {
    /// The names of the flow, and what they mean with these events.
    pub(super) fn resolve(self, events: &[EventNames]) -> (FlowNames, Flow) {
        let Steps(steps) = self.steps;
        let event = |step: &String| {
            let position = events.iter().position(|event| event.name == *step)?;
            Some(EventIx(position as u16))
        };
        let window_ms = i64::from(self.window_minutes) * MINUTE_MS;
        let flow = Flow { steps: steps.iter().map(event).collect(), window_ms };
        (FlowNames { name: self.name.0, steps }, flow)
    }
}

impl Keyed for FlowEntry {
    fn key(&self) -> &str {
        &self.name.0
    }
}

/// Names of steps: one bad or repeated step spoils the flow, since the others would count something else without it.
pub(super) struct Steps(Vec<String>);

impl Read for Steps {
    fn read(cursor: &Cursor) -> Steps {
        let steps: Vec<String> = Vec::<Name>::read(cursor).into_iter().map(|step| step.0).collect();
        let mut earlier = steps.as_slice();
        while let Some((step, before)) = earlier.split_last() {
            if !step.is_empty() && before.contains(step) {
                cursor.refuse(repeats(step));
            }
            earlier = before;
        }
        Steps(steps)
    }
}
