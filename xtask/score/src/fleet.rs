//! A fleet's parameters from a file: `*.fleet.json` of the public data, or the `model` section that `fit` writes.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{bail, Context, Result};
use huitou::insight::model::cycle::CycleFleet;
use huitou::insight::model::lifetime::Lifetime;
use huitou::insight::model::logit7::{Logit7, FEATURES};
use huitou::insight::model::nbd::Nbd;
use huitou::insight::returning::Returning;
use huitou_collector::fit::days;
use serde_json::Value;

/// What `score churn` needs.
pub(crate) struct Fleet {
    /// The end of what is known: days since 1970-01-01.
    pub(crate) cut: i32,
    pub(crate) returning: Returning,
}

/// What `score cycle` needs.
pub(crate) struct Cycles {
    pub(crate) cut: i32,
    /// For categories without parameters of their own.
    pub(crate) all: CycleFleet,
    pub(crate) categories: BTreeMap<String, CycleFleet>,
}

pub(crate) fn json(file: &Path) -> Result<Value> {
    serde_json::from_str(&days::text(file)?).with_context(|| format!("{} is no JSON", file.display()))
}

fn numbers<const N: usize>(value: Option<&Value>, name: &str) -> Result<[f64; N]> {
    let list = value.and_then(Value::as_array).with_context(|| format!("no list `{name}`"))?;
    let list: Option<Vec<f64>> = list.iter().map(Value::as_f64).collect();
    list.and_then(|list| list.try_into().ok()).with_context(|| format!("`{name}` is not {N} numbers"))
}

fn cut(fleet: &Value) -> Result<i32> {
    let date = fleet.get("cut").and_then(Value::as_str).context("no `cut`")?;
    days::day_number(date).with_context(|| format!("`cut` is no date: {date}"))
}

/// `model`: "mbg", "logistic", or nothing for the better one that the fleet carries.
pub(crate) fn churn(fleet: &Value, model: Option<&str>) -> Result<Fleet> {
    let unit_days = fleet.get("unit_days").and_then(Value::as_f64).filter(|days| *days > 0.0).unwrap_or(7.0);
    let horizon = fleet.get("horizon_days").and_then(Value::as_u64).context("no `horizon_days`")?;
    let mbg = fleet.get("mbgnbd").context("no `mbgnbd`")?;
    let parameter = |name: &str| mbg.get(name).and_then(Value::as_f64).with_context(|| format!("no `mbgnbd.{name}`"));
    let parameters = [parameter("r")?, parameter("alpha")?, parameter("a")?, parameter("b")?];
    let lifetime = Lifetime::mbg(parameters).context("`mbgnbd` makes no sense")?;
    let logistic = match (model, fleet.get("logit7")) {
        (Some("mbg"), _) | (None, None) => None,
        (None | Some("logistic"), Some(logit7)) => Some(logistic(fleet, logit7, unit_days)?),
        (Some("logistic"), None) => bail!("the fleet carries no `logit7`"),
        (Some(other), _) => bail!("unknown model `{other}`: mbg or logistic"),
    };
    let returning = Returning { logistic, lifetime, unit_days, horizon_days: u32::try_from(horizon)? };
    Ok(Fleet { cut: cut(fleet)?, returning })
}

fn logistic(fleet: &Value, logit7: &Value, unit_days: f64) -> Result<Logit7> {
    let [r, alpha] = numbers::<2>(fleet.get("nbd"), "nbd")?;
    let weights = numbers::<FEATURES>(logit7.get("w"), "logit7.w")?;
    let bias = logit7.get("b").and_then(Value::as_f64).context("no `logit7.b`")?;
    let nbd = Nbd::new([r, alpha * unit_days]).context("`nbd` makes no sense")?;
    Logit7::new(weights, bias, nbd).context("`logit7` makes no sense")
}

pub(crate) fn cycles(fleet: &Value) -> Result<Cycles> {
    let number = |name: &str| fleet.get(name).and_then(Value::as_f64).with_context(|| format!("no `{name}`"));
    let [within, between] = [number("within")?, number("between")?];
    let medians = fleet.get("catmed").and_then(Value::as_object).context("no `catmed`")?;
    let mut sorted: Vec<f64> = medians.values().filter_map(Value::as_f64).collect();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(30.0);
    let of = |median: f64, gamma| CycleFleet { ln_median: median.max(0.5).ln(), within, between, gamma };
    let all = of(median, numbers(fleet.get("glob"), "glob")?);
    let gammas = fleet.get("cats").and_then(Value::as_object).context("no `cats`")?;
    let one = |name: &String| {
        let median = medians.get(name).and_then(Value::as_f64).unwrap_or_else(|| all.ln_median.exp());
        let gamma = gammas.get(name).map_or(Ok(all.gamma), |list| numbers(Some(list), "cats"))?;
        Ok((name.clone(), of(median, gamma)))
    };
    let categories = medians.keys().chain(gammas.keys()).map(one).collect::<Result<_>>()?;
    Ok(Cycles { cut: cut(fleet)?, all, categories })
}
