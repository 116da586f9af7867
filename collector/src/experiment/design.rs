//! How an experiment was meant: its variations in order, and the share of people for each.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ratio::STRAY_SHARE_MAX;

/// The variations of an experiment as the program has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Design {
    /// (key of the variation, its weight), the control first.
    pub arms: Vec<(String, f64)>,
}

impl Design {
    /// From the text of a program that carries `features` in GrowthBook's form; `None` if the experiment is not in it.
    /// A rule's key is its feature's if it has none; weights are equal, and keys are positions, if none are given.
    pub fn of(program: &str, experiment: &str) -> Option<Design> {
        let program: Value = serde_json::from_str(program).ok()?;
        let features = program.get("features")?.as_object()?;
        let rules = features.iter().flat_map(|(name, feature)| {
            let rules = feature.get("rules").and_then(Value::as_array).into_iter().flatten();
            rules.map(move |rule| (rule.get("key").and_then(Value::as_str).unwrap_or(name), rule))
        });
        let mut found = rules.filter(|(key, rule)| *key == experiment && rule.get("variations").is_some());
        found.find_map(|(_, rule)| Design::of_rule(rule))
    }

    fn of_rule(rule: &Value) -> Option<Design> {
        let count = rule.get("variations")?.as_array()?.len();
        let meta = |at: usize| rule.get("meta")?.get(at)?.get("key")?.as_str();
        let weight = |at: usize| rule.get("weights")?.get(at)?.as_f64();
        let arm = |at: usize| {
            let key = meta(at).map_or_else(|| at.to_string(), str::to_owned);
            (key, weight(at).filter(|weight| *weight >= 0.0).unwrap_or(1.0 / count as f64))
        };
        Some(Design { arms: (0..count).map(arm).collect() })
    }

    /// Without a program that says so: equal shares, and as control the variation called `control`, else the first.
    /// Variations with hardly anybody in them are no part of it: [`STRAY_SHARE_MAX`].
    pub fn assumed(people: &BTreeMap<String, u64>) -> Design {
        let all = people.values().sum::<u64>() as f64;
        let found = people.iter().filter(|(_, &n)| n as f64 > STRAY_SHARE_MAX * all);
        let mut keys: Vec<&String> = found.map(|(key, _)| key).collect();
        keys.sort_by_key(|key| (key.as_str() != "control", key.parse::<u32>().unwrap_or(u32::MAX), key.as_str()));
        Design { arms: keys.into_iter().map(|key| (key.clone(), 1.0)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(design: Option<Design>) -> Vec<(String, f64)> {
        design.map(|design| design.arms).unwrap_or_default()
    }

    #[test]
    fn the_program_says_how_people_are_split() {
        let program = r#"{"features":{
            "buy-colour":{"rules":[{"force":1},{"variations":["green","red"],"weights":[0.9,0.1],
                "meta":[{"key":"control"},{"key":"red"}]}]},
            "coupon":{"defaultValue":5,"rules":[{"key":"coupon-test","variations":[5,8,10]}]}}}"#;
        assert_eq!(arms(Design::of(program, "buy-colour")), [("control".into(), 0.9), ("red".into(), 0.1)]);
        assert_eq!(arms(Design::of(program, "coupon-test")).len(), 3);
        assert_eq!(arms(Design::of(program, "coupon-test"))[2], ("2".into(), 1.0 / 3.0));
        assert_eq!(Design::of(program, "coupon"), None, "the feature has another key for it");
        assert_eq!(Design::of("no json", "coupon"), None);
        assert_eq!(Design::of(r#"{"features":{"a":{"rules":[{"variations":7}]}}}"#, "a"), None);
    }

    #[test]
    fn without_one_shares_are_equal_and_the_control_comes_first() {
        let keys = |of: &[(&str, u64)]| {
            let people = of.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect();
            Design::assumed(&people).arms.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(keys(&[("1", 9), ("0", 9), ("10", 9), ("2", 9)]), ["0", "1", "2", "10"]);
        assert_eq!(keys(&[("a", 9), ("control", 9), ("b", 9)]), ["control", "a", "b"]);
        assert_eq!(keys(&[("0", 900), ("1", 900), ("forged", 2)]), ["0", "1"]);
    }
}
