//! What phones may claim at most: the figure that a merchant weighs before trusting claims.
//!
//! Nobody proves a check-in. So the damage that a forged phone can do is bounded by the program alone, and this is
//! the bound: never too low (a test plays every pattern of days against it), sometimes a little high.

use super::rules::{CheckIn, Counted, MakeUp, Rules, Source, Stacking};

/// Claims that the collector takes from a person on one date; bounds an activity that has no limit of its own.
const CLAIMS_PER_DAY: u64 = 50;

/// How many days a month has at most.
const MONTH_DAYS: u64 = 31;

/// The most points that claims alone (check-ins, milestones, make-ups, activities) can earn one person, with every
/// campaign on, after the caps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorstCase {
    /// On one date.
    pub per_day: u64,
    /// On 31 dates in a row.
    pub per_month: u64,
    /// Ever; `None` if it grows with time.
    pub lifetime: Option<u64>,
}

impl Rules {
    /// See [`WorstCase`].
    pub fn worst_case(&self) -> WorstCase {
        let steady = self.every_day();
        let mut day = steady.clone();
        day.extend(self.at_times(1));
        let per_day = self.capped(&day);
        let mut month = self.capped(&steady).saturating_mul(MONTH_DAYS);
        for (_, points) in self.at_times(MONTH_DAYS) {
            month = month.saturating_add(points);
        }
        let per_month = month.min(per_day.saturating_mul(MONTH_DAYS));
        WorstCase { per_day, per_month, lifetime: if per_day == 0 { Some(0) } else { self.lifetime(&steady) } }
    }

    /// What each date may bring: its check-in and its activities.
    fn every_day(&self) -> Vec<(Source, u64)> {
        let mut amounts = vec![(Source::CHECK_IN, self.boosted(Source::CHECK_IN, self.check_in.highest_day()))];
        for activity in &self.points.activities {
            let times = if activity.per_day_max == 0 { CLAIMS_PER_DAY } else { u64::from(activity.per_day_max) };
            amounts.push((activity.source, self.boosted(activity.source, activity.points).saturating_mul(times)));
        }
        amounts
    }

    /// What so many dates may bring on top: make-ups and milestones.
    fn at_times(&self, dates: u64) -> [(Source, u64); 2] {
        let make_ups = self.check_in.make_ups(dates);
        let pays = self.check_in.make_up.as_ref().is_some_and(|rule| rule.pays_daily_points);
        let paying = if pays { make_ups } else { 0 };
        let made_up = self.boosted(Source::CHECK_IN, self.check_in.highest_day()).saturating_mul(paying);
        [(Source::CHECK_IN, made_up), (Source::MILESTONE, self.milestones(dates, make_ups))]
    }

    fn milestones(&self, dates: u64, make_ups: u64) -> u64 {
        let alone = dates == 1 && make_ups == 0;
        let mut sums = [0u64; 2];
        for milestone in &self.check_in.milestones {
            let times = self.check_in.times_paid((milestone.day, milestone.counted), dates, make_ups);
            let limit = if milestone.times_max == 0 { u64::MAX } else { u64::from(milestone.times_max) };
            let points = self.boosted(Source::MILESTONE, milestone.gift.points).saturating_mul(times.min(limit));
            for (sum, counted) in sums.iter_mut().zip([Counted::Run, Counted::Total]) {
                if counted == milestone.counted {
                    // One check-in reaches one length.
                    *sum = if alone { points.max(*sum) } else { sum.saturating_add(points) };
                }
            }
        }
        sums.iter().fold(0, |sum, points| sum.saturating_add(*points))
    }

    /// A base with every campaign of the source, rounded up.
    fn boosted(&self, source: Source, base: u32) -> u64 {
        let (mut highest, mut sum, mut product) = (100u64, 100u64, u64::from(base));
        for multiplier in self.multipliers.iter().filter(|multiplier| multiplier.applies_to.contains(&source)) {
            let percent = u64::from(multiplier.percent);
            highest = highest.max(percent);
            sum = sum.saturating_add(percent).saturating_sub(100);
            product = product.saturating_mul(percent).div_ceil(100);
        }
        match self.stacking {
            Stacking::Highest => u64::from(base).saturating_mul(highest) / 100,
            Stacking::Add => u64::from(base).saturating_mul(sum) / 100,
            Stacking::Multiply => product,
        }
    }

    /// What the caps leave of one date's amounts. Caps that share no source hold together; of others the best choice.
    fn capped(&self, amounts: &[(Source, u64)]) -> u64 {
        let all = amounts.iter().fold(0u64, |sum, amount| sum.saturating_add(amount.1));
        let claims = u64::from(self.points.claims_per_day_max);
        let mut least = if claims == 0 { all } else { all.min(claims) };
        for first in 0..self.daily_caps.len() {
            least = least.min(self.capped_from(first, amounts));
        }
        least
    }

    fn capped_from(&self, first: usize, amounts: &[(Source, u64)]) -> u64 {
        let mut left = amounts.to_vec();
        let mut sum = 0u64;
        for cap in self.daily_caps.iter().cycle().skip(first).take(self.daily_caps.len()) {
            let held = |amount: &(Source, u64)| cap.sources.contains(&amount.0);
            // A source that another cap holds already is not counted twice.
            let whole = cap.sources.iter().all(|source| {
                !amounts.iter().any(|amount| amount.0 == *source) || left.iter().any(|amount| amount.0 == *source)
            });
            if whole {
                let inside = left.iter().filter(|amount| held(amount));
                let inside = inside.fold(0u64, |sum, amount| sum.saturating_add(amount.1));
                sum = sum.saturating_add(inside.min(u64::from(cap.points_max)));
                left.retain(|amount| !held(amount));
            }
        }
        left.iter().fold(sum, |sum, amount| sum.saturating_add(amount.1))
    }

    /// Finite if only milestones with a limit pay.
    fn lifetime(&self, steady: &[(Source, u64)]) -> Option<u64> {
        let mut sum = steady.iter().all(|amount| amount.1 == 0).then_some(0u64)?;
        for milestone in &self.check_in.milestones {
            let points = self.boosted(Source::MILESTONE, milestone.gift.points);
            let times = match (milestone.counted, milestone.times_max) {
                (Counted::Total, _) => 1,
                (Counted::Run, 0) if points > 0 => return None,
                (Counted::Run, times) => u64::from(times),
            };
            sum = sum.saturating_add(points.saturating_mul(times));
        }
        Some(sum)
    }
}

impl CheckIn {
    fn highest_day(&self) -> u32 {
        let places = if self.cycle_days == 0 { usize::MAX } else { self.cycle_days as usize };
        self.daily_points.iter().take(places).copied().max().unwrap_or(0)
    }

    /// How many make-ups so many dates in a row allow: 31 of them lie in two calendar months at most.
    fn make_ups(&self, dates: u64) -> u64 {
        let Some(MakeUp { window_days, per_month_max, .. }) = self.make_up else {
            return 0;
        };
        let missed = u64::from(window_days).saturating_add(dates - 1);
        match u64::from(per_month_max) {
            0 => missed,
            limit => missed.min(limit.saturating_mul(dates.min(2))),
        }
    }

    /// How often a milestone is paid within so many dates: once ever for a total; for runs once each, and two runs
    /// are a date apart, the first of which may have begun long before.
    fn times_paid(&self, (day, counted): (u32, Counted), dates: u64, make_ups: u64) -> u64 {
        if counted == Counted::Total {
            return 1;
        }
        let window = self.make_up.as_ref().map_or(0, |rule| u64::from(rule.window_days));
        let runs = 1 + (dates + window - 1) / (u64::from(day) + 1);
        runs.min(dates.saturating_add(make_ups))
    }
}
