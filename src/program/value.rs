//! Plain data: what JSON text becomes before anything knows what it means.

use crate::json::JsonWriter;

pub use super::parse::{parse, parse_within, Fault, Limits, BYTES_MAX, DEPTH_MAX, FIELDS_MAX};

/// The largest whole number that JavaScript and JSON hold exactly, 2^53 - 1.
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// A JSON value. Members of an object keep the order in which they were written; no name stands twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`; counts as absent wherever a field is read.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; as JavaScript reads it ([`crate::json::decimal`]), finite always.
    Number(f64),
    /// Text.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The member of that name; `None` if there is none or this is no object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let (_, value) = self.as_map()?.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    /// As JSON text.
    pub fn to_json(&self) -> String {
        let mut w = JsonWriter::default();
        self.write(&mut w);
        w.finish()
    }

    /// Writes it as JSON; numbers as JavaScript writes them.
    pub fn write(&self, w: &mut JsonWriter) {
        match self {
            Value::Null => w.null(),
            Value::Bool(flag) => w.bool(*flag),
            Value::Number(number) => w.number(*number),
            Value::Text(text) => w.string(text),
            Value::List(items) => {
                w.begin_array();
                items.iter().for_each(|item| item.write(w));
                w.end_array();
            }
            Value::Map(members) => {
                w.begin_object();
                for (name, value) in members {
                    w.key(name);
                    value.write(w);
                }
                w.end_object();
            }
        }
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one within ±[`INTEGER_MAX`]; `5.0` is one too.
    pub fn as_i64(&self) -> Option<i64> {
        let number = self.as_f64()?;
        let whole = number as i64;
        let exact = whole as f64 == number && whole.unsigned_abs() <= INTEGER_MAX as u64;
        exact.then_some(whole)
    }

    /// The number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The flag, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match *self {
            Value::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members in their written order, if it is an object.
    pub fn as_map(&self) -> Option<&[(String, Value)]> {
        match self {
            Value::Map(fields) => Some(fields),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accessor_takes_its_own_kind_only() {
        let value = parse(r#"{"a":[1,"x",true,null,{"b":2.5}]}"#).unwrap();
        let list = value.get("a").unwrap().as_list().unwrap();
        assert_eq!(list[0].as_i64(), Some(1));
        assert_eq!(list[1].as_str(), Some("x"));
        assert_eq!(list[2].as_bool(), Some(true));
        assert_eq!(list[4].get("b").unwrap().as_f64(), Some(2.5));
        assert_eq!(list[4].as_map().unwrap().len(), 1);
        assert_eq!((value.get("b"), list[0].get("a"), value.as_list()), (None, None, None));
        assert_eq!((list[1].as_i64(), list[0].as_str(), list[0].as_bool(), list[0].as_map()), (None, None, None, None));
    }

    #[test]
    fn only_exact_whole_numbers_are_whole() {
        let whole = |text| parse(text).unwrap().as_i64();
        assert_eq!(whole("9007199254740991"), Some(INTEGER_MAX));
        assert_eq!(whole("-9007199254740991"), Some(-INTEGER_MAX));
        assert_eq!((whole("-0"), whole("5.0"), whole("12e2")), (Some(0), Some(5), Some(1200)));
        for text in ["9007199254740992", "9007199254740993", "1e300", "-1e300", "0.5", "\"5\""] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
