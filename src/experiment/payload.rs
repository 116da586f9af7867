//! A payload as GrowthBook serves it, checked and compiled.

use super::rule::{Experiment, Fields, Rule, Source, Then};
use crate::condition::{compile, is_truthy, Condition, Groups};
use crate::error::Error;
use crate::program::read::{Cursor, Mistake, Report};
use crate::program::value::{parse_within, Limits, Value};
use crate::program::{not_read, Warning};
use std::cell::RefCell;

/// The largest payload, in bytes: what one key of a phone's storage holds with room to spare.
pub const PAYLOAD_BYTES_MAX: usize = 512 * 1024;
/// How deep a payload may nest.
pub const PAYLOAD_DEPTH_MAX: u32 = 40;
/// Members of one object of it: features, saved groups.
pub const PAYLOAD_FIELDS_MAX: usize = 4096;

/// What the bounds of a payload say to a parser.
pub(super) const LIMITS: Limits =
    Limits { bytes_max: PAYLOAD_BYTES_MAX, depth_max: PAYLOAD_DEPTH_MAX, fields_max: PAYLOAD_FIELDS_MAX };
/// Codes of texts that can't be read.
pub(super) const CODES: [&str; 2] = ["payload_too_big", "payload_not_json"];
/// The hash of a program's rules that do not say which.
pub const PROGRAM_HASH: u32 = 2;

/// A loaded payload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload {
    /// As it was read; values are taken from here.
    raw: Value,
    /// The rules of each feature, in the order of `features`.
    features: Vec<Vec<Rule>>,
    /// Positions of features in the order of their keys.
    order: Vec<u32>,
    /// In the order of `experiments`.
    pub(super) experiments: Vec<Experiment>,
    pub(super) groups: Groups,
    pub(super) bandits: Vec<Bandit>,
}

/// A contextual bandit: the weights of an experiment, by what kind of person it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bandit {
    pub(super) leaves: Vec<(Condition, Vec<f64>)>,
}

impl Payload {
    /// Reads `{"features": {…}, "experiments": […], "savedGroups": {…}, "contextualBandits": {…}}`; every member may be
    /// missing, others are ignored. A program (told by its `app`) may stand in its place, with `saved_groups` and
    /// [`PROGRAM_HASH`].
    ///
    /// # Errors
    /// `payload_too_big` (over [`PAYLOAD_BYTES_MAX`], [`PAYLOAD_DEPTH_MAX`], [`PAYLOAD_FIELDS_MAX`]), `payload_not_json`,
    /// `payload_invalid` if it is no object or `features` is none, `payload_encrypted` if it holds what a phone can't read.
    /// Everything else is a [`Warning`].
    pub fn load(text: &str, hash_version: u32) -> Result<(Payload, Vec<Warning>), Error> {
        let raw = parse_within(text, LIMITS).map_err(|fault| not_read(text, fault, CODES))?;
        if raw.get("encryptedFeatures").is_some_and(is_truthy) {
            let message = "this payload is encrypted: give open() experiments.decrypt, or decrypt it on your server";
            return Err(Error::new("payload_encrypted", message).at("encryptedFeatures"));
        }
        let hash_version = if raw.get("app").is_some() { PROGRAM_HASH } else { hash_version };
        Payload::read(raw, hash_version)
    }

    /// As [`Payload::load`], from what has been read already. `hash_version` is that of rules that do not say.
    ///
    /// # Errors
    /// `payload_invalid`.
    pub fn read(raw: Value, hash_version: u32) -> Result<(Payload, Vec<Warning>), Error> {
        let invalid = |path: &str| Error::new("payload_invalid", "expected an object").at(path);
        raw.as_map().ok_or_else(|| invalid(""))?;
        if raw.get("features").is_some_and(|features| features.as_map().is_none()) {
            return Err(invalid("features"));
        }
        let report = Report::default();
        let mut payload = compiled(&Cursor::root(&raw, &report), hash_version);
        let warnings = report.into_mistakes().into_iter();
        let warnings = warnings.map(|Mistake { path, message, .. }| Warning { path, message }).collect();
        payload.raw = raw;
        payload.put_in_order();
        Ok((payload, warnings))
    }

    fn put_in_order(&mut self) {
        let mut order: Vec<u32> = Vec::new();
        let features = members(&self.raw, "features");
        let key = |position: u32| features.get(position as usize).map(|(key, _)| key.as_str());
        for position in 0..features.len() as u32 {
            let place = order.partition_point(|&other| key(other) < key(position));
            order.insert(place, position);
        }
        self.order = order;
    }

    /// The position of a feature; `None` if the payload does not have it.
    pub fn find(&self, key: &str) -> Option<usize> {
        let found = self.order.binary_search_by(|&position| self.key(position as usize).cmp(key)).ok()?;
        let position = *self.order.get(found)? as usize;
        is_truthy(self.raw_feature(position)).then_some(position)
    }

    /// The position in `experiments` of one with that key.
    pub fn find_experiment(&self, key: &str) -> Option<usize> {
        self.experiments.iter().position(|experiment| experiment.key == key)
    }

    /// How many entries `experiments` has.
    pub fn experiments_len(&self) -> usize {
        self.experiments.len()
    }

    /// The feature whose rules run the experiment.
    pub fn feature_of(&self, experiment: &str) -> Option<usize> {
        let runs = |rule: &Rule| matches!(&rule.then, Then::Run(run) if run.key == experiment);
        self.features.iter().position(|rules| rules.iter().any(runs))
    }

    /// True if it has an experiment with that key.
    pub fn runs(&self, experiment: &str) -> bool {
        self.find_experiment(experiment).is_some() || self.feature_of(experiment).is_some()
    }

    /// The keys of its features, in the order of the payload.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        members(&self.raw, "features").iter().map(|(key, _)| key.as_str())
    }

    pub(super) fn rules(&self, feature: usize) -> &[Rule] {
        self.features.get(feature).map_or(&[], Vec::as_slice)
    }

    /// One of a feature's values, by the number that a decision gives.
    pub fn value(&self, feature: usize, number: u32) -> &Value {
        let found = match number {
            0 => None,
            1 => self.raw_feature(feature).get("defaultValue"),
            _ => self.rule_value(feature, number),
        };
        found.unwrap_or(&Value::Null)
    }

    fn rule_value(&self, feature: usize, number: u32) -> Option<&Value> {
        let rules = self.rules(feature);
        let at = rules.iter().rposition(|rule| rule.first_value <= number)?;
        let (raw, rule) = (self.raw_rule(feature, at), rules.get(at)?);
        match &rule.then {
            Then::Run(_) => variation(raw, (number - rule.first_value) as usize),
            _ => raw.get("force"),
        }
    }

    /// The key of a feature.
    pub fn key(&self, position: usize) -> &str {
        members(&self.raw, "features").get(position).map_or("", |(key, _)| key)
    }

    /// The feature as written.
    pub(super) fn raw_feature(&self, position: usize) -> &Value {
        members(&self.raw, "features").get(position).map_or(&Value::Null, |(_, value)| value)
    }

    /// A rule of a feature as written.
    pub(super) fn raw_rule(&self, feature: usize, rule: usize) -> &Value {
        let rules = self.raw_feature(feature).get("rules").and_then(Value::as_list);
        rules.and_then(|rules| rules.get(rule)).unwrap_or(&Value::Null)
    }

    /// An entry of `experiments` as written.
    pub(super) fn raw_experiment(&self, position: usize) -> &Value {
        let experiments = self.raw.get("experiments").and_then(Value::as_list);
        experiments.and_then(|experiments| experiments.get(position)).unwrap_or(&Value::Null)
    }

    /// A leaf of a bandit as written, and the bandit's version.
    pub(super) fn raw_bandit(&self, position: usize) -> &Value {
        members(&self.raw, "contextualBandits").get(position).map_or(&Value::Null, |(_, value)| value)
    }
}

/// A variation of an experiment as written.
pub(super) fn variation(raw: &Value, position: usize) -> Option<&Value> {
    let given = |name| raw.get(name).and_then(Value::as_list);
    given("contextualVariations").or_else(|| given("variations"))?.get(position)
}

/// The members of a member.
fn members<'a>(raw: &'a Value, name: &str) -> &'a [(String, Value)] {
    raw.get(name).and_then(Value::as_map).unwrap_or_default()
}

fn compiled(cursor: &Cursor, hash_version: u32) -> Payload {
    let raw = cursor.value();
    let part = |name: &'static str| cursor.member(name, raw.get(name).unwrap_or(&Value::Null));
    let groups = if raw.get("saved_groups").is_some() { "saved_groups" } else { "savedGroups" };
    let groups = Groups::read(&part(groups));
    let bandits: Vec<String> = members(raw, "contextualBandits").iter().map(|(id, _)| id.clone()).collect();
    let source = Source { groups: &groups, bandits: &bandits, hash_version, seeds: RefCell::default() };
    Payload {
        raw: Value::Null,
        features: features(&part("features"), &source),
        order: Vec::new(),
        experiments: experiments(&part("experiments"), &source),
        bandits: read_bandits(&part("contextualBandits"), &source),
        groups,
    }
}

fn features(cursor: &Cursor, source: &Source) -> Vec<Vec<Rule>> {
    let members = cursor.value().as_map().unwrap_or_default();
    members.iter().map(|(key, value)| rules(&cursor.member(key, value), source, key)).collect()
}

/// Values are numbered: 0 is none, 1 the default, then those of the rules in their order.
fn rules(cursor: &Cursor, source: &Source, key: &str) -> Vec<Rule> {
    let Some(value) = cursor.value().get("rules").filter(|value| **value != Value::Null) else { return Vec::new() };
    let list = cursor.member("rules", value);
    let Some(items) = value.as_list() else {
        list.warn("expected a list of rules; the default value counts");
        return Vec::new();
    };
    let (mut rules, mut next_value) = (Vec::new(), 2);
    for (position, item) in items.iter().enumerate() {
        let rule = source.rule(&list.item(item, position), key, next_value);
        next_value += match &rule.then {
            Then::Run(experiment) => experiment.count as u32,
            _ => 1,
        };
        rules.push(rule);
    }
    rules
}

fn experiments(cursor: &Cursor, source: &Source) -> Vec<Experiment> {
    let mut experiments = Vec::new();
    for (position, value) in cursor.value().as_list().unwrap_or_default().iter().enumerate() {
        let item = cursor.item(value, position);
        let fields = Fields::new(&item);
        let read = source.experiment(&fields, "").filter(|experiment| !experiment.key.is_empty());
        if fields.is_bad.get() || read.is_none() {
            item.warn("this experiment is off");
        }
        // One that is off keeps its place.
        experiments.extend(read.map(|read| if fields.is_bad.get() { Experiment { count: 0, ..read } } else { read }));
    }
    experiments
}

fn read_bandits(cursor: &Cursor, source: &Source) -> Vec<Bandit> {
    let members = cursor.value().as_map().unwrap_or_default();
    let bandit = |(id, value): &(String, Value)| {
        let contexts = value.get("contexts").and_then(Value::as_list).unwrap_or_default();
        let at = cursor.member(id, value);
        let leaf = |(position, context): (usize, &Value)| {
            let at = at.item(context, position);
            let condition = context.get("condition").filter(|condition| is_truthy(condition));
            let condition = condition.map(|condition| compile(&at.member("condition", condition), source.groups));
            let weights = context.get("weights").and_then(Value::as_list).unwrap_or_default();
            (condition.unwrap_or_default(), weights.iter().filter_map(Value::as_f64).collect())
        };
        Bandit { leaves: contexts.iter().enumerate().map(leaf).collect() }
    };
    members.iter().map(bandit).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::SIMILAR_SEED;
    use super::*;

    fn warned(text: &str, hash_version: u32) -> Vec<String> {
        let (_, warnings) = Payload::load(text, hash_version).unwrap();
        warnings.into_iter().map(|Warning { path, message }| path + ": " + &message).collect()
    }

    #[test]
    fn seeds_that_are_alike_under_hash_version_1_are_warned_of() {
        let rollouts = r#"{"features":{
            "feat-001":{"rules":[{"force":1,"coverage":0.1}]}, "feat-002":{"rules":[{"force":1,"coverage":0.1}]},
            "feat-003":{"rules":[{"force":1}]}, "other":{"rules":[{"variations":[0,1],"key":"feat-001"}]}}}"#;
        assert_eq!(warned(rollouts, 1), [format!("features.feat-002.rules[0]: {SIMILAR_SEED}")]);
        assert_eq!(warned(rollouts, 2), [""; 0]);
        let experiments = r#"{"experiments":[{"key":"exp-01","variations":[0,1]},{"key":"exp-001","variations":[0,1]},
            {"key":"exp-09","variations":[0,1]},{"key":"exp-08","variations":[0,1],"hashVersion":2},
            {"key":"exp-07","seed":"9f86d0","variations":[0,1]}]}"#;
        assert_eq!(warned(experiments, 1), [format!("experiments[2]: {SIMILAR_SEED}")]);
    }
}
