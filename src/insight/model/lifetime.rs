//! Buying until dropping out: BG/NBD, MBG/NBD and their relatives with regular intervals, (M)BG/CNBD-k.
//!
//! A person's events follow a rhythm of her own (rates are Gamma(r, α) over the fleet; with k > 1 every k-th beat is an
//! event); after an event she drops out with a chance of her own (Beta(a, b)). BG lets nobody drop out before her first
//! repeated event, MBG does.
//!
//! As a score take [`Lifetime::p_active`], never [`Lifetime::p_alive`]: BG calls everybody alive who came once.

use super::hypergeometric::series;
use super::number::{exp, is_positive, ln, time};

/// Beats between events that are believed; regular customers are fitted with 2 or 3.
const K_MAX: u32 = 8;
/// A formula has a pole where a = 1: that near, this is taken instead.
const POLE: f64 = 1e-6;

/// What is known of one person, in the unit of the fleet's parameters (weeks, as a rule).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    x: f64,
    last: f64,
    age: f64,
}

impl History {
    /// `x` events after the first one, the latest of them `last` after it, and `age` since the first one.
    /// What is negative or no number is 0; `last` is at most `age`, and 0 without repeated events.
    pub fn new(x: u32, last: f64, age: f64) -> History {
        let age = time(age);
        let last = if x == 0 { 0.0 } else { time(last).min(age) };
        History { x: f64::from(x), last, age }
    }

    /// Events after the first one.
    pub fn x(&self) -> f64 {
        self.x
    }

    /// Time since the first event.
    pub fn age(&self) -> f64 {
        self.age
    }
}

/// One of the models, with a fleet's parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lifetime {
    k: u32,
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
    /// 1 if one can drop out after the first event.
    delta: f64,
}

impl Lifetime {
    /// BG/NBD with `[r, α, a, b]`.
    pub fn bg(parameters: [f64; 4]) -> Option<Lifetime> {
        Lifetime::new(1, parameters, 0.0)
    }

    /// MBG/NBD with `[r, α, a, b]`.
    pub fn mbg(parameters: [f64; 4]) -> Option<Lifetime> {
        Lifetime::new(1, parameters, 1.0)
    }

    /// MBG/CNBD-k with `[r, α, a, b]`; k is 1..=8.
    pub fn mbg_regular(k: u32, parameters: [f64; 4]) -> Option<Lifetime> {
        Lifetime::new(k, parameters, 1.0)
    }

    fn new(k: u32, parameters: [f64; 4], delta: f64) -> Option<Lifetime> {
        let [r, alpha, a, b] = parameters;
        let is_sane = (1..=K_MAX).contains(&k) && parameters.iter().all(|&parameter| is_positive(parameter));
        is_sane.then_some(Lifetime { k, r, alpha, a, b, delta })
    }

    /// P(she has not dropped out), 0..=1.
    pub fn p_alive(&self, history: &History) -> f64 {
        let tries = history.x - 1.0 + self.delta;
        if tries < 0.0 {
            return 1.0;
        }
        let waited = self.silence(history, 0.0);
        let gone = ln(self.a / (self.b + tries)) + self.shape(history) * self.ln_growth(history) - ln(waited);
        1.0 / (1.0 + exp(gone))
    }

    /// P(at least one event within the next `t`), 0..=1.
    pub fn p_active(&self, history: &History, t: f64) -> f64 {
        let t = time(t);
        let still = exp(-self.shape(history) * ln(1.0 + t / (self.alpha + history.age)));
        let none = 1.0 - still * self.silence(history, t) / self.silence(history, 0.0);
        (self.p_alive(history) * none).clamp(0.0, 1.0)
    }

    /// How many events to expect within the next `t`. `None` for k > 1, which has no closed form.
    pub fn expected(&self, history: &History, t: f64) -> Option<f64> {
        if self.k > 1 {
            return None;
        }
        let t = time(t);
        let a = if (self.a - 1.0).abs() < POLE { 1.0 + POLE } else { self.a };
        let whole = self.alpha + history.age + t;
        let c = self.a + self.b + history.x - 1.0 + self.delta;
        // Euler's transformation of the form in the papers: its own series would take thousands of terms.
        let sum = series([c - self.r - history.x, a - 1.0, c], t / whole);
        let left = exp((1.0 - a) * ln(1.0 + t / (self.alpha + history.age))) * sum;
        Some((self.p_alive(history) * c / (a - 1.0) * (1.0 - left)).max(0.0))
    }

    /// Beats that gamma-distributed rates have been drawn on.
    fn shape(&self, history: &History) -> f64 {
        self.r + f64::from(self.k) * history.x
    }

    /// ln((α + T) / (α + t_x)).
    fn ln_growth(&self, history: &History) -> f64 {
        ln((self.alpha + history.age) / (self.alpha + history.last))
    }

    /// Σ over j < k of (s)_j / j! · (silence / (α + T + t))^j: fewer than k beats fell into the silence and t.
    fn silence(&self, history: &History, t: f64) -> f64 {
        let (shape, ratio) = (self.shape(history), (history.age - history.last + t) / (self.alpha + history.age + t));
        let (mut term, mut sum) = (1.0, 1.0);
        for j in 1..self.k {
            term *= (shape + f64::from(j - 1)) / f64::from(j) * ratio;
            sum += term;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CDNOW: [f64; 4] = [0.243, 4.414, 0.793, 2.426];

    #[test]
    fn who_came_once_is_alive_to_bg_only() {
        let (bg, mbg) = (Lifetime::bg(CDNOW).unwrap(), Lifetime::mbg(CDNOW).unwrap());
        let once = History::new(0, 0.0, 30.0);
        assert_eq!(bg.p_alive(&once), 1.0);
        assert!(mbg.p_alive(&once) < 0.7);
        assert!(bg.p_active(&once, 39.0) < 0.25, "alive, but not likely to come");
    }

    #[test]
    fn a_regular_person_is_missed_earlier() {
        let (one, two) = (Lifetime::mbg(CDNOW).unwrap(), Lifetime::mbg_regular(2, CDNOW).unwrap());
        let silent = History::new(10, 10.0, 16.0);
        assert!(two.p_alive(&silent) < one.p_alive(&silent));
        assert_eq!(two.expected(&silent, 4.0), None);
    }

    #[test]
    fn chances_stay_chances_whatever_is_asked() {
        let models =
            [Lifetime::bg(CDNOW), Lifetime::mbg(CDNOW), Lifetime::mbg_regular(3, CDNOW), Lifetime::bg([1e-9; 4])];
        let times = [f64::NAN, -5.0, 0.0, 1e-6, 1.0, 520.0, 1e300, f64::INFINITY];
        for model in models.map(Option::unwrap) {
            for x in [0, 1, 1_500, u32::MAX] {
                for (last, age) in times.iter().flat_map(|&last| times.map(|age| (last, age))) {
                    let history = History::new(x, last, age);
                    for t in times {
                        let (alive, active) = (model.p_alive(&history), model.p_active(&history, t));
                        assert!((0.0..=1.0).contains(&alive) && (0.0..=1.0).contains(&active), "{model:?} {history:?}");
                        assert!(
                            model.expected(&history, t).is_none_or(|n| n >= 0.0 && n.is_finite()),
                            "{history:?} {t}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn parameters_that_make_no_sense_make_no_model() {
        for at in 0..4 {
            for bad in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
                let mut parameters = CDNOW;
                parameters[at] = bad;
                assert_eq!(Lifetime::mbg(parameters), None);
            }
        }
        assert_eq!(Lifetime::mbg_regular(0, CDNOW), None);
        assert_eq!(Lifetime::mbg_regular(9, CDNOW), None);
    }

    #[test]
    fn expectations_pass_the_pole_smoothly() {
        let at =
            |a: f64| Lifetime::mbg([0.5, 6.0, a, 1.6]).unwrap().expected(&History::new(2, 10.0, 20.0), 13.0).unwrap();
        assert!((at(1.0) - at(0.999)).abs() < 1e-3 && (at(1.0) - at(1.001)).abs() < 1e-3, "{} {}", at(1.0), at(0.999));
    }
}
