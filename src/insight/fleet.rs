//! What a backend learnt of a whole fleet: the `model` section of a program, as `huitou-collector fit` writes it.
//!
//! Each part stands alone: one that is missing or makes no sense is left out, said so, and replaced by what needs no
//! fleet. A phone without any section still says when something is due.

use crate::insight::model::cycle::CycleFleet;
use crate::insight::model::gamma_gamma::GammaGamma;
use crate::insight::model::lifetime::Lifetime;
use crate::insight::model::logit7::{Logit7, FEATURES};
use crate::insight::model::nbd::Nbd;
use crate::insight::model::number::ln;
use crate::insight::returning::{Returning, HORIZON_DAYS_MAX};
use crate::program::value::Value;

/// Categories with cycles of their own.
pub const CATEGORIES_MAX: usize = 512;

/// The fleet's parameters, ready to score with.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// Which fit, 0 without one.
    pub revision: u32,
    /// How likely people are to come back; `None` without a sane `returning`.
    pub returning: Option<Returning>,
    /// Rates of the fleet with α in days; the prior without.
    pub nbd_days: Nbd,
    /// What people spend a time, in the unit that it was fitted in.
    pub spend: Option<GammaGamma>,
    /// Intervals of categories that are not listed.
    pub cycle: CycleFleet,
    /// Intervals by category, in order of names.
    pub categories: Vec<(String, CycleFleet)>,
}

impl Fleet {
    /// Reads the section; gives also the paths of parts that make no sense. `null` is no section, and no mistake.
    pub fn read(section: &Value) -> (Fleet, Vec<&'static str>) {
        let mut bad = Vec::new();
        let mut part = |name: &'static str| section.get(name).inspect(|_| bad.push(name));
        let (returning, spend, cycle) = (part("returning"), part("spend"), part("cycle"));
        let returning = returning.and_then(read_returning);
        let spend = spend.and_then(numbers).and_then(GammaGamma::new);
        let cycle = cycle.and_then(read_cycles);
        // What was read after all is not bad.
        bad.retain(|name| match *name {
            "returning" => returning.is_none(),
            "spend" => spend.is_none(),
            _ => cycle.is_none(),
        });
        let revision = section.get("revision").and_then(Value::as_i64).and_then(|n| u32::try_from(n).ok());
        let (cycle, categories) = cycle.unwrap_or((CycleFleet::PRIOR, Vec::new()));
        let fleet = Fleet {
            revision: revision.unwrap_or(0),
            returning: returning.map(|(returning, _)| returning),
            nbd_days: returning.map_or(Nbd::PRIOR_DAYS, |(_, nbd)| nbd),
            spend,
            cycle,
            categories,
        };
        (fleet, bad)
    }

    /// Intervals of a category.
    pub fn cycle_of(&self, category: &str) -> &CycleFleet {
        let found = self.categories.binary_search_by(|(name, _)| name.as_str().cmp(category));
        found.ok().and_then(|at| self.categories.get(at)).map_or(&self.cycle, |(_, cycle)| cycle)
    }
}

fn number(value: &Value, name: &str) -> Option<f64> {
    value.get(name)?.as_f64()
}

fn numbers<const N: usize>(value: &Value) -> Option<[f64; N]> {
    let list = value.as_list()?;
    let mut found = [0.0; N];
    for (slot, value) in found.iter_mut().zip(list) {
        *slot = value.as_f64()?;
    }
    (list.len() == N).then_some(found)
}

fn read_returning(part: &Value) -> Option<(Returning, Nbd)> {
    let unit_days = number(part, "unit_days").filter(|days| (1.0..=366.0).contains(days))?;
    let horizon_days = u32::try_from(part.get("horizon_days")?.as_i64()?).ok()?;
    let [r, alpha] = numbers(part.get("nbd")?)?;
    let nbd = Nbd::new([r, alpha * unit_days])?;
    let lifetime = Lifetime::mbg(numbers(part.get("mbgnbd")?)?)?;
    let logistic = match part.get("logit7") {
        None => None,
        Some(logit7) => Some(Logit7::new(numbers::<FEATURES>(logit7.get("w")?)?, number(logit7, "b")?, nbd)?),
    };
    let is_sane = (1..=HORIZON_DAYS_MAX).contains(&horizon_days);
    is_sane.then_some((Returning { logistic, lifetime, unit_days, horizon_days }, nbd))
}

fn read_cycles(part: &Value) -> Option<(CycleFleet, Vec<(String, CycleFleet)>)> {
    let (within, between) = (number(part, "within")?, number(part, "between")?);
    let one = |cycle: &Value| {
        let gamma = numbers(cycle.get("gamma")?)?;
        let cycle = CycleFleet { ln_median: ln(number(cycle, "median_days")?), within, between, gamma };
        cycle.is_sane().then_some(cycle)
    };
    let listed = part.get("categories").and_then(Value::as_map).unwrap_or_default();
    let mut categories = Vec::new();
    for (name, cycle) in listed.iter().take(CATEGORIES_MAX) {
        // Names of an object are read once each; the fit writes them in order, so that nothing moves.
        let place = categories.partition_point(|(before, _): &(String, CycleFleet)| before < name);
        categories.insert(place, (name.clone(), one(cycle)?));
    }
    Some((one(part.get("all")?)?, categories))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::value::parse;

    const SECTION: &str = r#"{"revision": 3,
        "returning": {"unit_days": 7, "horizon_days": 28, "nbd": [0.4, 12], "mbgnbd": [0.5, 6, 0.9, 1.6],
                      "logit7": {"w": [-1, 1, 0, 0, 0, 0.5, 0.3], "b": 0.5}},
        "spend": [6.25, 3.74, 15.44],
        "cycle": {"within": 0.8, "between": 0.4, "all": {"median_days": 30, "gamma": [1.6, 2.4, 44]},
                  "categories": {"tea": {"median_days": 14, "gamma": [1.5, 3, 30]}, "cake": {"median_days": 7, "gamma": [1, 2, 9]}}}}"#;

    fn read(text: &str) -> (Fleet, Vec<&'static str>) {
        Fleet::read(&parse(text).unwrap())
    }

    #[test]
    fn all_parts_are_read() {
        let (fleet, bad) = read(SECTION);
        assert_eq!((fleet.revision, bad), (3, vec![]));
        let returning = fleet.returning.unwrap();
        assert!(returning.logistic.is_some() && returning.horizon_days == 28 && fleet.spend.is_some());
        assert_eq!(fleet.nbd_days, Nbd::new([0.4, 84.0]).unwrap());
        assert_eq!(fleet.cycle_of("cake").gamma, [1.0, 2.0, 9.0]);
        assert_eq!(fleet.cycle_of("soap").gamma, [1.6, 2.4, 44.0]);
    }

    #[test]
    fn parts_that_make_no_sense_are_off_and_named() {
        let (prior, bad) = read("null");
        assert_eq!((prior.cycle, prior.returning, prior.spend, bad), (CycleFleet::PRIOR, None, None, vec![]));
        for (from, to, name) in [
            ("\"nbd\": [0.4, 12]", "\"nbd\": [0.4]", "returning"),
            ("0.5, 0.3]", "0.5, null]", "returning"),
            ("\"horizon_days\": 28", "\"horizon_days\": 0", "returning"),
            ("3.74", "0.9", "spend"),
            ("\"median_days\": 14", "\"median_days\": -1", "cycle"),
            ("[1, 2, 9]", "[0, 2, 9]", "cycle"),
        ] {
            let (fleet, bad) = read(&SECTION.replace(from, to));
            assert_eq!(bad, [name], "{to}");
            assert_eq!(
                [fleet.returning.is_none(), fleet.spend.is_none(), fleet.categories.is_empty()],
                [name == "returning", name == "spend", name == "cycle"]
            );
        }
    }
}
