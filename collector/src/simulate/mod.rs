//! Journeys on trial: made-up people, the real engine on each phone, the whole collector behind them, and what came of it
//! beside those held out. The same seed gives the same report, to the byte.

mod person;
mod phone;
mod report;
mod shop;
#[cfg(test)]
mod vectors;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use huitou::program::Program;
use serde_json::{json, Value};

use self::person::{Deeds, Person, DAY_MS};
use self::phone::Phone;
pub use self::report::Report;
use self::report::Tally;
use self::shop::{due_moments, Shop};
use crate::delivery::Action;
use crate::error::Failure;
use crate::programs::Served;

/// The program that people are put through.
const PROGRAM: &str = include_str!("program.json");
/// 2027-01-04T00:00:00+08:00, a Monday: any moment that every machine agrees on.
const START_MS: i64 = 1_798_992_000_000;
/// What a coupon takes off, in fen.
const COUPON_FEN: i64 = 500;
/// People at the same time.
const THREADS: u32 = 4;

/// What to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// People.
    pub persons: u32,
    /// For how long.
    pub days: u32,
    /// Of everything that is left to chance.
    pub seed: u64,
}

/// Runs it over a new database in a folder.
///
/// # Errors
/// What the engine, the collector or the file system says.
pub fn run(plan: Plan, folder: &Path) -> Result<Report, Failure> {
    let served = Served::of(PROGRAM.to_owned(), "the simulation's program")?;
    let (program, _) = huitou::program::load(PROGRAM).map_err(|_| Failure::new("the simulation's program is bad"))?;
    let db = folder.join("simulated.sqlite");
    let shop = Shop::open(&db, served)?;
    let next = AtomicU32::new(0);
    let work = || -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= plan.persons {
                return Ok(tally);
            }
            Life::new(&shop, &program, (plan, number))?.live(&mut tally)?;
        }
    };
    let tallies: Vec<Result<Tally, Failure>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let ended = || Err(Failure::new("a thread panicked"));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| ended())).collect()
    });
    let mut tally = Tally::default();
    for one in tallies {
        tally.add(&one?);
    }
    let end_ms = START_MS + i64::from(plan.days) * DAY_MS;
    drop(shop);
    Report::of(plan, tally, (&db, end_ms))
}

/// One person and her phone.
struct Life<'a> {
    shop: &'a Shop,
    phone: Phone<'a>,
    person: Person,
    user: String,
    end_ms: i64,
    orders: u32,
    coupons: u32,
    /// Dates of marketing, and when each template was allowed and used: counted here to be held against the rules.
    watch: report::Watch,
}

impl<'a> Life<'a> {
    fn new(shop: &'a Shop, program: &Program, (plan, number): (Plan, u32)) -> Result<Life<'a>, Failure> {
        let user = format!("oSim{number:08}");
        let seed = u128::from(plan.seed) << 64 | u128::from(number) << 1 | 1;
        let person = Person::new(plan.seed, number, START_MS);
        let end_ms = person.until_ms.min(START_MS + i64::from(plan.days) * DAY_MS);
        let phone = Phone::new(shop, program, (user.clone(), seed))?;
        Ok(Life { shop, phone, person, user, end_ms, orders: 0, coupons: 0, watch: report::Watch::default() })
    }

    fn live(mut self, tally: &mut Tally) -> Result<(), Failure> {
        tally.persons += 1;
        let mut visit_ms = self.person.first_visit(START_MS);
        while visit_ms < self.end_ms {
            self.visit(visit_ms, tally)?;
            visit_ms = self.person.next_visit(visit_ms);
            if let Some(earlier_ms) = self.be_away(visit_ms, tally)? {
                tally.brought += 1;
                visit_ms = earlier_ms;
            }
        }
        let held = self.phone.tell(self.watch.last_ms, &json!({ "op": "points" }))?;
        tally.points += held.get("available").and_then(Value::as_i64).unwrap_or(0);
        self.watch.close(tally);
        Ok(())
    }

    fn visit(&mut self, at_ms: i64, tally: &mut Tally) -> Result<(), Failure> {
        tally.visits += 1;
        self.phone.open(at_ms)?;
        let deeds = self.person.deeds(self.coupons > 0);
        if deeds.checks_in {
            self.check_in(at_ms + 20_000, (&deeds, tally))?;
        }
        if deeds.fills_cart || deeds.order_fen.is_some() {
            let cart = json!({ "op": "cart", "items": [{ "item": "tea", "category": "oolong", "quantity": 1 }] });
            self.phone.tell(at_ms + 60_000, &cart)?;
        }
        if let Some(value_fen) = deeds.order_fen {
            self.order(at_ms + 120_000, (value_fen, tally))?;
        }
        self.phone.hide(at_ms + 180_000)?;
        self.take(at_ms + 180_000, tally);
        Ok(())
    }

    fn check_in(&mut self, at_ms: i64, (deeds, tally): (&Deeds, &mut Tally)) -> Result<(), Failure> {
        let asked = self.phone.tell(at_ms, &json!({ "op": "askable" }))?;
        let templates: Vec<&str> = asked.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !templates.is_empty() {
            tally.asked += 1;
            let word = if deeds.allows { "accept" } else { "reject" };
            let results: Value = templates.iter().map(|template| ((*template).to_owned(), Value::from(word))).collect();
            self.phone.tell(at_ms, &json!({ "op": "subscribe_result", "results": results }))?;
            if deeds.allows {
                templates.iter().for_each(|template| self.watch.allow(template));
            }
        }
        let answer = self.phone.tell(at_ms, &json!({ "op": "check_in" }))?;
        tally.check_ins += u64::from(answer.get("accepted").and_then(Value::as_bool).unwrap_or(false));
        Ok(())
    }

    /// A coupon in hand is used, and is part of what she does not pay.
    fn order(&mut self, at_ms: i64, (value_fen, tally): (i64, &mut Tally)) -> Result<(), Failure> {
        let off_fen = if self.coupons > 0 { COUPON_FEN.min(value_fen - 1) } else { 0 };
        if off_fen > 0 {
            self.coupons -= 1;
            tally.coupons_used += 1;
            tally.coupons_fen += off_fen;
        }
        self.orders += 1;
        let (order_id, paid_fen) = (format!("{}-{}", self.user, self.orders), value_fen - off_fen);
        self.phone.tell(at_ms, &json!({ "op": "order", "order_id": order_id, "paid_fen": paid_fen }))?;
        self.shop.paid(&self.user, (&order_id, paid_fen), at_ms)?;
        tally.orders += 1;
        tally.paid_fen += paid_fen;
        self.phone.tell(at_ms + 1_000, &json!({ "op": "cart", "items": [] })).map(|_| ())
    }

    /// Time passes until the next visit; a message may bring her earlier.
    fn be_away(&mut self, until_ms: i64, tally: &mut Tally) -> Result<Option<i64>, Failure> {
        let plan = self.phone.tell(self.watch.last_ms, &json!({ "op": "plan" }))?;
        for due_ms in due_moments(&plan) {
            if due_ms >= until_ms.min(self.end_ms) {
                break;
            }
            let got = self.shop.deliver(&self.user, due_ms);
            self.watch.last_ms = self.watch.last_ms.max(due_ms);
            if self.count(&got, tally) {
                let comes_ms = self.person.comes_for_message(due_ms);
                if let Some(comes_ms) = comes_ms.filter(|&at_ms| at_ms < until_ms) {
                    return Ok(Some(comes_ms));
                }
            }
        }
        Ok(None)
    }

    /// What was done while she was there.
    fn take(&mut self, at_ms: i64, tally: &mut Tally) {
        let got = self.shop.collect(&self.user);
        self.watch.last_ms = at_ms;
        self.count(&got, tally);
    }

    /// True if there was a message among it.
    fn count(&mut self, got: &[(i64, Action)], tally: &mut Tally) -> bool {
        for (at_ms, action) in got {
            match action.kind.as_str() {
                "message" => self.watch.message(*at_ms, (action, tally)),
                _ => {
                    self.coupons += 1;
                    tally.coupons_given += 1;
                }
            }
        }
        got.iter().any(|(_, action)| action.kind == "message")
    }
}
