//! Reads declared types out of a [`Value`](super::value::Value) and notes every mistake with its path.
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

pub use super::cursor::Cursor;
pub use super::mistake::{Mistake, Report, MISTAKES_MAX};

/// A type that can be read at a cursor.
pub trait Read: Sized {
    /// Reads the value. After a mistake the result is a stand-in that its caller drops.
    fn read(cursor: &Cursor) -> Self;
}

/// A list element that no other may repeat.
pub trait Keyed {
    /// What tells it from the others; empty if nothing has to.
    fn key(&self) -> &str;
}

/// A list whose bad and repeated elements are off, one by one, while the rest runs. Its range bounds how many
/// elements count. (A `Vec` is read as a whole: one bad element spoils what holds it.)
#[derive(Clone, Debug, PartialEq)]
pub struct Each<T>(pub Vec<T>);

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
        cursor.or_fail(cursor.value().as_bool(), "expected true or false").unwrap_or_default()
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
        let mut items = Vec::new();
        cursor.each_item(&mut |item| items.push(T::read(item)));
        items
    }
}

impl<T: Read + Keyed> Read for Each<T> {
    fn read(cursor: &Cursor) -> Each<T> {
        let mut kept: Vec<T> = Vec::new();
        cursor.each_element(&mut |item| {
            let read = T::read(item);
            if !item.spoiled.get() && !is_repeated(item, &read, &kept) {
                kept.push(read);
            }
        });
        Each(kept)
    }
}

fn is_repeated<T: Keyed>(item: &Cursor, read: &T, kept: &[T]) -> bool {
    let repeated = !read.key().is_empty() && kept.iter().any(|other| other.key() == read.key());
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

#[cfg(test)]
mod tests {
    use super::super::macros::config;
    use super::super::value::parse;
    use super::*;

    config! {
        /// A field of every kind.
        #[derive(Debug, PartialEq)]
        struct Sample {
            id: String [1..=4],
            on: bool,
            note: Option<String> [0..=3] = None,
            money_fen: i64 [-5..=5] = (-1),
            list: Vec<Item> [0..=2] = (Vec::new()),
            part: Part = {},
        }

        #[derive(Debug, PartialEq)]
        struct Item {
            n: u32 [1..=9],
        }

        #[derive(Debug, PartialEq)]
        struct Part {
            n: u32 [1..=9] = 7,
        }
    }

    fn read(text: &str) -> (Sample, Vec<Mistake>) {
        let (value, report) = (parse(text).unwrap(), Report::default());
        let sample = Sample::read(&Cursor::root(&value, &report));
        (sample, report.into_mistakes())
    }

    fn listed(text: &str) -> Vec<String> {
        let shown = |m: Mistake| format!("{}: {}{}", m.path, m.message, if m.fatal { " (fatal)" } else { "" });
        read(text).1.into_iter().map(shown).collect()
    }

    #[test]
    fn absent_fields_take_their_defaults() {
        let (sample, mistakes) = read(r#"{"id": "a", "on": true}"#);
        let part = Part { n: 7 };
        let expected = Sample { id: "a".into(), on: true, note: None, money_fen: -1, list: vec![], part };
        assert_eq!((sample, mistakes), (expected, vec![]));
    }

    #[test]
    fn present_fields_are_read() {
        let text = r#"{"id":"abcd","on":false,"note":"x","money_fen":-5,"list":[{"n":1},{"n":9}],"part":{"n":2}}"#;
        let (list, part) = (vec![Item { n: 1 }, Item { n: 9 }], Part { n: 2 });
        let expected = Sample { id: "abcd".into(), on: false, note: Some("x".into()), money_fen: -5, list, part };
        assert_eq!(read(text), (expected, vec![]));
    }

    #[test]
    fn what_has_a_default_is_never_fatal() {
        let text = r#"{"id":"abcd","on":true,"note":"long","money_fen":6,"list":[{"n":0}],"part":{"n":"2"}}"#;
        let (sample, mistakes) = read(text);
        assert_eq!((sample.note, sample.money_fen, sample.list, sample.part.n), (None, -1, vec![], 7));
        assert!(mistakes.iter().all(|mistake| !mistake.fatal), "{mistakes:?}");
        assert_eq!(mistakes.len(), 4);
    }

    #[test]
    fn what_is_required_is_fatal() {
        let expected = ["id: expected text of 1..=4 bytes, found text of 6 bytes (fatal)"];
        assert_eq!(listed(r#"{"id":"茶茶","on":true}"#), expected);
        let expected =
            ["id: expected text of 1..=4 bytes, found nothing (fatal)", "on: expected true or false, found 1 (fatal)"];
        assert_eq!(listed(r#"{"on":1}"#), expected);
    }

    #[test]
    fn nothing_is_said_of_what_lies_inside_a_reported_place() {
        assert_eq!(listed("[]"), [": expected an object, found a list of 0 (fatal)"]);
        let part = ["part: expected an object, found true or false; the default is used"];
        assert_eq!(listed(r#"{"id":"a","on":true,"part":false}"#), part);
    }

    #[test]
    fn more_fields_than_a_cursor_can_mark_are_refused() {
        let fields: Vec<String> = (0..65).map(|n| format!("\"f{n}\":0")).collect();
        let text = format!("{{{}}}", fields.join(","));
        assert_eq!(listed(&text), [": expected at most 64 fields, found an object (fatal)"]);
    }
}
