//! Everything that is to be shown of an experiment.

use std::collections::BTreeMap;

use super::comparison::{Comparison, Scale};
use super::design::Design;
use super::{Conclusion, Ratio, Sums};

/// Metrics that every experiment has, in the order they are shown in.
pub const METRICS: [&str; 5] = ["converted", "orders", "paid_fen", "sessions", "active_days"];

/// What the database holds of an experiment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// The experiment's key.
    pub experiment: String,
    /// The one that is looked at: the latest.
    pub bucket_version: u32,
    /// People by variation; those seen in several are in none.
    pub people: BTreeMap<String, u64>,
    /// People seen in several variations.
    pub mixed: u64,
    /// First and last day of a first exposure, `YYYY-MM-DD`.
    pub days: (String, String),
    /// Sums by metric and variation.
    pub sums: BTreeMap<String, BTreeMap<String, Sums>>,
}

/// An experiment and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// What was seen.
    pub observed: Observed,
    /// The variations, the control first.
    pub groups: Vec<Group>,
    /// False: no program says how people were to be split, and equal shares are assumed.
    pub is_design_known: bool,
    /// Whether the split is what was meant; `None` while there are too few people to say.
    pub ratio: Option<Ratio>,
    /// [`METRICS`], then events.
    pub metrics: Vec<Metric>,
}

/// A variation.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its key.
    pub variation: String,
    /// People in it.
    pub people: u64,
    /// The share of people it was to get, 0 to 1.
    pub share: f64,
}

/// A metric of all variations.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// `orders`, `event:add_cart` …
    pub name: String,
    /// A line for each variation, the control first.
    pub lines: Vec<Line>,
}

/// A metric of one variation.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What was summed up.
    pub sums: Sums,
    /// Against the control; `None` for the control itself, and where nothing varies.
    pub comparison: Option<Comparison>,
    /// What may be said; `None` for the control itself.
    pub conclusion: Option<Conclusion>,
}

impl Results {
    /// Works out what was seen; `program` is the text of the program that may say how it was meant.
    pub fn of(observed: Observed, program: Option<&str>) -> Results {
        let known = program.and_then(|program| Design::of(program, &observed.experiment));
        let is_design_known = known.is_some();
        let groups = groups(&observed, known);
        let people: Vec<u64> = groups.iter().map(|group| group.people).collect();
        let shares: Vec<f64> = groups.iter().map(|group| group.share).collect();
        let ratio = Ratio::of(&people, &shares);
        let names = METRICS.iter().map(|name| (*name).to_owned()).chain(events(&observed));
        let metrics = names.map(|name| metric(&observed, (&groups, ratio), name)).collect();
        Results { observed, groups, is_design_known, ratio, metrics }
    }

    /// The metric that decides: whether people buy, or in an app where nobody does, on how many days they come.
    pub fn main_metric(&self) -> Option<&Metric> {
        let is_used = |metric: &&Metric| metric.lines.iter().any(|line| line.sums.y > 0.0);
        let named = |name: &str| self.metrics.iter().find(|metric| metric.name == name);
        named("converted").filter(is_used).or_else(|| named("active_days"))
    }
}

/// The variations of the design, then those that should not be there.
fn groups(observed: &Observed, known: Option<Design>) -> Vec<Group> {
    let mut arms = known.unwrap_or_else(|| Design::assumed(&observed.people)).arms;
    let is_planned = |key: &&String| arms.iter().any(|(arm, _)| arm == *key);
    let strays: Vec<String> = observed.people.keys().filter(|key| !is_planned(key)).cloned().collect();
    arms.extend(strays.into_iter().map(|key| (key, 0.0)));
    let whole: f64 = arms.iter().map(|(_, weight)| weight).sum();
    let people = |variation: &str| observed.people.get(variation).copied().unwrap_or(0);
    let group = |(variation, weight): (String, f64)| Group {
        people: people(&variation),
        share: if whole > 0.0 { weight / whole } else { 0.0 },
        variation,
    };
    arms.into_iter().map(group).collect()
}

/// Names of metrics that only this experiment has, those with the largest sums first.
fn events(observed: &Observed) -> impl Iterator<Item = String> {
    let total = |by: &BTreeMap<String, Sums>| by.values().map(|sums| sums.y).sum::<f64>();
    let others = observed.sums.iter().filter(|(name, _)| !METRICS.contains(&name.as_str()));
    let mut found: Vec<(f64, String)> = others.map(|(name, by)| (total(by), name.clone())).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, name)| name)
}

fn metric(observed: &Observed, (groups, ratio): (&[Group], Option<Ratio>), name: String) -> Metric {
    let scale = if name == "converted" { Scale::Proportion } else { Scale::Amount };
    let by = observed.sums.get(&name);
    let sums = groups.iter().map(|group| {
        let found = by.and_then(|by| by.get(&group.variation)).copied().unwrap_or_default();
        Sums { people: group.people, ..found }
    });
    let sums: Vec<Sums> = sums.collect();
    let control = sums.first().copied().unwrap_or_default();
    let line = |(at, sums): (usize, Sums)| {
        let comparison = Comparison::of(&control, &sums, scale).filter(|_| at > 0);
        let conclusion = (at > 0).then(|| Conclusion::of(ratio, (&control, &sums), comparison.as_ref()));
        Line { sums, comparison, conclusion }
    };
    Metric { name, lines: sums.into_iter().enumerate().map(line).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed() -> Observed {
        let sums = |people: u64, y: f64| Sums { people, y, yy: y, ..Sums::default() };
        let by = |a: f64, b: f64| BTreeMap::from([("0".to_owned(), sums(1000, a)), ("1".to_owned(), sums(1000, b))]);
        Observed {
            experiment: "buy".into(),
            people: BTreeMap::from([("0".to_owned(), 1000), ("1".to_owned(), 1000)]),
            sums: BTreeMap::from([
                ("converted".to_owned(), by(100.0, 180.0)),
                ("event:rare".to_owned(), by(3.0, 2.0)),
                ("event:often".to_owned(), by(300.0, 200.0)),
            ]),
            ..Observed::default()
        }
    }

    #[test]
    fn metrics_come_in_order_and_the_control_is_compared_with_nothing() {
        let results = Results::of(observed(), None);
        let names: Vec<&str> = results.metrics.iter().map(|metric| metric.name.as_str()).collect();
        assert_eq!(names[..5], METRICS);
        assert_eq!(names[5..], ["event:often", "event:rare"]);
        let main = results.main_metric().unwrap();
        assert_eq!((main.name.as_str(), main.lines[0].conclusion), ("converted", None));
        assert_eq!(main.lines[1].conclusion, Some(Conclusion::Better));
        let orders = &results.metrics[1].lines[1];
        assert_eq!((orders.sums.people, orders.conclusion), (1000, Some(Conclusion::TooEarly)), "nobody has any");
        assert!(!results.is_design_known && !results.ratio.unwrap().is_off());
    }

    #[test]
    fn the_design_of_the_program_decides_the_check_and_the_control() {
        let program = r#"{"features":{"buy":{"rules":[{"variations":[1,2],"weights":[0.9,0.1]}]}}}"#;
        let results = Results::of(observed(), Some(program));
        assert!(results.is_design_known && results.ratio.unwrap().is_off(), "half is not 90 to 10");
        assert_eq!(results.main_metric().unwrap().lines[1].conclusion, Some(Conclusion::RatioOff));
        let swapped = r#"{"features":{"buy":{"rules":[{"variations":[1,2],"meta":[{"key":"1"},{"key":"0"}]}]}}}"#;
        let results = Results::of(observed(), Some(swapped));
        assert_eq!(results.groups[0].variation, "1");
        assert_eq!(results.main_metric().unwrap().lines[1].conclusion, Some(Conclusion::Worse));
    }

    #[test]
    fn a_variation_that_nobody_planned_fails_the_check() {
        let program = r#"{"features":{"buy":{"rules":[{"variations":[1,2]}]}}}"#;
        let mut observed = observed();
        observed.people.insert("7".into(), 60);
        let results = Results::of(observed, Some(program));
        assert_eq!(results.groups[2], Group { variation: "7".into(), people: 60, share: 0.0 });
        assert!(results.ratio.unwrap().is_off());
    }
}
