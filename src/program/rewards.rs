//! Sections `every_n_orders`, `rewards`, `mall`, `lottery` and `referral`.

use super::gift::{FEN, POINTS, SOME_FEN, SOME_POINTS, TEXT, TIMES};
use super::read::{Cursor, Keyed, Read};
use super::rules::{EveryNOrders, Gift, Lottery, MallItem, Prize, Referral, Reward, RewardKind};

impl Read for EveryNOrders {
    fn read(cursor: &Cursor) -> EveryNOrders {
        cursor.object();
        let made = EveryNOrders { n: cursor.required("n", (1, 1000)), coupon: cursor.required("coupon", TEXT) };
        cursor.done();
        made
    }
}

impl Read for Reward {
    fn read(cursor: &Cursor) -> Reward {
        cursor.object();
        let id = cursor.required("id", TEXT);
        let spent_fen: Option<u64> = cursor.required("spent_fen", SOME_FEN);
        let bought: Option<String> = cursor.required("bought", TEXT);
        let cart: Option<Vec<CartStep>> = cursor.required("cart", (1, 16));
        let kind = match (spent_fen, bought, cart) {
            (Some(spent_fen), None, None) => {
                let repeats = cursor.or("repeats", (0, 0), false);
                RewardKind::Spent { spent_fen, repeats, gift: Gift::some(cursor) }
            }
            (None, Some(category), None) => RewardKind::Bought { category, offer: cursor.required("offer", TEXT) },
            (None, None, Some(steps)) => cart_kind(cursor, &steps),
            _ => {
                cursor.fail("expected one of spent_fen, bought, cart");
                RewardKind::Cart { steps: Vec::new() }
            }
        };
        cursor.done();
        Reward { id, kind }
    }
}

/// A step of a cart's discount: from so many fen, so many off.
struct CartStep(u64, u64);

impl Read for CartStep {
    fn read(cursor: &Cursor) -> CartStep {
        cursor.object();
        let step = CartStep(cursor.required("from_fen", SOME_FEN), cursor.required("off_fen", SOME_FEN));
        cursor.done();
        if step.1 > step.0 {
            cursor.fail("expected off_fen at most from_fen");
        }
        step
    }
}

fn cart_kind(cursor: &Cursor, steps: &[CartStep]) -> RewardKind {
    let ascends = |pair: &[CartStep]| matches!(pair, [low, high] if low.0 < high.0 && low.1 < high.1);
    if !steps.windows(2).all(ascends) {
        cursor.fail("expected cart to ascend, from_fen and off_fen");
    }
    RewardKind::Cart { steps: steps.iter().map(|step| (step.0, step.1)).collect() }
}

impl Keyed for Reward {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Read for MallItem {
    fn read(cursor: &Cursor) -> MallItem {
        cursor.object();
        let made = MallItem {
            id: cursor.required("id", TEXT),
            points: cursor.required("points", SOME_POINTS),
            cash_fen: cursor.or("cash_fen", FEN, 0),
            per_person_max: cursor.or("max_per_person", TIMES, 0),
        };
        cursor.done();
        made
    }
}

impl Keyed for MallItem {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Read for Lottery {
    fn read(cursor: &Cursor) -> Lottery {
        cursor.object();
        // As a whole: without one of its prizes a lottery would have other odds.
        let made = Lottery { id: cursor.required("id", TEXT), prizes: cursor.required("prizes", (1, 32)) };
        cursor.done();
        made
    }
}

impl Keyed for Lottery {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Read for Prize {
    fn read(cursor: &Cursor) -> Prize {
        cursor.object();
        let made = Prize {
            id: cursor.required("id", TEXT),
            weight: cursor.required("weight", (1, 1_000_000)),
            points: cursor.or("points", POINTS, 0),
        };
        cursor.done();
        made
    }
}

impl Read for Referral {
    fn read(cursor: &Cursor) -> Referral {
        cursor.object();
        let made = Referral {
            inviter: cursor.or_empty_map("inviter", (0, 0)),
            invitee: cursor.or_empty_map("invitee", (0, 0)),
            per_month_max: cursor.or("max_per_month", TIMES, 0),
            total_max: cursor.or("max_total", TIMES, 0),
        };
        cursor.done();
        made
    }
}
