//! How long people take between purchases of something, by category, with all of them as the fall-back.

use std::collections::BTreeMap;

use huitou::insight::model::number::{lgamma, ln};
use serde::{Deserialize, Serialize};

use super::days::{Days, People};
use super::minimum::minimise;
use crate::error::Failure;

/// A category with fewer people than this is scored as all are.
const PEOPLE_MIN: usize = 30;

/// Intervals of one category (or of all), in days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cycle {
    /// Median interval.
    pub median_days: f64,
    /// Gamma–gamma `[k, a, b]`.
    pub gamma: [f64; 3],
    /// People with at least one interval.
    pub people: usize,
}

/// What was fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cycles {
    /// Variance of ln interval around a person's own mean.
    pub within: f64,
    /// Variance of people's means.
    pub between: f64,
    /// For categories that are not listed.
    pub all: Cycle,
    /// By name.
    pub categories: BTreeMap<String, Cycle>,
}

/// A person's intervals in one category.
struct Gaps {
    n: f64,
    sum: f64,
    logarithms: Vec<f64>,
}

impl Gaps {
    fn of(days: &Days, cut: i32) -> Option<Gaps> {
        let inside: Vec<i32> = days.iter().map(|(day, _)| *day).filter(|day| *day <= cut).collect();
        let gaps = inside.windows(2).map(|pair| f64::from(pair.last()? - pair.first()?).into());
        let gaps: Vec<f64> = gaps.collect::<Option<Vec<f64>>>()?;
        let (n, sum) = (gaps.len() as f64, gaps.iter().sum());
        (!gaps.is_empty()).then(|| Gaps { n, sum, logarithms: gaps.into_iter().map(ln).collect() })
    }
}

/// Fits streams whose id is `person|category`, up to a cut.
pub fn fit(streams: &People, cut: i32) -> Result<Cycles, Failure> {
    let mut by_category: BTreeMap<String, Vec<Gaps>> = BTreeMap::new();
    for (id, days) in streams {
        let category = id.split_once('|').map_or("", |(_, category)| category);
        by_category.entry(category.to_owned()).or_default().extend(Gaps::of(days, cut));
    }
    let everything: Vec<&Gaps> = by_category.values().flatten().collect();
    if everything.len() < PEOPLE_MIN {
        return Err(Failure::new("fewer than 30 streams have an interval: there is nothing to fit cycles on"));
    }
    let (within, between) = variances(&by_category);
    let all = category(&everything)?;
    let many = by_category.iter().filter(|(_, streams)| streams.len() >= PEOPLE_MIN);
    let one =
        |(name, streams): (&String, &Vec<Gaps>)| Ok((name.clone(), category(&streams.iter().collect::<Vec<_>>())?));
    Ok(Cycles { within, between, all, categories: many.map(one).collect::<Result<_, Failure>>()? })
}

fn category(streams: &[&Gaps]) -> Result<Cycle, Failure> {
    let mut logarithms: Vec<f64> = streams.iter().flat_map(|gaps| gaps.logarithms.iter().copied()).collect();
    logarithms.sort_by(f64::total_cmp);
    let median = logarithms.get(logarithms.len() / 2).copied().unwrap_or(0.0).exp();
    let one = |[k, a, b]: [f64; 3], gaps: &Gaps| {
        lgamma(a + k * gaps.n) - lgamma(a) + a * ln(b) - gaps.n * lgamma(k)
            + (k - 1.0) * gaps.logarithms.iter().sum::<f64>()
            - (a + k * gaps.n) * ln(b + gaps.sum)
    };
    let cost = |parameters: [f64; 3]| -streams.iter().map(|gaps| one(parameters, gaps)).sum::<f64>();
    let (gamma, _) = minimise([1.5, 2.5, 1.5 * median], &cost)?;
    Ok(Cycle { median_days: median, gamma, people: streams.len() })
}

/// One-way analysis of variance of ln interval, by person within her category.
fn variances(by_category: &BTreeMap<String, Vec<Gaps>>) -> (f64, f64) {
    let (mut inside, mut free, mut squares, mut owners, mut noise) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for streams in by_category.values().filter(|streams| streams.len() > 1) {
        let mean = |gaps: &Gaps| gaps.logarithms.iter().sum::<f64>() / gaps.n;
        let grand = streams.iter().map(mean).sum::<f64>() / streams.len() as f64;
        for gaps in streams {
            let own = mean(gaps);
            inside += gaps.logarithms.iter().map(|value| (value - own).powi(2)).sum::<f64>();
            free += gaps.n - 1.0;
            squares += (own - grand).powi(2);
            noise += 1.0 / gaps.n;
            owners += 1.0;
        }
        owners -= 1.0;
    }
    let within = if free > 0.0 { inside / free } else { 1.0 };
    let between = if owners > 0.0 { (squares - within * noise) / owners } else { 1.0 };
    (within.max(1e-3), between.max(1e-3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::random::Random;

    #[test]
    fn parameters_that_made_the_data_are_found() {
        let (mut random, truth) = (Random::new(8), [1.6, 3.0, 60.0]);
        let mut streams = People::new();
        for person in 0..500 {
            let rate = random.gamma(truth[1]) / truth[2];
            let mut at = 0.0;
            let days: Days = (0..9)
                .map(|_| {
                    at += random.gamma(truth[0]) / rate;
                    (at as i32, 0.0)
                })
                .collect();
            let mut days: Days = days;
            days.dedup_by_key(|(day, _)| *day);
            streams.insert(format!("{person}|tea"), days);
        }
        streams.insert("0|rare".to_owned(), vec![(0, 0.0), (5, 0.0)]);
        let found = fit(&streams, 100_000).unwrap();
        let tea = &found.categories["tea"];
        for (found, truth) in tea.gamma.iter().zip(truth) {
            assert!((found / truth - 1.0).abs() < 0.5, "{found} instead of {truth}");
        }
        assert!(!found.categories.contains_key("rare") && found.all.people == 501);
        assert!(found.within > 0.5 && found.between > 0.2 && found.between < 0.6, "{found:?}");
        assert!(fit(&streams, 0).is_err());
    }
}
