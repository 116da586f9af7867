//! What is asked of one value.

use super::fold_case::fold;
use super::group::{is_in, is_same};
use super::loose;
use super::order::{compare, Order};
use super::regex::Regex;
use super::version::{self, Version};
use super::{all, any, Condition, Dialect, Scope, Verdict};
use crate::program::value::Value;

/// A value, or operators that must all pass.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Equals(Value),
    Operators(Vec<Operator>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operator {
    Same(Value),
    Ordered(Order, Value),
    Version(Order, Version),
    Exists(bool),
    In(Members),
    All(Vec<Test>, Case),
    InGroup(Option<usize>, bool),
    Regex(Option<Regex>),
    Type(String),
    Size(Box<Test>),
    /// On each element itself, or on its fields; true if it is all operators, of which the SDK 1.8.0 knows none there.
    ElementIs(Box<Test>),
    ElementHas(Condition, bool),
    Not(Box<Test>),
    Fixed(Verdict),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Members {
    pub(super) values: Vec<Value>,
    pub(super) case: Case,
}

/// Whether letters of different case are different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Exact,
    Folded,
}

impl Test {
    pub(super) fn verdict(&self, value: &Value, scope: Scope) -> Verdict {
        match self {
            Test::Equals(expected) if scope.context.dialect == Dialect::Loose => {
                Verdict::of(loose::equals(value, expected))
            }
            Test::Equals(expected) => Verdict::of(is_equal(value, expected)),
            Test::Operators(operators) if operators.is_empty() && scope.context.dialect == Dialect::Loose => {
                Verdict::of(value.as_map().is_some_and(<[_]>::is_empty))
            }
            Test::Operators(operators) => all(operators, |operator| operator.verdict(value, scope)),
        }
    }

    /// As [`Test::verdict`]; texts may differ in case.
    fn folded(&self, value: &Value, scope: Scope) -> Verdict {
        match (self, value) {
            (Test::Equals(Value::Text(expected)), Value::Text(text)) => Verdict::of(fold(text) == fold(expected)),
            (Test::Equals(Value::Text(expected)), other) if scope.context.dialect == Dialect::Loose => {
                Verdict::of(fold(&loose::to_text(other)) == fold(expected))
            }
            _ => self.verdict(value, scope),
        }
    }
}

impl Operator {
    fn verdict(&self, value: &Value, scope: Scope) -> Verdict {
        match self {
            Operator::Same(expected) => Verdict::of(is_same(value, expected)),
            Operator::Ordered(order, expected) => {
                Verdict::of(compare(value, expected, scope.context.dialect).is_some_and(|found| order.takes(found)))
            }
            Operator::Version(order, expected) => Verdict::of(
                version::compare(value, expected, scope.context.dialect)
                    .map_or(*order == Order::Other, |found| order.takes(found)),
            ),
            Operator::Exists(expected) => Verdict::of((*value != Value::Null) == *expected),
            Operator::In(members) => Verdict::of(members.has(value)),
            Operator::All(tests, case) => in_all(tests, value, *case, scope),
            Operator::InGroup(group, negate) => scope.in_list(value, *group, *negate),
            Operator::Regex(regex) => Verdict::of(regex.as_ref().is_some_and(|regex| matches(regex, value, scope))),
            Operator::Type(name) => Verdict::of(type_of(value) == name),
            Operator::Size(test) => on_size(test, value, scope),
            Operator::ElementIs(test) => on_elements(value, |item| test.verdict(item, scope)),
            Operator::ElementHas(_, true) if scope.context.dialect == Dialect::Loose => Verdict::Fail,
            Operator::ElementHas(condition, _) => on_elements(value, |item| condition.evaluate(scope.within(item))),
            Operator::Not(test) => test.verdict(value, scope).negated(),
            Operator::Fixed(Verdict::Unknown) => scope.unknown(),
            Operator::Fixed(verdict) => *verdict,
        }
    }
}

impl Members {
    fn has(&self, value: &Value) -> bool {
        match self.case {
            Case::Exact => is_in(value, &self.values),
            Case::Folded => is_in(&folded(value), &self.values),
        }
    }
}

/// The value, or the elements of a list, in lower case.
pub(super) fn folded(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(fold(text)),
        Value::List(items) => Value::List(items.iter().map(folded).collect()),
        other => other.clone(),
    }
}

fn in_all(tests: &[Test], value: &Value, case: Case, scope: Scope) -> Verdict {
    let Value::List(items) = value else { return Verdict::Fail };
    all(tests, |test| {
        any(items, |item| match case {
            Case::Exact => test.verdict(item, scope),
            Case::Folded => test.folded(item, scope),
        })
    })
}

fn matches(regex: &Regex, value: &Value, scope: Scope) -> bool {
    match (value, scope.context.dialect) {
        (Value::Text(text), _) => regex.is_match(text),
        (other, Dialect::Loose) => regex.is_match(&loose::to_text(other)),
        _ => false,
    }
}

fn on_size(test: &Test, value: &Value, scope: Scope) -> Verdict {
    let Value::List(items) = value else { return Verdict::Fail };
    test.verdict(&Value::Number(items.len() as f64), scope)
}

/// One element must pass; those that are null are none.
fn on_elements<'a>(value: &'a Value, mut each: impl FnMut(&'a Value) -> Verdict) -> Verdict {
    let Value::List(items) = value else { return Verdict::Fail };
    let mut result = Verdict::Fail;
    for item in items.iter().filter(|item| **item != Value::Null) {
        match each(item) {
            Verdict::Fail => {}
            Verdict::Unknown => result = Verdict::Unknown,
            decisive => return decisive,
        }
    }
    result
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Text(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

/// Alike in every part; the order of an object's members does not matter.
pub(super) fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_equal(one, other))
        }
        (Value::Map(one), Value::Map(members)) => {
            let has = |(name, value): &(String, Value)| other.get(name).is_some_and(|found| is_equal(value, found));
            one.len() == members.len() && one.iter().all(has)
        }
        _ => one == other,
    }
}
