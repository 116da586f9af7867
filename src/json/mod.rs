//! Writes JSON without floating point and without formatting machinery.
//!
//! The caller says what comes next; commas are the writer's business.
//!
//! ```
//! use huitou::json::JsonWriter;
//!
//! let mut json = JsonWriter::default();
//! json.begin_object();
//! json.key("tea");
//! json.string("茉莉");
//! json.key("fen");
//! json.begin_array();
//! json.integer(-5);
//! json.milli(3_500);
//! json.end_array();
//! json.end_object();
//! assert_eq!(json.finish(), r#"{"tea":"茉莉","fen":[-5,3.5]}"#);
//! ```

pub mod decimal;

/// Appends one JSON text to a string.
#[derive(Debug, Default)]
pub struct JsonWriter {
    out: String,
}

impl JsonWriter {
    /// Opens an object; [`JsonWriter::key`] and one value follow for each member.
    pub fn begin_object(&mut self) {
        self.open('{');
    }

    /// Closes the object opened last.
    pub fn end_object(&mut self) {
        self.out.push('}');
    }

    /// Opens an array; its values follow.
    pub fn begin_array(&mut self) {
        self.open('[');
    }

    /// Closes the array opened last.
    pub fn end_array(&mut self) {
        self.out.push(']');
    }

    /// The name of an object's next member.
    pub fn key(&mut self, name: &str) {
        self.string(name);
        self.out.push(':');
    }

    /// Text, escaped where JSON or a JavaScript string literal needs it.
    #[inline(never)]
    pub fn string(&mut self, text: &str) {
        self.open('"');
        for symbol in text.chars() {
            self.symbol(symbol);
        }
        self.out.push('"');
    }

    /// A whole number.
    pub fn integer(&mut self, value: i64) {
        self.separate();
        push_integer(&mut self.out, value);
    }

    /// A whole number that is never negative.
    pub fn unsigned(&mut self, value: u64) {
        self.separate();
        push_unsigned(&mut self.out, value);
    }

    /// Thousandths, as the shortest decimal: 3500 is written `3.5`, -20 is written `-0.02`.
    pub fn milli(&mut self, value: i64) {
        self.separate();
        if value < 0 {
            self.out.push('-');
        }
        let milli = value.unsigned_abs();
        push_unsigned(&mut self.out, milli / 1000);
        self.fraction(milli % 1000);
    }

    /// A number, as JavaScript writes it.
    pub fn number(&mut self, value: f64) {
        self.separate();
        crate::json::decimal::push_number(&mut self.out, value);
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.separate();
        self.out.push_str(if value { "true" } else { "false" });
    }

    /// `null`.
    pub fn null(&mut self) {
        self.separate();
        self.out.push_str("null");
    }

    /// A member that is text.
    #[inline(never)]
    pub fn text_member(&mut self, name: &str, text: &str) {
        self.key(name);
        self.string(text);
    }

    /// A member that is a whole number, never negative.
    #[inline(never)]
    pub fn count_member(&mut self, name: &str, count: u64) {
        self.key(name);
        self.unsigned(count);
    }

    /// A value that is JSON text already.
    #[inline(never)]
    pub fn raw(&mut self, text: &str) {
        self.separate();
        self.out.push_str(text);
    }

    /// The text written so far.
    pub fn finish(self) -> String {
        self.out
    }

    fn open(&mut self, bracket: char) {
        self.separate();
        self.out.push(bracket);
    }

    /// A comma, unless nothing stands before in this object or array, or a key has just been written.
    #[inline(never)]
    fn separate(&mut self) {
        if !matches!(self.out.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(',');
        }
    }

    fn fraction(&mut self, milli: u64) {
        let mut rest = milli;
        if rest > 0 {
            self.out.push('.');
        }
        while rest > 0 {
            push_unsigned(&mut self.out, rest / 100);
            rest = rest % 100 * 10;
        }
    }

    fn symbol(&mut self, symbol: char) {
        match symbol {
            '"' | '\\' => {
                self.out.push('\\');
                self.out.push(symbol);
            }
            '\n' => self.out.push_str("\\n"),
            // The last two end a line in JavaScript before ES2019, so JSON pasted into a script would not parse.
            '\0'..='\u{1f}' | '\u{7f}' | '\u{2028}' | '\u{2029}' => self.escape(symbol as u32),
            _ => self.out.push(symbol),
        }
    }

    fn escape(&mut self, code: u32) {
        self.out.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            let digit = (code >> shift & 15) as u8;
            self.out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
        }
    }
}

/// Appends the decimal digits of `value`.
#[inline(never)]
pub fn push_unsigned(out: &mut String, value: u64) {
    if value >= 10 {
        push_unsigned(out, value / 10);
    }
    out.push(char::from(b'0' + (value % 10) as u8));
}

/// As [`push_unsigned`], with a minus sign where needed.
pub fn push_integer(out: &mut String, value: i64) {
    if value < 0 {
        out.push('-');
    }
    push_unsigned(out, value.unsigned_abs());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut JsonWriter)) -> String {
        let mut json = JsonWriter::default();
        write(&mut json);
        json.finish()
    }

    #[test]
    fn commas_stand_between_values_only() {
        let text = written(|json| {
            json.begin_array();
            json.begin_object();
            json.end_object();
            json.begin_array();
            json.end_array();
            json.bool(false);
            json.begin_object();
            json.key("a{");
            json.string("[");
            json.key("b:");
            json.null();
            json.end_object();
            json.end_array();
        });
        assert_eq!(text, r#"[{},[],false,{"a{":"[","b:":null}]"#);
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(written(|json| json.string("a\"\\/\n\0\u{1f}\u{7f}\u{2028}\u{2029}茶🍵")), {
            r#""a\"\\/\n\u0000\u001f\u007f\u2028\u2029茶🍵""#
        });
    }

    #[test]
    fn whole_numbers_reach_their_limits() {
        for value in [0, 7, -7, 10, 99, 100, i64::MAX, i64::MIN] {
            assert_eq!(written(|json| json.integer(value)), value.to_string());
        }
        assert_eq!(written(|json| json.unsigned(u64::MAX)), u64::MAX.to_string());
    }

    #[test]
    fn thousandths_are_written_in_the_shortest_way() {
        for (milli, text) in
            [(0, "0"), (1, "0.001"), (-20, "-0.02"), (3_500, "3.5"), (-12_000, "-12"), (1_005, "1.005"), (90, "0.09")]
        {
            assert_eq!(written(|json| json.milli(milli)), text);
        }
        assert_eq!(written(|json| json.milli(i64::MIN)), "-9223372036854775.808");
    }
}
