//! Conditions of which a backend knows a part: what is decided goes, the rest stays for the phone.
//!
//! An attribute that is not among the known ones may have any value on the phone; one that is null is known to be null.
//! The figures follow GrowthBook's specification 0.12.0 (`pruneCondition`).

use crate::condition::{compile, Condition, Context, Dialect, Groups, Verdict, GROUP_DEPTH_MAX};
use crate::program::read::{Cursor, Report};
use crate::program::value::Value;

/// What is left of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Pruned {
    /// It does not depend on what is not known.
    Decided(bool),
    /// It does, by this much.
    Left(Value),
}

/// A condition at which evaluation would stop: it stays as it is written.
struct Broken;

/// Prunes conditions for one person.
#[derive(Debug)]
pub struct Pruner<'a> {
    known: &'a Value,
    raw_groups: &'a Value,
    groups: Groups,
}

/// The groups entered on the way, innermost last.
type Trail<'t> = &'t [&'t str];

impl<'a> Pruner<'a> {
    /// For a person of whom these attributes are known, with the saved groups of the payload.
    pub fn new(known: &'a Value, raw_groups: &'a Value) -> Pruner<'a> {
        let groups = Groups::read(&Cursor::root(raw_groups, &Report::default()));
        Pruner { known, raw_groups, groups }
    }

    /// What is left of a condition.
    pub fn prune(&self, condition: &Value) -> Pruned {
        self.entries(condition, &[]).unwrap_or_else(|Broken| Pruned::Left(condition.clone()))
    }

    /// What is left of the condition of a saved group; `None` if it is decided, or has none.
    pub fn prune_group(&self, id: &str) -> Option<Value> {
        let condition = self.raw_groups.get(id)?.get("condition")?;
        match self.entries(condition, &[id]).ok()? {
            Pruned::Left(condition) => Some(condition),
            Pruned::Decided(_) => None,
        }
    }

    fn entries(&self, condition: &Value, trail: Trail) -> Result<Pruned, Broken> {
        let mut left = Vec::new();
        let Some(members) = condition.as_map() else {
            return if *condition == Value::Null { Err(Broken) } else { Ok(Pruned::Left(condition.clone())) };
        };
        for (name, value) in members {
            match self.entry(name, value, trail)? {
                Pruned::Decided(false) => return Ok(Pruned::Decided(false)),
                Pruned::Decided(true) => {}
                Pruned::Left(value) => left.push((name.clone(), value)),
            }
        }
        Ok(if left.is_empty() { Pruned::Decided(true) } else { Pruned::Left(Value::Map(left)) })
    }

    fn entry(&self, name: &str, value: &Value, trail: Trail) -> Result<Pruned, Broken> {
        match name {
            "$and" => self.list(value, trail, false),
            "$or" => self.list(value, trail, true),
            "$nor" => self.list(value, trail, true).map(Pruned::negated),
            "$not" => self.entries(value, trail).map(Pruned::negated),
            "$savedGroup" => self.reference(value, trail),
            _ if self.is_known(name) => self.leaf(name, value),
            _ => Ok(Pruned::Left(value.clone())),
        }
    }

    /// A list of which one has to pass (`any`), or all.
    fn list(&self, value: &Value, trail: Trail, any: bool) -> Result<Pruned, Broken> {
        let conditions = value.as_list().ok_or(Broken)?;
        let mut left = Vec::new();
        for condition in conditions {
            match self.entries(condition, trail)? {
                Pruned::Decided(result) if result == any => return Ok(Pruned::Decided(any)),
                Pruned::Decided(_) => {}
                Pruned::Left(condition) => left.push(condition),
            }
        }
        let passes = !any || conditions.is_empty();
        Ok(if left.is_empty() { Pruned::Decided(passes) } else { Pruned::Left(Value::List(left)) })
    }

    /// A part of an object may be known only: a path into one never is.
    fn is_known(&self, name: &str) -> bool {
        !name.contains('.') && self.known.get(name).is_some()
    }

    fn leaf(&self, name: &str, value: &Value) -> Result<Pruned, Broken> {
        match self.verdict(Value::Map(vec![(name.to_owned(), value.clone())])) {
            Verdict::Pass => Ok(Pruned::Decided(true)),
            Verdict::Fail => Ok(Pruned::Decided(false)),
            Verdict::Unknown => Ok(Pruned::Left(value.clone())),
            Verdict::Broken => Err(Broken),
        }
    }

    fn verdict(&self, condition: Value) -> Verdict {
        let report = Report::default();
        let compiled: Condition = compile(&Cursor::root(&condition, &report), &self.groups);
        compiled.verdict(self.known, &Context::new(&self.groups, Dialect::Strict))
    }

    /// A reference that is not decided stays one: the group is sent beside.
    fn reference(&self, reference: &Value, trail: Trail) -> Result<Pruned, Broken> {
        let nobody = Ok(Pruned::Decided(false));
        let Some(id) = reference.get("id").and_then(Value::as_str) else { return nobody };
        let attribute = reference.get("attributeKey");
        let is_odd = attribute.is_some_and(|attribute| attribute.as_str().is_none());
        let group = self.raw_groups.get(id).filter(|group| group.as_map().is_some());
        let Some(group) = group.filter(|_| !is_odd && !trail.contains(&id)) else { return nobody };
        if trail.len() >= GROUP_DEPTH_MAX {
            return Err(Broken);
        }
        match group.get("type").and_then(Value::as_str) {
            Some("list") => Ok(self.in_list(reference, group)),
            Some("condition") => {
                let Some(condition) = group.get("condition").filter(|value| value.as_map().is_some()) else {
                    return nobody;
                };
                let trail = [trail, &[id]].concat();
                let pruned = self.entries(condition, &trail)?;
                Ok(if let Pruned::Left(_) = pruned { Pruned::Left(reference.clone()) } else { pruned })
            }
            _ => Ok(Pruned::Left(reference.clone())),
        }
    }
}

impl Pruner<'_> {
    fn in_list(&self, reference: &Value, group: &Value) -> Pruned {
        let key = reference.get("attributeKey").or_else(|| group.get("attributeKey")).and_then(Value::as_str);
        let is_list = group.get("values").and_then(Value::as_list).is_some();
        let Some(key) = key.filter(|_| is_list) else { return Pruned::Decided(false) };
        if !self.is_known(key) {
            return Pruned::Left(reference.clone());
        }
        let condition = Value::Map(vec![(String::from("$savedGroup"), reference.clone())]);
        Pruned::Decided(self.verdict(condition) == Verdict::Pass)
    }
}

impl Pruned {
    fn negated(self) -> Pruned {
        match self {
            Pruned::Decided(result) => Pruned::Decided(!result),
            left => left,
        }
    }

    /// As the SDKs have it: true, false, or the condition that is left.
    pub fn into_value(self) -> Value {
        match self {
            Pruned::Decided(result) => Value::Bool(result),
            Pruned::Left(condition) => condition,
        }
    }
}
