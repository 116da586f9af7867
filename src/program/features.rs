//! Sections `features` and `saved_groups`: experiments of the program's own, in the form of a GrowthBook payload. They
//! are read where payloads are ([`crate::experiment`]).

use super::read::{Cursor, Read};
use super::value::Value;

/// A part of a payload, as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PayloadPart(pub Value);

impl Read for PayloadPart {
    fn read(cursor: &Cursor) -> PayloadPart {
        let value = cursor.or_fail(cursor.value().as_map().map(|_| cursor.value()), "expected an object");
        PayloadPart(value.cloned().unwrap_or_default())
    }
}
