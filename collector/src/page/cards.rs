//! The parts that pages are made of. Cells are HTML already: what comes from phones is escaped before.

use super::format::{count, escape, share};
use crate::storage::view::FlowLine;

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
pub(super) fn flows(flows: &[FlowLine]) -> String {
    if flows.is_empty() {
        return empty();
    }
    flows.iter().map(flow).collect()
}

fn flow(line: &FlowLine) -> String {
    let begun = line.steps.first().map_or(0, |(_, reached)| *reached);
    let before = std::iter::once(begun).chain(line.steps.iter().map(|(_, reached)| *reached));
    let steps: String =
        line.steps.iter().zip(before).enumerate().map(|(at, (step, before))| flow_step(at, step, begun, before)).collect();
    format!("<h3>{}</h3><ol class=\"funnel\">{steps}</ol>", escape(&line.name))
}

fn flow_step(at: usize, (name, reached): &(String, i64), begun: i64, before: i64) -> String {
    let name = if name.is_empty() { format!("第 {} 步", at + 1) } else { escape(name) };
    let kept = if at == 0 { String::new() } else { format!("<small>{}%</small>", share(*reached, before)) };
    let percent = share(*reached, begun);
    format!("<li style=\"--share:{percent}%\"><span>{name}</span><em>{}{kept}</em></li>", count(*reached))
}

/// Columns for the 24 hours.
pub(super) fn hours(hours: &[(i64, i64)]) -> String {
    let most = hours.iter().map(|(_, n)| *n).max().unwrap_or(0);
    if most == 0 {
        return empty();
    }
    let column = |hour: i64| {
        let n = hours.iter().find(|(found, _)| *found == hour).map_or(0, |(_, n)| *n);
        let label = if hour % 6 == 0 { format!("{hour} 时") } else { String::new() };
        format!("<li style=\"--share:{}%\" title=\"{hour} 时：{}\"><i></i><span>{label}</span></li>", share(n, most), count(n))
    };
    let columns: String = (0..24).map(column).collect();
    format!("<ol class=\"hours\">{columns}</ol>")
}
