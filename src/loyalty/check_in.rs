//! The acts of section `check_in`: check-ins and make-ups, and what they pay.

use super::act::Refusal;
use super::earn::Earning;
use super::line::{Line, Reason, Term, What};
use super::state::{State, Turn};
use super::streak::Step;
use crate::clock::Day;
use crate::program::rules::{CheckIn, Counted, MakeUp, Source};

impl State {
    /// A check-in on the phone's date.
    pub(super) fn check_in(&mut self, turn: &mut Turn, date: Day) -> Result<(), Refusal> {
        let (rules, stamp) = (turn.rules, turn.stamp);
        self.streak.may_check_in(&rules.calendar, date, stamp)?;
        let step = self.streak.check_in(rules, (date, stamp), &mut |day| freeze_used(turn, day));
        self.pay_day(turn, step, Reason::CheckIn);
        self.pay_milestones(turn, step);
        Ok(())
    }

    /// A check-in for a date that was missed (C3).
    pub(super) fn make_up(&mut self, turn: &mut Turn, day: Day) -> Result<(), Refusal> {
        let rule = turn.rules.check_in.make_up.as_ref().ok_or(Refusal::NotOffered)?;
        self.may_make_up(rule, day, turn.day)?;
        if rule.cost_points > 0 {
            self.wallet.spend(u64::from(rule.cost_points));
        }
        let mut date = String::new();
        day.write(&mut date);
        let terms = [Term::new(What::Cost, u64::from(rule.cost_points))];
        let points = -i64::from(rule.cost_points);
        turn.line(Line { reason: Reason::MakeUp, points, subject: &date, terms: &terms, ..turn.blank() });
        self.cover(turn);
        let step = self.streak.make_up(day, turn.day);
        if rule.pays_daily_points {
            self.pay_day(turn, step, Reason::MakeUp);
        }
        self.pay_milestones(turn, step);
        Ok(())
    }

    /// Whether a date can be made up for today.
    pub(super) fn may_make_up(&self, rule: &MakeUp, day: Day, today: Day) -> Result<(), Refusal> {
        if self.streak.is_counted(day) {
            return Err(Refusal::AlreadyCounted);
        }
        if day >= today {
            return Err(Refusal::NotInThePast);
        }
        if today.since(day) > i64::from(rule.window_days) {
            return Err(Refusal::TooOld);
        }
        if rule.per_month_max > 0 && self.streak.made_up_in(today) >= rule.per_month_max {
            return Err(Refusal::LimitReached);
        }
        if rule.cost_points > 0 && self.wallet.available() < i64::from(rule.cost_points) {
            return Err(Refusal::NotEnoughPoints);
        }
        Ok(())
    }

    fn pay_day(&mut self, turn: &mut Turn, step: Step, reason: Reason) {
        let rules = turn.rules;
        let lead = [Term::new(What::Position, u64::from(step.position))];
        let base = daily_points(&rules.check_in, step.position);
        self.earn(turn, Earning { lead: &lead, ..Earning::claim(Source::CHECK_IN, reason, base) });
        self.give_ticket(turn, &rules.check_in.ticket, Reason::CheckIn);
    }

    /// Pays the milestones that the run, or the total, has just reached (C2).
    fn pay_milestones(&mut self, turn: &mut Turn, step: Step) {
        let rules = turn.rules;
        for (position, milestone) in rules.check_in.milestones.iter().enumerate() {
            let (before, now) = match milestone.counted {
                Counted::Run => (step.run_before, step.run),
                Counted::Total => (step.total.saturating_sub(1), step.total),
            };
            let reached = (before.saturating_add(1)..=now).contains(&milestone.day);
            if !reached || !self.streak.may_pay(milestone.day, milestone.counted, milestone.times_max) {
                continue;
            }
            let lead = [Term::new(What::Count, u64::from(milestone.day))];
            let earning = Earning::claim(Source::MILESTONE, Reason::Milestone, milestone.gift.points);
            let rule = u8::try_from(position).ok();
            self.give(turn, Earning { rule, lead: &lead, ..earning }, &milestone.gift);
        }
    }

    /// Freezes cover the dates that have ended.
    pub(super) fn cover(&mut self, turn: &mut Turn) {
        self.streak.cover(turn.rules, turn.day, &mut |day| freeze_used(turn, day));
    }
}

/// The points of a place in the run (the last entry repeats, a cycle starts the list anew).
pub(super) fn daily_points(rules: &CheckIn, position: u32) -> u32 {
    let place = position.saturating_sub(1);
    let place = if rules.cycle_days > 0 { place % rules.cycle_days } else { place };
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    rules.daily_points.get(place).or(rules.daily_points.last()).copied().unwrap_or(0)
}

fn freeze_used(turn: &mut Turn, day: Day) {
    // The date had to end first.
    let line = Line { reason: Reason::FreezeUsed, ..turn.blank_at(day.plus(1)) };
    turn.line(line);
}
