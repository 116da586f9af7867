//! Maximum likelihood of NBD, BG/NBD and MBG/NBD (Fader, Hardie & Lee 2005; Batislam, Denizel & Filiztekin 2007).

use huitou::insight::model::number::{lgamma, ln};

use super::minimum::minimise;
use crate::error::Failure;

/// Days in the unit of time of all parameters.
pub const UNIT_DAYS: f64 = 7.0;

/// What a likelihood needs of a person: repeated days, when the latest was, and her age, both since the first, in weeks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Days with an event after the first one.
    pub x: f64,
    /// From the first to the latest.
    pub last: f64,
    /// From the first to the end of what is known.
    pub age: f64,
}

/// Fitted parameters and how likely they make the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted<const N: usize> {
    /// In the models' order.
    pub parameters: [f64; N],
    /// Of all people.
    pub ln_likelihood: f64,
}

/// A summary of days up to a cut, all since 1970; `None` before the first.
pub fn summary(days: &[(i32, f64)], cut: i32) -> Option<Summary> {
    let mut inside = days.iter().map(|(day, _)| *day).filter(|day| *day <= cut);
    let first = inside.next()?;
    let (x, last) = inside.fold((0.0, first), |(x, _), day| (x + 1.0, day));
    let weeks = |day: i32| f64::from(day - first) / UNIT_DAYS;
    Some(Summary { x, last: weeks(last), age: weeks(cut) })
}

/// `[r, α]`.
pub fn nbd(people: &[Summary]) -> Result<Fitted<2>, Failure> {
    fit(people, [1.0, 10.0], &|[r, alpha], person| rate(r, alpha, person.x) - (r + person.x) * ln(alpha + person.age))
}

/// `[r, α, a, b]`; nobody drops out before her first repeated day.
pub fn bg(people: &[Summary]) -> Result<Fitted<4>, Failure> {
    fit(people, [1.0, 10.0, 1.0, 2.0], &|parameters, person| dropping(parameters, person, 0.0))
}

/// `[r, α, a, b]`.
pub fn mbg(people: &[Summary]) -> Result<Fitted<4>, Failure> {
    fit(people, [1.0, 10.0, 1.0, 2.0], &|parameters, person| dropping(parameters, person, 1.0))
}

fn fit<const N: usize>(
    people: &[Summary],
    start: [f64; N],
    ln_likelihood: &dyn Fn([f64; N], &Summary) -> f64,
) -> Result<Fitted<N>, Failure> {
    if people.is_empty() {
        return Err(Failure::new("nobody has an event before the cut: there is nothing to fit"));
    }
    let cost = |parameters: [f64; N]| -people.iter().map(|person| ln_likelihood(parameters, person)).sum::<f64>();
    let (parameters, cost) = minimise(start, &cost)?;
    Ok(Fitted { parameters, ln_likelihood: -cost })
}

/// ln of Γ(r + x) / Γ(r) · α^r.
fn rate(r: f64, alpha: f64, x: f64) -> f64 {
    lgamma(r + x) - lgamma(r) + r * ln(alpha)
}

/// ln likelihood with `delta` = 1 if one can drop out after the first event.
fn dropping([r, alpha, a, b]: [f64; 4], person: &Summary, delta: f64) -> f64 {
    let Summary { x, last, age } = *person;
    let stayed = x + delta;
    let beta = lgamma(a + b) + lgamma(b + stayed) - lgamma(b) - lgamma(a + b + stayed);
    let alive = -(r + x) * ln(alpha + age);
    let tail = if stayed > 0.0 {
        let gone = ln(a / (b + stayed - 1.0)) - (r + x) * ln(alpha + last);
        gone.max(alive) + (-(gone - alive).abs()).exp().ln_1p()
    } else {
        alive
    };
    rate(r, alpha, x) + beta + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::random::Random;

    /// People who do as MBG/NBD says, over a year, with these parameters.
    fn made(people: usize, [r, alpha, a, b]: [f64; 4]) -> Vec<Summary> {
        let mut random = Random::new(11);
        let one = |random: &mut Random| {
            let (rate, drop, age) = (random.gamma(r) / alpha, random.beta(a, b), 30.0 + 30.0 * random.uniform());
            let mut found = Summary { x: 0.0, last: 0.0, age };
            while random.uniform() >= drop {
                let next = found.last - random.uniform().ln() / rate;
                if next > age {
                    break;
                }
                found = Summary { x: found.x + 1.0, last: next, age };
            }
            found
        };
        (0..people).map(|_| one(&mut random)).collect()
    }

    #[test]
    fn parameters_that_made_the_data_are_found() {
        let truth = [0.525, 6.183, 0.891, 1.614];
        let people = made(1_000, truth);
        let found = mbg(&people).unwrap();
        // Parameters move together; twice the gain in likelihood is χ² with four degrees of freedom.
        let gain = found.ln_likelihood - people.iter().map(|person| dropping(truth, person, 1.0)).sum::<f64>();
        assert!((0.0..10.0).contains(&gain), "{gain} {found:?}");
        let others = [bg(&people).unwrap().ln_likelihood, nbd(&people).unwrap().ln_likelihood];
        assert!(others.iter().all(|other| *other < found.ln_likelihood + 1.0), "{others:?} {found:?}");
    }

    #[test]
    fn summaries_end_at_the_cut() {
        let days = [(10, 1.0), (17, 1.0), (38, 1.0)];
        assert_eq!(summary(&days, 24), Some(Summary { x: 1.0, last: 1.0, age: 2.0 }));
        assert_eq!(summary(&days, 9), None);
        assert!(nbd(&[]).is_err());
    }
}
