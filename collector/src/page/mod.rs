//! The pages as HTML. Made here, complete without JavaScript; a few lines of it fetch the page again.

mod cards;
mod conclusions;
mod experiments;
mod figures;
mod format;
mod insight;
mod journeys;
mod ledger;
mod names;

use cards::{bars, card, empty, figures, flows, hours, table};
use format::{clock, count, duration, escape, path, share, size, whole, yuan};
use names::{drop_reason, event};

pub use ledger::Ledger;

use huitou::program::Names;

use crate::experiment::Results;
use crate::storage::view::{
    Arrival, DayLine, Detail, FactLine, Insight, Journeys, Overview, Person, PersonLine, Sums, Traffic,
};

/// Lines of a ranking.
const LINES_MAX: usize = 16;

/// The page of an app.
pub fn overview(names: &Names, view: &Overview, now_ms: i64) -> String {
    let app = names.app.as_str();
    let (first, last) = (&view.window.0, &view.window.1);
    let period = if last.is_empty() { "还没有数据".to_owned() } else { format!("{first} 至 {last}") };
    let mut main = figures(&[
        (count(view.totals.users), "用户"),
        (count(view.totals.events), "事件"),
        (count(view.totals.orders), "订单"),
        (yuan(view.totals.paid_fen), "成交额"),
    ]);
    main += "<div class=\"grid\">";
    main += &card("刚到的摘要", "每台手机每段每天一行", &arrivals(app, &view.arrivals));
    main += &card("每日活跃", &period, &day_bars(&view.days, users));
    main += &card("流程漏斗", &scope(&view.detail), &flows(&view.detail.stats.flows, names));
    main += &card("事件", &scope(&view.detail), &events(&view.detail));
    main += &card("页面停留", &scope(&view.detail), &pages(&view.detail));
    main += &card("用户", &format!("{} 台手机", count(view.totals.devices)), &people(app, &view.people));
    main += &card("时段", &scope(&view.detail), &hours(&view.detail.stats.hours));
    main += &card("已确认付款", "由商家服务器写入", &facts(&view.facts));
    main += &card("积分核对", &format!("{} 台手机", count(view.ledger.phones)), &ledger::sums(&view.ledger));
    main += &card("传输", "含重试与重复", &traffic(&view.traffic));
    main += &card("未计入", "由手机上报，原因可查", &drops(&view.detail));
    main += "</div>";
    document(app, "数据中心", &main, now_ms)
}

/// The page of an app's experiments, the largest first.
pub fn experiments(app: &str, all: &[Results], now_ms: i64) -> String {
    let people: u64 = all.iter().flat_map(|results| &results.groups).map(|group| group.people).sum();
    let mixed: u64 = all.iter().map(|results| results.observed.mixed).sum();
    let off = all.iter().filter(|results| results.ratio.is_some_and(|ratio| ratio.is_off())).count();
    let mut main = figures(&[
        (count(whole(all.len() as u64)), "实验"),
        (count(whole(people)), "参与人次"),
        (count(whole(mixed)), "见过多个版本"),
        (count(whole(off as u64)), "样本比例异常"),
    ]);
    main += &format!("<div class=\"stack\">{}</div>", experiments::cards(all));
    document(app, "实验结果", &main, now_ms)
}

/// The page of how an app's people stand.
pub fn insight(app: &str, view: &Insight, now_ms: i64) -> String {
    document(app, "回访与流失", &insight::main(view), now_ms)
}

/// The page of an app's journeys.
pub fn journeys(app: &str, view: &Journeys, now_ms: i64) -> String {
    document(app, "旅程", &journeys::main(view), now_ms)
}

/// The page of a user.
pub fn person(names: &Names, user: &str, (view, ledger): (&Person, &Ledger), now_ms: i64) -> String {
    let app = names.app.as_str();
    let name = if user.is_empty() { "未登录的手机" } else { user };
    let mut main = figures(&[
        (count(view.totals.days), "活跃天"),
        (count(view.totals.sessions), "会话"),
        (count(view.totals.orders), "订单"),
        (yuan(view.totals.paid_fen), "成交额"),
    ]);
    main += "<div class=\"grid\">";
    if !ledger.entries.is_empty() {
        main += &card("积分与等级", "由服务器重放账本得出", &ledger::standing(ledger));
        main += &card("账本", "手机申报与商家事实，按到达先后", &ledger::entries(ledger));
        main += &card("手机账链", "每台手机的申报首尾相连", &ledger::phones(ledger));
    }
    main += &card("每天", &format!("{} 台手机", count(view.totals.devices)), &day_bars(&view.days, sessions));
    main += &card("流程漏斗", &scope(&view.detail), &flows(&view.detail.stats.flows, names));
    main += &card("事件", &scope(&view.detail), &events(&view.detail));
    main += &card("页面停留", &scope(&view.detail), &pages(&view.detail));
    main += &card("订单（手机所报）", "待商家服务器确认", &claimed(&view.claimed));
    main += &card("已确认付款", "由商家服务器写入", &facts(&view.facts));
    main += &card("属性", "", &attributes(&view.attributes));
    main += &card("刚到的摘要", "每台手机每段每天一行", &arrivals(app, &view.arrivals));
    main += &card("未计入", "由手机上报，原因可查", &drops(&view.detail));
    main += "</div>";
    document(app, name, &main, now_ms)
}

fn document(app: &str, title: &str, main: &str, now_ms: i64) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} · {app} · 回头</title><link rel=\"stylesheet\" href=\"/assets/page.css\">\
         <script src=\"/assets/page.js\" defer></script></head><body>\
         <header><a class=\"brand\" href=\"/?app={app}\">回头<small>{app}</small></a>\
         <nav><a href=\"/?app={app}\">概览</a><a href=\"/experiments?app={app}\">实验</a><a href=\"/insight?app={app}\">回访</a>\
         <a href=\"/journeys?app={app}\">旅程</a></nav><h1>{title}</h1><p class=\"live\"><i></i><span id=\"live\">更新于 {at}</span></p></header>\
         <main id=\"main\">{main}<footer>时间为北京时间 · 数字来自本机数据库，同一行只计最高修订</footer></main>\
         </body></html>",
        title = escape(title),
        app = escape(app),
        at = clock(now_ms),
    )
}

fn scope(detail: &Detail) -> String {
    format!("最近 {} 行", detail.rows)
}

fn users(sums: &Sums) -> String {
    format!("{} 用户", count(sums.users))
}

fn sessions(sums: &Sums) -> String {
    format!("{} 会话", count(sums.sessions))
}

/// A bar for each of the last days; `who` begins its line.
fn day_bars(days: &[DayLine], who: fn(&Sums) -> String) -> String {
    let busiest = days.iter().map(|line| line.sums.events).max().unwrap_or(0);
    let rows = days.iter().take(14).map(|line| {
        let DayLine { day, sums } = line;
        let said = format!("{} · {} 事件{}", who(sums), count(sums.events), orders(sums));
        (escape(day), said, share(sums.events, busiest))
    });
    bars(rows)
}

fn orders(sums: &Sums) -> String {
    if sums.orders == 0 {
        return String::new();
    }
    format!(" · {} 单 {}", count(sums.orders), yuan(sums.paid_fen))
}

fn events(detail: &Detail) -> String {
    let counts = detail.stats.events.iter().map(|(name, stats)| (name.as_str(), stats.count));
    ranked(counts.collect(), event, |n| count(whole(n)))
}

/// Pages by the time spent on them.
fn pages(detail: &Detail) -> String {
    let pages = detail.stats.events.get("page").and_then(|page| page.by.get("page"));
    let Some(pages) = pages else {
        return empty();
    };
    let times = pages.iter().map(|(name, (_, ms))| (name.as_str(), *ms)).collect();
    let views = |name: &str| pages.get(name).map_or(0, |(n, _)| whole(*n));
    let said = |name: &str| {
        let shown = if name.is_empty() { "其他".to_owned() } else { escape(name) };
        format!("{shown}<small>{} 次</small>", count(views(name)))
    };
    ranked(times, said, |ms| duration(whole(ms / 1000)))
}

fn drops(detail: &Detail) -> String {
    let counts = detail.stats.drops.iter().map(|(reason, n)| (reason.as_str(), *n));
    ranked(counts.collect(), drop_reason, |n| count(whole(n)))
}

/// The largest first, each with a bar.
fn ranked(mut lines: Vec<(&str, u64)>, name: impl Fn(&str) -> String, said: fn(u64) -> String) -> String {
    lines.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let most = lines.first().map_or(0, |(_, n)| whole(*n));
    bars(lines.iter().take(LINES_MAX).map(|(text, n)| (name(text), said(*n), share(whole(*n), most))))
}

fn arrivals(app: &str, arrivals: &[Arrival]) -> String {
    let rows = arrivals.iter().take(8).map(|row| {
        let who = format!("{}<small>{}</small>", link(app, &row.user), short(&row.device));
        let what = format!("{}<small>修订 {} · {}</small>", escape(&row.day), row.revision, duration(row.session_s));
        [clock(row.received_at_ms), who, what, count(row.events)]
    });
    table(["时间", "用户", "日期", "事件"], rows)
}

/// The first half of an id is enough to tell phones apart.
fn short(device: &str) -> String {
    escape(device.get(..8).unwrap_or(device))
}

fn people(app: &str, people: &[PersonLine]) -> String {
    let rows = people.iter().take(12).map(|line| {
        let money = if line.sums.orders > 0 { yuan(line.sums.paid_fen) } else { "–".to_owned() };
        let who = format!("{}<small>{} 台手机</small>", link(app, &line.user), count(line.sums.devices));
        [who, escape(&line.last_day), format!("{} 天", count(line.sums.days)), money]
    });
    table(["用户", "最近", "活跃", "成交"], rows)
}

fn link(app: &str, user: &str) -> String {
    if user.is_empty() {
        return format!("<a href=\"/anonymous?app={}\">未登录</a>", path(app));
    }
    format!("<a href=\"/users/{}?app={}\">{}</a>", path(user), path(app), escape(user))
}

fn facts(facts: &[FactLine]) -> String {
    let rows = facts
        .iter()
        .take(12)
        .map(|fact| [clock(fact.at_ms), escape(&fact.user), escape(&fact.order_id), yuan(fact.paid_fen)]);
    table(["时间", "用户", "订单", "金额"], rows)
}

fn claimed(orders: &[(String, String, i64)]) -> String {
    table(["日期", "订单", "金额"], orders.iter().map(|(day, id, fen)| [escape(day), escape(id), yuan(*fen)]))
}

fn attributes(values: &[(String, String, String)]) -> String {
    let rows = values.iter().map(|(device, name, value)| [escape(name), escape(value), short(device)]);
    table(["名称", "值", "手机"], rows)
}

fn traffic(traffic: &Traffic) -> String {
    if traffic.uploads == 0 {
        return empty();
    }
    let lines = [
        ("上传", count(traffic.uploads)),
        ("收到", size(traffic.bytes)),
        ("平均每次", size(traffic.bytes / traffic.uploads.max(1))),
        ("新行或更新", count(traffic.taken)),
        ("重复（未重计）", count(traffic.held)),
        ("日期不可信，已隔离", count(traffic.quarantined)),
        ("删除后到达，已丢弃", count(traffic.discarded)),
    ];
    table(["项目", "数量"], lines.into_iter().map(|(name, value)| [name.to_owned(), value]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names { app: "tea-shop".into(), events: Vec::new(), flows: Vec::new() }
    }

    #[test]
    fn an_empty_database_has_a_page() {
        let html = overview(&names(), &Overview::default(), 0);
        assert!(html.contains("还没有数据") && html.contains("tea-shop"));
        assert_eq!(html.matches("<section").count(), html.matches("</section>").count());
    }

    #[test]
    fn names_from_phones_are_escaped_everywhere() {
        let evil = "<script>\"'&".to_owned();
        let text = serde_json::json!({
            "e": { "page": { "n": 1, "by": { "page": { &evil: [1, 1] } } }, &evil: { "n": 1 } },
            "f": { &evil: [1, 1] },
            "x": { &evil: 1 },
        });
        let detail = Detail { rows: 1, stats: serde_json::from_value(text).unwrap() };
        let view = Person {
            detail,
            arrivals: vec![Arrival {
                user: evil.clone(),
                device: evil.clone(),
                day: evil.clone(),
                ..Arrival::default()
            }],
            attributes: vec![(evil.clone(), evil.clone(), evil.clone())],
            claimed: vec![(evil.clone(), evil.clone(), 1)],
            facts: vec![FactLine { user: evil.clone(), order_id: evil.clone(), ..FactLine::default() }],
            ..Person::default()
        };
        let body = crate::ledger::Body::Game { game_id: evil.clone(), game: evil.clone(), have: 0, need: 1 };
        let entries =
            [crate::ledger::Entry { body, device: evil.clone(), verdict: Some(evil.clone()), ..Default::default() }];
        let phones = [crate::ledger::export::PhoneLine { device: evil.clone(), ..Default::default() }];
        let standing = crate::ledger::standing::Standing { tier: evil.clone(), ..Default::default() };
        let ledger = Ledger { entries: &entries, phones: &phones, standing: &standing };
        let html = person(&names(), &evil, (&view, &ledger), 0);
        assert_eq!(html.matches("&lt;script&gt;").count(), 21, "{html}");
        assert!(!html.contains("<script>") && !html.contains("\"'&"), "{html}");
    }
}
