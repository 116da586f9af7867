//! A payload made smaller for one person: a backend that knows some of her attributes sends only what may concern her.
//! Whoever agrees with what is known gets the same from the reduced payload as from the whole one.
//!
//! After GrowthBook's specification 0.12.0 (`reducePayload`).

use super::prune::{Pruned, Pruner};
use crate::condition::is_truthy;
use crate::error::Error;
use crate::program::not_read;
use crate::program::value::{parse_within, Limits, Value};

/// A backend's payload may be larger than what a phone takes.
const LIMITS: Limits = Limits { bytes_max: 16 * 1024 * 1024, depth_max: 64, fields_max: 65_536 };
const FEATURES: &str = "features";

/// Reads `{"payload", "attributes", "globalAttributes"?, "include"?, "exclude"?, "prerequisites"?: "keep" | "filter"}`
/// and gives the reduced payload, JSON to JSON. Filters have `projects`, `tags` and `customFields`.
///
/// # Errors
/// `payload_too_big`, `payload_not_json`, `payload_invalid` without an object `payload`.
pub fn reduce_json(text: &str) -> Result<String, Error> {
    let request = read(text)?;
    let payload = request.get("payload").filter(|payload| payload.as_map().is_some());
    let payload = payload.ok_or_else(|| Error::new("payload_invalid", "expected an object").at("payload"))?;
    let known = merged(request.get("globalAttributes"), request.get("attributes"));
    Ok(Reducer::new(payload, &known, &request).reduce().to_json())
}

/// Reads `{"condition", "attributes", "savedGroups"?}` and gives true, false, or what is left, JSON to JSON.
///
/// # Errors
/// `payload_too_big`, `payload_not_json`.
pub fn prune_json(text: &str) -> Result<String, Error> {
    let request = read(text)?;
    let part = |name: &str| request.get(name).cloned().unwrap_or_default();
    let (known, groups) = (part("attributes"), part("savedGroups"));
    Ok(Pruner::new(&known, &groups).prune(&part("condition")).into_value().to_json())
}

fn read(text: &str) -> Result<Value, Error> {
    parse_within(text, LIMITS).map_err(|fault| not_read(text, fault, ["payload_too_big", "payload_not_json"]))
}

/// The second one's members win.
fn merged(one: Option<&Value>, other: Option<&Value>) -> Value {
    let members = |value: Option<&Value>| value.and_then(Value::as_map).unwrap_or_default().to_vec();
    let mut all = members(other);
    let missing = members(one).into_iter().filter(|(name, _)| all.iter().all(|(known, _)| known != name));
    let missing: Vec<_> = missing.collect();
    all.extend(missing);
    Value::Map(all)
}

struct Reducer<'a> {
    payload: &'a Value,
    pruner: Pruner<'a>,
    include: &'a Value,
    exclude: &'a Value,
    /// Prerequisites obey the filters too.
    filters_parents: bool,
    features: Vec<(String, Value)>,
}

static NONE: Value = Value::Null;

impl<'a> Reducer<'a> {
    fn new(payload: &'a Value, known: &'a Value, request: &'a Value) -> Reducer<'a> {
        let part = |name: &str| request.get(name).unwrap_or(&NONE);
        Reducer {
            payload,
            pruner: Pruner::new(known, payload.get("savedGroups").unwrap_or(&NONE)),
            include: part("include"),
            exclude: part("exclude"),
            filters_parents: part("prerequisites").as_str() == Some("filter"),
            features: Vec::new(),
        }
    }

    fn reduce(mut self) -> Value {
        for (key, feature) in members(self.payload, FEATURES) {
            if self.takes(feature) {
                self.add(key);
            }
        }
        let all = items(self.payload, "experiments").iter().filter(|experiment| self.takes(experiment));
        let experiments: Vec<Value> = all.map(|experiment| self.without_decided(experiment, false)).collect();
        experiments.iter().for_each(|experiment| self.add_parents(experiment));
        let bandits = self.bandits(&experiments);
        let roots = Value::List(vec![
            Value::Map(self.features.clone()),
            Value::List(experiments.clone()),
            Value::Map(bandits.clone()),
        ]);
        let groups = super::group_refs::kept(&roots, self.payload.get("savedGroups").unwrap_or(&NONE), &self.pruner);
        let mut reduced = self.payload.as_map().unwrap_or_default().to_vec();
        set(&mut reduced, FEATURES, Value::Map(self.features));
        set(&mut reduced, "experiments", Value::List(experiments));
        set(&mut reduced, "savedGroups", Value::Map(groups));
        if self.payload.get("contextualBandits").is_some_and(is_truthy) {
            set(&mut reduced, "contextualBandits", Value::Map(bandits));
        }
        Value::Map(reduced)
    }

    /// A feature, and what the phone evaluates for it.
    fn add(&mut self, key: &str) {
        let feature =
            self.payload.get(FEATURES).and_then(|features| features.get(key)).filter(|value| is_truthy(value));
        let Some(feature) = feature.filter(|_| self.features.iter().all(|(known, _)| known != key)) else { return };
        let mut kept = feature.as_map().unwrap_or_default().to_vec();
        let mut rules = Vec::new();
        if feature.get("rules").and_then(Value::as_list).is_some() {
            // A prerequisite of another project keeps the rules that are meant for that.
            let is_scoped = self.is_in_projects(metadata(feature));
            let serves = |rule: &&Value| !is_scoped || self.serves_rule(metadata(rule));
            rules =
                items(feature, "rules").iter().filter(serves).map(|rule| self.without_decided(rule, true)).collect();
            set(&mut kept, "rules", Value::List(rules.clone()));
        }
        // It is there before its parents are looked at, so that a circle ends.
        self.features.push((key.to_owned(), Value::Map(kept)));
        rules.iter().for_each(|rule| self.add_parents(rule));
    }

    fn add_parents(&mut self, item: &Value) {
        for parent in items(item, "parentConditions") {
            let id = parent.get("id").and_then(Value::as_str).unwrap_or_default();
            if !self.filters_parents || id.starts_with("$holdout:") {
                self.add(id);
            }
        }
    }

    /// A rule or an experiment whose condition has only what is open.
    fn without_decided(&self, item: &Value, is_rule: bool) -> Value {
        let Some(condition) = item.get("condition").filter(|condition| is_truthy(condition)) else {
            return item.clone();
        };
        let mut kept = item.as_map().unwrap_or_default().to_vec();
        match self.pruner.prune(condition) {
            Pruned::Decided(true) => kept.retain(|(name, _)| name != "condition"),
            Pruned::Decided(false) => {
                // It stays: prerequisites come before the condition, and sticky assignments skip it.
                let never = Value::Map(vec![(String::from("$not"), Value::Map(Vec::new()))]);
                set(&mut kept, "condition", never);
                if is_rule && item.get("force").is_some() {
                    set(&mut kept, "force", Value::Null);
                }
            }
            Pruned::Left(condition) => set(&mut kept, "condition", condition),
        }
        Value::Map(kept)
    }

    /// Bandits that something refers to, without the leaves that never take the person.
    fn bandits(&self, experiments: &[Value]) -> Vec<(String, Value)> {
        let mut kept: Vec<(String, Value)> = Vec::new();
        let rules = self.features.iter().flat_map(|(_, feature)| items(feature, "rules"));
        for item in rules.chain(experiments) {
            let id = item.get("contextualBanditRef").and_then(Value::as_str).unwrap_or_default();
            let bandit = self.payload.get("contextualBandits").and_then(|bandits| bandits.get(id));
            let is_new = kept.iter().all(|(known, _)| known != id);
            if let Some(bandit) = bandit.filter(|_| is_new) {
                kept.push((id.to_owned(), self.bandit(bandit)));
            }
        }
        kept
    }

    fn bandit(&self, bandit: &Value) -> Value {
        let Some(members) = bandit.as_map() else { return bandit.clone() };
        let mut kept = members.to_vec();
        let leaf = |leaf: &Value| {
            let given = leaf.get("condition").filter(|condition| is_truthy(condition)).cloned();
            let condition = match self.pruner.prune(&given.unwrap_or(Value::Map(Vec::new()))) {
                Pruned::Decided(false) => return None,
                Pruned::Decided(true) => Value::Map(Vec::new()),
                Pruned::Left(condition) => condition,
            };
            let mut members = leaf.as_map()?.to_vec();
            set(&mut members, "condition", condition);
            Some(Value::Map(members))
        };
        set(&mut kept, "contexts", Value::List(items(bandit, "contexts").iter().filter_map(leaf).collect()));
        Value::Map(kept)
    }

    /// True if it fits every filter of `include` and none of `exclude`.
    fn takes(&self, item: &Value) -> bool {
        let meta = metadata(item);
        let field = |name: &str| meta.get(name);
        let custom = |name: &str| field("customFields").and_then(|fields| fields.get(name));
        let wants = |want: &Value| want.as_list().is_some();
        let included = |(name, want): &(String, Value)| has(custom(name), want);
        self.is_in_projects(meta)
            && self.include.get("tags").is_none_or(|want| !wants(want) || has(field("tags"), want))
            && members(self.include, "customFields").iter().all(included)
            && !["projects", "tags"]
                .iter()
                .any(|name| self.exclude.get(name).is_some_and(|want| has(field(name), want)))
            && !members(self.exclude, "customFields").iter().any(included)
    }

    /// Something without projects is in none.
    fn is_in_projects(&self, meta: &Value) -> bool {
        let Some(want) = self.include.get("projects") else { return true };
        meta.get("allProjects").is_some_and(is_truthy) || has(meta.get("projects"), want)
    }

    /// A rule without projects is meant for all.
    fn serves_rule(&self, meta: &Value) -> bool {
        let (Some(want), Some(own)) = (self.include.get("projects"), meta.get("projects")) else { return true };
        !is_truthy(own) || has(Some(own), want)
    }
}

/// True if the value, or one of a list, is among those wanted.
fn has(value: Option<&Value>, want: &Value) -> bool {
    let (Some(value), Some(want)) = (value, want.as_list()) else { return false };
    let is_wanted = |value: &Value| !matches!(value, Value::List(_) | Value::Map(_)) && want.contains(value);
    match value {
        Value::List(values) => values.iter().any(is_wanted),
        value => is_wanted(value),
    }
}

fn metadata(item: &Value) -> &Value {
    item.get("metadata").unwrap_or(&NONE)
}

fn members<'a>(value: &'a Value, name: &str) -> &'a [(String, Value)] {
    value.get(name).and_then(Value::as_map).unwrap_or_default()
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_list).unwrap_or_default()
}

fn set(members: &mut Vec<(String, Value)>, name: &str, value: Value) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, place)) => *place = value,
        None => members.push((name.to_owned(), value)),
    }
}
