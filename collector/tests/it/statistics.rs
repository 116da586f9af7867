//! The statistics against SciPy, statsmodels and GrowthBook's engine: `tests/fixtures/statistics.py` made the figures.

use huitou_collector::experiment::comparison::{Effect, Scale};
use huitou_collector::experiment::difference::Difference;
use huitou_collector::experiment::{Comparison, Interval, Ratio, Sums};
use serde_json::Value;

/// How far figures may lie apart, as a share of the figure.
const APART_MAX: f64 = 1e-9;

/// Below one in a million a p-value's own size is nobody's concern: it may be off by 1e-15.
const P_UNIT: f64 = 1e-6;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/statistics.json")).unwrap()
}

fn sums(of: &Value) -> Sums {
    let number = |name: &str| of[name].as_f64().unwrap();
    Sums {
        people: of["people"].as_u64().unwrap(),
        y: number("y"),
        yy: number("yy"),
        x: number("x"),
        xx: number("xx"),
        xy: number("xy"),
    }
}

/// Compares figures and remembers which lies furthest off.
#[derive(Default)]
struct Scales {
    compared: usize,
    furthest: (f64, String),
}

impl Scales {
    /// As a share of the larger of the figure and `unit`: a figure near zero has an absolute error only.
    fn weigh(&mut self, name: String, (ours, theirs): (f64, &Value), unit: f64) {
        let theirs = theirs.as_f64().unwrap();
        let apart = (ours - theirs).abs() / theirs.abs().max(unit);
        assert!(apart <= APART_MAX, "{name}: {ours} is not {theirs}");
        self.compared += 1;
        if apart >= self.furthest.0 {
            self.furthest = (apart, name);
        }
    }

    /// An interval is as exact as its width allows.
    fn interval(&mut self, name: &str, ours: Interval, theirs: &Value) {
        let width = ours.high - ours.low;
        self.weigh(format!("{name}, low"), (ours.low, &theirs[0]), width);
        self.weigh(format!("{name}, high"), (ours.high, &theirs[1]), width);
    }

    fn effect(&mut self, name: &str, ours: &Effect, theirs: &Value) {
        let Difference { estimate, p } = ours.difference;
        self.weigh(format!("{name} difference"), (estimate.value, &theirs["difference"]), estimate.error);
        self.weigh(format!("{name} p"), (p, &theirs["p"]), P_UNIT);
        self.weigh(format!("{name} degrees"), (estimate.degrees.unwrap(), &theirs["degrees"]), 1.0);
        self.interval(&format!("{name} interval"), ours.interval, &theirs["interval"]);
        self.interval(&format!("{name} always valid"), ours.always_valid, &theirs["sequential"]);
        let lift = ours.lift.unwrap();
        self.weigh(format!("{name} lift"), (lift.value, &theirs["lift"]), 0.01);
        for (kind, ours) in [("lift_interval", lift.interval), ("lift_sequential", lift.always_valid)] {
            assert_eq!(ours.is_none(), theirs[kind].is_null(), "{name} {kind}");
            ours.into_iter().for_each(|ours| self.interval(&format!("{name} {kind}"), ours, &theirs[kind]));
        }
    }
}

fn compare(scales: &mut Scales, name: &str, case: &Value) {
    let (control, variation) = (sums(&case["control"]), sums(&case["variation"]));
    let found = Comparison::of(&control, &variation, Scale::Amount).unwrap();
    scales.effect(name, &found.plain, &case["means"]);
    let (cuped, theirs) = (found.cuped.unwrap(), &case["cuped"]);
    scales.weigh(format!("{name} theta"), (cuped.adjusted.theta, &theirs["theta"]), 1e-3);
    scales.weigh(format!("{name} variance"), (cuped.adjusted.variance_left, &theirs["variance_left"]), 1e-3);
    scales.effect(&format!("{name} adjusted"), &cuped.effect, theirs);
    if case["kind"] == "binary" {
        let shares = Comparison::of(&control, &variation, Scale::Proportion).unwrap().plain;
        scales.interval(&format!("{name} shares"), shares.interval, &case["proportions"]["interval"]);
        scales.weigh(format!("{name} z-test"), (shares.difference.p, &case["proportions"]["p"]), P_UNIT);
    }
}

#[test]
fn figures_are_those_of_scipy_statsmodels_and_growthbook() {
    let fixture = fixture();
    let mut scales = Scales::default();
    let cases = fixture["comparisons"].as_array().unwrap();
    for (at, case) in cases.iter().enumerate() {
        let name = format!("{at} ({}, {} people)", case["kind"].as_str().unwrap(), case["control"]["people"]);
        compare(&mut scales, &name, case);
    }
    assert!(cases.len() >= 30 && scales.compared > 700, "{} cases, {} figures", cases.len(), scales.compared);
    println!("{} figures, at most {:.1e} apart: {}", scales.compared, scales.furthest.0, scales.furthest.1);
}

#[test]
fn the_sample_ratio_check_is_scipys() {
    let fixture = fixture();
    let mut scales = Scales::default();
    for case in fixture["ratios"].as_array().unwrap() {
        let people: Vec<u64> = case["people"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        let shares: Vec<f64> = case["shares"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        let ratio = Ratio::of(&people, &shares).unwrap();
        scales.weigh(format!("χ² of {people:?}"), (ratio.chi_square, &case["chi_square"]), 1e-12);
        scales.weigh(format!("p of {people:?}"), (ratio.p, &case["p"]), P_UNIT);
    }
    assert_eq!(scales.compared, 20);
    println!("at most {:.1e} apart: {}", scales.furthest.0, scales.furthest.1);
}
