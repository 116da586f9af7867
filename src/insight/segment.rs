//! Groups of people: which of a program's segments a person is in.

use crate::condition::{compile, Condition, Context, Dialect, Groups};
use crate::program::read::{Cursor, Report};
use crate::program::value::Value;
use crate::program::{Segment, Warning};

/// A program's segments, compiled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segments {
    conditions: Vec<Condition>,
    groups: Groups,
}

impl Segments {
    /// Compiles them; `saved_groups` are those that their conditions may refer to. What can't be read never holds.
    pub fn read(list: &[Segment], saved_groups: &Value) -> (Segments, Vec<Warning>) {
        let report = Report::default();
        let groups = Groups::read(&Cursor::root(saved_groups, &report));
        let mut conditions = Vec::new();
        for segment in list {
            conditions.push(compile(&Cursor::root(&segment.when.0, &report), &groups));
        }
        let mut warnings = Vec::new();
        for mistake in report.into_mistakes() {
            warnings.push(Warning { path: String::from("segments"), message: mistake.message });
        }
        (Segments { conditions, groups }, warnings)
    }

    /// Names of the segments that hold, in the program's order: of each group the one with the highest priority, of
    /// equal ones the first.
    pub fn of(&self, list: &[Segment], attributes: &Value) -> Vec<String> {
        let context = Context::new(&self.groups, Dialect::Strict);
        let holds: Vec<bool> = self.conditions.iter().map(|when| when.passes(attributes, &context)).collect();
        let mut names = Vec::new();
        for (position, segment) in list.iter().enumerate() {
            if holds.get(position) == Some(&true) && !yields(list, &holds, (position, segment)) {
                names.push(segment.name.clone());
            }
        }
        names
    }
}

/// True if another segment of its group goes first.
fn yields(list: &[Segment], holds: &[bool], (position, segment): (usize, &Segment)) -> bool {
    let mut others = list.iter().zip(holds).enumerate().filter(|(other, _)| *other != position);
    !segment.group.is_empty()
        && others.any(|(other, (rival, &holds))| {
            let is_first = (rival.priority, position) > (segment.priority, other);
            holds && rival.group == segment.group && is_first
        })
}
