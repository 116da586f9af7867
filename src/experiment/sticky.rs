//! Who got which variation once, so that she keeps it when weights, coverage or targeting change.

use crate::bytes::{Reader, Writer};
use crate::clock::Day;

/// Assignments kept; the one not used for longest makes room.
pub const ASSIGNMENTS_MAX: usize = 128;
/// An assignment of an experiment that is gone is kept so long: a payload may be wrong for a while.
pub const STOPPED_DAYS: i32 = 30;

/// One assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Key of the experiment.
    pub experiment: String,
    /// Bucket version.
    pub version: u32,
    /// The attribute that was hashed, and its value as text.
    pub attribute: (String, String),
    /// Key of the variation.
    pub variation: String,
    /// When it was used last.
    pub day: Day,
}

/// All assignments of a phone, of whoever used it, in order of experiments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sticky {
    list: Vec<Assignment>,
}

impl Sticky {
    /// The assignments, in order of experiments.
    pub fn iter(&self) -> impl Iterator<Item = &Assignment> {
        self.list.iter()
    }

    /// Those of an experiment for a value of an attribute.
    fn of<'a, 'b>(
        &'a self,
        experiment: &'b str,
        attribute: (&'b str, &'b str),
    ) -> impl Iterator<Item = &'a Assignment> + use<'a, 'b> {
        let first = self.list.partition_point(|kept| kept.experiment.as_str() < experiment);
        let same = self.list.iter().skip(first).take_while(move |kept| kept.experiment == experiment);
        same.filter(move |kept| (kept.attribute.0.as_str(), kept.attribute.1.as_str()) == attribute)
    }

    /// The variation assigned under a bucket version.
    pub fn variation(&self, experiment: &str, version: u32, attribute: (&str, &str)) -> Option<&str> {
        let mut of = self.of(experiment, attribute);
        of.find(|kept| kept.version == version).map(|kept| kept.variation.as_str())
    }

    /// True if there is an assignment of an earlier bucket version than `version_min`.
    pub fn is_blocked(&self, experiment: &str, version_min: u32, attribute: (&str, &str)) -> bool {
        version_min > 0 && self.of(experiment, attribute).any(|kept| kept.version < version_min)
    }

    /// True if keeping it would change nothing.
    pub fn has(&self, assignment: &Assignment) -> bool {
        let (name, value) = &assignment.attribute;
        self.of(&assignment.experiment, (name, value)).any(|kept| kept == assignment)
    }

    /// Keeps an assignment in place of an earlier one of the same experiment, version and person.
    pub fn keep(&mut self, assignment: Assignment) {
        let is_other = |kept: &Assignment| {
            (&kept.experiment, kept.version, &kept.attribute)
                != (&assignment.experiment, assignment.version, &assignment.attribute)
        };
        self.list.retain(is_other);
        if self.list.len() >= ASSIGNMENTS_MAX {
            self.forget_oldest(&assignment.attribute);
        }
        let place = self.list.partition_point(|kept| kept.experiment <= assignment.experiment);
        self.list.insert(place, assignment);
    }

    /// Of those of one day somebody else's goes first: hers would be assigned anew at once, and push out the next.
    fn forget_oldest(&mut self, hers: &(String, String)) {
        let oldest = self.list.iter().map(|kept| kept.day).min();
        let is_oldest = |kept: &Assignment| Some(kept.day) == oldest;
        let others = self.list.iter().position(|kept| is_oldest(kept) && kept.attribute != *hers);
        let place = others.or_else(|| self.list.iter().position(is_oldest));
        place.map(|place| self.list.remove(place));
    }

    /// Forgets assignments of experiments that have been gone for [`STOPPED_DAYS`].
    pub fn collect(&mut self, today: Day, runs: impl Fn(&str) -> bool) {
        let is_old = |kept: &Assignment| today.number() - kept.day.number() > STOPPED_DAYS;
        self.list.retain(|kept| runs(&kept.experiment) || !is_old(kept));
    }
}

impl Assignment {
    /// Appends the canonical bytes.
    pub fn encode(&self, w: &mut Writer) {
        w.text(&self.experiment);
        w.varint(self.version.into());
        w.text(&self.attribute.0);
        w.text(&self.attribute.1);
        w.text(&self.variation);
        w.varint(self.day.number() as u64);
    }

    /// Reads what [`Assignment::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Assignment> {
        Some(Assignment {
            experiment: r.text()?.to_owned(),
            version: r.varint32()?,
            attribute: (r.text()?.to_owned(), r.text()?.to_owned()),
            variation: r.text()?.to_owned(),
            day: Day::from_number(r.varint()?.try_into().ok()?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(experiment: usize, person: &str) -> Assignment {
        Assignment {
            experiment: format!("exp-{experiment:03}"),
            version: 0,
            attribute: (String::from("id"), person.to_owned()),
            variation: String::from("0"),
            day: Day::MIN,
        }
    }

    #[test]
    fn who_uses_the_phone_now_keeps_all_of_hers() {
        let mut sticky = Sticky::default();
        for person in ["anna", "bert"] {
            (0..70).for_each(|experiment| sticky.keep(assignment(experiment, person)));
        }
        let kept = |person| (0..70).filter(|&experiment| sticky.has(&assignment(experiment, person))).count();
        assert_eq!((kept("bert"), kept("anna")), (70, ASSIGNMENTS_MAX - 70));
    }
}
