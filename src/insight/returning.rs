//! How likely is she to come back within the horizon?

use crate::clock::Day;
use crate::insight::model::lifetime::Lifetime;
use crate::insight::model::logit7::Logit7;
use crate::insight::rhythm::Rhythm;

/// The longest horizon, in days.
pub const HORIZON_DAYS_MAX: u32 = 366;

/// What a fleet's models say of return, for one stream and horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Returning {
    /// Fitted on labels of this horizon; where there is one, it is the better score.
    pub logistic: Option<Logit7>,
    /// Needs no labels.
    pub lifetime: Lifetime,
    /// Days in a unit of time of `lifetime`; above 0.
    pub unit_days: f64,
    /// Within so many days from today.
    pub horizon_days: u32,
}

impl Returning {
    /// P(at least one day with an event within the horizon), 0..=1; `None` for whom nothing was recorded.
    pub fn probability(&self, rhythm: &Rhythm, today: Day) -> Option<f64> {
        rhythm.span()?;
        Some(match &self.logistic {
            Some(logistic) => logistic.p_active(&rhythm.activity(today)),
            None => self.p_lifetime(rhythm, today),
        })
    }

    fn p_lifetime(&self, rhythm: &Rhythm, today: Day) -> f64 {
        let horizon = f64::from(self.horizon_days.min(HORIZON_DAYS_MAX)) / self.unit_days;
        self.lifetime.p_active(&rhythm.history(today, self.unit_days), horizon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::model::nbd::Nbd;

    #[test]
    fn the_fitted_score_goes_first() {
        let lifetime = Lifetime::mbg([0.5, 6.0, 0.9, 1.6]).unwrap();
        let logistic = Logit7::new([0.0; 7], 0.0, Nbd::new([0.4, 84.0]).unwrap());
        let free = Returning { logistic: None, lifetime, unit_days: 7.0, horizon_days: 91 };
        let today = Day::MIN.plus(100);
        assert_eq!(free.probability(&Rhythm::default(), today), None);
        let mut rhythm = Rhythm::default();
        rhythm.add(Day::MIN);
        assert_eq!(Returning { logistic, ..free }.probability(&rhythm, today), Some(0.5));
        let once = free.probability(&rhythm, today).unwrap();
        rhythm.add(today);
        assert!(free.probability(&rhythm, today).unwrap() > once && once > 0.0);
    }
}
