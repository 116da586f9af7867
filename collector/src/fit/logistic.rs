//! The seven coefficients of [`huitou::insight::model::logit7`], fitted on what people did in earlier windows.
#![allow(clippy::indexing_slicing, reason = "every position runs to a constant size")]

use huitou::insight::model::logit7::{features, Activity, FEATURES};
use huitou::insight::model::nbd::Nbd;
use nalgebra::{SMatrix, SVector};

use super::days::{rhythm, Days};
use crate::error::Failure;

/// Windows end before the cut by so many quarters of the horizon (and last one horizon). Several of them make the
/// coefficients steadier than the latest alone: on CDNOW 13 weeks log-loss 0.385 instead of 0.393, on Complete Journey
/// 7 days 0.496 instead of 0.497.
const WINDOWS_QUARTERS: [i32; 5] = [4, 5, 6, 8, 12];
/// Of the penalty on squared coefficients of features scaled to variance 1. Two features are the sum of others, so
/// without any penalty there is no single best answer.
const PENALTY: f64 = 1.0;
/// Newton's steps; ten are usual.
const STEPS_MAX: usize = 60;

/// Bias first.
const SIZE: usize = FEATURES + 1;

/// A person at the beginning of a window, and what happened in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Example {
    /// Before the window.
    pub activity: Activity,
    /// An event in the window.
    pub came: bool,
}

/// The fitted coefficients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients {
    /// In the order of the features.
    pub weights: [f64; FEATURES],
    /// Added to their sum.
    pub bias: f64,
}

/// Everybody who had an event by `cut`, with what the `horizon_days` after it brought.
pub fn examples<'a>(people: impl Iterator<Item = &'a Days>, cut: i32, horizon_days: i32) -> Vec<Example> {
    let known = people.filter(|days| days.first().is_some_and(|(day, _)| *day <= cut));
    let example = |days: &Days| {
        let (rhythm, today) = rhythm(days, cut);
        let came = days.iter().any(|(day, _)| (cut + 1..=cut + horizon_days).contains(day));
        Example { activity: rhythm.activity(today), came }
    };
    known.map(example).collect()
}

/// Examples of all windows that end by `cut`.
pub fn windows<'a>(people: impl Iterator<Item = &'a Days> + Clone, cut: i32, horizon_days: i32) -> Vec<Example> {
    let start = |quarters: i32| cut - (horizon_days * quarters + 2) / 4;
    WINDOWS_QUARTERS.iter().flat_map(|&quarters| examples(people.clone(), start(quarters), horizon_days)).collect()
}

/// The best coefficients by Newton's method.
pub fn fit(examples: &[Example], fleet_days: &Nbd) -> Result<Coefficients, Failure> {
    let rows: Vec<[f64; FEATURES]> = examples.iter().map(|one| features(&one.activity, fleet_days)).collect();
    let (means, scales) = moments(&rows)?;
    let scaled: Vec<SVector<f64, SIZE>> = rows
        .iter()
        .map(|row| SVector::from_fn(|at, _| if at == 0 { 1.0 } else { (row[at - 1] - means[at - 1]) / scales[at - 1] }))
        .collect();
    let mut found = SVector::<f64, SIZE>::zeros();
    for _ in 0..STEPS_MAX {
        let step = step(&scaled, examples, &found)?;
        found -= step;
        if step.amax() < 1e-10 {
            break;
        }
    }
    let weights: [f64; FEATURES] = std::array::from_fn(|at| found[at + 1] / scales[at]);
    let moved: f64 = weights.iter().zip(means).map(|(weight, mean)| weight * mean).sum();
    Ok(Coefficients { weights, bias: found[0] - moved })
}

fn moments(rows: &[[f64; FEATURES]]) -> Result<([f64; FEATURES], [f64; FEATURES]), Failure> {
    if rows.is_empty() {
        return Err(Failure::new("no earlier window has anybody in it: there is nothing to fit a score on"));
    }
    let n = rows.len() as f64;
    let means: [f64; FEATURES] = std::array::from_fn(|at| rows.iter().map(|row| row[at]).sum::<f64>() / n);
    let variance = |at: usize| rows.iter().map(|row| (row[at] - means[at]).powi(2)).sum::<f64>() / n;
    // A feature that is the same for everybody says nothing, and must not blow up.
    Ok((means, std::array::from_fn(|at| variance(at).sqrt().max(1e-9))))
}

/// Gradient over curvature.
fn step(
    rows: &[SVector<f64, SIZE>],
    examples: &[Example],
    at: &SVector<f64, SIZE>,
) -> Result<SVector<f64, SIZE>, Failure> {
    let mut curvature = SMatrix::<f64, SIZE, SIZE>::identity() * PENALTY;
    curvature[(0, 0)] = 1e-9;
    let mut gradient = at * PENALTY;
    gradient[0] = 0.0;
    for (row, example) in rows.iter().zip(examples) {
        let chance = 1.0 / (1.0 + (-row.dot(at)).exp());
        gradient += row * (chance - f64::from(u8::from(example.came)));
        curvature += row * row.transpose() * (chance * (1.0 - chance));
    }
    let solved = curvature.cholesky().map(|decomposed| decomposed.solve(&gradient));
    solved.ok_or_else(|| Failure::new("the score could not be fitted: its features contradict each other"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::random::Random;
    use huitou::insight::model::logit7::Logit7;

    #[test]
    fn a_score_that_made_the_data_is_found() {
        let fleet = Nbd::new([0.5, 40.0]).unwrap();
        let truth = Logit7::new([-1.0, 0.8, -0.2, 0.1, 0.0, 0.5, 0.3], 1.0, fleet).unwrap();
        let mut random = Random::new(3);
        let mut number = |most: f64| (random.uniform() * most) as u32;
        let activities = (0..8_000).map(|_| {
            let (x, last_days) = (number(20.0), number(200.0));
            Activity { x, last_days, age_days: last_days + number(150.0), n30: number(6.0), n90: number(12.0) }
        });
        let activities: Vec<Activity> = activities.collect();
        let examples: Vec<Example> = activities
            .iter()
            .map(|&activity| Example { activity, came: random.uniform() < truth.p_active(&activity) })
            .collect();
        let Coefficients { weights, bias } = fit(&examples, &fleet).unwrap();
        let found = Logit7::new(weights, bias, fleet).unwrap();
        let off = activities.iter().map(|activity| (found.p_active(activity) - truth.p_active(activity)).abs());
        let off = off.sum::<f64>() / activities.len() as f64;
        assert!(off < 0.01, "{off}");
    }

    #[test]
    fn windows_look_back_from_where_they_begin() {
        let days: Vec<Days> = vec![vec![(0, 0.0), (50, 0.0), (95, 0.0)], vec![(99, 0.0)]];
        let found = examples(days.iter(), 90, 10);
        assert_eq!(found.len(), 1, "the other had not come yet");
        assert_eq!((found[0].activity.x, found[0].activity.age_days, found[0].came), (1, 90, true));
        assert!(!examples(days.iter(), 90, 4)[0].came);
        assert_eq!(windows(days.iter(), 100, 8).len(), 5);
        assert!(fit(&[], &Nbd::new([1.0, 1.0]).unwrap()).is_err());
    }
}
