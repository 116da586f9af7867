//! Sections `multipliers`, `stacking` and `daily_caps`: what changes the points of sources.

use super::gift::{choice, is_listed, POINTS, TEXT};
use super::read::{Cursor, Keyed, Read};
use super::rules::{DailyCap, Multiplier, Points, Source, Stacking, Tiers, When};
use super::text::Name;
use super::value::Value;
use crate::clock::Day;

/// The most sources that one rule names.
const SOURCES: (i64, i64) = (1, 8);

/// A campaign as written: sources and the tier by name.
pub(super) struct MultiplierEntry {
    made: Multiplier,
    sources: Vec<Name>,
    tier: String,
}

impl Read for MultiplierEntry {
    fn read(cursor: &Cursor) -> MultiplierEntry {
        cursor.object();
        let name = cursor.required("name", TEXT);
        let percent = cursor.required("percent", (100, 1000));
        let sources = cursor.required("applies_to", SOURCES);
        let WhenEntry { when, tier } = cursor.required("when", (0, 0));
        cursor.done();
        MultiplierEntry { made: Multiplier { name, percent, applies_to: Vec::new(), when }, sources, tier }
    }
}

impl MultiplierEntry {
    /// The campaign with positions for names; `None` if it names a tier that is off.
    pub(super) fn resolve(self, points: &mut Points, tiers: Option<&Tiers>) -> Option<Multiplier> {
        let mut made = self.made;
        if made.when == When::Tier(0) {
            let position = tiers?.levels.iter().position(|level| level.name == self.tier)?;
            made.when = When::Tier(position as u8);
        }
        made.applies_to = positions(self.sources, points);
        Some(made)
    }
}

fn positions(sources: Vec<Name>, points: &mut Points) -> Vec<Source> {
    sources.into_iter().map(|name| points.source(name.0)).collect()
}

impl Keyed for MultiplierEntry {
    fn key(&self) -> &str {
        &self.made.name
    }
}

/// When a campaign holds; a tier's position is found later.
struct WhenEntry {
    when: When,
    tier: String,
}

impl Read for WhenEntry {
    fn read(cursor: &Cursor) -> WhenEntry {
        cursor.object();
        let tier: Option<TierName> = cursor.required("tier", TEXT);
        let candidates = [
            cursor.required::<Option<u32>>("day_of_month", (1, 31)).map(When::DayOfMonth),
            cursor.required::<Option<u32>>("weekday", (1, 7)).map(When::Weekday),
            between(cursor),
            flag(cursor, "birthday", When::Birthday),
            flag(cursor, "paid_member", When::PaidMember),
            tier.as_ref().map(|_| When::Tier(0)),
        ];
        cursor.done();
        let mut found = candidates.into_iter().flatten();
        let when = found.next();
        if when.is_none() || found.next().is_some() {
            cursor.fail("expected one of day_of_month, weekday, from and to, birthday, tier, paid_member");
        }
        WhenEntry { when: when.unwrap_or(When::Birthday), tier: tier.map(|tier| tier.0).unwrap_or_default() }
    }
}

fn between(cursor: &Cursor) -> Option<When> {
    let (from, to): (Option<Day>, Option<Day>) = (cursor.required("from", (0, 0)), cursor.required("to", (0, 0)));
    if from.is_none() && to.is_none() {
        return None;
    }
    let (from, to) = from.zip(to).filter(|(from, to)| from <= to).unwrap_or_else(|| {
        cursor.fail("expected from and to, a date not after another");
        Default::default()
    });
    Some(When::Between(from, to))
}

fn flag(cursor: &Cursor, name: &str, when: When) -> Option<When> {
    cursor.or(name, (0, 0), false).then_some(when)
}

/// The name of a level that the program declares.
struct TierName(String);

impl Read for TierName {
    fn read(cursor: &Cursor) -> TierName {
        let name = cursor.text();
        if !is_listed(cursor.whole().get("tiers").and_then(|tiers: &Value| tiers.get("levels")), "name", name) {
            cursor.fail("expected the name of a level of tiers");
        }
        TierName(name.to_owned())
    }
}

impl Read for Stacking {
    fn read(cursor: &Cursor) -> Stacking {
        match choice(cursor, &["highest", "multiply", "add"]) {
            0 => Stacking::Highest,
            1 => Stacking::Multiply,
            _ => Stacking::Add,
        }
    }
}

/// A cap as written: sources by name.
pub(super) struct CapEntry {
    points_max: u32,
    sources: Vec<Name>,
}

impl Read for CapEntry {
    fn read(cursor: &Cursor) -> CapEntry {
        cursor.object();
        let sources = cursor.required("sources", SOURCES);
        let points_max = cursor.required("max_points", POINTS);
        cursor.done();
        CapEntry { points_max, sources }
    }
}

impl CapEntry {
    /// The cap with positions for names.
    pub(super) fn resolve(self, points: &mut Points) -> DailyCap {
        DailyCap { sources: positions(self.sources, points), points_max: self.points_max }
    }
}

impl Keyed for CapEntry {
    fn key(&self) -> &str {
        ""
    }
}
