//! When will she need this again? A window with its probability, never an exact date.

use crate::clock::Day;
use crate::insight::model::cycle::{Cycle, CycleFleet};
use crate::insight::rhythm::Rhythm;

/// Days on which she bought it before anything is said: one interval is chance, but two purchases are a habit begun.
const DAYS_MIN: u32 = 2;

/// The next purchase of one category or item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Due {
    /// Half the chances are before, half after: days from the latest purchase, not from today.
    pub median_days: f64,
    /// One chance in four is before this; from the latest purchase.
    pub early_days: f64,
    /// One chance in four is after this; from the latest purchase.
    pub late_days: f64,
    /// P(she buys it within the horizon from today), 0..=1.
    pub p_within: f64,
}

/// What is due of a stream of purchases, and how likely within `horizon_days`; `None` with fewer than two days of purchases.
/// Parameters that make no sense are replaced by [`CycleFleet::PRIOR`].
pub fn due(rhythm: &Rhythm, today: Day, (fleet, horizon_days): (&CycleFleet, u32)) -> Option<Due> {
    if rhythm.days() < DAYS_MIN {
        return None;
    }
    let gaps = rhythm.gaps();
    let cycle = Cycle::new(fleet, &gaps).or_else(|| Cycle::new(&CycleFleet::PRIOR, &gaps))?;
    let silence = f64::from(rhythm.silence_days(today));
    let quantile = |share: f64| cycle.quantile_days(silence, share);
    Some(Due {
        median_days: quantile(0.5),
        early_days: quantile(0.25),
        late_days: quantile(0.75),
        p_within: cycle.p_within(silence, f64::from(horizon_days)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_opens_after_two_purchases() {
        let mut rhythm = Rhythm::default();
        let fleet = CycleFleet { gamma: [f64::NAN; 3], ..CycleFleet::PRIOR };
        rhythm.add(Day::MIN);
        assert_eq!(due(&rhythm, Day::MIN, (&fleet, 7)), None);
        (1..6).for_each(|n| assert!(rhythm.add(Day::MIN.plus(n * 14))));
        let found = due(&rhythm, Day::MIN.plus(75), (&fleet, 7)).unwrap();
        assert!(5.0 < found.early_days && found.early_days < found.median_days && found.median_days < found.late_days);
        assert!(found.p_within > 0.2 && found.p_within < 0.9, "{found:?}");
        assert_eq!(Some(found), due(&rhythm, Day::MIN.plus(75), (&CycleFleet::PRIOR, 7)), "nonsense is the prior");
    }
}
