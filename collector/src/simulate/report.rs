//! What came of a simulation, and whether the rules were kept.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::person::DAY_MS;
use super::{Plan, START_MS};
use crate::delivery::Action;
use crate::error::Failure;
use crate::storage::open_readonly;

/// Orders within so many days of a trip's beginning count for it.
const WINDOW_DAYS: i64 = 14;
/// The program's: what a point takes off.
const POINT_FEN: i64 = 1;
const ZONE_MS: i64 = 8 * 3_600_000;
/// The program's: quiet from 21:30 to 9:00, one message a date, three in seven.
const QUIET_MIN: (i64, i64) = (21 * 60 + 30, 9 * 60);
const PER_DAY_MAX: u64 = 1;
const PER_7_DAYS_MAX: usize = 3;

/// Sums over people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) persons: u64,
    pub(super) visits: u64,
    pub(super) brought: u64,
    pub(super) check_ins: u64,
    pub(super) asked: u64,
    pub(super) orders: u64,
    pub(super) paid_fen: i64,
    pub(super) coupons_given: u64,
    pub(super) coupons_used: u64,
    pub(super) coupons_fen: i64,
    pub(super) points: i64,
    pub(super) messages: u64,
    pub(super) service: u64,
    pub(super) in_7_days_max: u64,
    pub(super) on_a_date_max: u64,
    pub(super) broken: u64,
    /// Person-weeks with so many messages.
    pub(super) weeks: BTreeMap<u64, u64>,
}

impl Tally {
    /// Adds another's.
    pub(super) fn add(&mut self, other: &Tally) {
        let sums = [
            (&mut self.persons, other.persons),
            (&mut self.visits, other.visits),
            (&mut self.brought, other.brought),
            (&mut self.check_ins, other.check_ins),
            (&mut self.asked, other.asked),
            (&mut self.orders, other.orders),
            (&mut self.coupons_given, other.coupons_given),
            (&mut self.coupons_used, other.coupons_used),
            (&mut self.messages, other.messages),
            (&mut self.service, other.service),
            (&mut self.broken, other.broken),
        ];
        sums.into_iter().for_each(|(sum, more)| *sum += more);
        self.paid_fen += other.paid_fen;
        self.coupons_fen += other.coupons_fen;
        self.points += other.points;
        self.in_7_days_max = self.in_7_days_max.max(other.in_7_days_max);
        self.on_a_date_max = self.on_a_date_max.max(other.on_a_date_max);
        other.weeks.iter().for_each(|(count, weeks)| *self.weeks.entry(*count).or_default() += weeks);
    }
}

/// Holds every message of one person against the rules, by counts of its own.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The latest moment that anything happened.
    pub(super) last_ms: i64,
    days: Vec<i64>,
    allowed: BTreeMap<String, i64>,
}

impl Watch {
    /// She said yes to a template.
    pub(super) fn allow(&mut self, template: &str) {
        *self.allowed.entry(template.to_owned()).or_default() += 1;
    }

    /// A message reached her.
    pub(super) fn message(&mut self, at_ms: i64, (action, tally): (&Action, &mut Tally)) {
        tally.messages += 1;
        let left = self.allowed.entry(action.reference.clone()).or_default();
        *left -= 1;
        let mut is_broken = *left < 0;
        if action.is_service {
            tally.service += 1;
        } else {
            let local_ms = at_ms + ZONE_MS;
            let (day, minute) = (local_ms.div_euclid(DAY_MS), local_ms.rem_euclid(DAY_MS) / 60_000);
            self.days.push(day);
            let on_date = self.days.iter().filter(|sent| **sent == day).count();
            let in_7 = self.days.iter().filter(|sent| (0..7).contains(&(day - **sent))).count();
            is_broken |= minute >= QUIET_MIN.0 || minute < QUIET_MIN.1;
            is_broken |= on_date as u64 > PER_DAY_MAX || in_7 > PER_7_DAYS_MAX;
            tally.on_a_date_max = tally.on_a_date_max.max(on_date as u64);
            tally.in_7_days_max = tally.in_7_days_max.max(in_7 as u64);
        }
        tally.broken += u64::from(is_broken);
    }

    /// Her weeks, from the start to the last thing that happened.
    pub(super) fn close(&self, tally: &mut Tally) {
        let week = |day: i64| (day - (START_MS + ZONE_MS).div_euclid(DAY_MS)) / 7;
        let last = week((self.last_ms.max(START_MS) + ZONE_MS).div_euclid(DAY_MS));
        for number in 0..=last {
            let count = self.days.iter().filter(|day| week(**day) == number).count();
            *tally.weeks.entry(count as u64).or_default() += 1;
        }
    }
}

/// How people of one journey fared.
#[derive(Clone, Debug, Default, PartialEq)]
struct Arm {
    people: i64,
    orders: i64,
    paid_fen: i64,
    paid_squares: f64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    plan: Plan,
    tally: Tally,
    /// By journey: those who went through it, and those held out.
    arms: BTreeMap<String, [Arm; 2]>,
    /// What the collector did, by journey, kind and outcome.
    deliveries: Vec<(String, String, String, i64)>,
}

impl Report {
    pub(super) fn of(plan: Plan, tally: Tally, (db, end_ms): (&Path, i64)) -> Result<Report, Failure> {
        let db = open_readonly(db)?;
        let failed = |e: rusqlite::Error| Failure::new(e.to_string());
        let sql = "
            SELECT journey, held_out, count(*), sum(n > 0), sum(paid), total(paid * paid) FROM (
              SELECT journey, held_out, (SELECT count(*) FROM ledger l WHERE l.app = t.app AND l.user = t.user
                                           AND l.kind = 'order_paid' AND l.at_s * 1000 > t.begun AND l.at_s * 1000 <= t.begun + ?2) AS n,
                     (SELECT coalesce(sum(l.body ->> '$.paid_fen'), 0) FROM ledger l WHERE l.app = t.app AND l.user = t.user
                        AND l.kind = 'order_paid' AND l.at_s * 1000 > t.begun AND l.at_s * 1000 <= t.begun + ?2) AS paid
              FROM (SELECT app, user, journey, held_out, min(begun) AS begun FROM trips GROUP BY app, user, journey) t
              WHERE t.begun <= ?1 - ?2
              ORDER BY user
            ) GROUP BY journey, held_out ORDER BY journey, held_out";
        let mut arms: BTreeMap<String, [Arm; 2]> = BTreeMap::new();
        let mut statement = db.prepare(sql).map_err(failed)?;
        let mut rows = statement.query([end_ms, WINDOW_DAYS * DAY_MS]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let read = || -> rusqlite::Result<(String, bool, Arm)> {
                let arm =
                    Arm { people: row.get(2)?, orders: row.get(3)?, paid_fen: row.get(4)?, paid_squares: row.get(5)? };
                Ok((row.get(0)?, row.get(1)?, arm))
            };
            let (journey, held_out, arm) = read().map_err(failed)?;
            if let Some(place) = arms.entry(journey).or_default().get_mut(usize::from(held_out)) {
                *place = arm;
            }
        }
        let sql = "SELECT journey, kind, outcome, count FROM delivery_sums ORDER BY journey, kind, outcome";
        let mut statement = db.prepare(sql).map_err(failed)?;
        let read = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let deliveries = statement.query_map([], read).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
        Ok(Report { plan, tally, arms, deliveries })
    }

    /// True if no rule was broken.
    pub fn is_sound(&self) -> bool {
        self.tally.broken == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (plan, tally) = (&self.plan, &self.tally);
        writeln!(f, "{} persons, {} days, seed {}", plan.persons, plan.days, plan.seed)?;
        writeln!(
            f,
            "visits {}, of which {} for a message; check-ins {}",
            tally.visits, tally.brought, tally.check_ins
        )?;
        writeln!(f, "orders {}, paid {}", tally.orders, yuan(tally.paid_fen))?;
        let (given, used) = (tally.coupons_given, tally.coupons_used);
        writeln!(f, "coupons given {given}, used {used}, worth {}", yuan(tally.coupons_fen))?;
        writeln!(f, "points earned and held {}, worth {}", tally.points, yuan(tally.points * POINT_FEN))?;
        writeln!(f, "messages {}, of which {} service; asked {} times", tally.messages, tally.service, tally.asked)?;
        let weeks: u64 = tally.weeks.values().sum();
        let marketing = tally.messages - tally.service;
        let mean = marketing as f64 / weeks.max(1) as f64;
        writeln!(f, "marketing per person and week: mean {mean:.3}; weeks by count {:?}", tally.weeks)?;
        let (week, date) = (tally.in_7_days_max, tally.on_a_date_max);
        writeln!(f, "most in 7 dates {week} (cap {PER_7_DAYS_MAX}), on one date {date} (cap {PER_DAY_MAX})")?;
        writeln!(f, "in quiet hours, over a cap, or without a yes: {}", tally.broken)?;
        writeln!(f, "\nfirst trips, orders within {WINDOW_DAYS} days, coupons taken off:")?;
        for (journey, [on, held]) in &self.arms {
            write_arms(f, journey, (on, held))?;
        }
        writeln!(f, "\nwhat the collector did:")?;
        self.deliveries
            .iter()
            .try_for_each(|(journey, kind, outcome, count)| writeln!(f, "{journey} {kind} {outcome} {count}"))
    }
}

/// Differences with their 95 % intervals by the normal approximation.
fn write_arms(f: &mut fmt::Formatter<'_>, journey: &str, (on, held): (&Arm, &Arm)) -> fmt::Result {
    let share = |arm: &Arm| arm.orders as f64 / arm.people.max(1) as f64;
    let share_variance = |arm: &Arm| share(arm) * (1.0 - share(arm)) / arm.people.max(1) as f64;
    let lift = share(on) - share(held);
    let lift_spread = 1.96 * (share_variance(on) + share_variance(held)).sqrt();
    let mean = |arm: &Arm| arm.paid_fen as f64 / arm.people.max(1) as f64;
    let variance = |arm: &Arm| {
        let people = arm.people.max(2) as f64;
        (arm.paid_squares - people * mean(arm) * mean(arm)).max(0.0) / (people - 1.0) / people
    };
    let gain = (mean(on) - mean(held)) / 100.0;
    let gain_spread = 1.96 * (variance(on) + variance(held)).sqrt() / 100.0;
    writeln!(
        f,
        "{journey}: {} through it, {} held out; ordered {:.2} % and {:.2} %, {:+.2} points ({:+.2} to {:+.2}); \
         yuan a person {:+.2} ({:+.2} to {:+.2})",
        on.people,
        held.people,
        100.0 * share(on),
        100.0 * share(held),
        100.0 * lift,
        100.0 * (lift - lift_spread),
        100.0 * (lift + lift_spread),
        gain,
        gain - gain_spread,
        gain + gain_spread
    )
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02} yuan", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noon on the first day.
    const NOON: i64 = START_MS + 12 * 3_600_000;

    fn watched(allowed: i64, messages: &[(i64, bool)]) -> Tally {
        let (mut watch, mut tally) = (Watch::default(), Tally::default());
        (0..allowed).for_each(|_| watch.allow("t"));
        for &(at_ms, is_service) in messages {
            let action = Action { reference: "t".into(), is_service, ..Action::default() };
            watch.message(at_ms, (&action, &mut tally));
            watch.last_ms = at_ms;
        }
        watch.close(&mut tally);
        tally
    }

    #[test]
    fn every_rule_that_is_broken_is_seen() {
        let hour = 3_600_000;
        assert_eq!(watched(1, &[(NOON, false)]).broken, 0);
        assert_eq!(watched(0, &[(NOON, false)]).broken, 1, "without a yes");
        assert_eq!(watched(1, &[(NOON + 9 * hour + hour / 2, false)]).broken, 1, "21:30");
        assert_eq!(watched(1, &[(NOON - 3 * hour - 1, false)]).broken, 1, "08:59:59");
        assert_eq!(watched(1, &[(NOON - 3 * hour, false)]).broken, 0, "09:00");
        assert_eq!(watched(1, &[(NOON + 11 * hour, true)]).broken, 0, "service at night");
        assert_eq!(watched(2, &[(NOON, false), (NOON + hour, false)]).broken, 1, "two on one date");
        let daily = |days: &[i64]| days.iter().map(|day| (NOON + day * DAY_MS, false)).collect::<Vec<_>>();
        assert_eq!(watched(9, &daily(&[0, 2, 4, 6])).broken, 1, "four in seven");
        let fine = watched(9, &daily(&[0, 2, 4, 7]));
        assert_eq!((fine.broken, fine.in_7_days_max, fine.messages), (0, 3, 4));
        assert_eq!(fine.weeks, BTreeMap::from([(1, 1), (3, 1)]));
    }

    #[test]
    fn what_a_journey_is_worth_has_an_interval() {
        let arm = |orders, paid_fen: i64| Arm { people: 100, orders, paid_fen, paid_squares: 20_000_000.0 };
        let arms = BTreeMap::from([("cart".to_owned(), [arm(60, 30_000), arm(40, 20_000)])]);
        let plan = Plan { persons: 200, days: 1, seed: 1 };
        let report = Report { plan, tally: Tally::default(), arms, deliveries: Vec::new() };
        let text = report.to_string();
        assert!(text.contains("+20.00 points (+6.42 to +33.58)"), "{text}");
        assert!(text.contains("yuan a person +1.00 (-0.02 to +2.02)"), "{text}");
    }
}
