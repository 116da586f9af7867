//! How journeys fare, on the pages.

use super::cards::{card, empty, figures, table};
use super::figures::percent;
use super::format::{count, escape};
use super::names::outcome;
use crate::storage::view::{JourneySums, Journeys};

/// The page's content.
pub(super) fn main(view: &Journeys) -> String {
    let sum = |of: fn(&JourneySums) -> i64| view.sums.iter().map(of).sum::<i64>();
    let pending: i64 = view.pending.iter().map(|(_, n)| n).sum();
    let mut main = figures(&[
        (count(sum(|line| line.entered)), "进入旅程"),
        (count(sum(|line| line.running)), "进行中"),
        (count(pending), "待执行的动作"),
        (count(sum(|line| line.converted)), "达成目标"),
    ]);
    main += "<div class=\"stack\">";
    main += &card("各旅程", "手机所报；留出组什么都不收到，用来比较", &sums(&view.sums));
    main += &card("后台执行", "本服务器代办的消息、优惠券和积分", &deliveries(view));
    main += &card("每一步", "手机判断的结果", &outcomes(view));
    main += "</div>";
    main
}

fn sums(lines: &[JourneySums]) -> String {
    if lines.is_empty() {
        let hint = "程序里还没有声明旅程，或还没有人进入：见 docs/journeys.md。";
        return format!("{}<p class=\"note\">{hint}</p>", empty());
    }
    let rows = lines.iter().filter(|line| !line.held_out).map(|line| {
        let held = lines.iter().find(|other| other.held_out && other.journey == line.journey);
        let held_out = held
            .map_or_else(|| "–".to_owned(), |held| format!("{}<small>{} 人</small>", share(held), count(held.entered)));
        [
            escape(&line.journey),
            count(line.entered),
            count(line.running),
            count(line.stopped),
            format!("{}<small>{}</small>", count(line.converted), share(line)),
            held_out,
            held.map_or_else(|| "–".to_owned(), |held| lift(line, held)),
        ]
    });
    table(["旅程", "进入", "进行中", "中止", "达成", "留出组达成", "差别"], rows)
}

fn share(line: &JourneySums) -> String {
    percent(line.converted as f64 / line.entered.max(1) as f64, 1)
}

/// The difference of two shares with its interval: a normal approximation, which needs a few of each sort.
fn lift(line: &JourneySums, held: &JourneySums) -> String {
    let few = |line: &JourneySums| line.converted.min(line.entered - line.converted) < 5;
    if few(line) || few(held) {
        return "还太早".to_owned();
    }
    let part = |line: &JourneySums| line.converted as f64 / line.entered as f64;
    let variance = |line: &JourneySums| part(line) * (1.0 - part(line)) / line.entered as f64;
    let difference = part(line) - part(held);
    let spread = 1.96 * (variance(line) + variance(held)).sqrt();
    let points = |share: f64| format!("{:+.1}", share * 100.0);
    format!(
        "{} 个百分点<small>{} 至 {}</small>",
        points(difference),
        points(difference - spread),
        points(difference + spread)
    )
}

fn outcomes(view: &Journeys) -> String {
    let rows = view.outcomes.iter().map(|line| {
        [escape(&line.journey), format!("第 {} 步", line.step + 1), outcome(&line.outcome), count(line.count)]
    });
    table(["旅程", "步骤", "结果", "次数"], rows)
}

/// What this server did, and what it gave up.
fn deliveries(view: &Journeys) -> String {
    let rows = view.deliveries.iter().map(|(journey, word, n)| [escape(journey), outcome(word), count(*n)]);
    let mut content = table(["旅程", "结果", "次数"], rows);
    if !view.dead.is_empty() {
        let rows = view.dead.iter().map(|letter| {
            let step = format!("第 {} 步", letter.step + 1);
            [escape(&letter.journey), step, escape(&letter.user), escape(&letter.why)]
        });
        content += "<p class=\"note\">多次失败后放弃的；改好后运行 huitou-collector retry 再试。</p>";
        content += &table(["旅程", "步骤", "用户", "原因"], rows);
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(held_out: bool, entered: i64, converted: i64) -> JourneySums {
        JourneySums { journey: "<cart>".into(), held_out, entered, converted, ..JourneySums::default() }
    }

    #[test]
    fn a_journey_is_held_against_those_held_out() {
        let view = Journeys { sums: vec![line(false, 1000, 200), line(true, 500, 50)], ..Journeys::default() };
        let html = main(&view);
        assert!(html.contains("+10.0 个百分点") && html.contains("+6.4 至 +13.6"), "{html}");
        assert!(html.contains("&lt;cart&gt;") && !html.contains("<cart>"));
        let early = Journeys { sums: vec![line(false, 10, 2), line(true, 5, 1)], ..Journeys::default() };
        assert!(main(&early).contains("还太早"));
        assert!(main(&Journeys::default()).contains("还没有声明旅程"));
    }
}
