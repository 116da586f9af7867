//! JSON text to a [`Value`], within limits and with the place of the first fault.
//!
//! Takes what RFC 8259 takes, except: a name that stands twice in one object, half of a surrogate pair, a number
//! beyond the range of a double, and what exceeds the three limits below.

use super::value::Value;
use crate::json::decimal::Decimal;

/// The most bytes of one text. A full program takes some 40 KB, an answer of a backend some 10 KB.
pub const BYTES_MAX: usize = 64 * 1024;

/// How deep arrays and objects may nest; a program needs 6. Keeps the recursion within a phone's stack.
pub const DEPTH_MAX: u32 = 16;

/// The most members of one object; looking for a name that stands twice takes their square in time.
pub const FIELDS_MAX: usize = 1024;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it was noticed, in bytes from the start.
    pub at_byte: usize,
    /// What is wrong there.
    pub what: &'static str,
    /// True if the text is JSON, as far as it was read, but exceeds a limit.
    pub over_limit: bool,
}

/// Reads one JSON text. Never panics and never recurses deeper than [`DEPTH_MAX`].
///
/// # Errors
/// The first [`Fault`] of the text.
///
/// ```
/// use huitou::program::value::parse;
///
/// assert_eq!(parse("[1, 2").unwrap_err().at_byte, 5);
/// ```
pub fn parse(text: &str) -> Result<Value, Fault> {
    parse_within(text, Limits { bytes_max: BYTES_MAX, depth_max: DEPTH_MAX, fields_max: FIELDS_MAX })
}

/// How large a text may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes_max: usize,
    /// How deep arrays and objects may nest.
    pub depth_max: u32,
    /// Members of one object.
    pub fields_max: usize,
}

/// As [`parse`], within other limits.
///
/// # Errors
/// The first [`Fault`] of the text.
pub fn parse_within(text: &str, limits: Limits) -> Result<Value, Fault> {
    let fault = Fault { at_byte: 0, what: "not JSON", over_limit: false };
    let mut parser = Parser { text, limits, at: 0, fault };
    parser.document().ok_or(parser.fault)
}

struct Parser<'a> {
    text: &'a str,
    limits: Limits,
    at: usize,
    fault: Fault,
}

impl Parser<'_> {
    fn document(&mut self) -> Option<Value> {
        if self.text.len() > self.limits.bytes_max {
            return self.exceed("more bytes than are allowed");
        }
        if self.text.starts_with('\u{feff}') {
            return self.fail("a byte order mark; save the file as UTF-8 without one");
        }
        let value = self.value(self.limits.depth_max)?;
        self.space();
        if self.at < self.text.len() {
            return self.fail("expected the end of the text");
        }
        Some(value)
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        self.space();
        match self.peek() {
            b'{' => self.map(depth),
            b'[' => self.list(depth),
            b'"' => self.string().map(Value::Text),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.fail("expected a value"),
        }
    }

    fn list(&mut self, depth: u32) -> Option<Value> {
        let depth = self.enter(depth)?;
        let mut items = Vec::new();
        if self.take(b']') {
            return Some(Value::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.take(b']') {
                return Some(Value::List(items));
            }
            if !self.take(b',') {
                return self.fail("expected ',' or ']'");
            }
        }
    }

    fn map(&mut self, depth: u32) -> Option<Value> {
        let depth = self.enter(depth)?;
        let mut fields = Vec::new();
        if self.take(b'}') {
            return Some(Value::Map(fields));
        }
        loop {
            let name = self.name(&fields)?;
            fields.push((name, self.value(depth)?));
            if self.take(b'}') {
                return Some(Value::Map(fields));
            }
            if !self.take(b',') {
                return self.fail("expected ',' or '}'");
            }
        }
    }

    /// The name of a member and its colon.
    fn name(&mut self, fields: &[(String, Value)]) -> Option<String> {
        self.space();
        if fields.len() >= self.limits.fields_max {
            return self.exceed("more fields in one object than are allowed");
        }
        if self.peek() != b'"' {
            return self.fail("expected a field name in double quotes");
        }
        let start = self.at;
        let name = self.string()?;
        // Names of one object are often equally long and begin alike: their ends tell them apart at once.
        let end = |name: &str| (name.len(), name.as_bytes().last().copied());
        if fields.iter().any(|(other, _)| end(other) == end(&name) && *other == name) {
            self.at = start;
            return self.fail("this field name stands twice in one object");
        }
        if !self.take(b':') {
            return self.fail("expected ':'");
        }
        Some(name)
    }

    /// Steps over an opening bracket; the depth that is left inside.
    fn enter(&mut self, depth: u32) -> Option<u32> {
        if depth == 0 {
            return self.exceed("nested deeper than is allowed");
        }
        self.at += 1;
        Some(depth - 1)
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if !found {
            return self.fail("expected a value");
        }
        self.at += word.len();
        Some(value)
    }

    #[inline(never)]
    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..)?;
            let length = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31)).unwrap_or(rest.len());
            let part = rest.get(..length)?;
            self.at += length;
            // Nearly every text is one part: its memory is taken once.
            if out.is_empty() {
                out = part.to_owned();
            } else {
                out.push_str(part);
            }
            match self.peek() {
                b'"' => break,
                b'\\' => out.push(self.escape()?),
                _ if self.at < self.text.len() => return self.fail("a control character in text; escape it"),
                _ => return self.fail("text without its closing quote"),
            }
        }
        self.at += 1;
        Some(out)
    }

    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let symbol = match self.peek() {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.surrogates(),
            _ => return self.fail("an unknown escape"),
        };
        self.at += 1;
        Some(symbol)
    }

    /// `uXXXX` or the two halves `uXXXX\uXXXX` of one character.
    fn surrogates(&mut self) -> Option<char> {
        let start = self.at;
        let mut code = self.hex()?;
        if code & 0xfc00 == 0xd800 && self.peek() == b'\\' {
            self.at += 1;
            let low = self.hex()?;
            let pair = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
            code = if low & 0xfc00 == 0xdc00 { pair } else { code };
        }
        if let Some(symbol) = char::from_u32(code) {
            return Some(symbol);
        }
        self.at = start;
        self.fail("half of a surrogate pair")
    }

    /// `uXXXX`.
    fn hex(&mut self) -> Option<u32> {
        if self.peek() != b'u' {
            return self.fail("half of a surrogate pair");
        }
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = char::from(self.peek()).to_digit(16) else {
                return self.fail("expected four hexadecimal digits");
            };
            code = code << 4 | digit;
            self.at += 1;
        }
        Some(code)
    }

    fn number(&mut self) -> Option<Value> {
        let negative = self.skip(b'-');
        let mut decimal = Decimal::default();
        let zero = self.peek() == b'0';
        let places = self.digits(|digit| decimal.push(digit, 0))?;
        if zero && places > 1 {
            return self.fail("a number that begins with 0");
        }
        if self.skip(b'.') {
            self.digits(|digit| decimal.push(digit, -1))?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            decimal.exponent += self.exponent()?;
        }
        let size = decimal.to_f64();
        if size.is_infinite() {
            return self.fail("a number too large");
        }
        Some(Value::Number(if negative { -size } else { size }))
    }

    fn exponent(&mut self) -> Option<i32> {
        let negative = self.skip(b'-');
        if !negative {
            self.skip(b'+');
        }
        let mut exponent = 0i32;
        // More than any text of `BYTES_MAX` can make up for with zeros.
        self.digits(|digit| exponent = (exponent * 10 + i32::from(digit)).min(1_000_000))?;
        Some(if negative { -exponent } else { exponent })
    }

    /// Hands over one digit or more; how many there were.
    fn digits(&mut self, mut each: impl FnMut(u8)) -> Option<usize> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            each(self.peek() - b'0');
            self.at += 1;
        }
        if self.at == start {
            return self.fail("expected a digit");
        }
        Some(self.at - start)
    }

    /// The byte at this place; 0, which no JSON contains, at the end.
    #[inline(never)]
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Steps over white space and then over `byte`, if it stands there.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        self.skip(byte)
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn fail<T>(&mut self, what: &'static str) -> Option<T> {
        self.fault = Fault { at_byte: self.at, what, over_limit: false };
        None
    }

    fn exceed<T>(&mut self, what: &'static str) -> Option<T> {
        self.fault = Fault { at_byte: self.at, what, over_limit: true };
        None
    }
}
