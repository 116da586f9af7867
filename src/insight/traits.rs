//! What conditions may ask about a person's ways (the table in docs/insight.md), and what is due.

use super::model::cycle::Cycle;
use super::models::Models;
use super::outlook::{permille, Outlook};
use super::portrait::Portrait;
use crate::clock::{Day, UnixMs, MINUTE_MS};
use crate::program::value::Value;

/// Categories in `categories`.
const CATEGORIES_TOLD: usize = 5;
/// Days within which something is due in `due_categories`.
const DUE_DAYS: u32 = 7;
/// From this chance on.
const DUE: f64 = 0.5;

/// A category that she bought from more than once, and the chance that she does again within a horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// Position among the portrait's categories.
    pub category: usize,
    /// P(a purchase within the horizon).
    pub probability: f64,
}

/// Chances of all such categories, the highest first; of equal ones the one met first.
pub fn chances(portrait: &Portrait, models: &Models, (today, horizon_days): (Day, u32)) -> Vec<Chance> {
    let mut found: Vec<Chance> = Vec::new();
    for (category, habit) in portrait.goods.categories.iter().enumerate() {
        let rhythm = &habit.bought;
        let Some(cycle) = cycle(portrait, models, category).filter(|_| rhythm.days() > 1) else { continue };
        let probability = cycle.p_within(f64::from(rhythm.silence_days(today)), f64::from(horizon_days));
        let place = found.iter().position(|other| other.probability < probability).unwrap_or(found.len());
        found.insert(place, Chance { category, probability });
    }
    found
}

/// Her rhythm in a category, as far as it is known.
pub fn cycle(portrait: &Portrait, models: &Models, category: usize) -> Option<Cycle> {
    let habit = portrait.goods.categories.get(category)?;
    Cycle::new(models.fleet.cycle_of(&habit.name), &habit.bought.gaps())
}

/// Hands over each attribute.
pub fn traits(
    portrait: &Portrait,
    (outlook, models): (&Outlook, &Models),
    now: (UnixMs, Day),
    put: &mut dyn FnMut(&str, Value),
) {
    put_purchases(portrait, models, now.1, put);
    put("level", text(outlook.level.code()));
    if let Some(probability) = outlook.probability {
        put("return_permille", number(permille(probability)));
    }
    put("signs", Value::List(outlook.signs.iter().map(|sign| text(sign.name())).collect()));
    if let Some(hour) = portrait.hours.usual() {
        put("usual_hour", number(hour));
    }
    if portrait.cart.count > 0 {
        let age_min = now.0.since(portrait.cart.changed) / MINUTE_MS;
        put("cart_fen", Value::Number(portrait.cart.value_fen as f64));
        put("cart_age_min", Value::Number(age_min.max(0) as f64));
    }
    if portrait.coupons.orders > 0 {
        let share = f64::from(portrait.coupons.used) / f64::from(portrait.coupons.orders);
        put("coupon_share_permille", number(permille(share)));
    }
    put_categories(portrait, now.1, put);
    put_due(portrait, models, now.1, put);
}

fn put_purchases(portrait: &Portrait, models: &Models, today: Day, put: &mut dyn FnMut(&str, Value)) {
    let rhythm = &portrait.purchases;
    let (recency, frequency) = (f64::from(rhythm.silence_days(today)), f64::from(rhythm.days()));
    let monetary = rhythm.spent_fen() as f64;
    put("frequency", Value::Number(frequency));
    put("monetary_fen", Value::Number(monetary));
    if rhythm.days() > 0 {
        put("recency_days", Value::Number(recency));
        if let Some(quintiles) = &models.quintiles {
            put("rfm", Value::Number(f64::from(quintiles.score(recency, frequency, monetary))));
        }
    }
}

/// What she buys, and looks at, most.
fn put_categories(portrait: &Portrait, today: Day, put: &mut dyn FnMut(&str, Value)) {
    let mut found: Vec<(f64, &str)> = Vec::new();
    for category in &portrait.goods.categories {
        let weight = f64::from(category.bought.count_within(today, 128)) + 0.2 * category.viewed.weight(today);
        let place = found.iter().position(|other| other.0 < weight).unwrap_or(found.len());
        found.insert(place, (weight, &category.name));
        found.truncate(CATEGORIES_TOLD);
    }
    if let Some((_, favourite)) = found.first() {
        put("favourite_category", text(favourite));
    }
    put("categories", Value::List(found.iter().map(|(_, name)| text(name)).collect()));
}

fn put_due(portrait: &Portrait, models: &Models, today: Day, put: &mut dyn FnMut(&str, Value)) {
    let chances = chances(portrait, models, (today, DUE_DAYS));
    let mut due = Vec::new();
    for chance in chances.iter().filter(|chance| chance.probability >= DUE) {
        due.extend(portrait.goods.categories.get(chance.category).map(|category| text(&category.name)));
    }
    put("due_categories", Value::List(due));
    let Some(first) = chances.first() else { return };
    let habit = portrait.goods.categories.get(first.category);
    let silence = habit.map_or(0.0, |habit| f64::from(habit.bought.silence_days(today)));
    if let Some(cycle) = cycle(portrait, models, first.category) {
        put("next_due_days", Value::Number((cycle.median_days(silence) - silence).ceil()));
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(number: impl Into<f64>) -> Value {
    Value::Number(number.into())
}
