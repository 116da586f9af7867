//! What happened, as JSON: the form in which servers say it, phones get it, and the ledger keeps it.

use huitou::clock::Day;
use huitou::loyalty::Act;
use huitou::program::rules::Rules;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest order id, as on the wire.
const ORDER_ID_BYTES_MAX: usize = 40;
/// The longest name of anything else.
const NAME_BYTES_MAX: usize = 64;
/// The largest amount: what a JavaScript number holds exactly.
const FEN_MAX: u64 = (1 << 53) - 1;
/// The most categories of one order.
const CATEGORIES_MAX: usize = 16;
/// The longest membership that can be bought at once.
const MONTHS_MAX: u32 = 120;

/// What happened. The members are those of docs/wire.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Body {
    // With braces, or members that do not belong here would pass unseen.
    CheckIn {},
    MakeUp {
        day: String,
    },
    Activity {
        name: String,
    },
    OrderPaid {
        order_id: String,
        paid_fen: u64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        categories: Vec<String>,
    },
    Refund {
        order_id: String,
        refund_fen: u64,
    },
    Redeem {
        points: u32,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        order_id: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        item: String,
    },
    Grant {
        source: String,
        points: u32,
    },
    Referral {
        friend: String,
        role: Role,
    },
    MembershipBought {
        months: u32,
    },
    Birthday {
        month: u8,
        day: u8,
    },
    Drawn {
        lottery: String,
        prize: String,
        #[serde(default, skip_serializing_if = "is_none")]
        points: u32,
    },
    Granted {
        right: u32,
    },
    Game {
        #[serde(alias = "id")]
        game_id: String,
        game: String,
        have: u32,
        need: u32,
    },
}

impl Default for Body {
    fn default() -> Body {
        Body::CheckIn {}
    }
}

/// Which of the two a referral is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who invited.
    Inviter,
    /// Who was invited.
    Invitee,
}

fn is_none(points: &u32) -> bool {
    *points == 0
}

impl Body {
    /// Reads the members that are about what happened, and no others.
    pub fn read(members: Map<String, Value>) -> Result<Body, String> {
        serde_json::from_value(Value::Object(members)).map_err(|e| e.to_string())
    }

    /// Canonical: equal bodies give equal texts.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The word for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::CheckIn {} => "check_in",
            Body::MakeUp { .. } => "make_up",
            Body::Activity { .. } => "activity",
            Body::OrderPaid { .. } => "order_paid",
            Body::Refund { .. } => "refund",
            Body::Redeem { .. } => "redeem",
            Body::Grant { .. } => "grant",
            Body::Referral { .. } => "referral",
            Body::MembershipBought { .. } => "membership_bought",
            Body::Birthday { .. } => "birthday",
            Body::Drawn { .. } => "drawn",
            Body::Granted { .. } => "granted",
            Body::Game { .. } => "game",
        }
    }

    /// The order it is about, or nothing.
    pub fn order_id(&self) -> &str {
        match self {
            Body::OrderPaid { order_id, .. } | Body::Refund { order_id, .. } | Body::Redeem { order_id, .. } => {
                order_id
            }
            _ => "",
        }
    }

    /// Checks what a merchant's server says against the limits.
    pub fn check_fact(&self) -> Result<(), &'static str> {
        match self {
            Body::OrderPaid { order_id, paid_fen, categories } => {
                check_order(order_id)?;
                need(*paid_fen <= FEN_MAX, "paid_fen: whole fen, 0 to 2^53 - 1")?;
                check_categories(categories)
            }
            Body::Refund { order_id, refund_fen } => {
                check_order(order_id)?;
                need((1..=FEN_MAX).contains(refund_fen), "refund_fen: whole fen, 1 to 2^53 - 1")
            }
            Body::Grant { source, points } => {
                check_name(source, "source: 1 to 64 bytes without control characters")?;
                need(*points > 0, "points: at least 1")
            }
            Body::Referral { friend, .. } => check_name(friend, "friend: 1 to 64 bytes without control characters"),
            Body::MembershipBought { months } => need((1..=MONTHS_MAX).contains(months), "months: 1 to 120"),
            Body::Birthday { month, day } => need(is_date(*month, *day), "month, day: a date of a leap year"),
            Body::Game { game_id, game, .. } => {
                check_name(game_id, "game_id: 1 to 64 bytes without control characters")?;
                check_name(game, "game: 1 to 64 bytes without control characters")
            }
            _ => Err("kind: order_paid, refund, grant, referral, membership_bought, birthday or game"),
        }
    }

    /// What the core knows it as; `None` for an activity that these rules do not declare, and a date that is none.
    pub fn act(&self, rules: &Rules) -> Option<Act> {
        Some(match self.clone() {
            Body::CheckIn {} => Act::CheckIn,
            Body::MakeUp { day } => Act::MakeUp { day: Day::parse(&day)? },
            Body::Activity { name } => Act::Activity { activity: position(rules, &name)? },
            Body::OrderPaid { order_id, paid_fen, categories } => Act::OrderPaid { order_id, paid_fen, categories },
            Body::Refund { order_id, refund_fen } => Act::Refund { order_id, refund_fen },
            Body::Redeem { points, order_id, item } => Act::Redeem { points, order_id, item },
            Body::Grant { source, points } => Act::Grant { source, points },
            Body::Referral { friend, role } => Act::Referral { friend, inviter: role == Role::Inviter },
            Body::MembershipBought { months } => Act::Membership { months },
            Body::Birthday { month, day } => Act::Birthday { month, day },
            Body::Drawn { lottery, prize, points } => Act::Drawn { lottery, prize, points },
            Body::Granted { right } => Act::Granted { right },
            Body::Game { game_id, game, have, need } => Act::Game { id: game_id, kind: game, progress: (have, need) },
        })
    }

    /// What a phone claims. An activity that these rules do not declare has no name, and is refused by the replay.
    pub fn of_claim(act: &Act, rules: &Rules) -> Body {
        match act {
            Act::MakeUp { day } => {
                let mut text = String::new();
                day.write(&mut text);
                Body::MakeUp { day: text }
            }
            Act::Activity { activity } => {
                let declared = rules.points.activities.get(usize::from(*activity));
                Body::Activity { name: declared.map(|declared| declared.name.clone()).unwrap_or_default() }
            }
            _ => Body::CheckIn {},
        }
    }
}

fn position(rules: &Rules, name: &str) -> Option<u8> {
    let at = rules.points.activities.iter().position(|activity| activity.name == name)?;
    u8::try_from(at).ok()
}

fn check_order(id: &str) -> Result<(), &'static str> {
    need(is_text(id, ORDER_ID_BYTES_MAX), "order_id: 1 to 40 bytes without control characters")
}

fn check_name(name: &str, message: &'static str) -> Result<(), &'static str> {
    need(is_text(name, NAME_BYTES_MAX), message)
}

fn check_categories(categories: &[String]) -> Result<(), &'static str> {
    let fits = categories.len() <= CATEGORIES_MAX && categories.iter().all(|name| is_text(name, NAME_BYTES_MAX));
    need(fits, "categories: at most 16, 1 to 64 bytes each")?;
    let twice = |(at, name): (usize, &String)| categories.iter().skip(at + 1).any(|other| other == name);
    need(!categories.iter().enumerate().any(twice), "categories: none twice")
}

fn need(holds: bool, message: &'static str) -> Result<(), &'static str> {
    if holds {
        Ok(())
    } else {
        Err(message)
    }
}

fn is_text(text: &str, bytes_max: usize) -> bool {
    (1..=bytes_max).contains(&text.len()) && !text.chars().any(char::is_control)
}

fn is_date(month: u8, day: u8) -> bool {
    Day::parse(&format!("2024-{month:02}-{day:02}")).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Body, String> {
        Body::read(value.as_object().unwrap().clone())
    }

    #[test]
    fn every_kind_survives_its_own_text() {
        let kinds = [
            json!({"kind":"check_in"}),
            json!({"kind":"make_up","day":"2026-03-01"}),
            json!({"kind":"activity","name":"share"}),
            json!({"kind":"order_paid","order_id":"o1","paid_fen":4900,"categories":["tea"]}),
            json!({"kind":"refund","order_id":"o1","refund_fen":100}),
            json!({"kind":"redeem","points":100,"order_id":"o2"}),
            json!({"kind":"grant","source":"activity","points":5}),
            json!({"kind":"referral","friend":"u2","role":"inviter"}),
            json!({"kind":"membership_bought","months":12}),
            json!({"kind":"birthday","month":2,"day":29}),
            json!({"kind":"drawn","lottery":"wheel","prize":"p1","points":5}),
            json!({"kind":"granted","right":3}),
            json!({"kind":"game","game_id":"g1","game":"group_buy","have":1,"need":3}),
        ];
        for kind in kinds {
            let body = read(kind.clone()).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&body.to_json()).unwrap(), kind);
            assert_eq!(body.kind(), kind["kind"]);
        }
    }

    #[test]
    fn strange_members_and_figures_out_of_limits_are_refused() {
        for bad in [
            json!({"kind":"order_paid","order_id":"o","paid_fen":-1}),
            json!({"kind":"check_in","points":5}),
            json!({"kind":"grant","source":"a"}),
            json!({"kind":"gift"}),
            json!({"points":5}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
        for bad in [
            json!({"kind":"order_paid","order_id":"","paid_fen":1}),
            json!({"kind":"order_paid","order_id":"o","paid_fen":1u64 << 53}),
            json!({"kind":"order_paid","order_id":"o","paid_fen":1,"categories":["a","a"]}),
            json!({"kind":"refund","order_id":"o","refund_fen":0}),
            json!({"kind":"grant","source":"a","points":0}),
            json!({"kind":"referral","friend":"a\nb","role":"invitee"}),
            json!({"kind":"membership_bought","months":0}),
            json!({"kind":"birthday","month":2,"day":30}),
            json!({"kind":"redeem","points":1}),
            json!({"kind":"check_in"}),
        ] {
            assert!(read(bad.clone()).unwrap().check_fact().is_err(), "{bad}");
        }
    }
}
