//! Mistakes: where they are kept, how they are worded, and what one costs.

use super::cursor::{Cursor, Place, Spare};
use super::value::Value;
use crate::json::{push_integer, push_unsigned};
use std::cell::Cell;

/// The most mistakes that are listed; who has more has one cause for many.
pub const MISTAKES_MAX: usize = 50;

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

impl<'a> Cursor<'a> {
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
    pub fn warn(&self, sentence: &str) {
        self.report.add(Mistake { path: self.path(), message: self.with_range(sentence), fatal: false });
    }

    /// An unknown field may be a misspelt limit, so an element that has one is off; elsewhere the field is ignored.
    #[cold]
    pub(super) fn unknown(&self) {
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
        let (kind, number, unit) = match self.value {
            Value::Null => ("nothing", None, ""),
            Value::Bool(_) => ("true or false", None, ""),
            Value::Number(_) => match self.value.as_i64() {
                Some(whole) => ("", Some(whole), ""),
                None => ("a number", None, ""),
            },
            Value::Text(text) => ("text of ", Some(text.len() as i64), " bytes"),
            Value::List(items) => ("a list of ", Some(items.len() as i64), ""),
            Value::Map(_) => ("an object", None, ""),
        };
        message.push_str(", found ");
        message.push_str(kind);
        if let Some(number) = number {
            push_integer(message, number);
        }
        message.push_str(unit);
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
