//! What conditions may ask about a person's loyalty.

use super::state::State;
use crate::clock::Day;
use crate::program::rules::Rules;
use crate::program::value::Value;

impl State {
    /// Hands over each attribute: `points`, `growth`, `streak` (dates in a row), `orders` (not refunded), `spend_fen`
    /// (less refunds), `tier` (name of the level), `member`.
    pub fn attributes(&self, rules: &Rules, put: &mut dyn FnMut(&str, Value)) {
        let (orders, spend_fen) = self.orders.figures();
        let figures = [
            ("points", self.available() as f64),
            ("growth", self.growth(rules) as f64),
            ("streak", f64::from(self.length())),
            ("orders", f64::from(orders)),
            ("spend_fen", spend_fen as f64),
        ];
        figures.into_iter().for_each(|(name, figure)| put(name, Value::Number(figure)));
        if let Some(level) = rules.tiers.as_ref().and_then(|tiers| tiers.levels.get(self.level(tiers))) {
            put("tier", Value::Text(level.name.clone()));
        }
        put("member", Value::Bool(self.membership.until().is_some_and(|until| until >= self.day)));
    }

    /// Days from a date until points lapse, and until the tier falls if nothing is bought; `None` where neither is known
    /// to happen.
    pub fn days_left(&self, rules: &Rules, today: Day) -> (Option<u32>, Option<u32>) {
        let left = |day: Day| u32::try_from(day.since(today)).ok().filter(|_| day < Day::MAX);
        let lapses = self.wallet.next_expiry().and_then(left);
        let Some(tiers) = &rules.tiers else { return (lapses, None) };
        let review = self.standing.next_review(Some(tiers));
        let then = if self.standing.grace { today } else { review };
        let level = tiers.levels.get(self.level(tiers));
        let falls = level.is_some_and(|level| self.standing.sum(Some(tiers), then) < level.from);
        (lapses, left(review).filter(|_| falls))
    }
}
