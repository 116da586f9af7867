//! Made-up people: when they come, what they do, what moves them. docs/figures.md has where the numbers are from.

use crate::fit::random::Random;

/// One day.
pub(super) const DAY_MS: i64 = 86_400_000;
const HOUR_MS: f64 = 3_600_000.0;

/// Visits a day: gamma over people with this shape, and this mean.
const RATE_SHAPE: f64 = 1.2;
const RATE_MEAN: f64 = 1.0 / 6.0;
/// Days until she never comes again: exponential with this mean.
const LIFE_MEAN_DAYS: f64 = 120.0;
/// The hour around which people come, and how far they stray.
const HOUR_MEAN: f64 = 19.5;
const HOUR_SD: f64 = 3.0;
/// Visits that put something into the cart; those of them that order; other visits that do.
const CART: f64 = 0.169;
const ORDER_WITH_CART: f64 = 0.40;
const ORDER_WITHOUT: f64 = 0.018;
/// An order's value is log-normal: median in yuan, and the deviation of its logarithm.
const VALUE_MEDIAN_YUAN: f64 = 26.0;
const VALUE_SD: f64 = 0.85;
/// Visits on which those who like to do check in; who likes to; who allows messages when asked.
const CHECK_IN: f64 = 0.6;
const LIKES_CHECK_IN: f64 = 0.4;
const ALLOWS: f64 = 0.6;
/// Assumed: a message brings her within half a day, a coupon in hand makes an order more likely.
const COMES_FOR_MESSAGE: f64 = 0.08;
const ORDER_MORE_WITH_COUPON: f64 = 0.15;

/// Somebody.
pub(super) struct Person {
    random: Random,
    gap_days: f64,
    hour: f64,
    /// She never comes after this.
    pub(super) until_ms: i64,
    likes_check_in: bool,
}

/// What she does on a visit.
#[derive(Debug, Default)]
pub(super) struct Deeds {
    pub(super) checks_in: bool,
    pub(super) allows: bool,
    pub(super) fills_cart: bool,
    /// What an order is worth before any coupon; `None`: she orders nothing.
    pub(super) order_fen: Option<i64>,
}

impl Person {
    /// The same seed and number, the same person.
    pub(super) fn new(seed: u64, number: u32, start_ms: i64) -> Person {
        let mut random = Random::new(
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(number).wrapping_mul(0xd6e8_feb8_6659_fd93),
        );
        let rate = random.gamma(RATE_SHAPE) * RATE_MEAN / RATE_SHAPE;
        let life_days = -random.uniform().ln() * LIFE_MEAN_DAYS;
        Person {
            gap_days: (1.0 / rate).clamp(0.5, 60.0),
            hour: (HOUR_MEAN + HOUR_SD * random.normal()).clamp(0.0, 23.9),
            until_ms: start_ms + (life_days * DAY_MS as f64) as i64,
            likes_check_in: random.uniform() <= LIKES_CHECK_IN,
            random,
        }
    }

    /// The first visit: within one gap of the start.
    pub(super) fn first_visit(&mut self, start_ms: i64) -> i64 {
        let days = self.random.uniform() * self.gap_days;
        self.near_her_hour(start_ms + (days * DAY_MS as f64) as i64).max(start_ms)
    }

    /// The next visit: gaps are Erlang-2 around her own mean.
    pub(super) fn next_visit(&mut self, now_ms: i64) -> i64 {
        let days = self.random.gamma(2.0) / 2.0 * self.gap_days;
        self.near_her_hour(now_ms + (days * DAY_MS as f64) as i64).max(now_ms + DAY_MS / 8)
    }

    /// When a message brings her, if it does.
    pub(super) fn comes_for_message(&mut self, now_ms: i64) -> Option<i64> {
        let hours = self.random.uniform() * 12.0;
        (self.random.uniform() <= COMES_FOR_MESSAGE).then(|| now_ms + (hours * HOUR_MS) as i64)
    }

    /// What she does.
    pub(super) fn deeds(&mut self, has_coupon: bool) -> Deeds {
        let mut happens = |share: f64| self.random.uniform() <= share;
        let (checks_in, allows, fills_cart) = (happens(CHECK_IN), happens(ALLOWS), happens(CART));
        let more = if has_coupon { ORDER_MORE_WITH_COUPON } else { 0.0 };
        let orders = happens(more + if fills_cart { ORDER_WITH_CART } else { ORDER_WITHOUT });
        let value_fen = (100.0 * VALUE_MEDIAN_YUAN * (VALUE_SD * self.random.normal()).exp()) as i64;
        let order_fen = orders.then_some(value_fen.max(100));
        Deeds { checks_in: checks_in && self.likes_check_in, allows, fills_cart, order_fen }
    }

    /// That date in China, at about her hour.
    fn near_her_hour(&mut self, at_ms: i64) -> i64 {
        let zone_ms = 8 * 3_600_000;
        let midnight = (at_ms + zone_ms).div_euclid(DAY_MS) * DAY_MS - zone_ms;
        let hour = (self.hour + 1.5 * self.random.normal()).clamp(0.0, 23.9);
        midnight + (hour * HOUR_MS) as i64
    }
}
