//! Experiments on the pages.

use super::cards::{empty, table};
use super::conclusions::{sentence, word};
use super::figures::{interval, mean, percent, probability, signed};
use super::format::{count, escape};
use super::names::metric as metric_name;
use crate::experiment::lift::Lift;
use crate::experiment::results::{Line, METRICS};
use crate::experiment::{Group, Interval, Metric, Results};

/// Events shown beside the metrics that every experiment has: each is one more chance of an accident.
const EVENTS_MAX: usize = 6;

/// How the columns are to be read.
const LEGEND: &str = "<p class=\"note\">“95 % 区间”只适用于事先定好人数、只看一次的实验；“随时可看”的区间每天看也成立，\
    结论以它为准。CUPED 用首次曝光前 28 天的同一指标扣除个人差异。没有差别的指标看得多了，约每二十个也会碰巧有一个“有苗头”。\
    订单与成交额为手机所报。</p>";

/// All experiments, the largest first.
pub(super) fn cards(all: &[Results]) -> String {
    if all.is_empty() {
        let hint = "还没有手机上报过实验曝光。用 <code>variant(key)</code> 或 <code>feature(key)</code> 取到实验的版本时，曝光会随摘要上传。";
        return format!("<section class=\"card\"><h2>实验</h2>{}<p class=\"note\">{hint}</p></section>", empty());
    }
    all.iter().map(card).collect::<String>() + LEGEND
}

fn card(results: &Results) -> String {
    let observed = &results.observed;
    let version = match observed.bucket_version {
        0 => String::new(),
        version => format!("分桶第 {version} 版 · "),
    };
    let off = if results.ratio.is_some_and(|ratio| ratio.is_off()) { " off" } else { "" };
    let period = format!("{version}首次曝光 {} 至 {}", escape(&observed.days.0), escape(&observed.days.1));
    format!(
        "<section class=\"card experiment{off}\"><h2>{}<small>{period}</small></h2>{}{}{}{}</section>",
        escape(&observed.experiment),
        sentences(results),
        arms(results),
        checks(results),
        metrics(results)
    )
}

/// What may be concluded of the main metric, a sentence for each variation but the control.
fn sentences(results: &Results) -> String {
    let Some(main) = results.main_metric().filter(|_| results.groups.len() > 1) else {
        return "<p class=\"verdict wait\">只有一个版本有人，还没有可比的。</p>".to_owned();
    };
    if results.ratio.is_some_and(|ratio| ratio.is_off()) {
        return ratio_off(results);
    }
    let lines = results.groups.iter().zip(&main.lines);
    let said = lines.filter_map(|(group, line)| sentence(&group.variation, main, line));
    said.map(|(class, text)| format!("<p class=\"verdict {class}\">{text}</p>")).collect()
}

/// One sentence for all: nothing may be read.
fn ratio_off(results: &Results) -> String {
    let hint = match results.is_design_known {
        true => "先查明哪个版本的人没有上报，或分流本身出了错。",
        false => "程序没有写明各版本的份额，这里按均分核对；若本来就不均分，请把实验连同 weights 写进程序的 features。",
    };
    format!("<p class=\"verdict bad\">请不要读下面的数字：各版本的人数与设计不符，不会是偶然。{hint}</p>")
}

/// How many people each variation has, beside how many it should have.
fn arms(results: &Results) -> String {
    let all: u64 = results.groups.iter().map(|group| group.people).sum();
    let arm = |(at, group): (usize, &Group)| {
        let role = if at == 0 { "对照" } else { "版本" };
        let share = group.people as f64 / all.max(1) as f64;
        format!(
            "<li><span>{role} {}</span><b>{}</b><small>占 {}，设计 {}</small></li>",
            escape(&group.variation),
            count(group.people.try_into().unwrap_or(i64::MAX)),
            percent(share, 1),
            percent(group.share, 1)
        )
    };
    format!("<ul class=\"arms\">{}</ul>", results.groups.iter().enumerate().map(arm).collect::<String>())
}

fn checks(results: &Results) -> String {
    let ratio = match results.ratio {
        None => "人数还不够核对".to_owned(),
        Some(ratio) if ratio.is_off() => format!("<strong>异常</strong>（p {}）", probability(ratio.p)),
        Some(ratio) => format!("正常（χ² = {:.2}，p {}）", ratio.chi_square, probability(ratio.p)),
    };
    let assumed = if results.is_design_known { "" } else { "，按均分" };
    let mixed = match results.observed.mixed {
        0 => "没有人见过多个版本".to_owned(),
        mixed => format!("{} 人见过多个版本，不参与比较", count(mixed.try_into().unwrap_or(i64::MAX))),
    };
    format!("<p class=\"note\">样本比例核对{assumed}：{ratio} · {mixed}</p>")
}

fn metrics(results: &Results) -> String {
    let shown = results.metrics.iter().take(METRICS.len() + EVENTS_MAX);
    let lines = shown.flat_map(|metric| {
        metric.lines.iter().enumerate().map(move |(at, line)| (metric, at, line, results.groups.get(at)))
    });
    let rows = lines.filter_map(|(metric, at, line, group)| Some(row((metric, at), line, group?)));
    let head = ["指标", "版本", "人均", "提升", "95 % 区间", "随时可看区间", "CUPED 提升", "CUPED 随时可看", "结论"];
    format!("<div class=\"wide\">{}</div>", table(head, rows))
}

/// A metric of a variation; its name stands on the first line only.
fn row((metric, at): (&Metric, usize), line: &Line, group: &Group) -> [String; 9] {
    let name = if at == 0 { metric_name(&metric.name) } else { String::new() };
    let (variation, mean) = (escape(&group.variation), mean(&metric.name, &line.sums));
    let cuped = line.comparison.and_then(|comparison| comparison.cuped);
    let lift = line.comparison.and_then(|comparison| comparison.plain.lift);
    let adjusted = cuped.and_then(|cuped| cuped.effect.lift);
    let value = |lift: Option<Lift>| lift.map_or_else(none, |lift| signed(lift.value));
    let always = |lift: Option<Lift>| range(lift.and_then(|lift| lift.always_valid));
    let left = cuped.map(|cuped| format!("<small>方差剩 {}</small>", percent(cuped.adjusted.variance_left, 0)));
    [
        name,
        variation,
        mean,
        value(lift),
        range(lift.and_then(|lift| lift.interval)),
        always(lift),
        value(adjusted) + &left.unwrap_or_default(),
        always(adjusted),
        line.conclusion.map_or_else(|| "对照".to_owned(), |conclusion| word(&conclusion)),
    ]
}

fn none() -> String {
    "–".to_owned()
}

fn range(found: Option<Interval>) -> String {
    found.map_or_else(none, |found| interval(&found))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::experiment::results::Observed;
    use crate::experiment::Sums;

    fn sums(people: u64, y: f64) -> Sums {
        Sums { people, y, yy: y, ..Sums::default() }
    }

    /// Conversions of two variations of 5,000 people.
    fn results(a: f64, b: f64) -> Results {
        let by = BTreeMap::from([("0".to_owned(), sums(5000, a)), ("1".to_owned(), sums(5000, b))]);
        Results::of(
            Observed {
                experiment: "<b>".into(),
                people: BTreeMap::from([("0".to_owned(), 5000), ("1".to_owned(), 5000)]),
                mixed: 7,
                sums: BTreeMap::from([("converted".to_owned(), by)]),
                ..Observed::default()
            },
            None,
        )
    }

    #[test]
    fn each_conclusion_is_a_sentence() {
        let cases = [
            ((500.0, 650.0), "版本 1 更好：下单转化比对照高约 30.0 %"),
            ((650.0, 500.0), "版本 1 更差：下单转化比对照低约 23.1 %"),
            ((500.0, 570.0), "有苗头"),
            ((500.0, 505.0), "看不出差别"),
            ((3.0, 4.0), "还太早"),
        ];
        for ((a, b), said) in cases {
            let html = cards(&[results(a, b)]);
            assert!(html.contains(said), "{said} is missing in {html}");
            assert!(html.contains("7 人见过多个版本") && html.contains("&lt;b&gt;") && !html.contains("<b><b>"));
        }
    }

    #[test]
    fn a_broken_split_silences_every_figure() {
        let mut observed = results(500.0, 650.0).observed;
        observed.people.insert("1".into(), 6000);
        let html = cards(&[Results::of(observed, None)]);
        assert!(html.contains("请不要读") && html.contains("按均分核对") && html.contains("异常"), "{html}");
        assert!(!html.contains("更好"), "{html}");
    }

    #[test]
    fn nothing_seen_is_a_page_too() {
        assert!(cards(&[]).contains("还没有手机上报过实验曝光"));
        let alone = Observed { people: BTreeMap::from([("0".to_owned(), 3)]), ..Observed::default() };
        assert!(cards(&[Results::of(alone, None)]).contains("只有一个版本"));
        let nobody = Observed { mixed: 2, ..Observed::default() };
        assert!(cards(&[Results::of(nobody, None)]).contains("2 人见过多个版本"));
    }
}
