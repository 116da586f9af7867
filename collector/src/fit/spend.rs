//! Maximum likelihood of the gamma–gamma model of spend (Fader & Hardie 2013).

use huitou::insight::model::number::{lgamma, ln};

use super::lifetime::Fitted;
use super::minimum::minimise;
use crate::error::Failure;

/// Fewer people than this tell nothing of three parameters.
const PEOPLE_MIN: usize = 30;

/// A person's amounts: how many, and their mean, above 0.
pub type Amounts = (f64, f64);

/// The amounts after the first day, up to a cut; days without an amount are passed over. `None` without any.
pub fn amounts(days: &[(i32, f64)], cut: i32) -> Option<Amounts> {
    let repeated = days.iter().filter(|(day, _)| *day <= cut).skip(1).map(|(_, amount)| *amount);
    let (n, sum) = repeated.filter(|amount| *amount > 0.0).fold((0.0, 0.0), |(n, sum), amount| (n + 1.0, sum + amount));
    (n > 0.0).then_some((n, sum / n))
}

/// `[p, q, v]`; `None` with fewer than 30 people.
pub fn gamma_gamma(people: &[Amounts]) -> Result<Option<Fitted<3>>, Failure> {
    if people.len() < PEOPLE_MIN {
        return Ok(None);
    }
    let mean = people.iter().map(|(_, mean)| mean).sum::<f64>() / people.len() as f64;
    let cost = |parameters: [f64; 3]| -ln_likelihood(parameters, people);
    let (parameters, cost) = minimise([2.0, 3.0, mean], &cost)?;
    Ok(Some(Fitted { parameters, ln_likelihood: -cost }))
}

fn ln_likelihood([p, q, v]: [f64; 3], people: &[Amounts]) -> f64 {
    let one = |&(x, mean): &Amounts| {
        lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * ln(v) + (p * x - 1.0) * ln(mean) + p * x * ln(x)
            - (p * x + q) * ln(v + mean * x)
    };
    people.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::random::Random;

    #[test]
    fn parameters_that_made_the_data_are_found() {
        let (mut random, [p, q, v]) = (Random::new(5), [6.25, 3.74, 15.44]);
        let made = |random: &mut Random| {
            let (x, scale) = ((1.0 + 9.0 * random.uniform()).floor(), random.gamma(q) / v);
            (x, random.gamma(p * x) / scale / x)
        };
        let people: Vec<Amounts> = (0..1_500).map(|_| made(&mut random)).collect();
        let found = gamma_gamma(&people).unwrap().unwrap();
        // Parameters move together; twice the gain in likelihood is χ² with three degrees of freedom.
        let gain = found.ln_likelihood - ln_likelihood([p, q, v], &people);
        assert!((0.0..8.0).contains(&gain), "{gain} {found:?}");
        let mean = |[p, q, v]: [f64; 3]| p * v / (q - 1.0);
        assert!((mean(found.parameters) / mean([p, q, v]) - 1.0).abs() < 0.1);
        assert_eq!(gamma_gamma(&people[..29]).unwrap(), None);
    }

    #[test]
    fn the_first_amount_does_not_count() {
        let days = [(1, 99.0), (2, 10.0), (3, 0.0), (4, 20.0), (9, 70.0)];
        assert_eq!(amounts(&days, 8), Some((2.0, 15.0)));
        assert_eq!(amounts(&days[..1], 8), None);
    }
}
