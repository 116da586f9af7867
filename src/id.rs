//! Identifiers as types: a segment is no device, an event is no dimension.

/// Longest order id, in bytes.
pub const ORDER_ID_BYTES_MAX: usize = 40;
/// Longest text that an app or a server names a thing with, in bytes.
pub const TEXT_BYTES_MAX: usize = 64;

/// A 64-bit random id, written as 16 lower-case hexadecimal digits wherever people or JSON read it.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl $name {
            /// Reads exactly 16 lower-case hexadecimal digits.
            pub fn parse(text: &str) -> Option<$name> {
                parse_hex(text).map($name)
            }

            /// Appends 16 lower-case hexadecimal digits.
            pub fn write(self, out: &mut String) {
                write_hex(self.0, out);
            }
        }
    };
}

random_id! {
    /// One installation of the mini-program: made at the first start after consent, kept until storage is wiped.
    DeviceId
}
random_id! {
    /// One stretch of recording: new at every process start, account switch and backward clock step, so that
    /// rolled-back storage can never reuse a (segment, revision) that the server has seen.
    SegmentId
}
random_id! {
    /// A request to delete all that the backend holds of a user on a device.
    DeletionId
}

fn parse_hex(text: &str) -> Option<u64> {
    if text.len() != 16 {
        return None;
    }
    text.bytes().try_fold(0, |value, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u64::from(digit))
    })
}

fn write_hex(value: u64, out: &mut String) {
    for shift in (0..16).rev() {
        let digit = (value >> (shift * 4) & 15) as u8;
        out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
    }
}

/// The most bytes a user id may have.
pub const USER_BYTES_MAX: usize = 64;

/// The app's own id of a person (an openid or a pseudonym), 1–64 bytes; empty means "not logged in".
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

impl UserId {
    /// Checks and takes the text: at most [`USER_BYTES_MAX`] bytes, no control characters.
    pub fn new(text: &str) -> Option<UserId> {
        let fits = text.len() <= USER_BYTES_MAX && !text.chars().any(char::is_control);
        fits.then(|| UserId(text.to_owned()))
    }

    /// The text as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True before any login.
    pub fn is_anonymous(&self) -> bool {
        self.0.is_empty()
    }
}

/// Position of an event in [`crate::program::Names::events`]; the built-in ones come first ([`builtin`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventIx(pub u16);

/// Dimensions an event may have: a dimension's id is `event * 4 + position`.
pub const DIMENSIONS_MAX: u32 = 4;

/// Position of a flow in [`crate::program::Names::flows`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowIx(pub u16);

/// A value of a dimension, in 32 bits: 0 is "other", odd numbers are values declared in the program
/// (`index * 2 + 1`), even ones from 2 are values met on the phone (`(index + 1) * 2`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub u32);

/// What a [`Label`] points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelKind {
    /// Anything that found no room of its own.
    Other,
    /// Index into the declared values of the dimension.
    Declared(usize),
    /// Index into the texts met on the phone.
    Met(usize),
}

impl Label {
    /// The catch-all value.
    pub const OTHER: Label = Label(0);

    /// The label of a declared value.
    pub fn declared(index: usize) -> Label {
        Label(index as u32 * 2 + 1)
    }

    /// The label of a text met on the phone.
    pub fn met(index: usize) -> Label {
        Label((index as u32 + 1) * 2)
    }

    /// Which of the three kinds it is.
    pub fn kind(self) -> LabelKind {
        match self.0 {
            0 => LabelKind::Other,
            n if n % 2 == 1 => LabelKind::Declared((n / 2) as usize),
            n => LabelKind::Met((n / 2 - 1) as usize),
        }
    }
}

/// The events that every program has, in the order of their [`EventIx`].
pub mod builtin {
    use super::EventIx;

    /// Cold start; dimension `scene`.
    pub const LAUNCH: EventIx = EventIx(0);
    /// Back to the foreground; dimension `scene`.
    pub const SHOW: EventIx = EventIx(1);
    /// Into the background.
    pub const HIDE: EventIx = EventIx(2);
    /// A page entered; dimension `page`, number `dwell_ms` (recorded when left).
    pub const PAGE: EventIx = EventIx(3);
    /// A search; number `results`. The words searched for are not kept.
    pub const SEARCH: EventIx = EventIx(4);
    /// A share; dimension `channel`.
    pub const SHARE: EventIx = EventIx(5);
    /// An error the app reports; dimension `code`.
    pub const ERROR: EventIx = EventIx(6);
    /// An order that the app believes paid, unconfirmed until the server says so; numbers `paid_fen`, `items`.
    pub const ORDER: EventIx = EventIx(7);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_round_trip_as_hex() {
        for value in [0, 1, 0x0123_4567_89ab_cdef, u64::MAX] {
            let mut text = String::new();
            SegmentId(value).write(&mut text);
            assert_eq!(SegmentId::parse(&text), Some(SegmentId(value)), "{text}");
        }
        for text in ["", "0123456789ABCDEF", "123", "0123456789abcdeg", "00123456789abcdef"] {
            assert_eq!(DeviceId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn labels_keep_their_three_kinds_apart() {
        assert_eq!(Label::OTHER.kind(), LabelKind::Other);
        for index in [0, 1, 511] {
            assert_eq!(Label::declared(index).kind(), LabelKind::Declared(index));
            assert_eq!(Label::met(index).kind(), LabelKind::Met(index));
        }
    }

    #[test]
    fn user_ids_are_short_and_printable() {
        assert!(UserId::new("").unwrap().is_anonymous());
        assert!(UserId::new(&"x".repeat(64)).is_some());
        assert!(UserId::new(&"x".repeat(65)).is_none());
        assert!(UserId::new("a\nb").is_none());
    }
}
