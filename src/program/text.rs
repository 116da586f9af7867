//! Texts with a syntax of their own.

use super::names::{NAME_BYTES_MAX, VALUE_BYTES_MAX};
use super::read::{Cursor, Keyed, Read};

/// Name of an event, dimension, number, flow, step or attribute: `[a-z][a-z0-9_]*`, at most 32 bytes.
pub(super) struct Name(pub(super) String);

/// Name of the app: as [`Name`], with `-` instead of `_`, since it stands in storage keys and URLs.
pub(super) struct AppName(pub(super) String);

/// A value of a dimension: 1..=64 bytes of any text.
pub(super) struct LabelText(pub(super) String);

const EXPECTED_NAME: &str = "expected a name: a-z, then at most 31 of a-z 0-9 _";

impl Read for Name {
    fn read(cursor: &Cursor) -> Name {
        Name(cursor.text_that(|text| is_name(text, b'_'), EXPECTED_NAME).to_owned())
    }
}

impl Name {
    /// The name of a member of the object here.
    pub(super) fn checked(cursor: &Cursor, name: &str) -> Name {
        if !is_name(name, b'_') {
            cursor.fail(EXPECTED_NAME);
        }
        Name(name.to_owned())
    }
}

impl Read for AppName {
    fn read(cursor: &Cursor) -> AppName {
        let expected = "expected the app's name: a-z, then at most 31 of a-z 0-9 -";
        AppName(cursor.text_that(|text| is_name(text, b'-'), expected).to_owned())
    }
}

impl Read for LabelText {
    fn read(cursor: &Cursor) -> LabelText {
        let fits = |text: &str| (1..=VALUE_BYTES_MAX).contains(&text.len());
        LabelText(cursor.text_that(fits, "expected text of 1..=64 bytes").to_owned())
    }
}

impl Keyed for Name {
    fn key(&self) -> &str {
        &self.0
    }
}

impl Keyed for LabelText {
    fn key(&self) -> &str {
        &self.0
    }
}

fn is_name(text: &str, joint: u8) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == joint;
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    first && text.len() <= NAME_BYTES_MAX && text.bytes().all(rest)
}
