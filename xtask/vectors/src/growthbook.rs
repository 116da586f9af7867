//! `growthbook.json`: cases in the form of GrowthBook's conformance suite (specification 0.12.0), section by section.
// What is not there is null: an index into JSON data never fails when it is read.
#![allow(clippy::indexing_slicing)]

use anyhow::{Context as _, Result};
use huitou::clock::Day;
use huitou::condition::{compile, Context, Dialect, Groups};
use huitou::experiment::bucket::{self, Range};
use huitou::experiment::evaluate::{Evaluation, Forced, Outcome as InExperiment, Person};
use huitou::experiment::payload::Payload;
use huitou::experiment::sticky::{Assignment, Sticky};
use huitou::experiment::{decrypt, launch, reduce};
use huitou::json::JsonWriter;
use huitou::program::read::{Cursor, Report};
use huitou::program::value::{parse_within, Limits, Value as Data};
use serde_json::{json, Map, Value};

use crate::{compare, Outcome};

/// Finds what differs in one case.
type Check = fn(&Value) -> Result<Option<String>>;

/// Sections by name; those of saved groups hold sections of their own. Addresses to be redirected to have no meaning in a
/// mini-program.
const SECTIONS: [(&str, Option<Check>); 15] = [
    ("evalCondition", Some(condition)),
    ("hash", Some(hash)),
    ("getBucketRange", Some(bucket_range)),
    ("chooseVariation", Some(choose)),
    ("getQueryStringOverride", Some(query)),
    ("inNamespace", Some(namespace)),
    ("getEqualWeights", Some(equal_weights)),
    ("feature", Some(feature)),
    ("contextualBandit", Some(feature)),
    ("run", Some(run_experiment)),
    ("stickyBucket", Some(sticky)),
    ("decrypt", Some(decrypted)),
    ("pruneCondition", Some(prune)),
    ("reducePayload", Some(reduced)),
    ("urlRedirect", None),
];

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for (name, content) in file.as_object().context("no sections")? {
        match content {
            Value::Array(cases) => section(name, name, cases, &mut outcomes)?,
            Value::Object(inner) => {
                for (part, cases) in inner {
                    section(&format!("{name}.{part}"), part, cases.as_array().context("no cases")?, &mut outcomes)?;
                }
            }
            _ => {}
        }
    }
    Ok(outcomes)
}

fn section(shown: &str, name: &str, cases: &[Value], outcomes: &mut Vec<Outcome>) -> Result<()> {
    let (_, check) = SECTIONS.iter().find(|(known, _)| *known == name).with_context(|| format!("section {shown}"))?;
    for (position, case) in cases.iter().enumerate() {
        let name = format!("{shown}[{position}] {}", case[0]);
        let difference = check.map(|check| check(case).with_context(|| name.clone())).transpose()?.flatten();
        outcomes.push(Outcome { name, difference, digest: None, skipped: check.is_none() });
    }
    Ok(())
}

fn data(value: &Value) -> Result<Data> {
    let limits = Limits { bytes_max: 1 << 24, depth_max: 64, fields_max: 1 << 16 };
    parse_within(&value.to_string(), limits).map_err(|fault| anyhow::anyhow!(fault.what))
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().with_context(|| format!("{value} is no text"))
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().with_context(|| format!("{value} is no number"))
}

fn count(value: &Value) -> usize {
    value.as_i64().unwrap_or_default().max(0) as usize
}

/// Whole numbers and decimals of the same value are the same.
fn same(found: &Value, expected: &Value) -> Option<String> {
    compare(&plain(found), &plain(expected))
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        other => other.clone(),
    }
}

fn condition(case: &Value) -> Result<Option<String>> {
    let empty = json!({});
    let raw = data(case.get(4).unwrap_or(&empty))?;
    let report = Report::default();
    let groups = Groups::read(&Cursor::root(&raw, &report));
    let raw = data(&case[1])?;
    let compiled = compile(&Cursor::root(&raw, &report), &groups);
    let passes = compiled.passes(&data(&case[2])?, &Context::new(&groups, Dialect::Strict));
    Ok(same(&json!(passes), &case[3]))
}

fn hash(case: &Value) -> Result<Option<String>> {
    let version = case[2].as_u64().unwrap_or_default() as u32;
    Ok(same(&json!(bucket::hash(text(&case[0])?, text(&case[1])?, version)), &case[3]))
}

/// The suite gives eight decimals, cut off: numbers that differ by no more than the last one count as those expected.
fn near(found: f64, expected: &Value) -> f64 {
    expected.as_f64().filter(|expected| (found - expected).abs() <= 1e-8).unwrap_or(found)
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_f64).collect())
}

fn bucket_range(case: &Value) -> Result<Option<String>> {
    let weights = numbers(&case[1][2]);
    let ranges = bucket::ranges(count(&case[1][0]), number(&case[1][1])?, weights.as_deref());
    let ends = |(at, range): (usize, &Range)| {
        let expected = &case[2][at];
        json!([near(range.start, &expected[0]), near(range.end, &expected[1])])
    };
    let found: Value = ranges.iter().enumerate().map(ends).collect();
    Ok(same(&found, &case[2]))
}

fn range(start: &Value, end: &Value) -> Result<Range> {
    Ok(Range { start: number(start)?, end: number(end)? })
}

fn choose(case: &Value) -> Result<Option<String>> {
    let pairs = case[2].as_array().context("no ranges")?;
    let ranges: Vec<Range> = pairs.iter().map(|pair| range(&pair[0], &pair[1])).collect::<Result<_>>()?;
    let found = bucket::choose(number(&case[1])?, &ranges).map_or(-1, |position| position as i64);
    Ok(same(&json!(found), &case[3]))
}

fn query(case: &Value) -> Result<Option<String>> {
    // An address without a query is no query.
    let address = text(&case[2])?;
    let query = address.split_once('?').map_or("", |(_, query)| query);
    Ok(same(&json!(launch::asked(query, text(&case[1])?, count(&case[3]))), &case[4]))
}

fn namespace(case: &Value) -> Result<Option<String>> {
    let part = range(&case[2][1], &case[2][2])?;
    Ok(same(&json!(bucket::is_in_namespace(text(&case[1])?, text(&case[2][0])?, part)), &case[3]))
}

fn equal_weights(case: &Value) -> Result<Option<String>> {
    let weights = bucket::equal_weights(count(&case[0]));
    let found: Value = weights.iter().enumerate().map(|(at, weight)| json!(near(*weight, &case[1][at]))).collect();
    Ok(same(&found, &case[1]))
}

/// What a case says of the person, and the payload it says it by.
struct Scene {
    payload: Payload,
    attributes: Data,
    forced: Vec<(String, Forced)>,
    query: String,
    is_disabled: bool,
    is_qa: bool,
}

impl Scene {
    fn new(context: &Value, experiment: Option<&Value>) -> Result<Scene> {
        let parts = ["features", "savedGroups", "contextualBandits"];
        let given = parts.iter().filter_map(|part| Some((part.to_string(), context.get(part)?.clone())));
        let mut payload: Map<String, Value> = given.collect();
        payload.extend(experiment.map(|experiment| ("experiments".to_string(), json!([experiment]))));
        let loaded = Payload::load(&Value::Object(payload).to_string(), 1);
        let mut attributes = context.get("attributes").cloned().unwrap_or(json!({}));
        if let Some(groups) = context.get("remoteGroupIds") {
            attributes["__gb_remoteGroupIds"] = groups.clone();
        }
        let forced = context.get("forcedVariations").and_then(Value::as_object).into_iter().flatten();
        let forced = forced.map(|(key, position)| (key.clone(), Forced::Position(position.as_i64().unwrap_or(-1))));
        let address = context.get("url").and_then(Value::as_str).unwrap_or_default();
        Ok(Scene {
            payload: loaded.map_err(|error| anyhow::anyhow!("{error:?}"))?.0,
            attributes: data(&attributes)?,
            forced: forced.collect(),
            query: address.split_once('?').map_or("", |(_, query)| query).to_string(),
            is_disabled: context.get("enabled") == Some(&json!(false)),
            is_qa: context.get("qaMode") == Some(&json!(true)),
        })
    }

    fn evaluation<'a>(&'a self, sticky: Option<&'a Sticky>) -> Evaluation<'a> {
        let person = Person {
            attributes: Some(&self.attributes),
            sticky,
            forced: &self.forced,
            query: &self.query,
            is_disabled: self.is_disabled,
            is_qa: self.is_qa,
            dialect: Dialect::Strict,
        };
        Evaluation::new(&self.payload, person)
    }

    /// As `explain` tells it, without the steps.
    fn explained(&self, key: &str, evaluation: &Evaluation) -> Result<Value> {
        let Some(feature) = self.payload.find(key) else {
            return Ok(json!({"value": null, "on": false, "off": true, "source": "unknownFeature", "ruleId": ""}));
        };
        let mut w = JsonWriter::default();
        self.payload.explain_feature(feature, evaluation, &mut w);
        let mut result: Value = serde_json::from_str(&w.finish())?;
        result.as_object_mut().map(|result| result.remove("why"));
        Ok(result)
    }
}

fn feature(case: &Value) -> Result<Option<String>> {
    let scene = Scene::new(&case[1], None)?;
    Ok(same(&scene.explained(text(&case[2])?, &scene.evaluation(None))?, &case[3]))
}

fn run_experiment(case: &Value) -> Result<Option<String>> {
    let scene = Scene::new(&case[1], Some(&case[2]))?;
    let mut w = JsonWriter::default();
    scene.payload.explain_experiment(0, &scene.evaluation(None), &mut w);
    let explained: Value = serde_json::from_str(&w.finish())?;
    let result = &explained["experimentResult"];
    let found = json!([result["value"], result["inExperiment"], result["hashUsed"]]);
    Ok(same(&found, &json!([case[3], case[4], case[5]])))
}

fn sticky(case: &Value) -> Result<Option<String>> {
    let scene = Scene::new(&case[1], None)?;
    let documents = case[2].as_array().context("no documents")?;
    let mine = |document: &&Value| {
        let name = document["attributeName"].as_str().unwrap_or_default();
        case[1]["attributes"][name] == document["attributeValue"]
    };
    let mut kept = Sticky::default();
    for document in documents.iter().filter(mine) {
        assignments(document)?.into_iter().for_each(|assignment| kept.keep(assignment));
    }
    let evaluation = scene.evaluation(Some(&kept));
    let result = scene.explained(text(&case[3])?, &evaluation)?;
    let new: Vec<Assignment> = evaluation.into_seen().iter().filter_map(|seen| assignment(seen)).collect();
    new.into_iter().for_each(|assignment| kept.keep(assignment));
    let found = json!([result.get("experimentResult"), as_documents(&kept)]);
    Ok(same(&found, &json!([case[4], case[5]])))
}

fn assignment(seen: &InExperiment) -> Option<Assignment> {
    seen.assignment(Day::MIN)
}

fn assignments(document: &Value) -> Result<Vec<Assignment>> {
    let attribute = (text(&document["attributeName"])?.to_string(), text(&document["attributeValue"])?.to_string());
    let each = |(key, variation): (&String, &Value)| {
        let (experiment, version) = key.rsplit_once("__").context("no version")?;
        Ok(Assignment {
            experiment: experiment.to_string(),
            version: version.parse()?,
            attribute: attribute.clone(),
            variation: text(variation)?.to_string(),
            day: Day::MIN,
        })
    };
    document["assignments"].as_object().context("no assignments")?.iter().map(each).collect()
}

fn as_documents(sticky: &Sticky) -> Value {
    let mut documents = json!({});
    for Assignment { experiment, version, attribute: (name, value), variation, .. } in sticky.iter() {
        let document = &mut documents[format!("{name}||{value}")];
        document["attributeName"] = json!(name);
        document["attributeValue"] = json!(value);
        document["assignments"][format!("{experiment}__{version}")] = json!(variation);
    }
    documents
}

fn decrypted(case: &Value) -> Result<Option<String>> {
    let found = decrypt::decrypt(text(&case[1])?, text(&case[2])?);
    Ok(same(&json!(found), &case[3]))
}

fn prune(case: &Value) -> Result<Option<String>> {
    let request = json!({"condition": case[1], "attributes": case[2], "savedGroups": case.get(4)});
    let found = reduce::prune_json(&request.to_string()).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    Ok(same(&serde_json::from_str(&found)?, &case[3]))
}

fn reduced(case: &Value) -> Result<Option<String>> {
    let found = reduce::reduce_json(&case[1].to_string()).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    Ok(same(&serde_json::from_str(&found)?, &case[2]))
}
