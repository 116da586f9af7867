//! A place in a [`Value`], and what can be read there.

use super::mistake::Report;
use super::read::{Each, Keyed, Read};
use super::value::Value;
use std::cell::Cell;

/// The most fields of an object that a [`Cursor`] keeps track of.
const OBJECT_FIELDS_MAX: usize = 64;

/// Where a value sits in its parent.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// Member of an object.
    Field(&'a str),
    /// Element of a list.
    Item(usize),
}

/// What can do without its value if that turns out bad.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Spare {
    /// Nothing stands in for it.
    No,
    /// The field has a default.
    Default,
    /// A list that runs without this element.
    Element,
}

/// A place in the value: how it was reached, and the range that applies there (of a number its value, of text its
/// bytes, of a list its elements).
pub struct Cursor<'a> {
    pub(super) value: &'a Value,
    pub(super) up: Option<&'a Cursor<'a>>,
    pub(super) place: Place<'a>,
    pub(super) range: (i64, i64),
    pub(super) spare: Spare,
    /// One bit for each field asked for, by position.
    seen: Cell<u64>,
    /// This place has been reported, so nothing inside it is.
    pub(super) reported: Cell<bool>,
    /// A mistake at or inside this place, which can be spared.
    pub(super) spoiled: Cell<bool>,
    pub(super) report: &'a Report,
}

static ABSENT: Value = Value::Null;
static EMPTY_MAP: Value = Value::Map(Vec::new());
static EMPTY_LIST: Value = Value::List(Vec::new());

impl<'a> Cursor<'a> {
    /// The whole of a value.
    pub fn root(value: &'a Value, report: &'a Report) -> Cursor<'a> {
        Cursor {
            value,
            up: None,
            place: Place::Field(""),
            range: (0, 0),
            spare: Spare::No,
            seen: Cell::new(0),
            reported: Cell::new(false),
            spoiled: Cell::new(false),
            report,
        }
    }

    /// The value here.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// True if the value is missing or `null`.
    pub fn is_absent(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// A required field.
    #[inline(never)]
    pub fn required<T: Read>(&self, name: &str, range: (i64, i64)) -> T {
        T::read(&self.field(name, range))
    }

    /// A field that takes `default` when it is missing or bad.
    #[inline(never)]
    pub fn or<T: Read>(&self, name: &str, range: (i64, i64), default: T) -> T {
        let field = self.spare_field(name, range, &ABSENT);
        if field.is_absent() {
            return default;
        }
        let read = T::read(&field);
        if field.spoiled.get() {
            default
        } else {
            read
        }
    }

    /// A list whose elements stand alone; empty when missing or bad.
    #[inline(never)]
    pub fn or_empty_list<T: Read + Keyed>(&self, name: &str, range: (i64, i64)) -> Each<T> {
        Each::read(&self.spare_field(name, range, &EMPTY_LIST))
    }

    /// An object whose fields all have defaults, and which may be missing.
    #[inline(never)]
    pub fn or_empty_map<T: Read>(&self, name: &str, range: (i64, i64)) -> T {
        T::read(&self.spare_field(name, range, &EMPTY_MAP))
    }

    #[inline(never)]
    fn spare_field<'b>(&'b self, name: &'b str, range: (i64, i64), absent: &'b Value) -> Cursor<'b> {
        let mut field = self.field(name, range);
        field.spare = Spare::Default;
        if field.is_absent() {
            field.value = absent;
        }
        field
    }

    /// Notes a mistake if this is no object.
    #[inline(never)]
    pub fn object(&self) {
        let fields = self.value.as_map();
        if self.or_fail(fields, "expected an object").is_some_and(|fields| fields.len() > OBJECT_FIELDS_MAX) {
            self.fail("expected at most 64 fields");
        }
    }

    /// Notes every field that nothing has asked for.
    #[inline(never)]
    pub fn done(&self) {
        for (position, (name, value)) in self.value.as_map().unwrap_or_default().iter().enumerate() {
            if self.seen.get() >> (position & 63) & 1 == 0 {
                self.below(value, Place::Field(name), (0, 0)).unknown();
            }
        }
    }

    /// A whole number in range.
    #[inline(never)]
    pub fn integer(&self) -> i64 {
        let (low, high) = self.range;
        let found = self.value.as_i64().filter(|value| (low..=high).contains(value));
        self.or_fail(found, "expected a whole number #").unwrap_or(low)
    }

    /// Text of a length in range.
    #[inline(never)]
    pub fn text(&self) -> &'a str {
        let (low, high) = self.range;
        let fits = |text: &&str| (low..=high).contains(&(text.len() as i64));
        self.or_fail(self.value.as_str().filter(fits), "expected text of # bytes").unwrap_or_default()
    }

    /// Text that `fits`, which `expected` describes.
    #[inline(never)]
    pub fn text_that(&self, fits: fn(&str) -> bool, expected: &str) -> &'a str {
        let found = self.value.as_str().filter(|text| fits(text));
        self.or_fail(found, expected).unwrap_or_default()
    }

    /// As many elements as the range allows, or none.
    #[inline(never)]
    pub fn list(&self) -> &'a [Value] {
        let (low, high) = self.range;
        let fits = |items: &&[Value]| (low..=high).contains(&(items.len() as i64));
        self.or_fail(self.value.as_list().filter(fits), "expected a list of # elements").unwrap_or_default()
    }

    /// The first elements of a list; those past the range are off.
    #[inline(never)]
    pub(super) fn first_items(&self) -> &'a [Value] {
        let items = self.or_fail(self.value.as_list(), "expected a list").unwrap_or_default();
        let Some(first) = items.get(..self.range.1 as usize) else {
            return items;
        };
        if first.len() < items.len() {
            self.warn("expected a list of # elements; those past it are off");
        }
        first
    }

    /// An element of a list that is read as a whole.
    pub fn item<'b>(&'b self, value: &'b Value, position: usize) -> Cursor<'b> {
        self.below(value, Place::Item(position), (0, 0))
    }

    /// Reads each element of a list that is read as a whole.
    #[inline(never)]
    pub(super) fn each_item(&self, read: &mut dyn FnMut(&Cursor)) {
        for (position, value) in self.list().iter().enumerate() {
            read(&self.item(value, position));
        }
    }

    /// Reads each element, up to the range, of a list that runs without it.
    #[inline(never)]
    pub(super) fn each_element(&self, read: &mut dyn FnMut(&Cursor)) {
        for (position, value) in self.first_items().iter().enumerate() {
            let mut element = self.item(value, position);
            element.spare = Spare::Element;
            read(&element);
        }
    }

    /// A member of an object whose names are data.
    pub fn member<'b>(&'b self, name: &'b str, value: &'b Value) -> Cursor<'b> {
        self.below(value, Place::Field(name), self.range)
    }

    /// The value that everything lies in.
    pub(super) fn whole(&self) -> &'a Value {
        let mut at = self;
        while let Some(up) = at.up {
            at = up;
        }
        at.value
    }

    #[inline(never)]
    fn field<'b>(&'b self, name: &'b str, range: (i64, i64)) -> Cursor<'b> {
        let fields = self.value.as_map().unwrap_or_default();
        let mut value = &ABSENT;
        if let Some((position, (_, found))) = fields.iter().enumerate().find(|(_, (key, _))| key == name) {
            value = found;
            self.seen.set(self.seen.get() | 1 << (position & 63));
        }
        self.below(value, Place::Field(name), range)
    }

    #[inline(never)]
    fn below<'b>(&'b self, value: &'b Value, place: Place<'b>, range: (i64, i64)) -> Cursor<'b> {
        Cursor { up: Some(self), place, range, ..Cursor::root(value, self.report) }
    }

    /// What was found; without it a mistake is noted ([`Cursor::fail`]).
    pub(super) fn or_fail<T>(&self, found: Option<T>, expected: &str) -> Option<T> {
        if found.is_none() {
            self.fail(expected);
        }
        found
    }
}
