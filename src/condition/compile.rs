//! From JSON to a compiled condition. What can't be read is reported with its path, once, when it is loaded.

use super::group::Groups;
use super::order::Order;
use super::regex::Regex;
use super::test::{folded, Case, Members, Operator, Test};
use super::version::Version;
use super::{Condition, Entry, Path, Verdict};
use crate::program::read::Cursor;
use crate::program::value::Value;

/// Compiles the condition at the cursor. Whatever the value is, something comes back: what makes no sense never passes.
pub fn compile(cursor: &Cursor, groups: &Groups) -> Condition {
    Compiler { groups }.condition(cursor)
}

struct Compiler<'a> {
    groups: &'a Groups,
}

impl Compiler<'_> {
    fn condition(&self, cursor: &Cursor) -> Condition {
        let Some(members) = cursor.value().as_map() else {
            cursor.warn("expected a condition, an object; this one never passes");
            return Condition(vec![Entry::Fixed(out_of_place(cursor.value()))]);
        };
        Condition(members.iter().map(|(name, value)| self.entry(name, &cursor.member(name, value))).collect())
    }

    fn entry(&self, name: &str, cursor: &Cursor) -> Entry {
        match name {
            "$and" => self.conditions(cursor).map_or_else(Entry::Fixed, Entry::All),
            "$or" => self.conditions(cursor).map_or_else(Entry::Fixed, Entry::Any),
            "$nor" => self.conditions(cursor).map_or_else(Entry::Fixed, Entry::None),
            "$not" => match cursor.value().as_map() {
                Some(_) => Entry::Not(self.condition(cursor)),
                None => Entry::Fixed(self.bad(cursor)),
            },
            "$savedGroup" => self.reference(cursor),
            _ => Entry::Attribute(Path::new(name), self.test(cursor)),
        }
    }

    fn conditions(&self, cursor: &Cursor) -> Result<Vec<Condition>, Verdict> {
        let Some(items) = cursor.value().as_list() else { return Err(self.bad(cursor)) };
        let each = |(position, value)| self.condition(&cursor.item(value, position));
        Ok(items.iter().enumerate().map(each).collect())
    }

    fn bad(&self, cursor: &Cursor) -> Verdict {
        cursor.warn("this can't be read as a condition; it never passes");
        out_of_place(cursor.value())
    }

    fn reference(&self, cursor: &Cursor) -> Entry {
        let value = cursor.value();
        let id = value.get("id").and_then(Value::as_str);
        let attribute = value.get("attributeKey");
        let key = attribute.and_then(Value::as_str);
        if id.is_none() || (attribute.is_some() && key.is_none()) {
            return Entry::Fixed(self.bad(cursor));
        }
        let group = id.and_then(|id| self.groups.find(id));
        if group.is_none() {
            cursor.warn("there is no such saved group; nobody is in it");
        }
        Entry::Group(group, key.map(Path::new))
    }

    fn test(&self, cursor: &Cursor) -> Test {
        let value = cursor.value();
        match value.as_map() {
            Some(members) if is_operators(members) => Test::Operators(
                members.iter().map(|(name, value)| self.operator(name, &cursor.member(name, value))).collect(),
            ),
            _ => Test::Equals(value.clone()),
        }
    }

    fn operator(&self, name: &str, cursor: &Cursor) -> Operator {
        let value = cursor.value();
        let ordered = |order| Operator::Ordered(order, value.clone());
        let version = |order| Operator::Version(order, Version::new(value));
        match name {
            "$eq" => Operator::Same(value.clone()),
            "$ne" => negated(Operator::Same(value.clone())),
            "$lt" => ordered(Order::Less),
            "$lte" => ordered(Order::LessOrSame),
            "$gt" => ordered(Order::More),
            "$gte" => ordered(Order::MoreOrSame),
            "$vlt" => version(Order::Less),
            "$vlte" => version(Order::LessOrSame),
            "$vgt" => version(Order::More),
            "$vgte" => version(Order::MoreOrSame),
            "$veq" => version(Order::Same),
            "$vne" => version(Order::Other),
            "$exists" => Operator::Exists(super::is_truthy(value)),
            "$in" => self.members(cursor, Case::Exact),
            "$ini" => self.members(cursor, Case::Folded),
            "$nin" => unless_fixed(self.members(cursor, Case::Exact)),
            "$nini" => unless_fixed(self.members(cursor, Case::Folded)),
            "$all" => self.all(cursor, Case::Exact),
            "$alli" => self.all(cursor, Case::Folded),
            "$inGroup" => self.in_group(cursor, false),
            "$notInGroup" => self.in_group(cursor, true),
            "$regex" => Operator::Regex(regex(cursor, Case::Exact)),
            "$regexi" => Operator::Regex(regex(cursor, Case::Folded)),
            "$notRegex" => negated(Operator::Regex(regex(cursor, Case::Exact))),
            "$notRegexi" => negated(Operator::Regex(regex(cursor, Case::Folded))),
            "$type" => Operator::Type(value.as_str().unwrap_or_default().to_owned()),
            "$size" => Operator::Size(Box::new(self.test(cursor))),
            "$elemMatch" => self.element(cursor),
            "$not" => Operator::Not(Box::new(self.test(cursor))),
            _ => unknown(name, cursor),
        }
    }

    fn members(&self, cursor: &Cursor, case: Case) -> Operator {
        let Some(values) = cursor.value().as_list() else { return not_a_list(cursor) };
        let kept = |value: &Value| if case == Case::Folded { folded(value) } else { value.clone() };
        Operator::In(Members { values: values.iter().map(kept).collect(), case })
    }

    fn all(&self, cursor: &Cursor, case: Case) -> Operator {
        let Some(items) = cursor.value().as_list() else { return not_a_list(cursor) };
        let each = |(position, value)| self.test(&cursor.item(value, position));
        Operator::All(items.iter().enumerate().map(each).collect(), case)
    }

    fn in_group(&self, cursor: &Cursor, negate: bool) -> Operator {
        match cursor.value().as_str() {
            Some(id) => Operator::InGroup(self.groups.find(id), negate),
            None => Operator::Fixed(self.bad(cursor)),
        }
    }

    /// Operators test each element itself, a condition its fields.
    fn element(&self, cursor: &Cursor) -> Operator {
        let Some(members) = cursor.value().as_map() else { return Operator::Fixed(self.bad(cursor)) };
        let names_a_condition =
            |(name, _): &(String, Value)| matches!(name.as_str(), "$and" | "$or" | "$nor" | "$savedGroup");
        let is_operators = is_operators(members) && !members.is_empty();
        if is_operators && !members.iter().any(names_a_condition) {
            Operator::ElementIs(Box::new(self.test(cursor)))
        } else {
            Operator::ElementHas(self.condition(cursor), is_operators)
        }
    }
}

/// Where JavaScript would stop with an error the whole condition fails.
fn out_of_place(value: &Value) -> Verdict {
    match value {
        Value::Null => Verdict::Broken,
        _ => Verdict::Fail,
    }
}

fn is_operators(members: &[(String, Value)]) -> bool {
    members.iter().all(|(name, _)| name.starts_with('$'))
}

fn negated(operator: Operator) -> Operator {
    Operator::Not(Box::new(Test::Operators(vec![operator])))
}

fn unless_fixed(operator: Operator) -> Operator {
    match operator {
        Operator::Fixed(verdict) => Operator::Fixed(verdict),
        other => negated(other),
    }
}

fn not_a_list(cursor: &Cursor) -> Operator {
    cursor.warn("expected a list; nothing passes");
    Operator::Fixed(Verdict::Fail)
}

/// Those of conditions have no meaning for a value; of others this version knows nothing.
fn unknown(name: &str, cursor: &Cursor) -> Operator {
    let misplaced = matches!(name, "$and" | "$or" | "$nor" | "$savedGroup" | "$savedGroups");
    cursor.warn("an operator that is not known here; no condition on it passes");
    Operator::Fixed(if misplaced { Verdict::Fail } else { Verdict::Unknown })
}

fn regex(cursor: &Cursor, case: Case) -> Option<Regex> {
    let regex = cursor.value().as_str().and_then(|source| Regex::new(source, case == Case::Folded));
    if regex.is_none() {
        cursor.warn("a regular expression that can't be used here; nothing matches it");
    }
    regex
}
