//! How people stand, on the pages.

use super::cards::{bars, card, empty, figures, table};
use super::figures::percent;
use super::format::{count, escape, share};
use super::names::{level, sign};
use crate::storage::view::{Calibration, FlowBreak, Insight, LevelDay};

/// In the order of the stack, best first.
const LEVELS: [&str; 5] = ["active", "new", "slowing", "at_risk", "lost"];
/// Days drawn.
const DAYS_MAX: usize = 30;

/// The page's content.
pub(super) fn main(view: &Insight) -> String {
    let people: i64 = view.now.iter().map(|(_, persons)| persons).sum();
    let of = |name: &str| view.now.iter().find(|(level, _)| level == name).map_or(0, |(_, persons)| *persons);
    let mut main = figures(&[
        (count(people), "有判断的人"),
        (count(of("active")), "活跃"),
        (count(of("slowing") + of("at_risk")), "放缓或有流失风险"),
        (count(of("lost")), "已流失"),
    ]);
    main += "<div class=\"grid\">";
    main += &card("状态变化", "当天来过的人，按当天最后一次判断", &levels(&view.levels));
    main += &card("分群", "一人可属多个", &sized(&view.segments, people, escape));
    main += &card("预测准不准", "预测的回访概率与实际回访", &calibration(&view.calibration));
    main += &card("信号", "最近一次判断时出现的", &sized(&view.signs, people, sign));
    main += &card("流程断在哪里", "全部摘要", &breaks(&view.breaks));
    main += "</div>";
    main
}

fn sized(sizes: &[(String, i64)], people: i64, name: impl Fn(&str) -> String) -> String {
    bars(sizes.iter().map(|(text, persons)| {
        let part = *persons as f64 / people.max(1) as f64;
        (name(text), format!("{} 人 · {}", count(*persons), percent(part, 0)), share(*persons, people))
    }))
}

/// A bar of parts for each day, the newest first.
fn levels(lines: &[LevelDay]) -> String {
    let mut days: Vec<&str> = lines.iter().map(|line| line.day.as_str()).collect();
    days.dedup();
    if days.is_empty() {
        return empty();
    }
    let of = |day: &str, name: &str| {
        let found = lines.iter().find(|line| line.day == day && line.level == name);
        found.map_or(0, |line| line.persons)
    };
    let rows: String = days
        .iter()
        .take(DAYS_MAX)
        .map(|day| {
            let all: i64 = LEVELS.iter().map(|name| of(day, name)).sum();
            let parts: String = LEVELS
                .iter()
                .map(|name| (name, of(day, name)))
                .filter(|(_, persons)| *persons > 0)
                .map(|(name, persons)| {
                    let title = format!("{} {} 人", level(name), count(persons));
                    format!("<i class=\"{name}\" style=\"flex:{persons}\" title=\"{title}\"></i>")
                })
                .collect();
            format!("<li><span>{}</span><b>{parts}</b><em>{} 人</em></li>", escape(day), count(all))
        })
        .collect();
    let legend: String =
        LEVELS.iter().map(|name| format!("<li><i class=\"{name}\"></i>{}</li>", level(name))).collect();
    format!("<ul class=\"legend\">{legend}</ul><ul class=\"stacked\">{rows}</ul>")
}

/// What was predicted beside what happened, and whether the difference is more than chance.
fn calibration(tenths: &[Calibration]) -> String {
    if tenths.is_empty() {
        let hint = "要等预测的天数过去，才知道人来没有来。";
        return format!("{}<p class=\"note\">{hint}</p>", empty());
    }
    let rows = tenths.iter().map(|tenth| {
        let (low, high) = wilson(tenth.came, tenth.scores);
        let range = format!("{} 至 {}", percent(low, 0), percent(high, 0));
        let (expected, came) = (tenth.expected * 100.0, tenth.came * 100.0);
        let picture = format!(
            "<span class=\"pair\"><i style=\"--share:{expected:.0}%\"></i><i style=\"--share:{came:.0}%\"></i></span>"
        );
        [
            format!("{}–{} %", tenth.tenth * 10, tenth.tenth * 10 + 9),
            picture,
            percent(tenth.expected, 0),
            format!("{}<small>{range}</small>", percent(tenth.came, 0)),
            count(tenth.scores),
        ]
    });
    let said = format!("<p class=\"verdict {}\">{}</p>", verdict(tenths).0, verdict(tenths).1);
    said + &table(["预测", "", "平均", "实际", "次数"], rows)
}

/// Wilson's 95 % interval of a share: it makes sense for few cases and for shares of 0 and 1 too.
fn wilson(share: f64, cases: i64) -> (f64, f64) {
    const Z: f64 = 1.96;
    let n = cases.max(1) as f64;
    let (middle, weight) = (share + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - spread) / weight, (middle + spread) / weight)
}

/// A sentence on the whole: the mean of all predictions beside the share that came.
fn verdict(tenths: &[Calibration]) -> (&'static str, String) {
    let scores: i64 = tenths.iter().map(|tenth| tenth.scores).sum();
    let mean = |of: fn(&Calibration) -> f64| {
        tenths.iter().map(|tenth| of(tenth) * tenth.scores as f64).sum::<f64>() / scores.max(1) as f64
    };
    let (expected, came) = (mean(|tenth| tenth.expected), mean(|tenth| tenth.came));
    let both = format!("平均预测 {}，实际 {}", percent(expected, 1), percent(came, 1));
    if scores < 100 {
        return ("wait", format!("{both}。才 {} 次，还说明不了什么。", count(scores)));
    }
    let chance = 3.0 * (came * (1.0 - came) / scores as f64).sqrt();
    if (expected - came).abs() <= chance.max(0.03) {
        return ("good", format!("{both}。预测可信。"));
    }
    let word = if expected > came { "偏高" } else { "偏低" };
    ("bad", format!("{both}。预测{word}：用 <code>huitou-collector fit</code> 以自己的数据重新拟合。"))
}

fn breaks(steps: &[FlowBreak]) -> String {
    let worst = |flow: &str| {
        let of_flow = steps.iter().filter(|step| step.flow == flow);
        of_flow.max_by_key(|step| step.broke_off).filter(|step| step.broke_off > 0)
    };
    let rows = steps.iter().map(|step| {
        let lost = step.broke_off as f64 / step.reached.max(1) as f64;
        let is_worst = worst(&step.flow).is_some_and(|other| other.step == step.step);
        let said = if step.broke_off == 0 {
            "–".to_owned()
        } else {
            format!("{}（{}）", count(step.broke_off), percent(lost, 0))
        };
        let name = if step.name.is_empty() { step.step.to_string() } else { escape(&step.name) };
        [
            if step.step == 1 { escape(&step.flow) } else { String::new() },
            name,
            count(step.reached),
            if is_worst { format!("<strong>{said}</strong>") } else { said },
        ]
    });
    table(["流程", "步骤", "到达", "断在这里"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenth(scores: i64, expected: f64, came: f64) -> Calibration {
        Calibration { tenth: (expected * 10.0) as i64, scores, expected, came }
    }

    #[test]
    fn one_case_says_little() {
        // 10 of 20: Wilson gives 0.299 to 0.701.
        for ((share, cases), (low, high)) in [((1.0, 1), (0.2065, 1.0)), ((0.5, 20), (0.2993, 0.7007))] {
            let found = wilson(share, cases);
            assert!((found.0 - low).abs() < 1e-4 && (found.1 - high).abs() < 1e-4, "{found:?}");
        }
    }

    #[test]
    fn a_calibration_is_a_sentence() {
        for (tenths, said) in [
            (vec![tenth(20, 0.3, 0.5)], "还说明不了什么"),
            (vec![tenth(900, 0.30, 0.31), tenth(900, 0.8, 0.79)], "预测可信"),
            (vec![tenth(900, 0.6, 0.4)], "预测偏高"),
            (vec![tenth(900, 0.2, 0.4)], "预测偏低"),
        ] {
            assert!(verdict(&tenths).1.contains(said), "{said}: {}", verdict(&tenths).1);
        }
    }

    #[test]
    fn what_phones_say_is_escaped_and_nothing_is_a_page_too() {
        let evil = "<script>".to_owned();
        let view = Insight {
            levels: vec![LevelDay { day: evil.clone(), level: "active".into(), persons: 3 }],
            segments: vec![(evil.clone(), 2)],
            signs: vec![(evil.clone(), 1)],
            breaks: vec![FlowBreak { flow: evil.clone(), step: 1, name: evil.clone(), reached: 9, broke_off: 4 }],
            ..Insight::default()
        };
        let html = main(&view);
        assert!(!html.contains("<script>") && html.matches("&lt;script&gt;").count() == 5, "{html}");
        assert!(main(&Insight::default()).contains("要等预测的天数过去"));
    }
}
