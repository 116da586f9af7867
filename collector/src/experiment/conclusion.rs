//! What may be concluded.

use super::comparison::{Comparison, Effect};
use super::{Ratio, Sums};

/// Fewer people in a variation say nothing: intervals rest on means that are nearly normal.
pub const PEOPLE_MIN: u64 = 100;

/// So many people must have done what is counted, in both variations together, before shares of them are compared.
pub const POSITIVES_MIN: f64 = 20.0;

/// What may be said of a variation on a metric. A better or worse one is told by the interval that holds at every look,
/// because a page that is always up to date is looked at every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// The split is no accident: nothing may be said.
    RatioOff,
    /// Too few people, or too few of them did anything.
    TooEarly,
    /// It is better.
    Better,
    /// It is worse.
    Worse,
    /// Only the interval for one look excludes zero.
    Leaning,
    /// No difference is to be seen.
    NoDifference,
}

impl Conclusion {
    /// From the check of the split, the sums of control and variation, and their comparison.
    pub fn of(ratio: Option<Ratio>, (control, variation): (&Sums, &Sums), found: Option<&Comparison>) -> Conclusion {
        if ratio.is_some_and(|ratio| ratio.is_off()) {
            return Conclusion::RatioOff;
        }
        let is_early = control.people.min(variation.people) < PEOPLE_MIN || control.y + variation.y < POSITIVES_MIN;
        found.filter(|_| !is_early).map_or(Conclusion::TooEarly, |found| Conclusion::of_effect(found.best()))
    }

    fn of_effect(effect: &Effect) -> Conclusion {
        match (effect.always_valid.excludes_zero(), effect.interval.excludes_zero()) {
            (true, _) if effect.difference.estimate.value > 0.0 => Conclusion::Better,
            (true, _) => Conclusion::Worse,
            (false, true) => Conclusion::Leaning,
            (false, false) => Conclusion::NoDifference,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::comparison::Scale;
    use super::*;

    fn converted(people: u64, positives: f64) -> Sums {
        Sums { people, y: positives, yy: positives, ..Sums::default() }
    }

    fn concluded(a: Sums, b: Sums, ratio: Option<Ratio>) -> Conclusion {
        Conclusion::of(ratio, (&a, &b), Comparison::of(&a, &b, Scale::Proportion).as_ref())
    }

    #[test]
    fn each_state_of_affairs_has_its_conclusion() {
        let (a, even) = (converted(5000, 500.0), Ratio::of(&[5000, 5000], &[1.0, 1.0]));
        assert_eq!(concluded(a, converted(5000, 650.0), even), Conclusion::Better);
        assert_eq!(concluded(converted(5000, 650.0), a, even), Conclusion::Worse);
        assert_eq!(concluded(a, converted(5000, 570.0), even), Conclusion::Leaning);
        assert_eq!(concluded(a, converted(5000, 510.0), even), Conclusion::NoDifference);
        let nothing = concluded(converted(5000, 0.0), converted(5000, 300.0), even);
        assert_eq!(nothing, Conclusion::Better, "there is a difference though no lift");
    }

    #[test]
    fn few_people_and_a_broken_split_are_no_result() {
        let (a, b) = (converted(99, 10.0), converted(5000, 4000.0));
        assert_eq!(concluded(a, b, None), Conclusion::TooEarly, "99 people");
        assert_eq!(concluded(converted(500, 9.0), converted(500, 10.0), None), Conclusion::TooEarly, "19 did it");
        assert_eq!(concluded(converted(500, 0.0), converted(500, 0.0), None), Conclusion::TooEarly, "nobody did it");
        let off = Ratio::of(&[99, 5000], &[1.0, 1.0]);
        assert_eq!(concluded(a, b, off), Conclusion::RatioOff);
    }
}
