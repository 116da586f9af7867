//! An act as JSON: how answers, exports and any backend write it (`docs/wire.md`).

use super::act::Act;
use crate::clock::Day;
use crate::id::{ORDER_ID_BYTES_MAX, TEXT_BYTES_MAX};
use crate::json::JsonWriter;
use crate::program::rules::{Activity, Rules};
use crate::program::value::Value;

/// Categories that one order may name.
pub const CATEGORIES_MAX: usize = 16;

/// Reads an act; `None` if the kind is none of the ledger's or a member is missing or out of range.
pub fn act_of(value: &Value, rules: &Rules) -> Option<Act> {
    let id = |key: &str| text(value, key, ORDER_ID_BYTES_MAX).filter(|id| !id.is_empty());
    let word = |key: &str| text(value, key, TEXT_BYTES_MAX);
    let count = |key: &str| number(value, key).unwrap_or_default();
    Some(match value.get("kind")?.as_str()? {
        "check_in" => Act::CheckIn,
        "make_up" => Act::MakeUp { day: Day::parse(value.get("day")?.as_str()?)? },
        "activity" => {
            let name = value.get("name")?.as_str()?;
            let position = rules.points.activities.iter().position(|activity| activity.name == name)?;
            Act::Activity { activity: position.try_into().ok()? }
        }
        "order_paid" => Act::OrderPaid {
            order_id: id("order_id")?,
            paid_fen: fen(value, "paid_fen")?,
            categories: categories(value),
        },
        "refund" => Act::Refund { order_id: id("order_id")?, refund_fen: fen(value, "refund_fen")? },
        "redeem" => {
            let [order_id, item] = [word("order_id"), word("item")].map(Option::unwrap_or_default);
            Act::Redeem { points: number(value, "points")?, order_id, item }
        }
        "grant" => Act::Grant { source: word("source")?, points: number(value, "points")? },
        "referral" => Act::Referral { friend: word("friend")?, inviter: role(value)? },
        "membership_bought" => Act::Membership { months: number(value, "months")? },
        "birthday" => Act::Birthday {
            month: number(value, "month").filter(|month| (1..=12).contains(month))? as u8,
            day: number(value, "day").filter(|day| (1..=31).contains(day))? as u8,
        },
        "drawn" => Act::Drawn { lottery: word("lottery")?, prize: word("prize")?, points: count("points") },
        "granted" => Act::Granted { right: number(value, "right")? },
        "game" => Act::Game { id: id("game_id")?, kind: word("game")?, progress: (count("have"), count("need")) },
        _ => return None,
    })
}

/// Writes `kind` and the act's own members into the object that is open.
pub fn write_act(w: &mut JsonWriter, act: &Act, rules: &Rules) {
    w.text_member("kind", kind(act));
    match act {
        Act::CheckIn => {}
        Act::MakeUp { day } => write_day(w, *day),
        Act::Activity { activity } => {
            let declared = rules.points.activities.get(usize::from(*activity));
            w.text_member("name", declared.map_or("", |Activity { name, .. }| name));
        }
        Act::OrderPaid { order_id, paid_fen, categories } => {
            w.text_member("order_id", order_id);
            w.count_member("paid_fen", *paid_fen);
            write_categories(w, categories);
        }
        Act::Refund { order_id, refund_fen } => {
            w.text_member("order_id", order_id);
            w.count_member("refund_fen", *refund_fen);
        }
        Act::Redeem { points, order_id, item } => {
            w.count_member("points", u64::from(*points));
            optional(w, "order_id", order_id);
            optional(w, "item", item);
        }
        Act::Grant { source, points } => {
            w.text_member("source", source);
            w.count_member("points", u64::from(*points));
        }
        Act::Referral { friend, inviter } => {
            w.text_member("friend", friend);
            w.text_member("role", if *inviter { "inviter" } else { "invitee" });
        }
        Act::Membership { months } => w.count_member("months", u64::from(*months)),
        Act::Birthday { month, day } => {
            w.count_member("month", u64::from(*month));
            w.count_member("day", u64::from(*day));
        }
        Act::Drawn { lottery, prize, points } => {
            w.text_member("lottery", lottery);
            w.text_member("prize", prize);
            w.count_member("points", u64::from(*points));
        }
        Act::Granted { right } => w.count_member("right", u64::from(*right)),
        Act::Game { id, kind, progress: (have, need) } => {
            w.text_member("game_id", id);
            w.text_member("game", kind);
            w.count_member("have", u64::from(*have));
            w.count_member("need", u64::from(*need));
        }
    }
}

fn write_day(w: &mut JsonWriter, day: Day) {
    let mut text = String::new();
    day.write(&mut text);
    w.text_member("day", &text);
}

/// The stable word for what kind of act it is.
pub fn kind(act: &Act) -> &'static str {
    match act {
        Act::CheckIn => "check_in",
        Act::MakeUp { .. } => "make_up",
        Act::Activity { .. } => "activity",
        Act::OrderPaid { .. } => "order_paid",
        Act::Refund { .. } => "refund",
        Act::Redeem { .. } => "redeem",
        Act::Grant { .. } => "grant",
        Act::Referral { .. } => "referral",
        Act::Membership { .. } => "membership_bought",
        Act::Birthday { .. } => "birthday",
        Act::Drawn { .. } => "drawn",
        Act::Granted { .. } => "granted",
        Act::Game { .. } => "game",
    }
}

/// True for what a phone may assert; the rest is for servers.
pub fn is_claim(act: &Act) -> bool {
    matches!(act, Act::CheckIn | Act::MakeUp { .. } | Act::Activity { .. })
}

fn number(value: &Value, key: &str) -> Option<u32> {
    value.get(key)?.as_i64()?.try_into().ok()
}

fn fen(value: &Value, key: &str) -> Option<u64> {
    value.get(key)?.as_i64()?.try_into().ok()
}

/// Short text without control characters.
fn text(value: &Value, key: &str, bytes_max: usize) -> Option<String> {
    let text = value.get(key)?.as_str()?;
    (text.len() <= bytes_max && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

fn role(value: &Value) -> Option<bool> {
    match value.get("role")?.as_str()? {
        "inviter" => Some(true),
        "invitee" => Some(false),
        _ => None,
    }
}

/// The first [`CATEGORIES_MAX`] that are text, none twice.
fn categories(value: &Value) -> Vec<String> {
    let mut kept = Vec::new();
    for item in value.get("categories").and_then(Value::as_list).unwrap_or_default() {
        let Some(category) = item.as_str().filter(|text| (1..=TEXT_BYTES_MAX).contains(&text.len())) else { continue };
        if kept.len() < CATEGORIES_MAX && !kept.iter().any(|known| known == category) {
            kept.push(category.to_owned());
        }
    }
    kept
}

fn write_categories(w: &mut JsonWriter, categories: &[String]) {
    if !categories.is_empty() {
        w.key("categories");
        w.begin_array();
        categories.iter().for_each(|category| w.string(category));
        w.end_array();
    }
}

fn optional(w: &mut JsonWriter, name: &str, text: &str) {
    if !text.is_empty() {
        w.text_member(name, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::{Reader, Writer};
    use crate::loyalty::wire::{decode_act, encode_act};
    use crate::program::rules::Source;
    use crate::program::value::parse;

    fn rules() -> Rules {
        let mut rules = Rules::default();
        let activity = |name: &str| Activity { name: name.into(), source: Source::SHARE, points: 10, per_day_max: 3 };
        rules.points.activities = vec![activity("share"), activity("lesson")];
        rules
    }

    const FORMS: [&str; 16] = [
        r#"{"kind":"check_in"}"#,
        r#"{"kind":"make_up","day":"2026-07-04"}"#,
        r#"{"kind":"activity","name":"lesson"}"#,
        r#"{"kind":"order_paid","order_id":"A-1","paid_fen":4900}"#,
        r#"{"kind":"order_paid","order_id":"A-1","paid_fen":0,"categories":["green","茶具"]}"#,
        r#"{"kind":"refund","order_id":"A-1","refund_fen":100}"#,
        r#"{"kind":"redeem","points":100}"#,
        r#"{"kind":"redeem","points":300,"order_id":"B","item":"cup"}"#,
        r#"{"kind":"grant","source":"share","points":5}"#,
        r#"{"kind":"referral","friend":"bert","role":"inviter"}"#,
        r#"{"kind":"referral","friend":"anna","role":"invitee"}"#,
        r#"{"kind":"membership_bought","months":12}"#,
        r#"{"kind":"birthday","month":2,"day":29}"#,
        r#"{"kind":"drawn","lottery":"wheel","prize":"cup","points":0}"#,
        r#"{"kind":"granted","right":3}"#,
        r#"{"kind":"game","game_id":"g1","game":"group_buy","have":1,"need":3}"#,
    ];

    #[test]
    fn every_act_reads_as_it_was_written() {
        let rules = rules();
        for form in FORMS {
            let act = act_of(&parse(form).unwrap(), &rules).unwrap();
            let mut json = JsonWriter::default();
            json.begin_object();
            write_act(&mut json, &act, &rules);
            json.end_object();
            assert_eq!(json.finish(), form);
            let mut w = Writer::default();
            encode_act(&mut w, &act);
            let mut r = Reader::new(&w.out);
            assert_eq!((decode_act(&mut r), r.is_empty()), (Some(act), true), "{form}");
        }
    }

    #[test]
    fn what_is_out_of_range_is_none() {
        for form in [
            r#"{}"#,
            r#"{"kind":"wish"}"#,
            r#"{"kind":"make_up","day":"2026-02-30"}"#,
            r#"{"kind":"activity","name":"unknown"}"#,
            r#"{"kind":"order_paid","order_id":"","paid_fen":1}"#,
            r#"{"kind":"order_paid","order_id":"A","paid_fen":-1}"#,
            r#"{"kind":"order_paid","order_id":"A","paid_fen":1.5}"#,
            r#"{"kind":"refund","order_id":"A"}"#,
            r#"{"kind":"redeem","points":4294967296}"#,
            r#"{"kind":"referral","friend":"bert","role":"both"}"#,
            r#"{"kind":"birthday","month":13,"day":1}"#,
            r#"{"kind":"granted","right":"3"}"#,
        ] {
            assert_eq!(act_of(&parse(form).unwrap(), &rules()), None, "{form}");
        }
    }

    #[test]
    fn only_claims_are_a_phones() {
        let claims = FORMS.iter().filter(|form| is_claim(&act_of(&parse(form).unwrap(), &rules()).unwrap()));
        assert_eq!(claims.count(), 3);
    }
}
