//! Rules of features and experiments, as they are evaluated. A rule that can't be read is off, and reported with its path
//! when it is loaded; the rules around it run.

use super::bucket::{ranges, Range};
use crate::condition::{compile, is_truthy, Condition, Groups};
use crate::program::read::Cursor;
use crate::program::value::Value;
use std::borrow::Cow;
use std::cell::RefCell;

/// The attribute that is hashed unless a rule names another.
pub const HASH_ATTRIBUTE: &str = "id";

/// What rules are read with.
#[derive(Debug)]
pub struct Source<'a> {
    /// The payload's saved groups.
    pub groups: &'a Groups,
    /// Ids of its contextual bandits.
    pub bandits: &'a [String],
    /// The hash of rules that do not say which: 1 in payloads, 2 in a program.
    pub hash_version: u32,
    /// Seeds under hash version 1, in order of length and text.
    pub(super) seeds: RefCell<Vec<String>>,
}

/// One rule of a feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Empty if the payload has none.
    pub id: String,
    pub(super) parents: Vec<Parent>,
    pub(super) filters: Vec<Filter>,
    pub(super) then: Then,
    /// Number of its first value within the feature.
    pub(super) first_value: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Then {
    Force(Force),
    Run(Box<Experiment>),
    /// Nothing: it only asks for what it depends on, or it could not be read.
    Nothing,
}

/// A feature whose value decides whether a rule applies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parent {
    pub(super) feature: String,
    pub(super) condition: Condition,
    /// Without it the whole feature is off.
    pub(super) gate: bool,
}

/// Who is considered at all: several experiments share one filter to have different people.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filter {
    pub(super) attribute: String,
    pub(super) seed: String,
    pub(super) hash_version: u32,
    pub(super) ranges: Vec<Range>,
}

/// How a person becomes a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hashing {
    pub(super) attribute: String,
    /// Taken instead where assignments are sticky.
    pub(super) fallback: Option<String>,
    pub(super) seed: String,
    pub(super) version: u32,
    pub(super) is_sticky: bool,
}

/// A value for those whom a condition takes, or for a part of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Force {
    pub(super) condition: Option<Condition>,
    pub(super) hashing: Hashing,
    pub(super) range: Option<Range>,
    pub(super) coverage: Option<f64>,
}

/// An experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Its key; the feature's if the rule has none.
    pub key: String,
    /// How many variations it has.
    pub count: usize,
    pub(super) hashing: Hashing,
    pub(super) ranges: Vec<Range>,
    /// Given as ranges; weights have no say then.
    pub(super) has_ranges: bool,
    pub(super) coverage: f64,
    pub(super) meta: Vec<Meta>,
    pub(super) filters: Option<Vec<Filter>>,
    pub(super) namespace: Option<(String, Range)>,
    pub(super) condition: Option<Condition>,
    pub(super) parents: Vec<Parent>,
    /// Bucket version: grows when it begins anew.
    pub version: u32,
    pub(super) version_min: u32,
    pub(super) status: Status,
    /// Everybody in it gets this one, which may not exist.
    pub(super) force: Option<Option<usize>>,
    pub(super) bandit: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Running,
    /// Overrides work, nothing else.
    Draft,
    /// Sticky assignments are still looked at, but nobody is in it.
    Stopped,
}

/// What is said about a variation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Meta {
    pub(super) key: Option<String>,
    pub(super) name: Option<String>,
    /// Being in it is noted, and the next rule decides.
    pub(super) passes_on: bool,
}

impl Experiment {
    /// The key of a variation: its own, else its position.
    pub fn variation_key(&self, variation: usize) -> Cow<'_, str> {
        match self.meta.get(variation).and_then(|meta| meta.key.as_deref()) {
            Some(own) => Cow::Borrowed(own),
            None => {
                let mut key = String::new();
                crate::json::push_unsigned(&mut key, variation as u64);
                Cow::Owned(key)
            }
        }
    }
}

impl Source<'_> {
    /// Reads a rule of a feature.
    pub(super) fn rule(&self, cursor: &Cursor, feature: &str, first_value: u32) -> Rule {
        let value = cursor.value();
        let fields = Fields { cursor, is_bad: std::cell::Cell::new(value.as_map().is_none()) };
        let parents = self.parents(&fields);
        let filters = fields.list("filters", |filter| self.filter(filter)).unwrap_or_default();
        let then = if value.get("force").is_some() {
            Then::Force(self.force(&fields, feature))
        } else {
            self.experiment(&fields, feature).map_or(Then::Nothing, |experiment| Then::Run(Box::new(experiment)))
        };
        let id = fields.text("id").unwrap_or_default();
        if fields.is_bad.get() {
            cursor.warn("this rule is off");
            return Rule { id, parents: Vec::new(), filters, then: Then::Nothing, first_value };
        }
        Rule { id, parents, filters, then, first_value }
    }

    fn parents(&self, fields: &Fields) -> Vec<Parent> {
        let parent = |fields: &Fields| Parent {
            feature: fields.text("id").unwrap_or_default(),
            condition: self.condition(fields).unwrap_or_default(),
            gate: fields.flag("gate"),
        };
        fields.list("parentConditions", parent).unwrap_or_default()
    }

    fn condition(&self, fields: &Fields) -> Option<Condition> {
        let value = fields.get("condition").filter(|value| is_truthy(value))?;
        Some(compile(&fields.cursor.member("condition", value), self.groups))
    }

    fn filter(&self, fields: &Fields) -> Filter {
        Filter {
            attribute: fields.text("attribute").unwrap_or_else(|| HASH_ATTRIBUTE.to_owned()),
            seed: fields.text("seed").unwrap_or_default(),
            hash_version: fields.count("hashVersion").unwrap_or(2),
            ranges: fields.ranges("ranges").unwrap_or_default(),
        }
    }

    fn hashing(&self, fields: &Fields, key: &str) -> Hashing {
        Hashing {
            attribute: fields.text("hashAttribute").unwrap_or_else(|| HASH_ATTRIBUTE.to_owned()),
            fallback: fields.text("fallbackAttribute"),
            seed: fields.text("seed").unwrap_or_else(|| key.to_owned()),
            version: fields.count("hashVersion").unwrap_or(self.hash_version),
            is_sticky: !fields.flag("disableStickyBucketing"),
        }
    }

    /// Two seeds that differ only at their end give people nearly the same numbers under version 1.
    fn note_seed(&self, fields: &Fields, hashing: &Hashing) {
        let (mut seeds, seed) = (self.seeds.borrow_mut(), &hashing.seed);
        let place = seeds.partition_point(|other| (other.len(), other) < (seed.len(), seed));
        if hashing.version != 1 || seeds.get(place) == Some(seed) {
            return;
        }
        let before = place.checked_sub(1).and_then(|place| seeds.get(place));
        if [before, seeds.get(place)].into_iter().flatten().any(|other| is_similar(other, seed)) {
            fields.cursor.warn(SIMILAR_SEED);
        }
        seeds.insert(place, seed.clone());
    }

    fn force(&self, fields: &Fields, feature: &str) -> Force {
        let force = Force {
            condition: self.condition(fields),
            hashing: self.hashing(fields, feature),
            range: fields.get("range").and_then(|value| fields.range(value)),
            coverage: fields.number("coverage"),
        };
        if force.range.is_some() || force.coverage.is_some() {
            self.note_seed(fields, &force.hashing);
        }
        force
    }

    /// Reads an experiment; `None` without a list of variations. `feature` is its key if it has none of its own.
    pub(super) fn experiment(&self, fields: &Fields, feature: &str) -> Option<Experiment> {
        let variations = fields.get("contextualVariations").or_else(|| fields.get("variations"))?;
        let Some(count) = variations.as_list().map(<[Value]>::len) else {
            fields.bad("variations", "expected a list of variations");
            return None;
        };
        let key = fields.text("key").unwrap_or_else(|| feature.to_owned());
        let given = fields.ranges("ranges");
        let (coverage, weights) = (fields.number("coverage").unwrap_or(1.0), fields.numbers("weights"));
        let own = given.clone().unwrap_or_else(|| ranges(count, coverage, weights.as_deref()));
        let hashing = self.hashing(fields, &key);
        self.note_seed(fields, &hashing);
        Some(Experiment {
            hashing,
            count,
            ranges: own,
            has_ranges: given.is_some(),
            coverage,
            meta: fields.list("meta", meta).unwrap_or_default(),
            filters: fields.list("filters", |filter| self.filter(filter)),
            namespace: fields.get("namespace").and_then(|value| fields.namespace(value)),
            condition: self.condition(fields),
            parents: self.parents(fields),
            version: fields.count("bucketVersion").unwrap_or(0),
            version_min: fields.count("minBucketVersion").unwrap_or(0),
            status: status(fields),
            force: fields.get("force").map(|value| value.as_i64().and_then(|force| force.try_into().ok())),
            bandit: fields
                .text("contextualBanditRef")
                .and_then(|id| self.bandits.iter().position(|known| *known == id)),
            key,
        })
    }
}

/// Said of what has hash version 1 and a seed like another's.
pub(super) const SIMILAR_SEED: &str = "hash version 1 with a seed like another one: the same people get both, or never both; set hashVersion 2, or a seed of its own";

/// Equally long and alike but for the last two bytes: `exp-01` and `exp-09`.
fn is_similar(one: &str, other: &str) -> bool {
    let stem = |seed: &str| seed.len().saturating_sub(2);
    one.len() == other.len() && one.as_bytes().get(..stem(one)) == other.as_bytes().get(..stem(other))
}

fn status(fields: &Fields) -> Status {
    let is_inactive = fields.get("active").is_some_and(|active| *active == Value::Bool(false));
    match fields.text("status").as_deref() {
        Some("draft") => Status::Draft,
        _ if is_inactive => Status::Draft,
        Some("stopped") => Status::Stopped,
        _ => Status::Running,
    }
}

fn meta(fields: &Fields) -> Meta {
    Meta { key: fields.text("key"), name: fields.text("name"), passes_on: fields.flag("passthrough") }
}

/// The members of an object, and whether one of them made no sense.
pub(super) struct Fields<'a> {
    pub(super) cursor: &'a Cursor<'a>,
    pub(super) is_bad: std::cell::Cell<bool>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(cursor: &'a Cursor<'a>) -> Fields<'a> {
        Fields { cursor, is_bad: std::cell::Cell::new(false) }
    }

    /// A member that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.cursor.value().get(name).filter(|value| **value != Value::Null)
    }

    pub(super) fn bad(&self, name: &str, expected: &str) {
        let value = self.cursor.value().get(name).unwrap_or(&Value::Null);
        self.cursor.member(name, value).warn(expected);
        self.is_bad.set(true);
    }

    /// Text that is not empty; whole numbers by their digits, because keys and seeds are written so too.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::Number(number) => {
                let mut digits = String::new();
                crate::json::decimal::push_number(&mut digits, *number);
                Some(digits)
            }
            _ => {
                self.bad(name, "expected text");
                None
            }
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        let number = self.get(name)?.as_f64();
        if number.is_none() {
            self.bad(name, "expected a number");
        }
        number
    }

    /// A whole number that is not 0.
    fn count(&self, name: &str) -> Option<u32> {
        self.number(name).map(|number| number as u32).filter(|&count| count > 0)
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(is_truthy)
    }

    fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let mut numbers = Vec::new();
        for value in self.items(name)? {
            numbers.push(value.as_f64()?);
        }
        Some(numbers)
    }

    fn items(&self, name: &str) -> Option<&'a [Value]> {
        let items = self.get(name)?.as_list();
        if items.is_none() {
            self.bad(name, "expected a list");
        }
        items
    }

    fn list<T>(&self, name: &str, read: impl Fn(&Fields) -> T) -> Option<Vec<T>> {
        let items = self.items(name)?;
        let list = self.cursor.member(name, self.cursor.value());
        let mut out = Vec::new();
        for (position, value) in items.iter().enumerate() {
            let item = list.item(value, position);
            let fields = Fields::new(&item);
            out.push(read(&fields));
            self.is_bad.set(self.is_bad.get() || fields.is_bad.get() || value.as_map().is_none());
        }
        Some(out)
    }

    fn range(&self, value: &Value) -> Option<Range> {
        let range = match value.as_list() {
            Some([start, end]) => start.as_f64().zip(end.as_f64()),
            _ => None,
        };
        if range.is_none() {
            self.bad("range", "expected two numbers");
        }
        range.map(|(start, end)| Range { start, end })
    }

    fn ranges(&self, name: &str) -> Option<Vec<Range>> {
        let mut ranges = Vec::new();
        for value in self.items(name)? {
            ranges.push(self.range(value)?);
        }
        Some(ranges)
    }

    fn namespace(&self, value: &Value) -> Option<(String, Range)> {
        let Some([Value::Text(name), Value::Number(start), Value::Number(end)]) = value.as_list() else {
            self.bad("namespace", "expected a name and two numbers");
            return None;
        };
        Some((name.clone(), Range { start: *start, end: *end }))
    }
}
