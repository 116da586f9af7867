//! Conditions: the one language in which targeting, segments, reward rules and journeys say whom they mean.
//!
//! It is that of the GrowthBook payload, after MongoDB's: `{"tier": "gold", "orders": {"$gte": 3}}`. A condition is
//! compiled once and evaluated often. What the engine does not know (an operator, a kind of saved group) makes a result
//! unknown, and an unknown result never passes, not under `$not` either.

mod compile;
mod fold_case;
mod group;
mod loose;
mod order;
mod regex;
mod test;
mod version;

pub use compile::compile;
pub use group::{Group, Groups};
pub use loose::{is_truthy, to_text};

use self::test::Test;
use crate::program::value::Value;
use std::cell::Cell;

/// The attribute that holds the ids of the remote saved groups a person is in.
pub const REMOTE_GROUPS: &str = "__gb_remoteGroupIds";
/// Groups that refer to groups: at most so many one inside the other.
pub const GROUP_DEPTH_MAX: usize = 32;
/// Groups looked at for one condition; who refers to more has built a maze.
pub const GROUP_VISITS_MAX: u32 = 4096;

/// Whose rules conditions obey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// GrowthBook's specification 0.12.0: values of different types are different.
    #[default]
    Strict,
    /// The JavaScript SDK 1.8.0, which follows 0.8.0: values are made alike as JavaScript does.
    Loose,
}

/// How a condition came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// That depends on something this engine does not know.
    Unknown,
    /// It makes no sense: the whole condition fails, whatever stands around.
    Broken,
}

impl Verdict {
    /// Of a plain yes or no.
    pub fn of(passes: bool) -> Verdict {
        if passes {
            Verdict::Pass
        } else {
            Verdict::Fail
        }
    }

    /// Pass and fail change places; what is not known stays so.
    pub fn negated(self) -> Verdict {
        match self {
            Verdict::Pass => Verdict::Fail,
            Verdict::Fail => Verdict::Pass,
            other => other,
        }
    }
}

/// Every one must pass: one failure decides, wherever something unknown stands.
fn all<T>(items: &[T], mut each: impl FnMut(&T) -> Verdict) -> Verdict {
    decide(items, Verdict::Fail, &mut each)
}

/// One must pass.
fn any<T>(items: &[T], mut each: impl FnMut(&T) -> Verdict) -> Verdict {
    decide(items, Verdict::Pass, &mut each)
}

/// The first verdict that decides; without one its contrary, or that something is unknown.
fn decide<T>(items: &[T], decisive: Verdict, each: &mut dyn FnMut(&T) -> Verdict) -> Verdict {
    let mut result = decisive.negated();
    for item in items {
        match each(item) {
            verdict if verdict == decisive || verdict == Verdict::Broken => return verdict,
            Verdict::Unknown => result = Verdict::Unknown,
            _ => {}
        }
    }
    result
}

/// A compiled condition: all of its entries must pass; without entries it passes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition(Vec<Entry>);

#[derive(Clone, Debug, PartialEq)]
enum Entry {
    /// `$and`, `$or`, `$nor`.
    All(Vec<Condition>),
    Any(Vec<Condition>),
    None(Vec<Condition>),
    Not(Condition),
    /// `$savedGroup`, by position; the attribute that takes the place of the group's own.
    Group(Option<usize>, Option<Path>),
    Attribute(Path, Test),
    /// What can't be read: fails, or breaks the whole.
    Fixed(Verdict),
}

/// `father.age` as its parts.
#[derive(Clone, Debug, PartialEq)]
struct Path(Vec<String>);

impl Path {
    fn new(text: &str) -> Path {
        Path(text.split('.').map(str::to_owned).collect())
    }
}

/// Everything besides the attributes that a result depends on.
#[derive(Debug)]
pub struct Context<'a> {
    /// The groups that the condition was compiled with.
    pub groups: &'a Groups,
    /// Whose rules it obeys.
    pub dialect: Dialect,
    visits: Cell<u32>,
}

/// The groups that were entered to get here, innermost first.
#[derive(Clone, Copy)]
struct Trail<'a> {
    group: usize,
    depth: usize,
    up: Option<&'a Trail<'a>>,
}

impl<'a> Context<'a> {
    /// For conditions compiled with these groups.
    pub fn new(groups: &'a Groups, dialect: Dialect) -> Context<'a> {
        Context { groups, dialect, visits: Cell::new(0) }
    }
}

/// A value with the way that led to it.
#[derive(Clone, Copy)]
struct Scope<'a> {
    context: &'a Context<'a>,
    /// What names are looked up in.
    object: &'a Value,
    trail: Option<&'a Trail<'a>>,
}

impl Condition {
    /// True if it holds for the attributes, an object.
    pub fn passes(&self, attributes: &Value, context: &Context) -> bool {
        self.verdict(attributes, context) == Verdict::Pass
    }

    /// How it comes out for the attributes, an object.
    pub fn verdict(&self, attributes: &Value, context: &Context) -> Verdict {
        context.visits.set(0);
        self.evaluate(Scope { context, object: attributes, trail: None })
    }

    fn evaluate(&self, scope: Scope) -> Verdict {
        all(&self.0, |entry| entry.evaluate(scope))
    }
}

impl Entry {
    fn evaluate(&self, scope: Scope) -> Verdict {
        let each = |condition: &Condition| condition.evaluate(scope);
        match self {
            Entry::All(conditions) => all(conditions, each),
            // One of none passes, as it does in the SDKs.
            Entry::Any(conditions) if conditions.is_empty() => Verdict::Pass,
            Entry::None(conditions) if conditions.is_empty() => Verdict::Fail,
            Entry::Any(conditions) => any(conditions, each),
            Entry::None(conditions) => any(conditions, each).negated(),
            Entry::Not(condition) => condition.evaluate(scope).negated(),
            Entry::Group(group, attribute) => scope.in_group(*group, attribute.as_ref()),
            Entry::Attribute(path, test) => test.verdict(scope.find(path).as_ref(), scope),
            Entry::Fixed(verdict) => *verdict,
        }
    }
}

static NULL: Value = Value::Null;

/// A value that may have been made on the way: the length of a list.
enum Found<'a> {
    There(&'a Value),
    Made(Value),
}

impl Found<'_> {
    fn as_ref(&self) -> &Value {
        match self {
            Found::There(value) => value,
            Found::Made(value) => value,
        }
    }
}

impl<'a> Scope<'a> {
    /// The value at a path; null if there is none.
    fn find(&self, path: &Path) -> Found<'a> {
        let mut at = self.object;
        for part in &path.0 {
            at = match at {
                Value::Map(_) => at.get(part).unwrap_or(&NULL),
                Value::List(items) if part == "length" => return Found::Made(Value::Number(items.len() as f64)),
                Value::List(items) => index(part).and_then(|index| items.get(index)).unwrap_or(&NULL),
                _ => &NULL,
            };
        }
        Found::There(at)
    }

    /// What hangs on something that is not known; the SDK 1.8.0 takes it for a failure, which `$not` turns round.
    fn unknown(&self) -> Verdict {
        match self.context.dialect {
            Dialect::Strict => Verdict::Unknown,
            Dialect::Loose => Verdict::Fail,
        }
    }

    fn within(&self, object: &'a Value) -> Scope<'a> {
        Scope { object, ..*self }
    }

    /// True where a group has been entered already.
    fn has_entered(&self, group: usize) -> bool {
        let mut at = self.trail;
        while let Some(trail) = at {
            if trail.group == group {
                return true;
            }
            at = trail.up;
        }
        false
    }
}

/// A position as JavaScript writes it: `0`, `12`, not `01`.
fn index(text: &str) -> Option<usize> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| canonical)
}
