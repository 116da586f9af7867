//! Which value a feature has for a person, and which variation of an experiment she is in: in the order of the rules, and
//! of the fifteen steps, that GrowthBook's SDKs share.

use super::bucket::{choose, hash, is_in_namespace, ranges, Range};
use super::launch;
use super::payload::Payload;
use super::rule::{Experiment, Filter, Force, Hashing, Parent, Rule, Status, Then, HASH_ATTRIBUTE};
use super::sticky::{Assignment, Sticky};
use crate::clock::Day;
use crate::condition::{to_text, Condition, Context, Dialect};
use crate::program::value::Value;
use std::borrow::Cow;
use std::cell::RefCell;

/// Prerequisites of prerequisites: at most so many one behind the other; more counts as a circle.
pub const PREREQUISITES_MAX: usize = 32;

/// A variation that somebody asked for by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forced {
    /// By position; one that does not exist takes the person out.
    Position(i64),
    /// By key.
    Key(String),
}

/// Everything about the person that decides.
#[derive(Clone, Debug, Default)]
pub struct Person<'a> {
    /// An object.
    pub attributes: Option<&'a Value>,
    /// Assignments to keep to; `None` if assignments are not sticky.
    pub sticky: Option<&'a Sticky>,
    /// Variations asked for by hand, by experiment.
    pub forced: &'a [(String, Forced)],
    /// The query of the launch.
    pub query: &'a str,
    /// No experiment runs.
    pub is_disabled: bool,
    /// Only what was asked for by hand runs.
    pub is_qa: bool,
    /// Whose rules are obeyed.
    pub dialect: Dialect,
}

/// Why a feature has its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The payload does not have it.
    UnknownFeature,
    /// No rule applied.
    DefaultValue,
    /// A rule gives the value.
    Force,
    /// A variation of an experiment.
    Experiment,
    /// A feature it depends on does not allow it.
    Prerequisite,
    /// Features depend on each other in a circle.
    CyclicPrerequisite,
}

/// What a feature is for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<'a> {
    /// Why.
    pub reason: Reason,
    /// Which of the feature's values; 0 for none.
    pub number: u32,
    /// The rule that decided.
    pub rule: Option<usize>,
    /// Being in an experiment.
    pub outcome: Option<Outcome<'a>>,
}

impl<'a> Decision<'a> {
    fn at(self, rule: usize) -> Decision<'a> {
        // A circle and a closed gate are the feature's matter, not the rule's.
        let decides = matches!(self.reason, Reason::Force | Reason::Experiment);
        Decision { rule: decides.then_some(rule), ..self }
    }

    /// What decided, as `explain` names it.
    pub fn step(&self) -> &'static str {
        match (&self.outcome, self.reason) {
            (Some(outcome), _) => outcome.step,
            (None, reason) => reason.name(),
        }
    }
}

impl Reason {
    /// As the SDKs name it.
    pub fn name(self) -> &'static str {
        match self {
            Reason::UnknownFeature => "unknownFeature",
            Reason::DefaultValue => "defaultValue",
            Reason::Force => "force",
            Reason::Experiment => "experiment",
            Reason::Prerequisite => "prerequisite",
            Reason::CyclicPrerequisite => "cyclicPrerequisite",
        }
    }
}

/// What an experiment is for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome<'a> {
    /// Which one.
    pub experiment: &'a Experiment,
    /// The feature that runs it; empty for an entry of `experiments`.
    pub feature: &'a str,
    /// Position of her variation; that of the baseline if she is not in it.
    pub variation: usize,
    /// She is.
    pub is_in: bool,
    /// By hash, not by hand.
    pub is_hashed: bool,
    /// By an earlier assignment, or kept out by one.
    pub is_sticky: bool,
    /// Her number below 1.
    pub bucket: Option<f64>,
    /// The attribute that was hashed, and its value as text; empty if there is none.
    pub hashed: (&'a str, Cow<'a, str>),
    /// Of a contextual bandit, the position of the leaf that took her; -1 if none did.
    pub leaf_of_bandit: Option<i64>,
    /// The step that ended it.
    pub step: &'static str,
}

impl<'a> Outcome<'a> {
    fn out(self, step: &'static str) -> Outcome<'a> {
        Outcome { step, ..self }
    }

    /// In the variation, if there is one at that position.
    fn by_hand(self, variation: Option<usize>, step: &'static str) -> Outcome<'a> {
        let found = variation.filter(|&variation| variation < self.experiment.count);
        Outcome { variation: found.unwrap_or(0), is_in: found.is_some(), step, ..self }
    }

    /// What to keep of it, if it is sticky.
    pub fn assignment(&self, day: Day) -> Option<Assignment> {
        let (attribute, value) = &self.hashed;
        self.experiment.hashing.is_sticky.then(|| Assignment {
            experiment: self.experiment.key.clone(),
            version: self.experiment.version,
            attribute: ((*attribute).to_owned(), value.clone().into_owned()),
            variation: self.experiment.variation_key(self.variation).into_owned(),
            day,
        })
    }
}

/// Evaluates one payload for one person.
#[derive(Debug)]
pub struct Evaluation<'a> {
    payload: &'a Payload,
    person: Person<'a>,
    context: Context<'a>,
    /// Outcomes by hash met on the way, those of prerequisites and of holdouts too.
    seen: RefCell<Vec<Outcome<'a>>>,
}

/// The features on the way here.
#[derive(Clone, Copy)]
struct Trail<'a> {
    feature: usize,
    depth: usize,
    up: Option<&'a Trail<'a>>,
}

impl<'a> Evaluation<'a> {
    /// Of a payload for a person.
    pub fn new(payload: &'a Payload, person: Person<'a>) -> Evaluation<'a> {
        let context = Context::new(&payload.groups, person.dialect);
        Evaluation { payload, person, context, seen: RefCell::default() }
    }

    /// The outcomes that count as seen, in order.
    pub fn into_seen(self) -> Vec<Outcome<'a>> {
        self.seen.into_inner()
    }

    /// A feature of the payload, by position.
    pub fn feature(&self, position: usize) -> Decision<'a> {
        self.decide(position, None)
    }

    /// An entry of the payload's `experiments`, by position.
    pub fn experiment(&self, position: usize) -> Option<Outcome<'a>> {
        Some(self.run(self.payload.experiments.get(position)?, None))
    }

    fn decide(&self, position: usize, up: Option<&Trail>) -> Decision<'a> {
        let depth = up.map_or(0, |up| up.depth + 1);
        if depth > PREREQUISITES_MAX || is_on(up, position) {
            return plain(Reason::CyclicPrerequisite, 0);
        }
        let trail = Trail { feature: position, depth, up };
        let rules = self.payload.rules(position).iter();
        let mut decided = rules.enumerate().filter_map(|(at, rule)| self.apply(rule, &trail).ok().map(|by| by.at(at)));
        decided.next().unwrap_or_else(|| plain(Reason::DefaultValue, 1))
    }

    /// For each rule of a feature, up to the one that decides, the step that ended it.
    pub fn steps(&self, position: usize) -> Vec<&'static str> {
        let trail = Trail { feature: position, depth: 0, up: None };
        let mut steps = Vec::new();
        for rule in self.payload.rules(position) {
            let applied = self.apply(rule, &trail);
            steps.push(applied.as_ref().map_or_else(|step| *step, Decision::step));
            if applied.is_ok() {
                break;
            }
        }
        steps
    }

    /// An error names the step at which the rule leaves it to the next one.
    fn apply(&self, rule: &'a Rule, trail: &Trail) -> Result<Decision<'a>, &'static str> {
        for parent in &rule.parents {
            match self.met(parent, trail) {
                Err(()) => return Ok(plain(Reason::CyclicPrerequisite, 0)),
                Ok(false) if parent.gate => return Ok(plain(Reason::Prerequisite, 0)),
                Ok(false) => return Err("prerequisite"),
                Ok(true) => {}
            }
        }
        if self.is_filtered(&rule.filters) {
            return Err("namespace");
        }
        match &rule.then {
            Then::Force(force) => self.is_forced(force).map(|()| plain(Reason::Force, rule.first_value)),
            Then::Run(experiment) => self.in_variation(experiment, rule.first_value, trail),
            Then::Nothing => Err("no_value"),
        }
    }

    fn in_variation(
        &self,
        experiment: &'a Experiment,
        first: u32,
        trail: &Trail,
    ) -> Result<Decision<'a>, &'static str> {
        let outcome = self.run(experiment, Some(trail));
        if !outcome.is_in {
            return Err(outcome.step);
        }
        if experiment.meta.get(outcome.variation).is_some_and(|meta| meta.passes_on) {
            return Err("passthrough");
        }
        let number = first + outcome.variation as u32;
        Ok(Decision { outcome: Some(outcome), ..plain(Reason::Experiment, number) })
    }

    /// True if the parent's value passes; an error if it depends on itself.
    fn met(&self, parent: &Parent, trail: &Trail) -> Result<bool, ()> {
        let position = self.payload.find(&parent.feature);
        let decision = position.map_or(plain(Reason::UnknownFeature, 0), |at| self.decide(at, Some(trail)));
        if decision.reason == Reason::CyclicPrerequisite {
            return Err(());
        }
        let value = position.map_or(&Value::Null, |at| self.payload.value(at, decision.number));
        let object = Value::Map(vec![(String::from("value"), value.clone())]);
        Ok(parent.condition.passes(&object, &self.context))
    }

    fn passes(&self, condition: &Condition) -> bool {
        condition.passes(self.attributes(), &self.context)
    }

    /// The person's attributes, an object.
    pub(super) fn attributes(&self) -> &'a Value {
        self.person.attributes.unwrap_or(&Value::Null)
    }

    fn is_forced(&self, force: &Force) -> Result<(), &'static str> {
        if force.condition.as_ref().is_some_and(|condition| !self.passes(condition)) {
            return Err("condition");
        }
        self.is_rolled_out(force).then_some(()).ok_or("coverage")
    }

    fn is_rolled_out(&self, force: &Force) -> bool {
        let all = match (force.range, force.coverage) {
            (None, None) => return true,
            (Some(range), _) => range,
            (None, Some(coverage)) => Range { start: f64::NEG_INFINITY, end: coverage },
        };
        if all.end == 0.0 && force.range.is_none() {
            return false;
        }
        let number =
            self.hashed(&force.hashing).and_then(|(_, value)| hash(&force.hashing.seed, &value, force.hashing.version));
        let takes_end = force.range.is_none() && self.person.dialect == Dialect::Loose;
        number.is_some_and(|number| all.has(number) || (takes_end && number == all.end))
    }

    fn is_filtered(&self, filters: &[Filter]) -> bool {
        filters.iter().any(|filter| {
            let value = self.hashable(&filter.attribute);
            let number = value.and_then(|value| hash(&filter.seed, &value, filter.hash_version));
            number.is_none_or(|number| !filter.ranges.iter().any(|range| range.has(number)))
        })
    }

    /// The value of an attribute as it is hashed: text that is not empty, or a number that is not 0.
    fn hashable(&self, attribute: &str) -> Option<Cow<'a, str>> {
        let value = self.attributes().get(attribute)?;
        let fits = match value {
            Value::Text(text) => return (!text.is_empty()).then_some(Cow::Borrowed(text.as_str())),
            Value::Number(_) => true,
            _ => self.person.dialect == Dialect::Loose,
        };
        (fits && crate::condition::is_truthy(value)).then(|| Cow::Owned(to_text(value)))
    }

    /// The attribute that is hashed and its value; the fallback's where assignments are sticky.
    fn hashed<'h>(&self, hashing: &'h Hashing) -> Option<(&'h str, Cow<'a, str>)> {
        let own = self.hashable(&hashing.attribute).map(|value| (hashing.attribute.as_str(), value));
        let is_sticky = self.person.sticky.is_some() && hashing.is_sticky;
        let fallback = hashing.fallback.as_deref().filter(|_| is_sticky);
        own.or_else(|| fallback.and_then(|name| Some((name, self.hashable(name)?))))
    }

    /// What an experiment is for the person. `trail` leads to the feature that runs it.
    fn run(&self, experiment: &'a Experiment, trail: Option<&Trail>) -> Outcome<'a> {
        let hashed = self.hashed(&experiment.hashing);
        let has_value = hashed.is_some();
        let start = Outcome {
            experiment,
            feature: trail.map_or("", |trail| self.payload.key(trail.feature)),
            variation: 0,
            is_in: false,
            is_hashed: false,
            is_sticky: false,
            bucket: None,
            hashed: hashed.unwrap_or((&experiment.hashing.attribute, Cow::Borrowed(""))),
            leaf_of_bandit: self.leaf(experiment),
            step: "disabled",
        };
        if experiment.count < 2 || self.person.is_disabled {
            return start;
        }
        if let Some(variation) = launch::asked(self.person.query, &experiment.key, experiment.count) {
            return start.by_hand(Some(variation), "launch_query");
        }
        if let Some(variation) = self.forced(experiment) {
            return start.by_hand(variation, "override");
        }
        if experiment.status == Status::Draft {
            return start.out("inactive");
        }
        if !has_value {
            return start.out("hash_attribute");
        }
        self.assign(start, trail)
    }

    /// From the seventh step on: who is considered, and what she gets.
    fn assign(&self, start: Outcome<'a>, trail: Option<&Trail>) -> Outcome<'a> {
        let (experiment, value) = (start.experiment, &*start.hashed.1);
        let kept = self.kept(experiment);
        let is_kept = matches!(kept, Kept::Variation(_));
        if let Some(step) = self.kept_out(experiment, value, trail).filter(|_| !is_kept) {
            return start.out(step);
        }
        let Some(bucket) = hash(&experiment.hashing.seed, value, experiment.hashing.version) else {
            return start.out("hash_version");
        };
        let variation = match kept {
            Kept::Variation(variation) => Some(variation),
            Kept::Blocked => return Outcome { is_sticky: true, ..start.out("bucket_version") },
            Kept::None => self.chosen(experiment, start.leaf_of_bandit, bucket),
        };
        let Some(variation) = variation else { return start.out("coverage") };
        if let Some(force) = experiment.force {
            return start.by_hand(force, "force");
        }
        if self.person.is_qa || experiment.status == Status::Stopped {
            return start.out(if self.person.is_qa { "qa" } else { "stopped" });
        }
        let outcome = Outcome { is_hashed: true, is_sticky: is_kept, bucket: Some(bucket), ..start };
        let outcome = outcome.by_hand(Some(variation), "bucket");
        self.seen.borrow_mut().push(outcome.clone());
        outcome
    }

    /// Of a variation asked for by hand: `Some(None)` if it does not exist.
    fn forced(&self, experiment: &Experiment) -> Option<Option<usize>> {
        let (_, forced) = self.person.forced.iter().find(|(key, _)| *key == experiment.key)?;
        Some(match forced {
            Forced::Position(position) => usize::try_from(*position).ok(),
            Forced::Key(key) => (0..experiment.count).find(|&at| experiment.variation_key(at) == *key),
        })
    }

    /// The step that keeps the person out of the experiment, if one does.
    fn kept_out(&self, experiment: &Experiment, value: &str, trail: Option<&Trail>) -> Option<&'static str> {
        let is_filtered = match (&experiment.filters, &experiment.namespace) {
            (Some(filters), _) => self.is_filtered(filters),
            (None, Some((name, range))) => !is_in_namespace(value, name, *range),
            (None, None) => false,
        };
        if is_filtered {
            return Some("namespace");
        }
        if experiment.condition.as_ref().is_some_and(|condition| !self.passes(condition)) {
            return Some("condition");
        }
        let start = Trail { feature: usize::MAX, depth: 0, up: None };
        // Of a feature's rule the rule has asked already.
        let unmet = trail.is_none() && experiment.parents.iter().any(|parent| self.met(parent, &start) != Ok(true));
        unmet.then_some("prerequisite")
    }

    /// What earlier assignments say. Without an attribute of its own the fallback is the default one, as in the SDKs.
    fn kept(&self, experiment: &Experiment) -> Kept {
        let hashing = &experiment.hashing;
        let Some(sticky) = self.person.sticky.filter(|_| hashing.is_sticky) else { return Kept::None };
        let fallback = hashing.fallback.as_deref().unwrap_or(HASH_ATTRIBUTE);
        let names = [hashing.attribute.as_str(), fallback];
        // Mostly both are the same.
        let different = if fallback == hashing.attribute { 1 } else { 2 };
        let mut found = None;
        for name in names.into_iter().take(different) {
            let Some(value) = self.hashable(name) else { continue };
            let attribute = (name, &*value);
            if sticky.is_blocked(&experiment.key, experiment.version_min, attribute) {
                return Kept::Blocked;
            }
            found = found.or_else(|| sticky.variation(&experiment.key, experiment.version, attribute));
        }
        // The SDKs find only variations that `meta` names, though they keep the others too; we keep what was promised.
        let position = |key: &str| (0..experiment.count).find(|&variation| experiment.variation_key(variation) == key);
        found.and_then(position).map_or(Kept::None, Kept::Variation)
    }

    fn chosen(&self, experiment: &Experiment, leaf: Option<i64>, bucket: f64) -> Option<usize> {
        let weights = experiment.bandit.zip(leaf).and_then(|(bandit, leaf)| self.weights(bandit, leaf));
        match weights.filter(|_| !experiment.has_ranges) {
            Some(weights) => choose(bucket, &ranges(experiment.count, experiment.coverage, Some(weights))),
            None => choose(bucket, &experiment.ranges),
        }
    }

    fn weights(&self, bandit: usize, leaf: i64) -> Option<&'a [f64]> {
        let (_, weights) = self.payload.bandits.get(bandit)?.leaves.get(usize::try_from(leaf).ok()?)?;
        Some(weights)
    }

    /// The position of the first leaf of the bandit that takes the person; -1 if none does, `None` without a bandit.
    fn leaf(&self, experiment: &Experiment) -> Option<i64> {
        let bandit = self.payload.bandits.get(experiment.bandit?)?;
        let found = bandit.leaves.iter().position(|(condition, _)| self.passes(condition));
        Some(found.map_or(-1, |leaf| leaf as i64))
    }
}

enum Kept {
    None,
    Variation(usize),
    Blocked,
}

fn is_on(trail: Option<&Trail>, feature: usize) -> bool {
    trail.is_some_and(|trail| trail.feature == feature || is_on(trail.up, feature))
}

fn plain<'a>(reason: Reason, number: u32) -> Decision<'a> {
    Decision { reason, number, rule: None, outcome: None }
}
