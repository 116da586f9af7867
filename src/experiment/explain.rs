//! A decision as JSON, in the form of the SDKs' `FeatureResult` and `Result`.

use super::bucket::equal_weights;
use super::evaluate::{Decision, Evaluation, Outcome};
use super::payload::{variation, Payload};
use super::rule::Experiment;
use crate::condition::is_truthy;
use crate::json::JsonWriter;
use crate::program::value::Value;

/// Members of a rule that belong to its experiment, in the order in which the SDKs copy them.
const COPIED: [&str; 18] = [
    "coverage",
    "weights",
    "hashAttribute",
    "fallbackAttribute",
    "disableStickyBucketing",
    "bucketVersion",
    "minBucketVersion",
    "namespace",
    "meta",
    "ranges",
    "name",
    "phase",
    "seed",
    "hashVersion",
    "filters",
    "condition",
    "status",
    "active",
];
/// Those that are copied although they are 0.
const COPIED_AT_ZERO: [&str; 3] = ["coverage", "bucketVersion", "minBucketVersion"];

impl Payload {
    /// Writes what a feature is for a person, and why: `{"value", "on", "off", "source", "ruleId", "experiment"?,
    /// "experimentResult"?, "why": [step of each rule]}`.
    pub fn explain_feature(&self, feature: usize, evaluation: &Evaluation, w: &mut JsonWriter) {
        let decision = evaluation.feature(feature);
        let value = self.value(feature, decision.number);
        let rule = decision.rule.and_then(|rule| self.rules(feature).get(rule));
        w.begin_object();
        w.key("value");
        value.write(w);
        flag(w, "on", is_truthy(value));
        flag(w, "off", !is_truthy(value));
        w.text_member("source", decision.reason.name());
        w.text_member("ruleId", rule.map_or("", |rule| &rule.id));
        if let Decision { outcome: Some(outcome), rule: Some(rule), .. } = &decision {
            let raw = self.raw_rule(feature, *rule);
            w.key("experiment");
            self.write_experiment(raw, outcome, w);
            w.key("experimentResult");
            self.write_outcome((outcome, evaluation.attributes()), (raw, Some(self.key(feature))), w);
        }
        write_steps(w, &evaluation.steps(feature));
        w.end_object();
    }

    /// Writes what an entry of `experiments` is for a person: `{"experiment", "experimentResult", "why"}`.
    pub fn explain_experiment(&self, position: usize, evaluation: &Evaluation, w: &mut JsonWriter) {
        let (raw, outcome) = (self.raw_experiment(position), evaluation.experiment(position));
        w.begin_object();
        w.key("experiment");
        raw.write(w);
        if let Some(outcome) = &outcome {
            w.key("experimentResult");
            self.write_outcome((outcome, evaluation.attributes()), (raw, None), w);
            write_steps(w, &[outcome.step]);
        }
        w.end_object();
    }

    fn write_experiment(&self, raw: &Value, outcome: &Outcome, w: &mut JsonWriter) {
        w.begin_object();
        w.key("variations");
        raw.get("contextualVariations").or_else(|| raw.get("variations")).unwrap_or(&Value::Null).write(w);
        w.text_member("key", &outcome.experiment.key);
        let leaf = self.raw_leaf(outcome.experiment, outcome.leaf_of_bandit);
        for name in COPIED {
            let own = raw.get(name).filter(|value| is_truthy(value) || COPIED_AT_ZERO.contains(&name));
            let given = leaf.filter(|_| name == "weights").and_then(|leaf| leaf.get("weights"));
            if let Some(value) = given.or(own) {
                w.key(name);
                value.write(w);
            }
        }
        if outcome.leaf_of_bandit.is_some() && outcome.is_hashed && outcome.is_in {
            w.key("contextualBandit");
            w.begin_object();
            self.write_leaf(raw, outcome, w);
            w.end_object();
        }
        w.end_object();
    }

    fn write_outcome(
        &self,
        (outcome, attributes): (&Outcome, &Value),
        (raw, feature): (&Value, Option<&str>),
        w: &mut JsonWriter,
    ) {
        let (attribute, text) = &outcome.hashed;
        let meta = outcome.experiment.meta.get(outcome.variation);
        w.begin_object();
        w.text_member("key", &outcome.experiment.variation_key(outcome.variation));
        w.key("featureId");
        match feature {
            Some(feature) => w.string(feature),
            None => w.null(),
        }
        flag(w, "inExperiment", outcome.is_in);
        flag(w, "hashUsed", outcome.is_hashed);
        w.count_member("variationId", outcome.variation as u64);
        w.key("value");
        variation(raw, outcome.variation).unwrap_or(&Value::Null).write(w);
        w.text_member("hashAttribute", attribute);
        w.key("hashValue");
        attributes.get(attribute).filter(|_| !text.is_empty()).unwrap_or(&Value::Text(String::new())).write(w);
        flag(w, "stickyBucketUsed", outcome.is_sticky);
        if let Some(name) = meta.and_then(|meta| meta.name.as_deref()) {
            w.text_member("name", name);
        }
        if let Some(bucket) = outcome.bucket {
            w.key("bucket");
            w.number(bucket);
        }
        if meta.is_some_and(|meta| meta.passes_on) {
            flag(w, "passthrough", true);
        }
        if outcome.leaf_of_bandit.is_some() && outcome.is_hashed && outcome.is_in {
            self.write_leaf(raw, outcome, w);
        }
        w.end_object();
    }

    fn write_leaf(&self, raw: &Value, outcome: &Outcome, w: &mut JsonWriter) {
        let experiment = outcome.experiment;
        let leaf = self.raw_leaf(experiment, outcome.leaf_of_bandit);
        w.key("leafId");
        leaf.and_then(|leaf| leaf.get("leafId")).unwrap_or(&Value::Number(-1.0)).write(w);
        w.key("variationWeights");
        match leaf.unwrap_or(raw).get("weights") {
            Some(weights) => weights.write(w),
            None => {
                w.begin_array();
                equal_weights(experiment.count).into_iter().for_each(|weight| w.number(weight));
                w.end_array();
            }
        }
        let version = experiment.bandit.and_then(|bandit| self.raw_bandit(bandit).get("banditVersion"));
        if let Some(version) = version {
            w.key("banditVersion");
            version.write(w);
        }
    }

    fn raw_leaf(&self, experiment: &Experiment, leaf: Option<i64>) -> Option<&Value> {
        let leaf = usize::try_from(leaf?).ok()?;
        self.raw_bandit(experiment.bandit?).get("contexts")?.as_list()?.get(leaf)
    }
}

fn write_steps(w: &mut JsonWriter, steps: &[&str]) {
    w.key("why");
    w.begin_array();
    steps.iter().for_each(|step| w.string(step));
    w.end_array();
}

fn flag(w: &mut JsonWriter, name: &str, flag: bool) {
    w.key(name);
    w.bool(flag);
}
