//! Section `attributes`: which properties of a customer may leave the phone.

/// Attributes that may always leave the phone: they describe the device and the app, not the person.
pub const BUILT_IN: [&str; 6] = ["platform", "system", "brand", "model", "app_version", "language"];

/// The most attributes a program may declare.
pub const ATTRIBUTES_MAX: usize = 16;

use super::read::{quoted, Cursor, Keyed, Read};
use super::text::Name;

/// The name of a declared attribute; never one of [`BUILT_IN`].
pub(super) struct Attribute(pub(super) String);

impl Read for Attribute {
    fn read(cursor: &Cursor) -> Attribute {
        let Name(name) = Name::read(cursor);
        if BUILT_IN.contains(&name.as_str()) {
            cursor.refuse(quoted(&name) + " is always allowed");
        }
        Attribute(name)
    }
}

impl Keyed for Attribute {
    fn key(&self) -> &str {
        &self.0
    }
}
