//! What the app shows of check-ins, and what comes next if nothing or the right thing is done.

use super::state::State;
use super::streak::Mark;
use super::view::{date, write_day};
use crate::clock::Day;
use crate::json::JsonWriter;
use crate::program::rules::{Counted, MakeUp, Milestone, Rules, Tiers};

/// Dates of the calendar that are shown.
const CALENDAR_DAYS: i64 = 62;

impl State {
    /// `streak()`.
    pub fn write_streak(&self, json: &mut JsonWriter, rules: &Rules) {
        let streak = &self.streak;
        json.begin_object();
        for (name, number) in [
            ("length", streak.length(self.day)),
            ("longest", streak.longest),
            ("total", streak.total),
            ("freezes", rules.check_in.freezes_held.saturating_sub(streak.frozen)),
        ] {
            json.count_member(name, u64::from(number));
        }
        json.key("today");
        json.bool(streak.is_counted(self.day));
        json.key("days");
        json.begin_array();
        for back in (0..CALENDAR_DAYS).rev() {
            self.write_date(json, self.day.plus(-back));
        }
        json.end_array();
        json.key("make_up");
        match &rules.check_in.make_up {
            Some(rule) => self.write_make_up(json, rule),
            None => json.null(),
        }
        json.end_object();
    }

    /// A date of the calendar, if there is something to show.
    fn write_date(&self, json: &mut JsonWriter, day: Day) {
        let word = match self.streak.mark(day) {
            Some(Mark::Covered) => "covered",
            Some(Mark::Bridged) => "bridged",
            Some(Mark::MadeUp) => "made_up",
            None if self.streak.is_counted(day) => "counted",
            None => return,
        };
        json.begin_array();
        write_day(json, day);
        json.string(word);
        json.end_array();
    }

    fn write_make_up(&self, json: &mut JsonWriter, rule: &MakeUp) {
        json.begin_object();
        json.key("dates");
        json.begin_array();
        for day in self.missed(rule) {
            write_day(json, day);
        }
        json.end_array();
        json.key("left_this_month");
        match self.make_ups_left(rule) {
            u32::MAX => json.null(),
            left => json.unsigned(u64::from(left)),
        }
        json.count_member("cost_points", u64::from(rule.cost_points));
        json.count_member("window_days", u64::from(rule.window_days));
        json.end_object();
    }

    /// Make-ups that the month still allows; the highest number if it does not count.
    fn make_ups_left(&self, rule: &MakeUp) -> u32 {
        match rule.per_month_max {
            0 => u32::MAX,
            max => max.saturating_sub(self.streak.made_up_in(self.day)),
        }
    }

    /// Dates that can be made up for, if there are points enough.
    fn missed(&self, rule: &MakeUp) -> Vec<Day> {
        let mut days = Vec::new();
        if self.make_ups_left(rule) > 0 {
            for back in (1..=i64::from(rule.window_days).min(CALENDAR_DAYS)).rev() {
                let day = self.day.plus(-back);
                if day < self.day && !self.streak.is_counted(day) {
                    days.push(day);
                }
            }
        }
        days
    }

    /// Length of the run of check-ins today.
    pub fn length(&self) -> u32 {
        self.streak.length(self.day)
    }

    /// `forecast()`.
    pub fn write_forecast(&self, json: &mut JsonWriter, rules: &Rules) {
        json.begin_object();
        json.key("expiring");
        self.write_expiring(json);
        json.key("next_milestone");
        match self.next_milestone(&rules.check_in.milestones) {
            Some((milestone, in_days)) => write_milestone(json, milestone, in_days),
            None => json.null(),
        }
        json.key("tier");
        match &rules.tiers {
            Some(tiers) => self.write_tier_forecast(json, tiers),
            None => json.null(),
        }
        json.key("make_up_days_left");
        let rule = rules.check_in.make_up.as_ref();
        match rule.and_then(|rule| Some((rule, *self.missed(rule).first()?))) {
            Some((rule, day)) => json.integer(i64::from(rule.window_days) - self.day.since(day)),
            None => json.null(),
        }
        let left = rules.check_in.freezes_held.saturating_sub(self.streak.frozen);
        let last = self.streak.current(self.day).map(|run| run.last.plus(1).plus(i64::from(left)));
        date(json, "streak_ends", last);
        json.end_object();
    }

    /// The milestone that takes the fewest further dates, and how many.
    fn next_milestone<'a>(&self, milestones: &'a [Milestone]) -> Option<(&'a Milestone, u32)> {
        let mut next: Option<(&Milestone, u32)> = None;
        for milestone in milestones {
            let have = match milestone.counted {
                Counted::Run => self.streak.length(self.day),
                Counted::Total => self.streak.total,
            };
            let in_days = milestone.day.saturating_sub(have);
            if in_days > 0 && self.streak.is_payable(milestone) && next.is_none_or(|next| in_days < next.1) {
                next = Some((milestone, in_days));
            }
        }
        next
    }

    fn write_tier_forecast(&self, json: &mut JsonWriter, tiers: &Tiers) {
        json.begin_object();
        json.key("next");
        self.write_next_tier(json, tiers, "growth_needed");
        json.key("keep");
        let review = self.standing.next_review(Some(tiers));
        match tiers.levels.get(self.level(tiers)).filter(|_| review < Day::MAX) {
            Some(level) => {
                // In the grace growth counts as it stands; at the end of a term as it will stand then.
                let then = if self.standing.grace { self.day } else { review };
                json.begin_object();
                let growth = self.standing.sum(Some(tiers), then);
                json.count_member("growth_needed", level.from.saturating_sub(growth));
                let grace_days = if self.standing.grace { 0 } else { tiers.grace_days };
                date(json, "by", Some(review.plus(i64::from(grace_days)).plus(-1)));
                json.end_object();
            }
            None => json.null(),
        }
        json.end_object();
    }
}

fn write_milestone(json: &mut JsonWriter, milestone: &Milestone, in_days: u32) {
    json.begin_object();
    json.count_member("day", u64::from(milestone.day));
    json.count_member("in_days", u64::from(in_days));
    json.count_member("points", u64::from(milestone.gift.points));
    json.text_member("coupon", &milestone.gift.coupon);
    json.end_object();
}
