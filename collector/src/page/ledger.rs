//! Loyalty on the pages.

use super::cards::{bars, empty, table};
use super::format::{clock, count, escape, share, yuan};
use super::names::{kind, verdict};
use super::short;
use crate::ledger::export::PhoneLine;
use crate::ledger::standing::Standing;
use crate::ledger::{Body, Entry};
use crate::storage::view::LedgerSums;

/// Entries shown.
const LINES_MAX: usize = 30;

/// A user's ledger and what follows from it.
#[derive(Debug)]
pub struct Ledger<'a> {
    /// In order of arrival.
    pub entries: &'a [Entry],
    /// The user's phones.
    pub phones: &'a [PhoneLine],
    /// What follows.
    pub standing: &'a Standing,
}

/// Where the user stands.
pub(super) fn standing(ledger: &Ledger) -> String {
    let Standing { points, pending, streak, tier, digest } = ledger.standing;
    let tier = if tier.is_empty() { "–".to_owned() } else { escape(tier) };
    let lines = [
        ("可用积分", count(*points)),
        ("待到账", count(*pending)),
        ("连续签到", format!("{} 天", count(*streak))),
        ("等级", tier),
        ("状态摘要", format!("<code>{}</code>", escape(digest))),
    ];
    table(["项目", "现值"], lines.into_iter().map(|(name, value)| [name.to_owned(), value]))
}

/// The newest entries with their verdicts.
pub(super) fn entries(ledger: &Ledger) -> String {
    let rows = ledger.entries.iter().rev().take(LINES_MAX).map(|entry| {
        let what = format!("{}<small>{}</small>", kind(entry.body.kind()), subject(&entry.body));
        let source = if entry.is_fact() { "服务器".to_owned() } else { format!("手机 {}", short(&entry.device)) };
        let found = entry.verdict.as_deref().map_or_else(|| "计入".to_owned(), verdict);
        [clock(entry.stamp.moment_s * 1000), what, source, found]
    });
    table(["时间", "事项", "来源", "结果"], rows)
}

fn subject(body: &Body) -> String {
    match body {
        Body::MakeUp { day } => escape(day),
        Body::Activity { name } => escape(name),
        Body::OrderPaid { order_id, paid_fen, .. } => format!("{} {}", escape(order_id), money(*paid_fen)),
        Body::Refund { order_id, refund_fen } => format!("{} −{}", escape(order_id), money(*refund_fen)),
        Body::Redeem { points, order_id, item } => format!("{points} 积分 {}{}", escape(item), escape(order_id)),
        Body::Grant { source, points } => format!("{points} 积分 {}", escape(source)),
        Body::Referral { friend, .. } => escape(friend),
        Body::MembershipBought { months } => format!("{months} 个月"),
        Body::Birthday { month, day } => format!("{month} 月 {day} 日"),
        Body::Drawn { lottery, prize, .. } => format!("{} → {}", escape(lottery), escape(prize)),
        Body::Granted { right } => format!("第 {right} 项"),
        Body::Game { game_id, have, need, .. } => format!("{} {have}/{need}", escape(game_id)),
        Body::CheckIn {} => String::new(),
    }
}

fn money(fen: u64) -> String {
    yuan(i64::try_from(fen).unwrap_or(i64::MAX))
}

/// How far each phone's chain has come.
pub(super) fn phones(ledger: &Ledger) -> String {
    let rows = ledger.phones.iter().map(|phone| {
        let chain = format!(
            "{} 条<small>{}</small>",
            count(phone.seq.into()),
            escape(phone.head.get(..12).unwrap_or_default())
        );
        [short(&phone.device), chain, clock(phone.receipt_at), format!("{} 次", count(phone.resets.into()))]
    });
    table(["手机", "申报", "最近回执", "重置"], rows)
}

/// How claims fared in the whole app.
pub(super) fn sums(sums: &LedgerSums) -> String {
    if sums.phones == 0 && sums.refused.is_empty() {
        return empty();
    }
    let lines = [("手机重置", sums.resets), ("状态不符", sums.mismatches)];
    let lines = lines.into_iter().map(|(name, n)| (name.to_owned(), n));
    let refused = sums.refused.iter().map(|(code, n)| (verdict(code), *n));
    let all: Vec<(String, i64)> = lines.chain(refused).collect();
    let most = all.iter().map(|(_, n)| *n).max().unwrap_or(0);
    bars(all.into_iter().map(|(name, n)| (name, count(n), share(n, most))))
}
