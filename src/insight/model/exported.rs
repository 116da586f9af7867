//! For receivers: people scored by a fleet's models, from JSON to JSON.

use super::gamma_gamma::GammaGamma;
use super::lifetime::{History, Lifetime};
use super::nbd::Nbd;
use crate::error::Error;
use crate::json::JsonWriter;
use crate::program::not_read;
use crate::program::value::{parse_within, Limits, Value};

/// Some ten thousand people at once.
const LIMITS: Limits = Limits { bytes_max: 16 * 1024 * 1024, depth_max: 8, fields_max: 64 };
const CODES: [&str; 2] = ["score_too_big", "score_not_json"];

/// A model by its name in the request.
enum Model {
    Lifetime(Lifetime),
    Nbd(Nbd),
    Spend(GammaGamma),
}

/// One person as the request has her.
struct Person {
    history: History,
    /// Her amounts, and their mean.
    spend: (u32, f64),
}

/// Reads `{"models": {NAME: {"kind", "parameters", "k"?}}, "people": [{"x", "last", "age", "mean"?}], "within": [t …]}` and
/// gives a list with one object a person: `{NAME: {"p_alive", "p_active": […], "expected": […]}}`, one figure for each
/// `within`, all times in the unit of the parameters. What a model can't say is left out.
///
/// Kinds: `bg` and `mbg` with `[r, α, a, b]` (with `k`, 1..=8, `mbg` has regular intervals), `nbd` with `[r, α]`,
/// `gamma_gamma` with `[p, q, v]`, which gives `{"spend"}` from `mean`, the mean of her `x` amounts.
///
/// # Errors
/// `score_too_big`, `score_not_json`, `score_invalid` at the path of a model or person that makes no sense.
pub fn score_json(text: &str) -> Result<String, Error> {
    let request = parse_within(text, LIMITS).map_err(|fault| not_read(text, fault, CODES))?;
    let models =
        request.get("models").and_then(Value::as_map).ok_or_else(|| invalid("expected an object", "models"))?;
    let models = models.iter().map(|(name, value)| match model(value) {
        Some(model) => Ok((name.as_str(), model)),
        None => Err(invalid("expected a kind and parameters that make sense", &["models.", name].concat())),
    });
    let models = models.collect::<Result<Vec<_>, Error>>()?;
    let list = |name: &str| request.get(name).and_then(Value::as_list).ok_or_else(|| invalid("expected a list", name));
    let within: Vec<f64> = list("within")?.iter().filter_map(Value::as_f64).collect();
    let mut json = JsonWriter::default();
    json.begin_array();
    for value in list("people")? {
        let person = person(value).ok_or_else(|| invalid("expected x, last and age of everybody", "people"))?;
        json.begin_object();
        for (name, model) in &models {
            json.key(name);
            json.begin_object();
            score(&mut json, model, (&person, &within));
            json.end_object();
        }
        json.end_object();
    }
    json.end_array();
    Ok(json.finish())
}

fn invalid(message: &str, path: &str) -> Error {
    Error::new("score_invalid", message).at(path)
}

fn model(value: &Value) -> Option<Model> {
    let parameters = value.get("parameters")?.as_list()?.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>()?;
    let k = value.get("k").map_or(Some(1), Value::as_i64).and_then(|k| u32::try_from(k).ok())?;
    match (value.get("kind")?.as_str()?, parameters.as_slice()) {
        ("bg", &[r, alpha, a, b]) => Lifetime::bg([r, alpha, a, b]).map(Model::Lifetime),
        ("mbg", &[r, alpha, a, b]) => Lifetime::mbg_regular(k, [r, alpha, a, b]).map(Model::Lifetime),
        ("nbd", &[r, alpha]) => Nbd::new([r, alpha]).map(Model::Nbd),
        ("gamma_gamma", &[p, q, v]) => GammaGamma::new([p, q, v]).map(Model::Spend),
        _ => None,
    }
}

fn person(value: &Value) -> Option<Person> {
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    let x = u32::try_from(value.get("x")?.as_i64()?).ok()?;
    let history = History::new(x, number("last")?, number("age")?);
    Some(Person { history, spend: (x, number("mean").unwrap_or_default()) })
}

fn score(json: &mut JsonWriter, model: &Model, (person, within): (&Person, &[f64])) {
    let mut figures = |name: &str, of: &dyn Fn(f64) -> Option<f64>| {
        let found: Option<Vec<f64>> = within.iter().map(|&t| of(t)).collect();
        let Some(found) = found else { return };
        json.key(name);
        json.begin_array();
        found.into_iter().for_each(|figure| json.number(figure));
        json.end_array();
    };
    let history = &person.history;
    match model {
        Model::Lifetime(model) => {
            figures("p_active", &|t| Some(model.p_active(history, t)));
            figures("expected", &|t| model.expected(history, t));
            json.key("p_alive");
            json.number(model.p_alive(history));
        }
        Model::Nbd(model) => {
            figures("p_active", &|t| Some(model.p_active(history, t)));
            figures("expected", &|t| Some(model.expected(history, t)));
        }
        Model::Spend(model) => {
            json.key("spend");
            json.number(model.expected_spend(person.spend.0, person.spend.1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_scored_by_every_model() {
        let request = r#"{"models": {
            "regular": {"kind": "mbg", "k": 2, "parameters": [0.5, 2, 1, 1.5]},
            "steady": {"kind": "nbd", "parameters": [1, 3]},
            "spend": {"kind": "gamma_gamma", "parameters": [6, 4, 15]}
        }, "people": [{"x": 0, "last": 0, "age": 0, "mean": 0}], "within": [3]}"#;
        let told = parse_within(&score_json(request).unwrap(), LIMITS).unwrap();
        let person = &told.as_list().unwrap()[0];
        assert_eq!(person.get("steady").unwrap().to_json(), r#"{"p_active":[0.5],"expected":[1]}"#);
        assert_eq!(person.get("spend").unwrap().to_json(), r#"{"spend":30}"#);
        let regular = person.get("regular").unwrap();
        assert!(regular.get("expected").is_none() && regular.get("p_active").unwrap().as_list().unwrap().len() == 1);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let error = |text: &str| score_json(text).map_err(|error| (error.code, error.path)).unwrap_err();
        assert_eq!(error("{"), ("score_not_json", String::new()));
        assert_eq!(error("{}"), ("score_invalid", "models".to_owned()));
        let bad = r#"{"models": {"a": {"kind": "nbd", "parameters": [0, 1]}}}"#;
        assert_eq!(error(bad), ("score_invalid", "models.a".to_owned()));
        let bad = r#"{"models": {}, "people": [{"x": -1, "last": 0, "age": 0}], "within": []}"#;
        assert_eq!(error(bad), ("score_invalid", "people".to_owned()));
    }
}
