//! How things stand with a person: her level, how likely she is to come back and to buy, and what has changed.
//!
//! A phone only runs while she is there, so her level is judged as she was before today: whoever comes back after months
//! was lost until then, and is active again once she comes back in her rhythm. Chances look forward from today.

use super::model::gamma_gamma::GammaGamma;
use super::models::Models;
use super::portrait::Portrait;
use super::returning::Returning;
use super::rhythm::Rhythm;
use super::sign::show::{shown, Known, Sign};
use super::sign::slow_down::slow_down;
use crate::clock::Day;
use crate::event::portrait::Level;
use crate::program::SignRules;

/// Days with a visit below which a person is new,
pub const NEW_VISITS: u32 = 3;
/// for so many days.
pub const NEW_DAYS: i64 = 14;
/// Below this share of the chance that she had on the day of her latest visit she slows down,
pub const SLOWING: f64 = 0.75;
/// below this one she is at risk,
pub const AT_RISK: f64 = 0.5;
/// and below this one lost, if the chance itself is below [`LOST`].
pub const LOST_SHARE: f64 = 0.25;
/// See [`LOST_SHARE`].
pub const LOST: f64 = 0.05;
/// A level is left upwards only past its bound and so much of it: else it would flicker.
pub const MARGIN: f64 = 0.1;

/// What is expected of her purchases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Buying {
    /// P(a purchase within the horizon).
    pub probability: f64,
    /// How many to expect.
    pub expected: f64,
    /// What they are worth.
    pub value_fen: f64,
}

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// How things stand.
    pub level: Level,
    /// Since when.
    pub since: Day,
    /// P(a visit within the horizon); `None` before the first.
    pub probability: Option<f64>,
    /// `None` before her first purchase.
    pub buying: Option<Buying>,
    /// What has changed.
    pub signs: Vec<Sign>,
}

/// Visits before a day.
pub fn before(portrait: &Portrait, today: Day) -> Rhythm {
    match portrait.visits.span() {
        Some((_, last)) if last >= today => portrait.earlier,
        _ => portrait.visits,
    }
}

/// Reads it off the portrait.
pub fn outlook(known: &Known, models: &Models, rules: &SignRules) -> Outlook {
    let portrait = known.portrait;
    let level = level(known, models);
    Outlook {
        level,
        since: if level == portrait.judgement.level && portrait.revision > 0 { portrait.since } else { known.today },
        probability: models.visits.and_then(|visits| visits.probability(&portrait.visits, known.today)),
        buying: models.purchases.and_then(|returning| buying(portrait, (&returning, models.fleet.spend), known.today)),
        signs: shown(known, rules),
    }
}

fn level(known: &Known, models: &Models) -> Level {
    let (earlier, was) = (&known.earlier, known.portrait.judgement.level);
    let Some((first, last)) = earlier.span() else { return Level::New };
    if earlier.days() < NEW_VISITS && known.today.since(first) <= NEW_DAYS {
        return Level::New;
    }
    let chance = |day: Day| models.visits.and_then(|visits| visits.probability(earlier, day)).unwrap_or(1.0);
    let (now, fresh) = (chance(known.today), chance(last));
    let slowed = slow_down(earlier, known.today, known.nbd_days).map_or(0.0, |found| found.score);
    decide((now, if fresh > 0.0 { now / fresh } else { 1.0 }), slowed, was)
}

/// From the chance of a visit, its share of what it was, and how clearly she slows down.
fn decide((chance, share): (f64, f64), slowed: f64, was: Level) -> Level {
    let bound = |bound: f64, level: Level| if was >= level { bound * (1.0 + MARGIN) } else { bound };
    if chance < bound(LOST, Level::Lost) && share < bound(LOST_SHARE, Level::Lost) {
        return Level::Lost;
    }
    if share < bound(AT_RISK, Level::AtRisk) {
        return Level::AtRisk;
    }
    let is_slow = slowed >= if was >= Level::Slowing { 1.0 - 2.0 * MARGIN } else { 1.0 };
    if is_slow || share < bound(SLOWING, Level::Slowing) {
        return Level::Slowing;
    }
    Level::Active
}

fn buying(portrait: &Portrait, (returning, spend): (&Returning, Option<GammaGamma>), today: Day) -> Option<Buying> {
    let rhythm = &portrait.purchases;
    let probability = returning.probability(rhythm, today)?;
    let units = f64::from(returning.horizon_days) / returning.unit_days;
    let expected = returning.lifetime.expected(&rhythm.history(today, returning.unit_days), units)?;
    let mean = rhythm.spent_fen() as f64 / f64::from(rhythm.days());
    let each = spend.map_or(mean, |spend| spend.expected_spend(rhythm.days(), mean));
    Some(Buying { probability, expected, value_fen: expected * each })
}

/// A probability in whole thousandths.
pub fn permille(probability: f64) -> u16 {
    (probability.clamp(0.0, 1.0) * 1000.0 + 0.5) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_do_not_flicker_around_their_bounds() {
        let at = |share: f64, was: Level| decide((0.5, share), 0.0, was);
        assert_eq!([at(0.751, Level::Active), at(0.749, Level::Active)], [Level::Active, Level::Slowing]);
        assert_eq!([at(0.82, Level::Slowing), at(0.83, Level::Slowing)], [Level::Slowing, Level::Active]);
        assert_eq!([at(0.54, Level::AtRisk), at(0.56, Level::AtRisk)], [Level::AtRisk, Level::Slowing]);
        assert_eq!([at(0.501, Level::Slowing), at(0.499, Level::Slowing)], [Level::Slowing, Level::AtRisk]);
        let slowed = |score: f64, was: Level| decide((0.9, 1.0), score, was);
        assert_eq!([slowed(0.99, Level::Active), slowed(1.0, Level::Active)], [Level::Active, Level::Slowing]);
        assert_eq!([slowed(0.81, Level::Slowing), slowed(0.79, Level::Slowing)], [Level::Slowing, Level::Active]);
    }

    #[test]
    fn lost_is_who_is_hardly_expected_and_once_was() {
        let at = |chance: f64, share: f64| decide((chance, share), 0.0, Level::AtRisk);
        assert_eq!([at(0.049, 0.1), at(0.051, 0.1)], [Level::Lost, Level::AtRisk]);
        assert_eq!(at(0.01, 0.9), Level::Active, "little was ever expected of her");
    }
}
