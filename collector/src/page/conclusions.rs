//! What may be concluded, in plain words.

use super::figures::{between, percent, signed};
use super::format::escape;
use super::names::metric_plain;
use crate::experiment::conclusion::{PEOPLE_MIN, POSITIVES_MIN};
use crate::experiment::results::Line;
use crate::experiment::{Conclusion, Metric};

/// (class, sentence) for a variation on the main metric; `None` for the control, and where the split is off, which is
/// said once for all.
pub(super) fn sentence(variation: &str, metric: &Metric, line: &Line) -> Option<(&'static str, String)> {
    let name = metric_plain(&metric.name);
    let lift = line.comparison.and_then(|found| found.best().lift);
    let range = lift.and_then(|lift| lift.always_valid).map(|range| between(&range)).unwrap_or_default();
    let by = lift.map_or(0.0, |lift| lift.value);
    let said = match line.conclusion? {
        Conclusion::RatioOff => return None,
        Conclusion::TooEarly => ("wait", too_early()),
        Conclusion::Better if lift.is_none() => ("good", format!("更好：对照的{name}是零。")),
        Conclusion::Better => ("good", format!("更好：{name}比对照高约 {}{range}。", percent(by, 1))),
        Conclusion::Worse => ("bad", format!("更差：{name}比对照低约 {}{range}。", percent(-by, 1))),
        Conclusion::Leaning => ("wait", leaning(by)),
        Conclusion::NoDifference => ("even", format!("看不出差别：{name}的提升估计为 {}{range}。", signed(by))),
    };
    Some((said.0, format!("版本 {} {}", escape(variation), said.1)))
}

fn too_early() -> String {
    format!("还太早：每个版本至少要有 {PEOPLE_MIN} 人，两个版本合计至少 {POSITIVES_MIN} 次，才谈得上结论。")
}

fn leaning(by: f64) -> String {
    format!("有苗头（{}），还不能下结论：除非人数是事先定好、并且刚刚收满，否则请再等。", signed(by))
}

/// A word or two for the last column.
pub(super) fn word(conclusion: &Conclusion) -> String {
    let (class, word) = match conclusion {
        Conclusion::RatioOff => ("bad", "不可读"),
        Conclusion::TooEarly => ("wait", "太早"),
        Conclusion::Better => ("good", "更好"),
        Conclusion::Worse => ("bad", "更差"),
        Conclusion::Leaning => ("wait", "有苗头"),
        Conclusion::NoDifference => ("even", "未见差别"),
    };
    format!("<span class=\"word {class}\">{word}</span>")
}
