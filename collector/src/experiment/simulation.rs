//! Experiments in which nothing differs: how often do assignment and statistics say that something does?

use std::fmt;

use huitou::experiment::evaluate::{Evaluation, Person};
use huitou::experiment::payload::Payload;
use huitou::program::value::Value;
use statrs::distribution::{Binomial, DiscreteCDF};

use super::comparison::{Comparison, Scale};
use super::crowd::{Crowd, Deeds};
use super::{ratio, Ratio, Sums, ALPHA};

/// How often each experiment is looked at while people come in.
const LOOKS: usize = 10;

/// A sound count lies outside its bounds once in a thousand runs with other seeds.
const OUTSIDE: f64 = 0.001;

/// The hash version that Huitou's own experiments have.
const HASH_VERSION: u32 = 2;

/// What to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Experiments, each with a key of its own.
    pub tests: u32,
    /// The same phones in every experiment, as in a shop.
    pub phones: u32,
    /// Of what people do, and part of the experiments' keys.
    pub seed: u64,
}

/// How often something was found where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What was looked at.
    pub name: &'static str,
    /// In so many experiments.
    pub found: u64,
    /// The count must lie between these, both included; `None`: for comparison only.
    pub bounds: Option<(u64, u64)>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was simulated.
    pub plan: Plan,
    /// Phones that the engine left out of an experiment that is for all: must be none.
    pub left_out: u64,
    /// One line each.
    pub counts: Vec<Count>,
}

/// What one experiment has found.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    left_out: u64,
    ratio: bool,
    ratio_at_five: bool,
    converted: bool,
    paid_fen: bool,
    orders: bool,
    cuped: bool,
    peeked: bool,
    always_valid: bool,
}

/// Runs all experiments through the engine's own assignment; `Err` says why the engine does not take the payload.
pub fn run(plan: Plan) -> Result<Report, String> {
    let phones: Vec<Value> = (0..plan.phones).map(phone).collect();
    let mut crowd = Crowd::new(plan.seed);
    let all = (0..plan.tests).map(|test| Ok(one(&payload(plan.seed, test)?, &phones, &mut crowd)));
    let all = all.collect::<Result<Vec<_>, String>>()?;
    let count = |name, of: fn(&Found) -> bool, bounds| {
        let found = all.iter().filter(|found| of(found)).count() as u64;
        Count { name, found, bounds }
    };
    let within = Some(bounds(plan.tests, ALPHA));
    let below = |rate| Some((0, bounds(plan.tests, rate).1));
    let counts = vec![
        count("sample ratio off, p < 0.001", |found| found.ratio, below(ratio::THRESHOLD)),
        count("sample ratio, p < 0.05", |found| found.ratio_at_five, within),
        count("converted, two-proportion z, p < 0.05", |found| found.converted, within),
        count("orders, Welch, p < 0.05", |found| found.orders, within),
        count("paid_fen, Welch, p < 0.05", |found| found.paid_fen, within),
        count("orders, CUPED, p < 0.05", |found| found.cuped, within),
        count("orders, always valid, at any of 10 looks", |found| found.always_valid, below(ALPHA)),
        count("orders, Welch, at any of 10 looks", |found| found.peeked, None),
    ];
    Ok(Report { plan, left_out: all.iter().map(|found| found.left_out).sum(), counts })
}

/// The attributes of a phone, with an id as WeChat makes them.
fn phone(number: u32) -> Value {
    Value::Map(vec![("id".to_owned(), Value::Text(format!("oHuitou{number:021x}")))])
}

/// Keys differ in their last digits only, which is what a weak hash would not survive.
fn payload(seed: u64, test: u32) -> Result<Payload, String> {
    let rule = format!(r#"{{"key":"button-colour-{seed}-{test:04}","variations":[0,1]}}"#);
    let text = format!(r#"{{"features":{{"button":{{"rules":[{rule}]}}}}}}"#);
    Payload::load(&text, HASH_VERSION).map(|(payload, _)| payload).map_err(|error| error.to_string())
}

fn one(payload: &Payload, phones: &[Value], crowd: &mut Crowd) -> Found {
    let (mut arms, mut found) = ([Arm::default(), Arm::default()], Found::default());
    let every = phones.len().div_ceil(LOOKS).max(1);
    for (at, attributes) in phones.iter().enumerate() {
        let deeds = crowd.deeds();
        match assigned(payload, attributes).and_then(|variation| arms.get_mut(variation)) {
            Some(arm) => arm.add(&deeds),
            None => found.left_out += 1,
        }
        if (at + 1) % every == 0 || at + 1 == phones.len() {
            found.look(&arms);
        }
    }
    found.conclude(&arms);
    found
}

/// The variation of a phone, as the engine on it would say.
fn assigned(payload: &Payload, attributes: &Value) -> Option<usize> {
    let person = Person { attributes: Some(attributes), ..Person::default() };
    let outcome = Evaluation::new(payload, person).feature(0).outcome?;
    outcome.is_in.then_some(outcome.variation)
}

/// Sums of one variation.
#[derive(Clone, Copy, Debug, Default)]
struct Arm {
    converted: Sums,
    orders: Sums,
    paid_fen: Sums,
}

impl Arm {
    fn add(&mut self, deeds: &Deeds) {
        self.converted.add(f64::from(deeds.orders > 0.0), 0.0);
        self.orders.add(deeds.orders, deeds.orders_before);
        self.paid_fen.add(deeds.paid_fen, 0.0);
    }
}

impl Found {
    /// On the way: a difference seen once stays seen.
    fn look(&mut self, [a, b]: &[Arm; 2]) {
        if let Some(orders) = Comparison::of(&a.orders, &b.orders, Scale::Amount) {
            self.peeked |= orders.plain.interval.excludes_zero();
            self.always_valid |= orders.plain.always_valid.excludes_zero();
        }
    }

    /// At the end.
    fn conclude(&mut self, [a, b]: &[Arm; 2]) {
        let ratio = Ratio::of(&[a.orders.people, b.orders.people], &[0.5, 0.5]);
        self.ratio = ratio.is_some_and(|ratio| ratio.is_off());
        self.ratio_at_five = ratio.is_some_and(|ratio| ratio.p < ALPHA);
        let differs = |a: &Sums, b: &Sums, scale| {
            Comparison::of(a, b, scale).is_some_and(|found| found.plain.difference.p < ALPHA)
        };
        self.converted = differs(&a.converted, &b.converted, Scale::Proportion);
        self.paid_fen = differs(&a.paid_fen, &b.paid_fen, Scale::Amount);
        self.orders = differs(&a.orders, &b.orders, Scale::Amount);
        let cuped = Comparison::of(&a.orders, &b.orders, Scale::Amount).and_then(|found| found.cuped);
        self.cuped = cuped.is_some_and(|cuped| cuped.effect.difference.p < ALPHA);
    }
}

/// Between which counts all but one in a thousand runs lie, if each test fails at that rate.
fn bounds(tests: u32, rate: f64) -> (u64, u64) {
    let found = Binomial::new(rate, tests.into());
    found.map_or((0, u64::from(tests)), |found| {
        (found.inverse_cdf(OUTSIDE / 2.0), found.inverse_cdf(1.0 - OUTSIDE / 2.0))
    })
}

impl Count {
    /// True if it is what chance makes.
    pub fn is_sound(&self) -> bool {
        self.bounds.is_none_or(|(low, high)| (low..=high).contains(&self.found))
    }
}

impl Report {
    /// True if everything is what chance makes.
    pub fn is_sound(&self) -> bool {
        self.left_out == 0 && self.counts.iter().all(Count::is_sound)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { tests, phones, seed } = self.plan;
        writeln!(f, "{tests} A/A tests of {phones} phones each, seed {seed}; {} phones left out", self.left_out)?;
        for count in &self.counts {
            let share = 100.0 * count.found as f64 / f64::from(tests.max(1));
            let said = match count.bounds {
                Some((low, high)) if count.is_sound() => format!("ok, {low} to {high} expected"),
                Some((low, high)) => format!("OUT OF BOUNDS, {low} to {high} expected"),
                None => "for comparison".to_owned(),
            };
            writeln!(f, "{:<42}{:>6}  {share:>5.1} %  {said}", count.name, count.found)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_found_where_nothing_differs() {
        let report = run(Plan { tests: 200, phones: 400, seed: 7 }).unwrap();
        assert!(report.is_sound(), "{report}");
        let peeked = report.counts.last().unwrap();
        assert!(peeked.found > 20, "who looks ten times with an interval for one look finds more: {report}");
    }

    #[test]
    fn bounds_are_those_of_the_binomial_distribution() {
        assert_eq!(bounds(1000, 0.05), (29, 74));
        assert_eq!(bounds(1000, 0.001).1, 6);
        let plan = Plan { tests: 1000, phones: 1, seed: 1 };
        let line = |found| Count { name: "", found, bounds: Some((29, 74)) };
        for (found, is_sound) in [(28, false), (29, true), (74, true), (75, false)] {
            assert_eq!(Report { plan, left_out: 0, counts: vec![line(found)] }.is_sound(), is_sound, "{found}");
        }
        assert!(!Report { plan, left_out: 1, counts: Vec::new() }.is_sound());
    }

    #[test]
    fn a_difference_is_found() {
        let mut crowd = Crowd::new(3);
        let mut arms = [Arm::default(), Arm::default()];
        for at in 0..4000 {
            let mut deeds = crowd.deeds();
            deeds.orders += f64::from(u8::from(at % 2 == 1 && at % 4 == 1)) * 0.5;
            arms[at % 2].add(&deeds);
        }
        let mut found = Found::default();
        found.look(&arms);
        found.conclude(&arms);
        assert!(found.orders && found.cuped && found.always_valid && found.peeked && !found.ratio, "{found:?}");
    }
}
