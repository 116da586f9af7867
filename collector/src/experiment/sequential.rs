//! Intervals that hold at every look.

/// The number of people, of both variations together, at which the interval is narrowest compared with an ordinary one.
/// GrowthBook's default, so that its users find the figures they know.
pub const TUNED_FOR_PEOPLE: f64 = 5000.0;

/// Half the width of the asymptotic confidence sequence: the true value lies within at *all* sizes of the experiment
/// with probability 1 − `alpha`, so one may look daily and stop when one likes.
///
/// With `error` the standard error of the estimate at `people` (n, both variations together):
///
/// ```text
/// √n · error · √( 2 (n ρ² + 1) / (n² ρ²) · ln( √(n ρ² + 1) / α ) ),   ρ² = (−2 ln α + ln(−2 ln α + 1)) / N
/// ```
///
/// Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: *Time-uniform central limit theory and asymptotic confidence
/// sequences*, arXiv:2103.06476v7, equations 9 (width) and 161 (ρ), with N = [`TUNED_FOR_PEOPLE`]; applied to the
/// scaled error of the difference as GrowthBook's documentation of sequential testing has it. Asymptotic: for a
/// few dozen people it promises as little as any normal interval does.
pub fn half_width(error: f64, people: f64, alpha: f64) -> f64 {
    let rho_squared = rho_squared(alpha);
    let spread = people * rho_squared + 1.0;
    let margin = 2.0 * spread / (people * people * rho_squared) * (spread.sqrt() / alpha).ln();
    people.sqrt() * error * margin.sqrt()
}

fn rho_squared(alpha: f64) -> f64 {
    let twice = -2.0 * alpha.ln();
    (twice + twice.ln_1p()) / TUNED_FOR_PEOPLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_wider_than_an_interval_for_one_look_and_narrows() {
        let ratio = |people: f64| half_width(1.0, people, 0.05) / 1.959_964;
        for people in [50.0, 1000.0, 5000.0, 1e6] {
            assert!(ratio(people) > 1.3, "{people}");
        }
        assert!(ratio(TUNED_FOR_PEOPLE) < ratio(100.0) && ratio(TUNED_FOR_PEOPLE) < ratio(1e7));
        let wide = |people: f64| half_width(1.0 / people.sqrt(), people, 0.05);
        assert!(wide(2000.0) < wide(1000.0));
    }
}
