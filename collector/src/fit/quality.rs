//! How good chances are: do they rank, and do they mean what they say?

use serde::{Deserialize, Serialize};

/// Chances nearer to 0 or 1 than this are taken for this, so that one surprise does not cost everything.
const CHANCE_MIN: f64 = 1e-9;
/// Groups of the calibration table, of equal size.
const GROUPS: usize = 10;

/// What was said of a person and what happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// The chance, 0..=1.
    pub chance: f64,
    /// Whether it happened.
    pub happened: bool,
}

/// One group of the calibration table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// How many people.
    pub people: usize,
    /// The mean chance that was said.
    pub said: f64,
    /// The share to whom it happened.
    pub happened: f64,
}

/// All that is measured of one score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// People it was measured on.
    pub people: usize,
    /// The share to whom it happened.
    pub base: f64,
    /// The chance that who came back was ranked above who did not: 0.5 is blind, 1 perfect.
    pub auc: f64,
    /// Mean surprise, in nats.
    pub log_loss: f64,
    /// Mean squared error.
    pub brier: f64,
    /// From the lowest tenth of chances to the highest.
    pub calibration: Vec<Group>,
}

impl Quality {
    /// `None` unless it happened to somebody and not to everybody.
    pub fn of(said: &[Said]) -> Option<Quality> {
        let happened = said.iter().filter(|one| one.happened).count();
        if happened == 0 || happened == said.len() {
            return None;
        }
        let mut sorted = said.to_vec();
        sorted.sort_by(|a, b| a.chance.total_cmp(&b.chance));
        let mean = |of: &dyn Fn(&Said) -> f64| said.iter().map(of).sum::<f64>() / said.len() as f64;
        Some(Quality {
            people: said.len(),
            base: happened as f64 / said.len() as f64,
            auc: auc(&sorted, happened),
            log_loss: mean(&surprise),
            brier: mean(&|one| (one.chance - f64::from(u8::from(one.happened))).powi(2)),
            calibration: calibration(&sorted),
        })
    }
}

fn surprise(one: &Said) -> f64 {
    let chance = one.chance.clamp(CHANCE_MIN, 1.0 - CHANCE_MIN);
    -(if one.happened { chance } else { 1.0 - chance }).ln()
}

/// Mann and Whitney's: equal chances share their ranks.
fn auc(sorted: &[Said], happened: usize) -> f64 {
    let (mut ranks, mut at) = (0.0, 0);
    while let Some(first) = sorted.get(at) {
        let equal = sorted.iter().skip(at).take_while(|one| one.chance == first.chance);
        let (count, hits) = equal.fold((0, 0), |(count, hits), one| (count + 1, hits + usize::from(one.happened)));
        ranks += hits as f64 * (at as f64 + (count as f64 + 1.0) / 2.0);
        at += count;
    }
    let (hits, misses) = (happened as f64, (sorted.len() - happened) as f64);
    (ranks - hits * (hits + 1.0) / 2.0) / (hits * misses)
}

fn calibration(sorted: &[Said]) -> Vec<Group> {
    let size = sorted.len().div_ceil(GROUPS).max(1);
    let mean = |group: &[Said], of: &dyn Fn(&Said) -> f64| group.iter().map(of).sum::<f64>() / group.len() as f64;
    let group = |group: &[Said]| Group {
        people: group.len(),
        said: mean(group, &|one| one.chance),
        happened: mean(group, &|one| f64::from(u8::from(one.happened))),
    };
    sorted.chunks(size).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pairs: &[(f64, bool)]) -> Vec<Said> {
        pairs.iter().map(|&(chance, happened)| Said { chance, happened }).collect()
    }

    #[test]
    fn figures_are_what_their_definitions_give() {
        let quality = Quality::of(&said(&[(0.9, true), (0.4, true), (0.4, false), (0.1, false)])).unwrap();
        assert_eq!((quality.people, quality.base, quality.auc), (4, 0.5, 0.875), "one pair of four is a tie");
        assert!((quality.brier - (0.01 + 0.36 + 0.16 + 0.01) / 4.0).abs() < 1e-12);
        let surprise = -(0.9f64.ln() + 0.4f64.ln() + 0.6f64.ln() + 0.9f64.ln()) / 4.0;
        assert!((quality.log_loss - surprise).abs() < 1e-12);
        let last = quality.calibration[3];
        assert_eq!(last, Group { people: 1, said: 0.9, happened: 1.0 });
    }

    #[test]
    fn what_can_not_be_ranked_has_no_quality() {
        assert_eq!(Quality::of(&said(&[(0.3, true)])), None);
        assert_eq!(Quality::of(&[]), None);
        assert_eq!(Quality::of(&said(&[(1.0, false), (0.0, true)])).unwrap().auc, 0.0);
    }
}
