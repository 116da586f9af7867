//! What phones can claim at most, against phones that try everything.

use huitou::clock::{Day, OffsetMin};
use huitou::loyalty::{Act, Line, Stamp, State};
use huitou::program::load;
use huitou::program::rules::Rules;
use serde_json::{json, Value};

/// 2026-03-01 at noon in China.
const START_S: i64 = 1_772_337_600;

fn rules(sections: &Value) -> Rules {
    let mut program = json!({"app": "a", "revision": 1});
    program.as_object_mut().unwrap().extend(sections.as_object().unwrap().clone());
    let (program, warnings) = load(&program.to_string()).unwrap();
    assert_eq!(warnings, [], "{sections}");
    program.rules
}

/// Points that claims bring on each of so many dates, played by `acts`.
fn earned(rules: &Rules, dates: i64, mut acts: impl FnMut(i64) -> Vec<Act>) -> Vec<u64> {
    let mut state = State::new();
    let mut play = |date: i64| {
        let mut sum = 0;
        for (number, act) in (0i64..).zip(acts(date)) {
            let stamp = Stamp { moment_s: START_S + date * 86_400 + number, offset: OffsetMin::new(480) };
            // Refusals are part of trying.
            let _ = state.apply(rules, stamp, &act, &mut |line: &Line| sum += line.points.max(0));
        }
        sum as u64
    };
    (0..dates).map(&mut play).collect()
}

fn best_month(days: &[u64]) -> u64 {
    days.windows(31).map(|month| month.iter().sum()).max().unwrap_or_else(|| days.iter().sum())
}

/// Every pattern of check-ins over 14 dates: the best date is the figure, no more and no less.
#[test]
fn without_make_ups_the_figure_of_a_date_is_exact() {
    for (sections, expected) in [
        (json!({}), 0),
        (json!({"check_in": {"daily_points": 5}}), 5),
        (json!({"check_in": {"daily_points": [1, 9, 2]}}), 9),
        (json!({"check_in": {"daily_points": [1, 2, 9], "cycle_days": 2}}), 2),
        (
            json!({"check_in": {"daily_points": 5, "milestones": [{"day": 3, "points": 10}, {"day": 7, "points": 30}]}}),
            35,
        ),
        (
            json!({"check_in": {"daily_points": 5, "milestones": [{"day": 3, "points": 10}, {"day": 3, "of": "total", "points": 7}]}}),
            22,
        ),
        (
            json!({"check_in": {"daily_points": 5}, "daily_caps": [{"sources": ["check_in", "share"], "max_points": 3}]}),
            3,
        ),
        (json!({"check_in": {"daily_points": 5}, "points": {"claims_per_day_max": 4}}), 4),
    ] {
        let rules = rules(&sections);
        let mut best = 0;
        for pattern in 0u32..1 << 14 {
            let days = earned(&rules, 14, |date| if pattern >> date & 1 == 1 { vec![Act::CheckIn] } else { vec![] });
            best = best.max(days.iter().copied().max().unwrap());
        }
        assert_eq!((best, rules.worst_case().per_day), (expected, expected), "{sections}");
    }
}

/// Every pattern of dates and make-ups over 7 dates, milestones as tight as they come.
#[test]
fn with_make_ups_no_pattern_brings_more() {
    for sections in [
        json!({"check_in": {"daily_points": 1, "milestones": [{"day": 1, "points": 10}], "make_up": {"window_days": 3}}}),
        json!({"check_in": {"daily_points": [1, 4], "milestones": [{"day": 2, "points": 10}, {"day": 3, "points": 100}],
            "make_up": {"window_days": 5, "max_per_month": 2, "pays_daily_points": true}}}),
        json!({"check_in": {"milestones": [{"day": 2, "points": 7, "max_times": 1}, {"day": 4, "of": "total", "points": 20}],
            "make_up": {"window_days": 4, "max_per_month": 3}}}),
    ] {
        let rules = rules(&sections);
        let most = rules.worst_case();
        let mut best = 0;
        for pattern in 0u32..1 << 14 {
            let days = earned(&rules, 7, |date| turn(date, (pattern >> date & 1 == 1, pattern >> (7 + date) & 1 == 1)));
            best = best.max(days.iter().copied().max().unwrap());
            assert!(best <= most.per_day && days.iter().sum::<u64>() <= most.per_month, "{sections} {days:?}");
        }
        assert!(best * 2 >= most.per_day, "{sections}: {best} of {most:?}");
    }
}

/// A date on which one checks in or not, and makes up for all that can be or not.
fn turn(date: i64, (checks_in, makes_up): (bool, bool)) -> Vec<Act> {
    let today = Day::parse("2026-03-01").unwrap().plus(date);
    let mut acts = Vec::new();
    if checks_in {
        acts.push(Act::CheckIn);
    }
    if makes_up {
        acts.extend((1..=7).map(|back| Act::MakeUp { day: today.plus(-back) }));
    }
    acts
}

/// Whoever claims everything there is for a year, every campaign on.
#[test]
fn nobody_exceeds_the_figures_in_a_year() {
    for sections in [
        json!({"check_in": {"daily_points": [5, 5, 5, 10, 20], "cycle_days": 5, "milestones": [{"day": 3, "points": 10}, {"day": 7, "points": 30}],
                "make_up": {"window_days": 7, "max_per_month": 2, "pays_daily_points": true}, "freeze": {"held_at_start": 1}},
            "points": {"activities": [{"name": "share", "points": 10, "max_per_day": 3}, {"name": "lesson", "points": 4}]},
            "multipliers": [{"name": "a", "percent": 133, "applies_to": ["check_in", "share"], "when": {"weekday": 1}},
                {"name": "b", "percent": 150, "applies_to": ["check_in"], "when": {"from": "2026-01-01", "to": "2027-12-31"}}],
            "stacking": "multiply"}),
        json!({"check_in": {"daily_points": 7, "milestones": [{"day": 30, "points": 500}]},
            "points": {"activities": [{"name": "share", "points": 10, "max_per_day": 5}], "claims_per_day_max": 100},
            "multipliers": [{"name": "a", "percent": 120, "applies_to": ["share"], "when": {"day_of_month": 18}},
                {"name": "b", "percent": 150, "applies_to": ["share"], "when": {"from": "2026-01-01", "to": "2027-12-31"}}],
            "stacking": "add", "daily_caps": [{"sources": ["share", "milestone"], "max_points": 40}, {"sources": ["share"], "max_points": 30}]}),
    ] {
        let rules = rules(&sections);
        let most = rules.worst_case();
        for skipped in 2..40 {
            let days = earned(&rules, 365, |date| {
                let mut acts = turn(date, (date % skipped != 0, date % 5 == 0));
                acts.extend((0..50).map(|number| Act::Activity { activity: (number % 2) as u8 }));
                acts
            });
            assert!(*days.iter().max().unwrap() <= most.per_day, "{sections} {most:?}");
            assert!(best_month(&days) <= most.per_month, "{sections} {most:?} {}", best_month(&days));
        }
    }
}

#[test]
fn figures_of_a_lifetime() {
    let lifetime = |sections: Value| rules(&sections).worst_case().lifetime;
    assert_eq!(lifetime(json!({})), Some(0));
    assert_eq!(lifetime(json!({"points": {"per_yuan": 5}})), Some(0));
    assert_eq!(lifetime(json!({"check_in": {"daily_points": 1}})), None);
    assert_eq!(lifetime(json!({"points": {"activities": [{"name": "share", "points": 1, "max_per_day": 1}]}})), None);
    let once = json!({"check_in": {"milestones": [{"day": 7, "points": 10, "max_times": 3}, {"day": 30, "of": "total", "points": 50}]}});
    assert_eq!(lifetime(once), Some(80));
    assert_eq!(lifetime(json!({"check_in": {"milestones": [{"day": 7, "points": 10}]}})), None);
    assert_eq!(lifetime(json!({"check_in": {"milestones": [{"day": 7, "coupon": "tea"}]}})), Some(0));
}
