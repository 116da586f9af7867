//! Which saved groups a reduced payload still needs: every one whose id stands anywhere in it as text, so that no list of
//! the operators that refer to groups has to be kept.

use super::prune::Pruner;
use crate::program::value::Value;

/// A reference: the group, and whether it is asked of the person herself (not of an element of a list, nor of a
/// prerequisite's value).
type Ref<'a> = (&'a str, bool);

/// The groups that `roots` need, by id, with their conditions pruned where that is right.
pub(super) fn kept(roots: &Value, groups: &Value, pruner: &Pruner) -> Vec<(String, Value)> {
    let as_written = as_written(roots, groups);
    let mut kept: Vec<(String, Value)> = Vec::new();
    let mut open: Vec<String> = refs(roots, groups).into_iter().map(|(id, _)| id.to_owned()).collect();
    while let Some(id) = open.pop() {
        let Some(group) = groups.get(&id).filter(|_| kept.iter().all(|(known, _)| *known != id)) else { continue };
        // In a circle the result depends on where it is entered.
        let may_prune = !as_written.contains(&id.as_str()) && !is_in_circle(&id, groups);
        let group = may_prune.then(|| pruned(group, &id, pruner)).flatten().unwrap_or_else(|| group.clone());
        open.extend(refs_of_group(&group, groups).into_iter().map(|(id, _)| id.to_owned()));
        kept.push((id, group));
    }
    kept
}

fn pruned(group: &Value, id: &str, pruner: &Pruner) -> Option<Value> {
    let is_condition = group.get("type").and_then(Value::as_str) == Some("condition");
    let condition = pruner.prune_group(id).filter(|_| is_condition)?;
    let members = group.as_map()?.iter();
    let replaced = members.map(|(name, value)| match name.as_str() {
        "condition" => (name.clone(), condition.clone()),
        _ => (name.clone(), value.clone()),
    });
    Some(Value::Map(replaced.collect()))
}

/// Groups that something other than the person is asked about, and those that they refer to.
fn as_written<'a>(roots: &'a Value, groups: &'a Value) -> Vec<&'a str> {
    let (mut written, mut seen) = (Vec::new(), Vec::new());
    let mut open = refs(roots, groups);
    while let Some((id, of_person)) = open.pop() {
        let list = if of_person { &mut seen } else { &mut written };
        if list.contains(&id) {
            continue;
        }
        list.push(id);
        let inner = groups.get(id).map(|group| refs_of_group(group, groups)).unwrap_or_default();
        open.extend(inner.into_iter().map(|(id, inner)| (id, of_person && inner)));
    }
    written
}

fn is_in_circle(id: &str, groups: &Value) -> bool {
    let (mut seen, mut open) = (Vec::new(), vec![id]);
    while let Some(at) = open.pop() {
        for (next, _) in groups.get(at).map(|group| refs_of_group(group, groups)).unwrap_or_default() {
            if next == id {
                return true;
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.push(next);
            }
        }
    }
    false
}

/// The values of a list are people's, never ids of groups.
fn refs_of_group<'a>(group: &'a Value, groups: &Value) -> Vec<Ref<'a>> {
    let is_list = group.get("type").and_then(Value::as_str) == Some("list");
    if is_list || group.as_map().is_none() {
        return Vec::new();
    }
    refs(group, groups)
}

fn refs<'a>(value: &'a Value, groups: &Value) -> Vec<Ref<'a>> {
    let mut found = Vec::new();
    collect(value, groups, true, &mut found);
    found
}

fn collect<'a>(value: &'a Value, groups: &Value, of_person: bool, found: &mut Vec<Ref<'a>>) {
    match value {
        Value::Text(id) if groups.get(id).is_some() => found.push((id, of_person)),
        Value::List(items) => items.iter().for_each(|item| collect(item, groups, of_person, found)),
        Value::Map(members) => {
            for (name, item) in members {
                let asks_others = matches!(name.as_str(), "$elemMatch" | "parentConditions");
                collect(item, groups, of_person && !asks_others, found);
            }
        }
        _ => {}
    }
}
