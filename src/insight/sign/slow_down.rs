//! A slow-down: Page's cumulative sum over the last months, against the rate of the time before.
//!
//! Each day adds κ = (λ0 - λ1) / ln(λ0 / λ1) and takes one if she was there, never going below 0; λ0 is her rate before
//! and λ1 half of it. The sum is made anew from the days of the window whenever asked, so days that arrive late count.

use crate::clock::Day;
use crate::insight::model::nbd::Nbd;
use crate::insight::rhythm::{Rhythm, WINDOW_DAYS};

/// Days of the window that are summed: all but the latest day itself, which is always one she was there.
const SUMMED_DAYS: i64 = WINDOW_DAYS as i64 - 1;
/// Days before those, at least: a rate needs a time to be taken from.
const BASE_DAYS_MIN: i64 = 56;
/// The sum over √λ0 that is unusual.
pub const THRESHOLD: f64 = 24.7;

/// What has become of her rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowDown {
    /// Days with a visit per 30 days, before.
    pub before: f64,
    /// The same since the sum was last 0; equal to `before` if it is 0 now.
    pub since: f64,
    /// 1 and above: unusual.
    pub score: f64,
}

/// `None` before 57 days have passed since the first day. `fleet_days` draws the rate before to the fleet's, α in days.
pub fn slow_down(rhythm: &Rhythm, today: Day, fleet_days: &Nbd) -> Option<SlowDown> {
    let (first, last) = rhythm.span()?;
    let today = today.max(last);
    let summed = (today.since(first) - BASE_DAYS_MIN).min(SUMMED_DAYS);
    if summed <= 0 {
        return None;
    }
    let silent = today.since(last);
    let was_there = |days_ago: i64| u32::try_from(days_ago - silent).is_ok_and(|back| rhythm.has(back));
    let inside = (0..summed).filter(|&days_ago| was_there(days_ago)).count() as u32;
    let base = f64::from(rhythm.days().saturating_sub(inside + 1));
    let rate = 1.0 / fleet_days.mean_interval(base, (today.since(first) - summed) as f64);
    let step = rate / 2.0 / core::f64::consts::LN_2;
    let (mut sum, mut days, mut visits) = (0.0f64, 0.0, 0.0);
    for days_ago in (0..summed).rev() {
        let visit = f64::from(u8::from(was_there(days_ago)));
        (sum, days, visits) = (sum + step - visit, days + 1.0, visits + visit);
        if sum <= 0.0 {
            (sum, days, visits) = (0.0, 0.0, 0.0);
        }
    }
    let since = if days > 0.0 { visits / days } else { rate };
    Some(SlowDown { before: 30.0 * rate, since: 30.0 * since, score: sum / rate.sqrt() / THRESHOLD })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(days: impl Iterator<Item = i64>) -> Rhythm {
        let mut rhythm = Rhythm::default();
        days.for_each(|day| assert!(rhythm.add(Day::MIN.plus(day))));
        rhythm
    }

    #[test]
    fn fewer_visits_than_before_add_up() {
        let fleet = Nbd::new([1.4, 10.0]).unwrap();
        let at = |rhythm: &Rhythm| slow_down(rhythm, Day::MIN.plus(250), &fleet).unwrap();
        let steady = at(&visits((0..=250).step_by(3)));
        assert!(steady.score < 0.5 && (steady.before - 10.0).abs() < 1.0, "{steady:?}");
        let slow = at(&visits((0..130).step_by(3).chain((130..250).step_by(12))));
        assert!(slow.score > 1.0 && slow.since < 3.5 && slow.before > 9.0, "{slow:?}");
        let stopped = at(&visits((0..130).step_by(3)));
        assert!(stopped.score > slow.score && stopped.since == 0.0, "{stopped:?}");
    }

    #[test]
    fn nonsense_has_an_answer() {
        let fleet = Nbd::new([1.4, 10.0]).unwrap();
        assert_eq!(slow_down(&Rhythm::default(), Day::MAX, &fleet), None);
        assert_eq!(slow_down(&visits([0].into_iter()), Day::MIN.plus(56), &fleet), None);
        for rhythm in [visits([0].into_iter()), visits(0..1_500), visits([0, 3_650].into_iter())] {
            for today in [Day::MIN, Day::MIN.plus(57), Day::MAX] {
                assert!(
                    slow_down(&rhythm, today, &fleet).is_none_or(|found| found.score >= 0.0 && found.score.is_finite())
                );
            }
        }
    }
}
