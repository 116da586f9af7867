//! Sections `tiers` and `membership`.

use super::gift::{benefits, choice, DAYS, FEN, TEXT};
use super::read::{Cursor, Each, Keyed, Read};
use super::rules::{Downgrade, Level, Membership, Plan, Tiers};

/// Growth that a level may take.
const GROWTH: (i64, i64) = (0, 1_000_000_000_000);

impl Read for Tiers {
    fn read(cursor: &Cursor) -> Tiers {
        cursor.object();
        let levels: Each<Level> = cursor.or_empty_list("levels", (1, 16));
        let made = Tiers {
            levels: levels.0,
            window_days: cursor.or("window_days", DAYS, 0),
            term_days: cursor.or("term_days", DAYS, 0),
            grace_days: cursor.or("grace_days", (0, 366), 0),
            downgrade: cursor.or("downgrade", (0, 0), Downgrade::OneStep),
            falls_on_refund: cursor.or("after_refund", (0, 0), None::<Immediate>).is_some(),
        };
        cursor.done();
        let begins = made.levels.first().is_some_and(|level| level.from == 0);
        let ascends = made.levels.windows(2).all(|pair| matches!(pair, [low, high] if low.from < high.from));
        if !begins || !ascends {
            cursor.fail("expected levels whose from is 0 at first and then ascends");
        }
        made
    }
}

impl Read for Level {
    fn read(cursor: &Cursor) -> Level {
        cursor.object();
        let made = Level {
            name: cursor.required("name", TEXT),
            from: cursor.required("from", GROWTH),
            benefits: benefits(cursor),
            icon: cursor.or("icon", TEXT, String::new()),
        };
        cursor.done();
        if made.from > 0 && made.benefits.is_empty() {
            cursor.warn("expected benefits, found none; the tier brings nothing");
        }
        made
    }
}

impl Keyed for Level {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Read for Downgrade {
    fn read(cursor: &Cursor) -> Downgrade {
        match choice(cursor, &["one_step", "to_qualified"]) {
            0 => Downgrade::OneStep,
            _ => Downgrade::ToQualified,
        }
    }
}

struct Immediate;

impl Read for Immediate {
    fn read(cursor: &Cursor) -> Immediate {
        choice(cursor, &["immediate"]);
        Immediate
    }
}

impl Read for Membership {
    fn read(cursor: &Cursor) -> Membership {
        cursor.object();
        let plans: Each<Plan> = cursor.or_empty_list("plans", (0, 8));
        let made = Membership { plans: plans.0, benefits: benefits(cursor) };
        cursor.done();
        made
    }
}

impl Read for Plan {
    fn read(cursor: &Cursor) -> Plan {
        cursor.object();
        let made = Plan {
            id: cursor.required("id", TEXT),
            months: cursor.required("months", (1, 120)),
            price_fen: cursor.required("price_fen", FEN),
        };
        cursor.done();
        made
    }
}

impl Keyed for Plan {
    fn key(&self) -> &str {
        &self.id
    }
}
