//! The least of a function of a few positive parameters.

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;

use crate::error::Failure;

/// Steps of one descent.
const STEPS_MAX: u64 = 2_000;
/// A simplex may collapse beside the least; starting again from there frees it.
const DESCENTS: usize = 4;
/// The first simplex reaches so far from its start, in logarithms.
const REACH: f64 = 0.7;
/// Parameters stay within e^±this: what runs further is not told by the data.
const LN_MAX: f64 = 14.0;
/// What a function that can't be computed counts as.
const VERY_MUCH: f64 = 1e300;

struct Problem<'a, const N: usize> {
    cost: &'a dyn Fn([f64; N]) -> f64,
}

impl<const N: usize> CostFunction for Problem<'_, N> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, logarithms: &Vec<f64>) -> Result<f64, Error> {
        let cost = (self.cost)(parameters(logarithms));
        Ok(if cost.is_finite() { cost } else { VERY_MUCH })
    }
}

fn parameters<const N: usize>(logarithms: &[f64]) -> [f64; N] {
    std::array::from_fn(|at| logarithms.get(at).copied().unwrap_or(0.0).clamp(-LN_MAX, LN_MAX).exp())
}

/// Parameters above 0 where `cost` is least, and the least, going downhill from `start` (Nelder and Mead's simplex over
/// logarithms, begun again from where it ended). Deterministic.
pub fn minimise<const N: usize>(start: [f64; N], cost: &dyn Fn([f64; N]) -> f64) -> Result<([f64; N], f64), Failure> {
    let mut best: Vec<f64> = start.iter().map(|value| value.ln()).collect();
    let mut least = VERY_MUCH;
    for descent in 0..DESCENTS {
        let reach = REACH / (1 << descent) as f64;
        let corner = |at: usize| {
            let mut corner = best.clone();
            if let Some(value) = corner.get_mut(at) {
                *value += reach;
            }
            corner
        };
        let mut simplex: Vec<Vec<f64>> = (0..N).map(corner).collect();
        simplex.push(best.clone());
        let failed = |error: Error| Failure::new(format!("the parameters could not be fitted: {error}"));
        let solver = NelderMead::new(simplex).with_sd_tolerance(1e-10).map_err(failed)?;
        let done = Executor::new(Problem { cost }, solver).configure(|state| state.max_iters(STEPS_MAX)).run();
        let done = done.map_err(failed)?;
        least = done.state().get_best_cost();
        best = done.state().get_best_param().cloned().unwrap_or(best);
    }
    Ok((parameters(&best), least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        // Rosenbrock's, over logarithms: least at (e, e).
        let cost = |[a, b]: [f64; 2]| (1.0 - a.ln()).powi(2) + 100.0 * (b.ln() - a.ln().powi(2)).powi(2);
        let ([a, b], least) = minimise([0.1, 5.0], &cost).unwrap();
        assert!((a - 1f64.exp()).abs() < 1e-4 && (b - 1f64.exp()).abs() < 1e-4 && least < 1e-8, "{a} {b} {least}");
    }

    #[test]
    fn what_can_not_be_computed_is_avoided() {
        let cost = |[a]: [f64; 1]| if a > 3.0 { f64::NAN } else { -a };
        assert!((minimise([1.0], &cost).unwrap().0[0] - 3.0).abs() < 1e-6);
    }
}
