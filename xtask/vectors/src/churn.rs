//! `churn.json`: people, parameters of four models, and what 60-digit arithmetic says of them.

use anyhow::{Context, Result};
use huitou::insight::model::exported::score_json;
use huitou::program::value;
use serde_json::{json, Value};

use crate::Outcome;

/// Models of the file: its name, the kind in a request, and its parameters in order.
const MODELS: [(&str, &str, &[&str]); 4] = [
    ("bgnbd", "bg", &["r", "alpha", "a", "b"]),
    ("mbgnbd", "mbg", &["r", "alpha", "a", "b"]),
    ("mbgcnbd2", "mbg", &["r", "alpha", "a", "b"]),
    ("gg", "gamma_gamma", &["p", "q", "v"]),
];

/// Every figure may differ by so much of itself.
const TOLERANCE: f64 = 1e-9;

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    let rows = file.get("rows").and_then(Value::as_array).context("no rows")?;
    let parameters = file.pointer("/meta/params").context("no parameters")?;
    let models = MODELS.iter().map(|(name, kind, names)| {
        let of = parameters.get(*name).with_context(|| format!("no parameters of {name}"))?;
        let numbers = names.iter().map(|name| number(of.get(*name))).collect::<Result<Vec<f64>>>()?;
        Ok(((*name).to_owned(), json!({"kind": kind, "parameters": numbers, "k": of.get("k").unwrap_or(&json!(1))})))
    });
    let models = Value::Object(models.collect::<Result<_>>()?);
    rows.iter().map(|row| outcome(row, &models)).collect()
}

fn outcome(row: &Value, models: &Value) -> Result<Outcome> {
    let within = row.pointer("/bgnbd/p_active").and_then(Value::as_object).context("no times")?;
    let mut times = within.keys().cloned().collect::<Vec<_>>();
    times.sort_by(|a, b| a.parse::<f64>().unwrap_or(0.0).total_cmp(&b.parse::<f64>().unwrap_or(0.0)));
    let times_json = times.iter().map(|time| Ok(time.parse()?)).collect::<Result<Vec<f64>>>()?;
    let person = json!({"x": row["frequency"], "last": row["recency"], "age": row["T"], "mean": row["mean_spend"]});
    let request = json!({"models": models, "people": [person], "within": times_json});
    let told = score_json(&request.to_string())?;
    // The engine's own reader is exact to the last bit, which the digest needs.
    let told = value::parse(&told).map_err(|_| anyhow::anyhow!("what is told is no JSON"))?;
    let found = told.as_list().and_then(<[_]>::first).context("nobody is told of")?;
    let (mut differences, mut digest) = (Vec::new(), String::new());
    for (path, expected) in expectations(row, &times)? {
        let figure = path.iter().try_fold(found, |at, step| match step.parse::<usize>() {
            Ok(position) => at.as_list()?.get(position),
            Err(_) => at.get(step),
        });
        let figure = figure.and_then(value::Value::as_f64).with_context(|| format!("no {}", path.join(".")))?;
        digest.push_str(&format!("{:016x}", figure.to_bits()));
        if (figure - expected).abs() > TOLERANCE * expected.abs() {
            differences.push(format!("{}: expected {expected}, found {figure}", path.join(".")));
        }
    }
    let name = row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let difference = (!differences.is_empty()).then(|| differences.join("; "));
    Ok(Outcome { name, difference, digest: Some(digest), skipped: false })
}

/// The file's figures, each under its place in what is told.
fn expectations(row: &Value, times: &[String]) -> Result<Vec<(Vec<String>, f64)>> {
    let mut all = vec![(vec!["gg".to_owned(), "spend".to_owned()], number(row.get("gg_expected_spend"))?)];
    for (model, ..) in MODELS.iter().filter(|(model, ..)| *model != "gg") {
        let figures = row.get(*model).with_context(|| format!("no figures of {model}"))?;
        all.push((vec![(*model).to_owned(), "p_alive".to_owned()], number(figures.get("p_alive"))?));
        for name in ["p_active", "expected"] {
            let Some(by_time) = figures.get(name) else { continue };
            for (position, time) in times.iter().enumerate() {
                let path = vec![(*model).to_owned(), name.to_owned(), position.to_string()];
                all.push((path, number(by_time.get(time))?));
            }
        }
    }
    Ok(all)
}

/// A decimal in text, so that no reader rounds it before this one.
fn number(value: Option<&Value>) -> Result<f64> {
    Ok(value.and_then(Value::as_str).context("a figure is missing")?.parse()?)
}
