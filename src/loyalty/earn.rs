//! Points that come in: campaigns, caps, validity.

use super::act::Refusal;
use super::line::{Line, Reason, Term, What};
use super::state::{signed, State, Turn};
use super::wallet::{Lot, NEVER};
use crate::clock::Day;
use crate::program::rules::{Multiplier, Points, Rules, Source, Stacking, Validity, When};

/// Numbers of the arithmetic that one line shows at most.
const TERMS_MAX: usize = 12;

/// What earns points.
#[derive(Clone, Copy)]
pub(super) struct Earning<'a> {
    pub(super) source: Source,
    /// Before campaigns.
    pub(super) base: u64,
    pub(super) reason: Reason,
    pub(super) subject: &'a str,
    pub(super) rule: Option<u8>,
    /// A phone says so by itself.
    pub(super) claim: bool,
    /// The order's number, 0 if none.
    pub(super) order: u32,
    pub(super) growth: u64,
    /// How the base came about.
    pub(super) lead: &'a [Term<'a>],
}

impl Earning<'_> {
    /// A claim's points of a source.
    pub(super) fn claim(source: Source, reason: Reason, base: u32) -> Earning<'static> {
        Earning { claim: true, ..Earning::fact(source, reason, base) }
    }

    /// A fact's points of a source.
    pub(super) fn fact(source: Source, reason: Reason, base: u32) -> Earning<'static> {
        let base = u64::from(base);
        Earning { source, base, reason, subject: "", rule: None, claim: false, order: 0, growth: 0, lead: &[] }
    }
}

/// A few terms, without a list on the heap.
struct Terms<'a> {
    all: [Term<'a>; TERMS_MAX],
    len: usize,
}

impl<'a> Terms<'a> {
    fn of(lead: &[Term<'a>]) -> Terms<'a> {
        let mut terms = Terms { all: [Term::default(); TERMS_MAX], len: 0 };
        for term in lead {
            terms.push(*term);
        }
        terms
    }

    fn push(&mut self, term: Term<'a>) {
        if let Some(place) = self.all.get_mut(self.len) {
            *place = term;
            self.len += 1;
        }
    }

    /// A number that is only worth telling if there is one.
    fn some(&mut self, what: What, value: u64) {
        if value > 0 {
            self.push(Term::new(what, value));
        }
    }
}

impl State {
    /// Grants points: campaigns, then caps, then a lot of its own date. Gives how many came through.
    pub(super) fn earn(&mut self, turn: &mut Turn, earning: Earning) -> u64 {
        let rules = turn.rules;
        let mut terms = Terms::of(earning.lead);
        terms.push(Term::new(What::Base, earning.base));
        let points = self.multiplied(rules, &earning, &mut terms);
        let left = self.today.admit(rules, (earning.source, earning.claim), points);
        let cut = points.saturating_sub(left);
        self.wallet.cut = self.wallet.cut.saturating_add(cut);
        terms.some(What::CapCut, cut);
        let last = last_day(&rules.points, turn.day);
        let waits = pending_days(&rules.points, earning.source);
        terms.some(What::PendingDays, u64::from(waits));
        let opens = (waits > 0).then(|| turn.day.plus(i64::from(waits)));
        let paid = self.wallet.grant(Lot { last, order: earning.order, points: left }, opens);
        terms.some(What::DebtPaid, paid);
        let line = Line {
            reason: earning.reason,
            points: signed(left),
            growth: signed(earning.growth),
            last: (left > 0 && last < NEVER).then_some(last),
            subject: earning.subject,
            rule: earning.rule,
            terms: terms.all.get(..terms.len).unwrap_or_default(),
            ..turn.blank()
        };
        turn.line(line);
        left
    }

    /// The base with the campaigns that hold, rounded down once (P1).
    fn multiplied<'a>(&self, rules: &'a Rules, earning: &Earning, terms: &mut Terms<'a>) -> u64 {
        let stacking = rules.stacking;
        let (mut above, mut below, mut highest) = (1u64, 1u64, None::<&Multiplier>);
        for multiplier in &rules.multipliers {
            if !multiplier.applies_to.contains(&earning.source) || !self.holds(&multiplier.when, self.day) {
                continue;
            }
            let percent = u64::from(multiplier.percent);
            match stacking {
                Stacking::Highest if highest.is_some_and(|other| other.percent >= multiplier.percent) => continue,
                Stacking::Highest => (above, below) = (percent, 100),
                Stacking::Multiply => (above, below) = product(above, below, percent),
                // Starts at 100 of 100 with the first.
                Stacking::Add => {
                    let sum = if below == 1 { 100 } else { above };
                    (above, below) = (sum.saturating_add(percent).saturating_sub(100), 100);
                }
            }
            highest = Some(multiplier);
            if stacking != Stacking::Highest {
                terms.push(term(multiplier));
            }
        }
        if let Some(multiplier) = highest.filter(|_| stacking == Stacking::Highest) {
            terms.push(term(multiplier));
        }
        earning.base.saturating_mul(above) / below.max(1)
    }

    /// What so many points of a source become today, before caps.
    pub(super) fn with_campaigns(&self, rules: &Rules, source: Source, base: u64) -> u64 {
        let earning = Earning { base, ..Earning::fact(source, Reason::Order, 0) };
        self.multiplied(rules, &earning, &mut Terms::of(&[]))
    }

    fn holds(&self, when: &When, day: Day) -> bool {
        match when {
            When::DayOfMonth(number) => day.parts().2 == *number,
            When::Weekday(number) => day.weekday() == *number,
            When::Between(from, to) => (*from..=*to).contains(&day),
            When::Birthday => self.has_birthday(day),
            When::Tier(level) => self.standing.level == *level,
            When::PaidMember => self.membership.until().is_some_and(|until| day <= until),
        }
    }

    pub(super) fn has_birthday(&self, day: Day) -> bool {
        let (_, month, number) = day.parts();
        let birthday = (u32::from(self.birthday.0), u32::from(self.birthday.1));
        // Without a February 29, February 28 stands for it.
        let stands_in = birthday == (2, 29) && (month, number) == (2, 28) && day.plus(1).parts().1 == 3;
        birthday == (month, number) || stands_in
    }

    /// An activity that the phone claims.
    pub(super) fn activity(&mut self, turn: &mut Turn, position: u8) -> Result<(), Refusal> {
        let rules = turn.rules;
        let activity = rules.points.activities.get(usize::from(position)).ok_or(Refusal::NotOffered)?;
        let max = u64::from(activity.per_day_max);
        if max > 0 && self.today.times(position) >= max {
            return Err(Refusal::LimitReached);
        }
        self.today.note(position);
        let earning = Earning::claim(activity.source, Reason::Activity, activity.points);
        self.earn(turn, Earning { subject: &activity.name, rule: Some(position), ..earning });
        Ok(())
    }

    /// Points that a server grants under a source's name.
    pub(super) fn granted(&mut self, turn: &mut Turn, source: &str, points: u32) -> Result<(), Refusal> {
        let rules = turn.rules;
        let known = rules.points.sources.iter().position(|name| name == source);
        let number = known.map_or(Source::UNNAMED, |position| Source(u8::try_from(position).unwrap_or(u8::MAX)));
        self.earn(turn, Earning { subject: source, ..Earning::fact(number, Reason::Grant, points) });
        Ok(())
    }
}

/// One after the other, as a fraction that stays small.
fn product(above: u64, below: u64, percent: u64) -> (u64, u64) {
    let (mut above, mut below) = (above.saturating_mul(percent), below.saturating_mul(100));
    while above % 10 == 0 && below % 10 == 0 && above > 0 {
        (above, below) = (above / 10, below / 10);
    }
    (above, below)
}

fn term(multiplier: &Multiplier) -> Term<'_> {
    Term { what: What::Percent, value: i64::from(multiplier.percent), name: &multiplier.name }
}

/// The last date on which a grant of that date is usable (P2).
fn last_day(points: &Points, day: Day) -> Day {
    match points.validity {
        Validity::Forever => NEVER,
        Validity::Days(days) => day.plus(i64::from(days)),
        Validity::Months(months) => day.plus_months(months),
        Validity::EndOfNextYear => day.end_of_next_year(),
    }
}

fn pending_days(points: &Points, source: Source) -> u32 {
    points.pending_days.iter().find(|(other, _)| *other == source).map_or(0, |(_, days)| *days)
}
