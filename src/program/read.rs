//! Reads declared types out of a [`Value`] and notes every mistake with its path.
//!
//! Readers never stop and never return an error: a mistake goes to the [`Report`], a harmless stand-in comes back,
//! and whoever began looks at the report at the end. So one pass finds all mistakes, and no reader carries code to
//! give up half-read fields (measured: 40 % of the compressed size).
//!
//! What a mistake costs depends on what encloses it:
//!
//! | the mistake lies in | what happens |
//! |---|---|
//! | an element of a list ([`Each`]) | the innermost such element is off |
//! | else a field with a default | the default is used |
//! | else, an unknown field | it is ignored |
//! | else a required field | fatal: nothing can run |

use super::value::Value;
use crate::json::{push_integer, push_unsigned};
use std::cell::Cell;

/// The most mistakes that are listed; who has more has one cause for many.
pub const MISTAKES_MAX: usize = 50;

/// The most fields of an object that a [`Cursor`] keeps track of.
const OBJECT_FIELDS_MAX: usize = 64;

/// Something that is not as declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistake {
    /// Where: `events[2].dimensions[0].name`; empty for the whole.
    pub path: String,
    /// What was expected, what was found, what happens now.
    pub message: String,
    /// True if nothing could stand in for it.
    pub fatal: bool,
}

/// Collects mistakes while cursors are out.
#[derive(Default)]
pub struct Report {
    mistakes: Cell<Vec<Mistake>>,
    unlisted: Cell<u32>,
    fatal: Cell<bool>,
}

impl Report {
    /// True if something was wrong that nothing can stand in for: the values read must not be used.
    pub fn is_fatal(&self) -> bool {
        self.fatal.get()
    }

    /// The mistakes in the order they were met, and a last one that counts those past [`MISTAKES_MAX`].
    pub fn into_mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        let unlisted = self.unlisted.get();
        if unlisted > 0 {
            let mut message = String::new();
            push_unsigned(&mut message, u64::from(unlisted));
            message.push_str(" more mistakes, not listed");
            mistakes.push(Mistake { message, ..Mistake::default() });
        }
        mistakes
    }

    fn add(&self, mistake: Mistake) {
        self.fatal.set(self.fatal.get() || mistake.fatal);
        let mut mistakes = self.mistakes.take();
        if mistakes.len() < MISTAKES_MAX {
            mistakes.push(mistake);
        } else {
            self.unlisted.set(self.unlisted.get() + 1);
        }
        self.mistakes.set(mistakes);
    }
}

/// A type that can be read at a cursor.
pub trait Read: Sized {
    /// Reads the value. After a mistake the result is a stand-in that its caller drops.
    fn read(cursor: &Cursor) -> Self;
}

/// A list element that no other may repeat.
pub trait Keyed {
    /// What tells it from the others.
    fn key(&self) -> &str;
}

/// A list whose bad and repeated elements are off, one by one, while the rest runs. Its range bounds how many
/// elements count. (A `Vec` is read as a whole: one bad element spoils what holds it.)
pub struct Each<T>(pub Vec<T>);

/// Where a value sits in its parent.
#[derive(Clone, Copy)]
enum Place<'a> {
    Field(&'a str),
    Item(usize),
}

/// What can do without its value if that turns out bad.
#[derive(Clone, Copy, PartialEq)]
enum Spare {
    No,
    Default,
    Element,
}

/// A place in the value: how it was reached, and the range that applies there (of a number its value, of text its
/// bytes, of a list its elements).
pub struct Cursor<'a> {
    value: &'a Value,
    up: Option<&'a Cursor<'a>>,
    place: Place<'a>,
    range: (i64, i64),
    spare: Spare,
    /// One bit for each field asked for, by position.
    seen: Cell<u64>,
    /// This place has been reported, so nothing inside it is.
    reported: Cell<bool>,
    /// A mistake at or inside this place, which can be spared.
    spoiled: Cell<bool>,
    report: &'a Report,
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
        let field = Cursor { spare: Spare::Default, ..self.field(name, range) };
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

    /// A list that is empty when missing or bad.
    #[inline(never)]
    pub fn or_empty_list<T: Read>(&self, name: &str, range: (i64, i64)) -> T {
        self.or_reading(name, range, &EMPTY_LIST)
    }

    /// An object whose fields all have defaults, and which may be missing.
    #[inline(never)]
    pub fn or_empty_map<T: Read>(&self, name: &str, range: (i64, i64)) -> T {
        self.or_reading(name, range, &EMPTY_MAP)
    }

    fn or_reading<T: Read>(&self, name: &str, range: (i64, i64), empty: &Value) -> T {
        let mut field = Cursor { spare: Spare::Default, ..self.field(name, range) };
        if field.is_absent() {
            field.value = empty;
        }
        T::read(&field)
    }

    /// Notes a mistake if this is no object.
    #[inline(never)]
    pub fn object(&self) {
        if self.value.as_map().is_none_or(|fields| fields.len() > OBJECT_FIELDS_MAX) {
            self.fail("expected an object");
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
    fn first_items(&self) -> &'a [Value] {
        let items = self.or_fail(self.value.as_list(), "expected a list").unwrap_or_default();
        let Some(first) = items.get(..self.range.1 as usize) else {
            return items;
        };
        if first.len() < items.len() {
            self.warn("expected a list of # elements; those past it are off");
        }
        first
    }

    fn item<'b>(&'b self, value: &'b Value, position: usize) -> Cursor<'b> {
        self.below(value, Place::Item(position), (0, 0))
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

    fn below<'b>(&'b self, value: &'b Value, place: Place<'b>, range: (i64, i64)) -> Cursor<'b> {
        Cursor { up: Some(self), place, range, ..Cursor::root(value, self.report) }
    }

    fn or_fail<T>(&self, found: Option<T>, expected: &str) -> Option<T> {
        if found.is_none() {
            self.fail(expected);
        }
        found
    }

    /// Notes that the value here is not what was `expected`; `#` stands for the range.
    #[cold]
    #[inline(never)]
    pub fn fail(&self, expected: &str) {
        let mut message = self.with_range(expected);
        self.push_found(&mut message);
        self.refuse(message);
    }

    /// Notes a mistake in whole words, and what it costs.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, mut message: String) {
        self.reported.set(true);
        if self.up.is_some_and(|up| up.reported.get()) {
            return;
        }
        let holder = self.holder();
        holder.spoiled.set(true);
        match holder.spare {
            Spare::Element => holder.push_off(&mut message),
            Spare::Default => message.push_str("; the default is used"),
            Spare::No => (),
        }
        self.report.add(Mistake { path: self.path(), message, fatal: holder.spare == Spare::No });
    }

    /// Notes a mistake that costs nothing more than the sentence says.
    #[cold]
    #[inline(never)]
    fn warn(&self, sentence: &str) {
        self.report.add(Mistake { path: self.path(), message: self.with_range(sentence), fatal: false });
    }

    /// An unknown field may be a misspelt limit, so an element that has one is off; elsewhere the field is ignored.
    #[cold]
    fn unknown(&self) {
        let holder = self.holder();
        if holder.spare == Spare::Element {
            self.refuse(String::from("unknown field"));
        } else if self.up.is_some_and(|up| !up.reported.get()) {
            self.warn("unknown field; it is ignored");
        }
    }

    /// The innermost list element around this place, else the innermost field with a default, else the root.
    fn holder(&self) -> &Cursor<'a> {
        let (mut holder, mut at) = (self, self);
        loop {
            if at.spare == Spare::Element {
                return at;
            }
            if holder.spare == Spare::No {
                holder = at;
            }
            match at.up {
                Some(up) => at = up,
                None => return holder,
            }
        }
    }

    fn push_off(&self, message: &mut String) {
        message.push_str("; ");
        message.push_str(&self.path());
        message.push_str(" is off");
    }

    fn with_range(&self, sentence: &str) -> String {
        let mut out = String::new();
        for symbol in sentence.chars() {
            if symbol == '#' {
                push_integer(&mut out, self.range.0);
                out.push_str("..=");
                push_integer(&mut out, self.range.1);
            } else {
                out.push(symbol);
            }
        }
        out
    }

    fn push_found(&self, message: &mut String) {
        message.push_str(", found ");
        if let Some(whole) = self.value.as_i64() {
            return push_integer(message, whole);
        }
        message.push_str(match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
        });
    }

    /// `events[2].name`.
    pub fn path(&self) -> String {
        let mut path = String::new();
        self.push_path(&mut path);
        path
    }

    fn push_path(&self, path: &mut String) {
        let Some(up) = self.up else {
            return;
        };
        up.push_path(path);
        match self.place {
            Place::Field(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            Place::Item(position) => {
                path.push('[');
                push_unsigned(path, position as u64);
                path.push(']');
            }
        }
    }
}

impl Read for u32 {
    fn read(cursor: &Cursor) -> u32 {
        cursor.integer() as u32
    }
}

impl Read for i64 {
    fn read(cursor: &Cursor) -> i64 {
        cursor.integer()
    }
}

impl Read for bool {
    fn read(cursor: &Cursor) -> bool {
        cursor.or_fail(cursor.value.as_bool(), "expected true or false").unwrap_or_default()
    }
}

impl Read for String {
    fn read(cursor: &Cursor) -> String {
        cursor.text().to_owned()
    }
}

impl<T: Read> Read for Option<T> {
    fn read(cursor: &Cursor) -> Option<T> {
        (!cursor.is_absent()).then(|| T::read(cursor))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(cursor: &Cursor) -> Vec<T> {
        let items = cursor.list().iter().enumerate();
        items.map(|(position, value)| T::read(&cursor.item(value, position))).collect()
    }
}

impl<T: Read + Keyed> Read for Each<T> {
    fn read(cursor: &Cursor) -> Each<T> {
        let mut kept: Vec<T> = Vec::new();
        for (position, value) in cursor.first_items().iter().enumerate() {
            let item = Cursor { spare: Spare::Element, ..cursor.item(value, position) };
            let read = T::read(&item);
            if !item.spoiled.get() && !is_repeated(&item, &read, &kept) {
                kept.push(read);
            }
        }
        Each(kept)
    }
}

fn is_repeated<T: Keyed>(item: &Cursor, read: &T, kept: &[T]) -> bool {
    let repeated = kept.iter().any(|other| other.key() == read.key());
    if repeated {
        item.refuse(repeats(read.key()));
    }
    repeated
}

/// The sentence for a name that stands twice.
#[cold]
pub(super) fn repeats(name: &str) -> String {
    let mut message = quoted(name);
    message.push_str(" stands here twice");
    message
}

/// A name as it stands in a sentence.
#[cold]
pub(super) fn quoted(name: &str) -> String {
    let mut message = String::from("\"");
    message.push_str(name);
    message.push('"');
    message
}
