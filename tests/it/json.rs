//! The JSON parser and writer against serde_json.

use huitou::json::JsonWriter;
use huitou::program::value::{parse, Value, BYTES_MAX, DEPTH_MAX, FIELDS_MAX, INTEGER_MAX};
use proptest::prelude::*;
use serde_json::Value as Serde;

/// Equal; numbers that no decimal of 15 digits meets may differ by the stated error.
fn same(ours: &Value, theirs: &Serde) -> bool {
    match (ours, theirs) {
        (Value::Null, Serde::Null) => true,
        (Value::Bool(a), Serde::Bool(b)) => a == b,
        (Value::Text(a), Serde::String(b)) => a == b,
        (Value::Number(a), Serde::Number(b)) => {
            let b = b.as_f64().unwrap();
            *a == b || (a - b).abs() <= b.abs() * 1e-14 + f64::MIN_POSITIVE
        }
        (Value::List(a), Serde::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Map(a), Serde::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => false,
    }
}

/// Both parsers take the text and agree, or both refuse it; the documented exceptions aside.
fn agree(text: &str) -> Result<(), TestCaseError> {
    match (parse(text), serde_json::from_str::<Serde>(text)) {
        (Ok(ours), Ok(theirs)) => prop_assert!(same(&ours, &theirs), "{ours:?} is not {theirs:?}"),
        (Err(fault), Ok(_)) => {
            let stricter = fault.over_limit || fault.what == "this field name stands twice in one object";
            prop_assert!(stricter, "only ours refuses: {fault:?}");
            prop_assert!(text.is_char_boundary(fault.at_byte));
        }
        (Ok(ours), Err(error)) => prop_assert!(false, "only theirs refuses: {error}, ours gives {ours:?}"),
        (Err(fault), Err(_)) => prop_assert!(text.is_char_boundary(fault.at_byte)),
    }
    Ok(())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z]{0,8}", "[\u{0}-\u{20}\"\\\\/\u{2028}\u{2029}茶🍵]{0,12}"]
}

fn any_json() -> impl Strategy<Value = Serde> {
    let leaf = prop_oneof![
        Just(Serde::Null),
        any::<bool>().prop_map(Serde::from),
        (-INTEGER_MAX..=INTEGER_MAX).prop_map(Serde::from),
        (-1000i64..1000).prop_map(Serde::from),
        any::<f64>().prop_filter("finite", |number| number.abs() < 1e300).prop_map(Serde::from),
        any_text().prop_map(Serde::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Serde::from),
            prop::collection::btree_map(any_text(), inner, 0..8).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Pieces that make texts which are nearly JSON.
fn any_pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\"", "\\", "\\u", "\\ud83c", "\\udf75", "\\n", "\\x", "0",
        "-", "1", "25", ".", "e", "E", "+", "e9", "e308", "e309", "e-400", "true", "false", "null", "nul", "NaN", " ",
        "\n", "\t", "\u{b}", "\u{feff}", "茶", "\u{0}", "\u{7f}", "\"a\":1", "[1,2]",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Numbers as text, in all their forms.
fn any_number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?"
}

/// Leaves that [`JsonWriter`] knows, and containers.
#[derive(Clone, Debug)]
enum Written {
    Null,
    Bool(bool),
    Integer(i64),
    Milli(i64),
    Text(String),
    List(Vec<Written>),
    Map(std::collections::BTreeMap<String, Written>),
}

impl Written {
    fn write(&self, json: &mut JsonWriter) {
        match self {
            Written::Null => json.null(),
            Written::Bool(flag) => json.bool(*flag),
            Written::Integer(whole) => json.integer(*whole),
            Written::Milli(milli) => json.milli(*milli),
            Written::Text(text) => json.string(text),
            Written::List(items) => {
                json.begin_array();
                items.iter().for_each(|item| item.write(json));
                json.end_array();
            }
            Written::Map(fields) => {
                json.begin_object();
                for (name, value) in fields {
                    json.key(name);
                    value.write(json);
                }
                json.end_object();
            }
        }
    }

    fn to_serde(&self) -> Serde {
        match self {
            Written::Null => Serde::Null,
            Written::Bool(flag) => Serde::from(*flag),
            Written::Integer(whole) => Serde::from(*whole),
            Written::Milli(milli) if milli % 1000 == 0 => Serde::from(milli / 1000),
            Written::Milli(milli) => Serde::from(*milli as f64 / 1000.0),
            Written::Text(text) => Serde::from(text.as_str()),
            Written::List(items) => items.iter().map(Written::to_serde).collect(),
            Written::Map(fields) => fields.iter().map(|(name, value)| (name.clone(), value.to_serde())).collect(),
        }
    }
}

fn any_written() -> impl Strategy<Value = Written> {
    let whole = prop_oneof![-INTEGER_MAX..=INTEGER_MAX, -1000i64..1000];
    let leaf = prop_oneof![
        Just(Written::Null),
        any::<bool>().prop_map(Written::Bool),
        whole.clone().prop_map(Written::Integer),
        whole.prop_map(Written::Milli),
        any_text().prop_map(Written::Text),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Written::List),
            prop::collection::btree_map(any_text(), inner, 0..8).prop_map(Written::Map),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_writes_is_read_alike(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let ours = parse(&text).map_err(|fault| TestCaseError::fail(format!("{fault:?}")))?;
        prop_assert!(same(&ours, &value), "{text} became {ours:?}");
    }

    #[test]
    fn broken_text_is_judged_alike(value in any_json(), at in any::<prop::sample::Index>(), piece in any_pieces()) {
        let mut text = value.to_string();
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        text.insert_str(places[at.index(places.len())], &piece);
        agree(&text)?;
    }

    #[test]
    fn pieces_of_json_are_judged_alike(text in any_pieces()) {
        agree(&text)?;
    }

    #[test]
    fn any_text_is_judged_alike(text in any::<String>()) {
        agree(&text)?;
    }

    #[test]
    fn numbers_are_judged_alike(text in any_number()) {
        agree(&text)?;
    }

    #[test]
    fn decimals_of_fifteen_digits_are_exact(digits in 0i64..1_000_000_000_000_000, places in 0u32..=15) {
        let text = format!("{}e-{}", digits, places);
        prop_assert_eq!(parse(&text).unwrap().as_f64(), Some(text.parse().unwrap()));
    }

    #[test]
    fn what_is_written_is_read_back_by_both(value in any_written()) {
        let mut json = JsonWriter::default();
        value.write(&mut json);
        let text = json.finish();
        let expected = value.to_serde();
        let theirs: Serde = serde_json::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(&theirs, &expected);
        prop_assert!(same(&parse(&text).unwrap(), &expected), "{text}");
    }
}

#[test]
fn faults_are_placed_and_named() {
    for (text, at_byte, what) in [
        ("", 0, "expected a value"),
        ("  ", 2, "expected a value"),
        ("\u{feff}{}", 0, "a byte order mark; save the file as UTF-8 without one"),
        ("{\"a\":NaN}", 5, "expected a value"),
        ("[Infinity]", 1, "expected a value"),
        ("nul", 0, "expected a value"),
        ("{} x", 3, "expected the end of the text"),
        ("{a:1}", 1, "expected a field name in double quotes"),
        ("{\"a\" 1}", 5, "expected ':'"),
        ("{\"a\":1 \"b\":2}", 7, "expected ',' or '}'"),
        ("[1 2]", 3, "expected ',' or ']'"),
        ("[1,]", 3, "expected a value"),
        ("{\"a\":1,}", 7, "expected a field name in double quotes"),
        ("{\"a\":1,\"b\":2,\"a\":3}", 13, "this field name stands twice in one object"),
        ("\"tab\there\"", 4, "a control character in text; escape it"),
        ("\"nul\0\"", 4, "a control character in text; escape it"),
        ("\"open", 5, "text without its closing quote"),
        ("\"\\x\"", 2, "an unknown escape"),
        ("\"\\u12g4\"", 5, "expected four hexadecimal digits"),
        ("\"\\ud83c\"", 2, "half of a surrogate pair"),
        ("\"\\ud83cx\"", 2, "half of a surrogate pair"),
        ("\"\\ud83c\\n\"", 8, "half of a surrogate pair"),
        ("\"\\ud83c\\u0041\"", 2, "half of a surrogate pair"),
        ("\"\\udf75\"", 2, "half of a surrogate pair"),
        ("01", 2, "a number that begins with 0"),
        ("1.", 2, "expected a digit"),
        ("-", 1, "expected a digit"),
        (".5", 0, "expected a value"),
        ("+5", 0, "expected a value"),
        ("1e", 2, "expected a digit"),
        ("1e309", 5, "a number too large"),
        ("0x10", 1, "expected the end of the text"),
    ] {
        let fault = parse(text).unwrap_err();
        assert_eq!((fault.at_byte, fault.what, fault.over_limit), (at_byte, what, false), "{text:?}");
        assert!(what.contains("twice") || serde_json::from_str::<Serde>(text).is_err(), "{text:?}");
    }
}

#[test]
fn limits_hold_to_the_last_one_allowed() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let depth = DEPTH_MAX as usize;
    assert!(parse(&nested(depth)).is_ok());
    assert_eq!(parse(&nested(depth + 1)).unwrap_err().at_byte, depth);
    assert!(parse(&nested(30_000)).unwrap_err().over_limit);

    let fields =
        |count: usize| format!("{{{}}}", (0..count).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>().join(","));
    assert!(parse(&fields(FIELDS_MAX)).is_ok());
    assert!(parse(&fields(FIELDS_MAX + 1)).unwrap_err().over_limit);

    let spaced = |bytes: usize| " ".repeat(bytes - 1) + "1";
    assert!(parse(&spaced(BYTES_MAX)).is_ok());
    assert!(parse(&spaced(BYTES_MAX + 1)).unwrap_err().over_limit);
    assert!(parse(&"[".repeat(1_000_000)).unwrap_err().over_limit);
}

#[test]
fn numbers_keep_their_value() {
    for (text, value) in [
        ("0e999999999", 0.0),
        ("-0", -0.0),
        ("1e-999999999", 0.0),
        ("0.1", 0.1),
        ("3.25159265358979", 3.25159265358979),
        ("1.000000000000000000000000000000", 1.0),
        ("100000000000000000000000e-23", 1.0),
        ("1e22", 1e22),
        ("1e-22", 1e-22),
        ("12345678901234567890", 12_345_678_901_234_567_890.0),
    ] {
        assert_eq!(parse(text).unwrap().as_f64(), Some(value), "{text}");
    }
    for text in ["1e308", "1.7976931348623157e307", "-4.94e-300", "123456789012345678901234567890.123"] {
        let (found, exact): (f64, f64) = (parse(text).unwrap().as_f64().unwrap(), text.parse().unwrap());
        assert!((found - exact).abs() <= exact.abs() * 1e-14, "{text}");
    }
    let zeros = format!("0.{}1e40001", "0".repeat(40_000));
    assert_eq!(parse(&zeros).unwrap().as_f64(), Some(1.0));
}
