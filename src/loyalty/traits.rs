//! What conditions may ask about a person's loyalty.

use super::state::State;
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
}
