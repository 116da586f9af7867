//! The parts that pages are made of. Cells are HTML already: what comes from phones is escaped before.

use std::collections::BTreeMap;

use huitou::program::Names;
use huitou::summary::report::Hour;

use super::format::{count, escape, share, whole};

/// The row of large figures at the top.
pub(super) fn figures(figures: &[(String, &str)]) -> String {
    let cells: String =
        figures.iter().map(|(figure, name)| format!("<div><b>{figure}</b><span>{name}</span></div>")).collect();
    format!("<section class=\"figures\">{cells}</section>")
}

/// A card with a title and a remark.
pub(super) fn card(title: &str, remark: &str, content: &str) -> String {
    format!("<section class=\"card\"><h2>{title}<small>{}</small></h2>{content}</section>", escape(remark))
}

/// What a card without content says.
pub(super) fn empty() -> String {
    "<p class=\"empty\">暂无</p>".to_owned()
}

/// Name, figure and a bar of that many percent.
pub(super) fn bars(rows: impl Iterator<Item = (String, String, i64)>) -> String {
    let rows: String = rows
        .map(|(name, said, percent)| {
            format!("<li><span>{name}</span><em>{said}</em><i style=\"--share:{percent}%\"></i></li>")
        })
        .collect();
    if rows.is_empty() {
        return empty();
    }
    format!("<ul class=\"bars\">{rows}</ul>")
}

/// A table; the last column is a figure.
pub(super) fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let row = |cells: &[String], tag: &str| -> String {
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
        format!("<tr>{cells}</tr>")
    };
    let body: String = rows.map(|cells| row(&cells, "td")).collect();
    if body.is_empty() {
        return empty();
    }
    format!("<table><thead>{}</thead><tbody>{body}</tbody></table>", row(&head.map(str::to_owned), "th"))
}

/// A funnel for each flow: how many attempts got to each step, and how many of those before it.
pub(super) fn flows(flows: &BTreeMap<String, Vec<u64>>, names: &Names) -> String {
    if flows.is_empty() {
        return empty();
    }
    flows.iter().map(|(name, reached)| flow(name, reached, names)).collect()
}

fn flow(name: &str, reached: &[u64], names: &Names) -> String {
    let steps = names.flows.iter().find(|flow| flow.name == name).map(|flow| flow.steps.as_slice()).unwrap_or_default();
    let begun = reached.first().copied().unwrap_or(0);
    let before = std::iter::once(begun).chain(reached.iter().copied());
    let lines = reached.iter().zip(before).enumerate().map(|(at, (&reached, before))| {
        let step = steps.get(at).map_or_else(|| format!("第 {} 步", at + 1), |step| escape(step));
        flow_step(&step, whole(reached), share(whole(reached), whole(begun)), (at > 0).then_some(whole(before)))
    });
    format!("<h3>{}</h3><ol class=\"funnel\">{}</ol>", escape(name), lines.collect::<String>())
}

fn flow_step(step: &str, reached: i64, percent: i64, before: Option<i64>) -> String {
    let kept = before.map(|before| format!("<small>{}%</small>", share(reached, before))).unwrap_or_default();
    format!("<li style=\"--share:{percent}%\"><span>{step}</span><em>{}{kept}</em></li>", count(reached))
}

/// Columns for the 24 hours.
pub(super) fn hours(hours: &BTreeMap<Hour, u64>) -> String {
    let most = whole(hours.values().copied().max().unwrap_or(0));
    if most == 0 {
        return empty();
    }
    let column = |hour: u8| {
        let n = hours.iter().find(|(found, _)| found.get() == hour).map_or(0, |(_, n)| whole(*n));
        let label = if hour.is_multiple_of(6) { format!("{hour} 时") } else { String::new() };
        format!(
            "<li style=\"--share:{}%\" title=\"{hour} 时：{}\"><i></i><span>{label}</span></li>",
            share(n, most),
            count(n)
        )
    };
    let columns: String = (0..24).map(column).collect();
    format!("<ol class=\"hours\">{columns}</ol>")
}
