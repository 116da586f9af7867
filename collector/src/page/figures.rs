//! Statistical figures as people read them.

use super::format::yuan;
use crate::experiment::{Interval, Sums};

/// `0.1234` is `12.3 %`.
pub(super) fn percent(share: f64, decimals: usize) -> String {
    format!("{:.decimals$} %", share * 100.0)
}

/// `0.1234` is `+12.3 %`, `-0.1` is `−10.0 %`.
pub(super) fn signed(share: f64) -> String {
    // What is shown as zero has no sign.
    let sign = if share.abs() < 0.0005 {
        ""
    } else if share < 0.0 {
        "−"
    } else {
        "+"
    };
    format!("{sign}{}", percent(share.abs(), 1))
}

/// Both ends, for a table.
pub(super) fn interval(interval: &Interval) -> String {
    format!("{} … {}", signed(interval.low), signed(interval.high))
}

/// Both ends, behind a figure in a sentence.
pub(super) fn between(interval: &Interval) -> String {
    format!("（真实值多半在 {} 到 {} 之间）", signed(interval.low), signed(interval.high))
}

/// `= 0.032`, or `< 0.001`.
pub(super) fn probability(p: f64) -> String {
    match p < 0.001 {
        true => "&lt; 0.001".to_owned(),
        false => format!("= {p:.3}"),
    }
}

/// What a person of a variation comes to on average, in the metric's unit.
pub(super) fn mean(metric: &str, sums: &Sums) -> String {
    if sums.people == 0 {
        return "–".to_owned();
    }
    let mean = sums.y / sums.n();
    match metric {
        "converted" => percent(mean, 2),
        "paid_fen" => yuan(mean.round() as i64),
        _ => format!("{mean:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(
            (signed(0.1234), signed(-0.1), percent(0.5, 0)),
            ("+12.3 %".into(), "−10.0 %".into(), "50 %".into())
        );
        assert_eq!(between(&Interval { low: -0.01, high: 0.2 }), "（真实值多半在 −1.0 % 到 +20.0 % 之间）");
        assert_eq!(signed(-0.0004), "0.0 %");
        assert_eq!((probability(0.04), probability(1e-9)), ("= 0.040".into(), "&lt; 0.001".into()));
        let sums = Sums { people: 8, y: 2.0, ..Sums::default() };
        assert_eq!((mean("converted", &sums), mean("orders", &sums)), ("25.00 %".into(), "0.250".into()));
        assert_eq!((mean("paid_fen", &sums), mean("orders", &Sums::default())), ("¥0.00".into(), "–".into()));
    }
}
