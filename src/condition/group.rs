//! Saved groups: lists of people and conditions that many conditions share.

use super::compile::compile;
use super::{Condition, Path, Scope, Trail, Verdict, GROUP_DEPTH_MAX, GROUP_VISITS_MAX, REMOTE_GROUPS};
use crate::program::read::Cursor;
use crate::program::value::Value;

/// The saved groups of a payload, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    ids: Vec<String>,
    groups: Vec<Group>,
}

/// One saved group.
#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    /// A bare list, as payloads had it before there were kinds.
    Bare(Vec<Value>),
    /// `list`: whose attribute has one of the values.
    List {
        /// The attribute, unless a reference names another.
        attribute: Option<String>,
        /// `None` if they are no list: nobody is in it then.
        values: Option<Vec<Value>>,
    },
    /// `condition`; `None` if it has none: nobody is in it then.
    Condition(Option<Condition>),
    /// `remote`: whoever says so in [`REMOTE_GROUPS`].
    Remote,
    /// A kind that this engine does not know.
    Unknown,
    /// No group at all: nobody is in it.
    Bad,
}

impl Groups {
    /// Reads the member `savedGroups` of a payload.
    pub fn read(cursor: &Cursor) -> Groups {
        let members = cursor.value().as_map().unwrap_or_default();
        let mut groups = Groups { ids: members.iter().map(|(id, _)| id.clone()).collect(), groups: Vec::new() };
        for (id, value) in members {
            let group = group(&cursor.member(id, value), &groups);
            groups.groups.push(group);
        }
        groups
    }

    /// The position of a group.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.ids.iter().position(|known| known == id)
    }

    fn get(&self, position: usize) -> Option<&Group> {
        self.groups.get(position)
    }

    /// The group of that id.
    pub fn named(&self, id: &str) -> Option<&Group> {
        self.get(self.find(id)?)
    }
}

fn group(cursor: &Cursor, groups: &Groups) -> Group {
    let value = cursor.value();
    if let Value::List(values) = value {
        return Group::Bare(values.clone());
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    match text("type") {
        Some("list") => Group::List {
            attribute: text("attributeKey").map(str::to_owned),
            values: value.get("values").and_then(Value::as_list).map(<[Value]>::to_vec),
        },
        Some("condition") => {
            let condition = value.get("condition").filter(|condition| condition.as_map().is_some());
            Group::Condition(condition.map(|condition| compile(&cursor.member("condition", condition), groups)))
        }
        Some("remote") => Group::Remote,
        _ if value.as_map().is_none() => Group::Bad,
        _ => {
            cursor.warn("a kind of saved group that this version does not know; no condition on it passes");
            Group::Unknown
        }
    }
}

impl Group {
    /// The values of a list; `None` if it has none.
    fn values(&self) -> Option<&[Value]> {
        match self {
            Group::Bare(values) => Some(values),
            Group::List { values, .. } => values.as_deref(),
            _ => None,
        }
    }
}

impl Scope<'_> {
    /// `$savedGroup`.
    pub(super) fn in_group(&self, position: Option<usize>, attribute: Option<&Path>) -> Verdict {
        let visits = self.context.visits.get() + 1;
        self.context.visits.set(visits);
        if visits > GROUP_VISITS_MAX {
            return Verdict::Broken;
        }
        let found = position.and_then(|position| Some((position, self.context.groups.get(position)?)));
        let Some((position, group)) = found.filter(|&(position, _)| !self.has_entered(position)) else {
            return Verdict::Fail;
        };
        match group {
            Group::List { attribute: own, values: Some(values) } => {
                let path = attribute.cloned().or_else(|| own.as_deref().map(Path::new));
                Verdict::of(path.is_some_and(|path| is_in(self.find(&path).as_ref(), values)))
            }
            Group::Condition(Some(condition)) => self.enter(position, condition),
            Group::Remote => Verdict::of(self.is_remote_member(position)),
            Group::Unknown => self.unknown(),
            _ => Verdict::Fail,
        }
    }

    fn enter(&self, group: usize, condition: &Condition) -> Verdict {
        let depth = self.trail.map_or(0, |trail| trail.depth) + 1;
        if depth > GROUP_DEPTH_MAX {
            return Verdict::Broken;
        }
        let trail = Trail { group, depth, up: self.trail };
        condition.evaluate(Scope { context: self.context, object: self.object, trail: Some(&trail) })
    }

    fn is_remote_member(&self, position: usize) -> bool {
        let mine = self.object.get(REMOTE_GROUPS).and_then(Value::as_list).unwrap_or_default();
        let id = self.context.groups.ids.get(position);
        id.is_some_and(|id| mine.iter().any(|mine| mine.as_str() == Some(id)))
    }

    /// `$inGroup` and `$notInGroup` of a value: `None` stands for an id that the payload does not have.
    pub(super) fn in_list(&self, value: &Value, position: Option<usize>, negate: bool) -> Verdict {
        let Some(group) = position.and_then(|position| self.context.groups.get(position)) else {
            return Verdict::of(negate);
        };
        match group.values() {
            Some(values) => Verdict::of(is_in(value, values) != negate),
            None if matches!(group, Group::Unknown) => self.unknown(),
            // No values means nobody; an empty list would let everybody through.
            None => Verdict::Fail,
        }
    }
}

/// True if the value, or one of a list, is among the members. Lists and objects never are.
pub(super) fn is_in(value: &Value, members: &[Value]) -> bool {
    let is_member = |value: &Value| members.iter().any(|member| is_same(value, member));
    match value {
        Value::List(items) => items.iter().any(is_member),
        other => is_member(other),
    }
}

/// JavaScript's `===` of two values that were read from different texts.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    !matches!(one, Value::List(_) | Value::Map(_)) && one == other
}
