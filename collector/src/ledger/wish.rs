//! What a server transaction is made of, by the rules: the entry, and what the phone is told of it.

use huitou::program::rules::{Lottery, Prize, Rules};
use serde_json::{json, Value};

use super::Body;
use crate::storage::Wish;

/// The zone of what the server itself decides; only programs with the phone's own calendar look at it.
pub const OFFSET_MIN: i32 = 480;

/// What the wish comes to, whether or not the user can afford it; the replay tells that.
pub fn grant(wish: &Wish, rules: &Rules, random: u64) -> Result<(Body, Value), &'static str> {
    match wish.clone() {
        Wish::Points { points, order_id } => {
            let answer = json!({ "discount_fen": discount_fen(points, rules) });
            Ok((Body::Redeem { points, order_id, item: String::new() }, answer))
        }
        Wish::Item { item, order_id } => {
            let found = rules.mall.iter().find(|found| found.id == item).ok_or("not_offered")?;
            let answer = json!({ "points": found.points, "cash_fen": found.cash_fen });
            Ok((Body::Redeem { points: found.points, order_id, item }, answer))
        }
        Wish::Draw { lottery } => {
            let found = rules.lotteries.iter().find(|found| found.id == lottery);
            let prize = found.and_then(|found| draw(found, random)).ok_or("not_offered")?;
            let answer = json!({ "prize": prize.id, "points": prize.points });
            Ok((Body::Drawn { lottery, prize: prize.id.clone(), points: prize.points }, answer))
        }
        Wish::Grant { right } => Ok((Body::Granted { right }, json!({}))),
    }
}

/// What redeemed points are worth; the replay refuses what is no multiple of the step.
fn discount_fen(points: u32, rules: &Rules) -> u64 {
    let step = rules.points.redeem_step.max(1);
    u64::from(points / step) * u64::from(rules.points.fen_per_step)
}

/// Each prize as likely as its weight. 64 random bits make the unevenness smaller than one in 2^30.
fn draw(lottery: &Lottery, random: u64) -> Option<&Prize> {
    let total: u64 = lottery.prizes.iter().map(|prize| u64::from(prize.weight)).sum();
    let mut at = ((u128::from(random) * u128::from(total)) >> 64) as u64;
    lottery.prizes.iter().find(|prize| {
        let hit = at < u64::from(prize.weight);
        at = at.saturating_sub(u64::from(prize.weight));
        hit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prizes_fall_by_weight() {
        let prize = |id: &str, weight| Prize { id: id.to_owned(), weight, points: 0 };
        let lottery = Lottery { id: "l".into(), prizes: vec![prize("a", 1), prize("b", 0), prize("c", 3)] };
        let share =
            |id: &str| (0..1000u64).filter(|at| draw(&lottery, at * (u64::MAX / 1000 + 1)).unwrap().id == id).count();
        assert_eq!((share("a"), share("b"), share("c")), (250, 0, 750));
        assert_eq!(draw(&lottery, u64::MAX).unwrap().id, "c");
        assert_eq!(draw(&Lottery { id: "l".into(), prizes: Vec::new() }, 5), None);
    }
}
