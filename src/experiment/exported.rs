//! Assignment for backends and analysts: the phone's own decisions and the arithmetic beneath them, JSON to JSON.

use super::bucket::{self, Range};
use super::decrypt::decrypt;
use super::evaluate::{Evaluation, Forced, Person};
use super::launch;
use super::payload::Payload;
use super::sticky::{Assignment, Sticky};
use crate::clock::Day;
use crate::condition::{Dialect, REMOTE_GROUPS};
use crate::error::Error;
use crate::json::JsonWriter;
use crate::program::not_read;
use crate::program::value::{parse_within, Limits, Value};

/// A request holds a payload and what is known of a person.
const LIMITS: Limits = Limits { bytes_max: 1 << 20, depth_max: 44, fields_max: 4096 };
/// Variations of an experiment at most, where a number of them is all that is said.
const VARIATIONS_MAX: i64 = 1024;

static NONE: Value = Value::Null;

fn read(text: &str) -> Result<Value, Error> {
    parse_within(text, LIMITS).map_err(|fault| not_read(text, fault, ["request_too_big", "request_not_json"]))
}

fn invalid(message: &str, path: &str) -> Error {
    Error::new("request_invalid", message).at(path)
}

/// Evaluates `{"payload", "feature" | "experiment": key, "attributes"?, "forced"?: {experiment: position or key},
/// "sticky"?: [{"experiment", "version", "attribute", "value", "variation"}], "query"?, "enabled"?, "qa"?,
/// "remote_groups"?, "compat"?: "0.8"}` as a phone would, and gives what it decides as `explain` tells it, with `sticky`:
/// the assignments after it. Without `sticky` nothing is kept to. Null for what the payload does not have.
///
/// # Errors
/// `request_too_big`, `request_not_json`, `request_invalid`; those of [`Payload::load`].
pub fn evaluate_json(text: &str) -> Result<String, Error> {
    let request = read(text)?;
    let part = |name: &str| request.get(name).unwrap_or(&NONE);
    let (payload, _) = Payload::load(&part("payload").to_json(), 1)?;
    let attributes = attributes(&request)?;
    let forced = forced(part("forced"));
    let mut sticky = assignments(part("sticky"))?;
    let person = Person {
        attributes: Some(&attributes),
        sticky: sticky.as_ref(),
        forced: &forced,
        query: part("query").as_str().unwrap_or_default(),
        is_disabled: part("enabled").as_bool() == Some(false),
        is_qa: part("qa").as_bool() == Some(true),
        dialect: if part("compat").as_str() == Some("0.8") { Dialect::Loose } else { Dialect::Strict },
    };
    let evaluation = Evaluation::new(&payload, person);
    let mut w = JsonWriter::default();
    w.begin_object();
    w.key("result");
    write_result((&payload, &evaluation), &request, &mut w);
    let new: Vec<Assignment> = evaluation.into_seen().iter().filter_map(|seen| seen.assignment(Day::MIN)).collect();
    if let Some(sticky) = &mut sticky {
        new.into_iter().for_each(|assignment| sticky.keep(assignment));
        write_assignments(sticky, &mut w);
    }
    w.end_object();
    Ok(w.finish())
}

fn attributes(request: &Value) -> Result<Value, Error> {
    let given = request.get("attributes").cloned().unwrap_or_else(|| Value::Map(Vec::new()));
    let Value::Map(mut members) = given else { return Err(invalid("expected an object", "attributes")) };
    members.extend(request.get("remote_groups").map(|groups| (REMOTE_GROUPS.to_owned(), groups.clone())));
    Ok(Value::Map(members))
}

fn forced(given: &Value) -> Vec<(String, Forced)> {
    let each = |(experiment, variation): &(String, Value)| {
        let by_key = variation.as_str().map(|key| Forced::Key(key.to_owned()));
        (experiment.clone(), by_key.unwrap_or(Forced::Position(variation.as_i64().unwrap_or(-1))))
    };
    given.as_map().unwrap_or_default().iter().map(each).collect()
}

fn assignments(given: &Value) -> Result<Option<Sticky>, Error> {
    let Some(list) = given.as_list() else { return Ok(None) };
    let mut sticky = Sticky::default();
    for each in list {
        let text = |name: &str| each.get(name).and_then(Value::as_str).map(str::to_owned);
        let assignment = || {
            Some(Assignment {
                experiment: text("experiment")?,
                version: u32::try_from(each.get("version")?.as_i64()?).ok()?,
                attribute: (text("attribute")?, text("value")?),
                variation: text("variation")?,
                day: Day::MIN,
            })
        };
        sticky.keep(assignment().ok_or_else(|| invalid("expected assignments as this function gives them", "sticky"))?);
    }
    Ok(Some(sticky))
}

fn write_assignments(sticky: &Sticky, w: &mut JsonWriter) {
    w.key("sticky");
    w.begin_array();
    for Assignment { experiment, version, attribute: (attribute, value), variation, .. } in sticky.iter() {
        w.begin_object();
        w.text_member("experiment", experiment);
        w.count_member("version", (*version).into());
        w.text_member("attribute", attribute);
        w.text_member("value", value);
        w.text_member("variation", variation);
        w.end_object();
    }
    w.end_array();
}

fn write_result((payload, evaluation): (&Payload, &Evaluation), request: &Value, w: &mut JsonWriter) {
    let key = |name: &str| request.get(name).and_then(Value::as_str);
    let feature = key("feature").and_then(|key| payload.find(key));
    let experiment = key("experiment").and_then(|key| payload.find_experiment(key));
    match (feature, experiment) {
        (Some(feature), _) => payload.explain_feature(feature, evaluation, w),
        (None, Some(experiment)) => payload.explain_experiment(experiment, evaluation, w),
        (None, None) => NONE.write(w),
    }
}

/// The arithmetic beneath decisions, `["hash", seed, value, version]`, `["ranges", variations, coverage, weights or null]`,
/// `["choose", number, [[start, end]]]`, `["equalWeights", variations]`, `["isInNamespace", value, [name, start, end]]`
/// `["asked", address, experiment, variations]` or `["decrypt", text, key]`: a number, a list, a text, true or false, or null.
///
/// # Errors
/// `request_too_big`, `request_not_json`, `request_invalid`.
pub fn calculate_json(text: &str) -> Result<String, Error> {
    let request = read(text)?;
    let arguments = request.as_list().unwrap_or_default();
    let bad = || invalid("expected the name of a calculation and its arguments", "");
    let answer = match arguments.first().and_then(Value::as_str).ok_or_else(bad)? {
        "hash" => hash(arguments),
        "ranges" => ranges(arguments),
        "choose" => choose(arguments),
        "equalWeights" => count(arguments, 1).map(|count| numbers(&bucket::equal_weights(count))),
        "isInNamespace" => is_in_namespace(arguments),
        "asked" => asked(arguments),
        "decrypt" => decrypted(arguments),
        _ => None,
    };
    answer.map(|answer| answer.to_json()).ok_or_else(bad)
}

fn text(arguments: &[Value], at: usize) -> Option<&str> {
    arguments.get(at)?.as_str()
}

fn count(arguments: &[Value], at: usize) -> Option<usize> {
    usize::try_from(arguments.get(at)?.as_i64()?.clamp(0, VARIATIONS_MAX)).ok()
}

fn numbers(list: &[f64]) -> Value {
    Value::List(list.iter().map(|&number| Value::Number(number)).collect())
}

fn position(found: Option<usize>) -> Value {
    found.map_or(Value::Null, |position| Value::Number(position as f64))
}

fn range(pair: &[Value]) -> Option<Range> {
    Some(Range { start: pair.first()?.as_f64()?, end: pair.get(1)?.as_f64()? })
}

fn hash(arguments: &[Value]) -> Option<Value> {
    let version = arguments.get(3)?.as_i64().and_then(|version| u32::try_from(version).ok()).unwrap_or(0);
    let number = bucket::hash(text(arguments, 1)?, text(arguments, 2)?, version);
    Some(number.map_or(Value::Null, Value::Number))
}

fn ranges(arguments: &[Value]) -> Option<Value> {
    let weights = arguments.get(3).and_then(Value::as_list);
    let weights: Option<Vec<f64>> = weights.map(|list| list.iter().filter_map(Value::as_f64).collect());
    let ranges = bucket::ranges(count(arguments, 1)?, arguments.get(2)?.as_f64()?, weights.as_deref());
    Some(Value::List(ranges.iter().map(|range| numbers(&[range.start, range.end])).collect()))
}

fn choose(arguments: &[Value]) -> Option<Value> {
    let pairs = arguments.get(2)?.as_list()?.iter();
    let ranges: Option<Vec<Range>> = pairs.map(|pair| range(pair.as_list()?)).collect();
    Some(position(bucket::choose(arguments.get(1)?.as_f64()?, &ranges?)))
}

fn is_in_namespace(arguments: &[Value]) -> Option<Value> {
    let space = arguments.get(2)?.as_list()?;
    let range = range(space.get(1..)?)?;
    Some(Value::Bool(bucket::is_in_namespace(text(arguments, 1)?, text(space, 0)?, range)))
}

fn asked(arguments: &[Value]) -> Option<Value> {
    Some(position(launch::asked(text(arguments, 1)?, text(arguments, 2)?, count(arguments, 3)?)))
}

fn decrypted(arguments: &[Value]) -> Option<Value> {
    Some(decrypt(text(arguments, 1)?, text(arguments, 2)?).map_or(Value::Null, Value::Text))
}
