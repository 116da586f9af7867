//! Sections `events` and `pages`: what is counted.

use super::macros::config;
use super::names::{Dimension, EventNames, Number, DECIMALS_MAX, EVENTS_MAX, PROPS_MAX, VALUES_MAX};
use super::read::{quoted, repeats, Cursor, Each, Keyed, Read};
use super::text::{LabelText, Name};

/// A built-in event: name, dimensions, numbers. The position is its [`crate::id::EventIx`].
type BuiltIn = (&'static str, &'static [&'static str], &'static [&'static str]);

const BUILT_IN: [BuiltIn; 8] = [
    ("launch", &["scene"], &[]),
    ("show", &["scene"], &[]),
    ("hide", &[], &[]),
    ("page", &["page"], &["dwell_ms"]),
    ("search", &[], &["results"]),
    ("share", &["channel"], &[]),
    ("error", &["code"], &[]),
    ("order", &[], &["paid_fen", "items"]),
];

/// The most events a program may declare.
pub(super) const DECLARED_MAX: usize = EVENTS_MAX - BUILT_IN.len();

/// The built-in events, with the declared pages as the values of `page`.
pub(super) fn built_in(pages: Vec<LabelText>) -> Vec<EventNames> {
    let mut events: Vec<EventNames> = BUILT_IN.iter().map(built_in_event).collect();
    let page = crate::id::builtin::PAGE.0 as usize;
    if let Some(dimension) = events.get_mut(page).and_then(|event| event.dimensions.first_mut()) {
        dimension.values = texts(pages);
    }
    events
}

fn built_in_event(&(name, dimensions, numbers): &BuiltIn) -> EventNames {
    let dimension = |&name: &&str| Dimension { name: name.to_owned(), values: Vec::new() };
    let number = |&name: &&str| Number { name: name.to_owned(), decimals: 0 };
    EventNames {
        name: name.to_owned(),
        dimensions: dimensions.iter().map(dimension).collect(),
        numbers: numbers.iter().map(number).collect(),
    }
}

fn texts(labels: Vec<LabelText>) -> Vec<String> {
    labels.into_iter().map(|label| label.0).collect()
}

config! {
    /// An event as written.
    struct EventEntry {
        /// What `track` is called with.
        name: EventName,
        /// Props that are counted by value.
        dimensions: Each<Dimension> [0..=PROPS_MAX] = [],
        /// Props that are summed.
        numbers: Each<Number> [0..=PROPS_MAX] = [],
    }

    /// A dimension as written.
    struct DimensionEntry {
        /// The prop's name.
        name: Name,
        /// Values known beforehand.
        values: Each<LabelText> [0..=VALUES_MAX] = [],
    }

    /// A number as written.
    struct NumberEntry {
        /// The prop's name.
        name: Name,
        /// Decimal places kept.
        decimals: u32 [0..=DECIMALS_MAX] = 0,
    }
}

/// A [`Name`] that no built-in event has.
pub(super) struct EventName(String);

impl Read for EventName {
    fn read(cursor: &Cursor) -> EventName {
        let Name(name) = Name::read(cursor);
        if BUILT_IN.iter().any(|(taken, ..)| *taken == name) {
            cursor.refuse(quoted(&name) + " is a built-in event; choose another name");
        }
        EventName(name)
    }
}

impl Read for EventNames {
    fn read(cursor: &Cursor) -> EventNames {
        let EventEntry { name, dimensions: Each(dimensions), numbers: Each(numbers) } = EventEntry::read(cursor);
        let shared = numbers.iter().find(|number| dimensions.iter().any(|dimension| dimension.name == number.name));
        if let Some(number) = shared {
            cursor.refuse(repeats(&number.name) + ", as a dimension and as a number");
        }
        EventNames { name: name.0, dimensions, numbers }
    }
}

impl Read for Dimension {
    fn read(cursor: &Cursor) -> Dimension {
        let DimensionEntry { name, values: Each(values) } = DimensionEntry::read(cursor);
        Dimension { name: name.0, values: texts(values) }
    }
}

impl Read for Number {
    fn read(cursor: &Cursor) -> Number {
        let NumberEntry { name, decimals } = NumberEntry::read(cursor);
        Number { name: name.0, decimals: decimals as u8 }
    }
}

impl Keyed for EventNames {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Keyed for Dimension {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Keyed for Number {
    fn key(&self) -> &str {
        &self.name
    }
}
