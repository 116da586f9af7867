//! What the app shows of points, tiers, membership and rewards, as JSON, from a state observed at that moment
//! (see [`State::observed`]). Check-ins and forecasts are in [`super::outlook`].

use super::line::Line;
use super::state::State;
use super::wallet::{Lot, NEVER};
use crate::clock::Day;
use crate::json::JsonWriter;
use crate::program::rules::{Level, RewardKind, Rules, Source, Tiers};

/// Dates of expiry that are shown.
const EXPIRIES: usize = 3;

impl State {
    /// Points to be spent now.
    pub fn available(&self) -> i64 {
        self.wallet.available()
    }

    /// `points()` on a phone: beside what it believes, what the server confirmed and how many claims wait.
    pub fn write_purse(&self, json: &mut JsonWriter, rules: &Rules, (confirmed, awaiting): (&State, usize)) {
        json.begin_object();
        self.write_wallet(json, rules);
        json.key("confirmed");
        json.begin_object();
        json.key("available");
        json.integer(confirmed.available());
        json.count_member("pending", confirmed.wallet.waiting());
        json.end_object();
        json.count_member("awaiting", awaiting as u64);
        json.end_object();
    }

    /// `points()`.
    pub fn write_points(&self, json: &mut JsonWriter, rules: &Rules) {
        json.begin_object();
        self.write_wallet(json, rules);
        json.end_object();
    }

    fn write_wallet(&self, json: &mut JsonWriter, rules: &Rules) {
        let wallet = &self.wallet;
        json.key("available");
        json.integer(wallet.available());
        for (name, number) in [
            ("pending", wallet.waiting()),
            ("debt", wallet.debt),
            ("granted", wallet.granted),
            ("spent", wallet.spent),
            ("expired", wallet.expired),
            ("taken_back", wallet.taken_back),
            ("written_off", wallet.written_off),
            ("refused_by_cap", wallet.cut),
        ] {
            json.count_member(name, number);
        }
        json.key("expiring");
        self.write_expiring(json);
        json.key("redeem");
        json.begin_object();
        json.count_member("step", u64::from(rules.points.redeem_step));
        json.count_member("fen_per_step", u64::from(rules.points.fen_per_step));
        json.end_object();
    }

    /// The next dates on which points are usable for the last time.
    pub(super) fn write_expiring(&self, json: &mut JsonWriter) {
        json.begin_array();
        let lots: Vec<&Lot> = self.wallet.open.iter().filter(|lot| lot.last < NEVER).collect();
        for lots in lots.chunk_by(|a, b| a.last == b.last).take(EXPIRIES) {
            json.begin_object();
            let last = lots.first().map_or(self.day, |lot| lot.last);
            date(json, "day", Some(last));
            json.key("in_days");
            json.integer(last.since(self.day));
            json.count_member("points", lots.iter().fold(0, |sum, lot| lot.points.saturating_add(sum)));
            json.end_object();
        }
        json.end_array();
    }

    /// `tier()`.
    pub fn write_tier(&self, json: &mut JsonWriter, rules: &Rules) {
        let Some(tiers) = &rules.tiers else { return json.null() };
        let growth = self.growth(rules);
        let standing = &self.standing;
        let Some(level) = tiers.levels.get(self.level(tiers)) else { return json.null() };
        json.begin_object();
        write_level(json, level);
        json.count_member("level", self.level(tiers) as u64);
        json.count_member("growth", growth);
        let term = (tiers.term_days > 0 && standing.level > 0).then(|| standing.since.plus(i64::from(tiers.term_days)));
        date(json, "since", (standing.level > 0).then_some(standing.since));
        date(json, "until", term.map(|end| end.plus(-1)));
        let grace = term.filter(|_| standing.grace).map(|end| end.plus(i64::from(tiers.grace_days) - 1));
        date(json, "grace_until", grace);
        json.key("next");
        self.write_next_tier(json, tiers, "needed");
        json.key("levels");
        json.begin_array();
        for level in &tiers.levels {
            json.begin_object();
            write_level(json, level);
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }

    /// Growth that counts today.
    pub(super) fn growth(&self, rules: &Rules) -> u64 {
        self.standing.sum(rules.tiers.as_ref(), self.day)
    }

    /// The level's position: a new program may have fewer.
    pub fn level(&self, tiers: &Tiers) -> usize {
        usize::from(self.standing.level).min(tiers.levels.len().saturating_sub(1))
    }

    /// The next level, and what it still takes under that name.
    pub(super) fn write_next_tier(&self, json: &mut JsonWriter, tiers: &Tiers, needed: &str) {
        let growth = self.standing.sum(Some(tiers), self.day);
        let Some(next) = tiers.levels.get(self.level(tiers) + 1) else { return json.null() };
        json.begin_object();
        json.text_member("name", &next.name);
        json.count_member(needed, next.from.saturating_sub(growth));
        json.end_object();
    }

    /// `membership()`.
    pub fn write_membership(&self, json: &mut JsonWriter, rules: &Rules) {
        let until = self.membership.until();
        json.begin_object();
        json.key("active");
        json.bool(until.is_some_and(|until| self.day <= until));
        date(json, "until", until);
        json.key("plans");
        json.begin_array();
        for plan in &rules.membership.plans {
            json.begin_object();
            json.text_member("id", &plan.id);
            json.count_member("months", u64::from(plan.months));
            json.count_member("price_fen", plan.price_fen);
            json.end_object();
        }
        json.end_array();
        texts(json, "benefits", &rules.membership.benefits);
        json.end_object();
    }

    /// `rewards()`.
    pub fn write_rewards(&self, json: &mut JsonWriter, rules: &Rules) {
        json.begin_object();
        for (name, write) in [
            ("rights", State::write_rights as fn(&State, &mut JsonWriter, &Rules)),
            ("progress", State::write_progress),
            ("offers", State::write_offers),
            ("games", State::write_games),
            ("mall", State::write_mall),
            ("lotteries", State::write_lotteries),
        ] {
            json.key(name);
            json.begin_array();
            write(self, json, rules);
            json.end_array();
        }
        json.end_object();
    }

    fn write_rights(&self, json: &mut JsonWriter, _: &Rules) {
        for right in &self.rewards.rights {
            json.begin_object();
            json.count_member("right", u64::from(right.number));
            json.text_member("kind", if right.ticket { "ticket" } else { "coupon" });
            json.text_member("ref", &right.subject);
            date(json, "day", Some(right.day));
            json.text_member("from", right.origin.word());
            json.key("granted");
            json.bool(right.granted);
            json.end_object();
        }
    }

    fn write_progress(&self, json: &mut JsonWriter, rules: &Rules) {
        if let Some(rule) = &rules.every_n_orders {
            let (live, most) = self.orders.live();
            let (n, most) = (u64::from(rule.n.max(1)), u64::from(most));
            progress(json, (&rule.coupon, "orders"), (u64::from(live), (most / n + 1).saturating_mul(n)));
        }
        for reward in &rules.rewards {
            let RewardKind::Spent { spent_fen, repeats, .. } = &reward.kind else { continue };
            let (total, most) = self.orders.total_fen();
            let reached = most / (*spent_fen).max(1);
            if *repeats || reached == 0 {
                progress(json, (&reward.id, "spent"), (total, reached.saturating_add(1).saturating_mul(*spent_fen)));
            }
        }
    }

    fn write_offers(&self, json: &mut JsonWriter, rules: &Rules) {
        for reward in &rules.rewards {
            let RewardKind::Bought { category, offer } = &reward.kind else { continue };
            if self.rewards.categories.binary_search(category).is_ok() {
                json.begin_object();
                json.text_member("id", &reward.id);
                json.text_member("offer", offer);
                json.end_object();
            }
        }
    }

    fn write_games(&self, json: &mut JsonWriter, _: &Rules) {
        for game in &self.rewards.games {
            let (have, need) = game.progress;
            progress(json, (&game.id, &game.kind), (u64::from(have), u64::from(need)));
        }
    }

    fn write_mall(&self, json: &mut JsonWriter, rules: &Rules) {
        for item in &rules.mall {
            json.begin_object();
            json.text_member("id", &item.id);
            json.count_member("points", u64::from(item.points));
            json.count_member("cash_fen", item.cash_fen);
            json.key("left");
            if item.per_person_max == 0 {
                json.null();
            } else {
                json.unsigned(u64::from(item.per_person_max.saturating_sub(self.rewards.times_had(&item.id))));
            }
            json.end_object();
        }
    }

    fn write_lotteries(&self, json: &mut JsonWriter, rules: &Rules) {
        for lottery in &rules.lotteries {
            let mut tickets = 0;
            for right in &self.rewards.rights {
                tickets += u64::from(right.ticket && right.subject == lottery.id);
            }
            json.begin_object();
            json.text_member("id", &lottery.id);
            json.count_member("tickets", tickets);
            json.key("prizes");
            json.begin_array();
            for prize in &lottery.prizes {
                json.string(&prize.id);
            }
            json.end_array();
            json.end_object();
        }
    }

    /// `preview(cart)`: the discount of the cart, and the points that paying it today would bring.
    pub fn write_preview(&self, json: &mut JsonWriter, rules: &Rules, cart_fen: u64) {
        let (mut off, mut next) = (0, None::<(u64, u64)>);
        for reward in &rules.rewards {
            let RewardKind::Cart { steps } = &reward.kind else { continue };
            for (from, step_off) in steps {
                if *from <= cart_fen {
                    off = off.max(*step_off);
                } else if next.is_none_or(|next| *from < next.0) {
                    next = Some((*from, *step_off));
                }
            }
        }
        json.begin_object();
        json.count_member("off_fen", off);
        json.key("next");
        match next {
            Some((from_fen, off_fen)) => {
                json.begin_object();
                json.count_member("from_fen", from_fen);
                json.count_member("off_fen", off_fen);
                json.end_object();
            }
            None => json.null(),
        }
        let yuan = cart_fen.saturating_sub(off) / 100;
        let base = yuan.saturating_mul(u64::from(rules.points.per_yuan));
        json.count_member("percent", self.with_campaigns(rules, Source::ORDER, 100));
        json.count_member("points", self.with_campaigns(rules, Source::ORDER, base));
        json.end_object();
    }
}

fn write_level(json: &mut JsonWriter, level: &Level) {
    json.text_member("name", &level.name);
    json.count_member("from", level.from);
    texts(json, "benefits", &level.benefits);
    json.text_member("icon", &level.icon);
}

fn progress(json: &mut JsonWriter, (id, kind): (&str, &str), (have, need): (u64, u64)) {
    json.begin_object();
    json.text_member("id", id);
    json.text_member("kind", kind);
    json.count_member("have", have);
    json.count_member("need", need);
    json.end_object();
}

fn texts(json: &mut JsonWriter, name: &str, texts: &[String]) {
    json.key(name);
    json.begin_array();
    for text in texts {
        json.string(text);
    }
    json.end_array();
}

/// A member that is a date or null.
pub(super) fn date(json: &mut JsonWriter, name: &str, day: Option<Day>) {
    json.key(name);
    match day {
        Some(day) => write_day(json, day),
        None => json.null(),
    }
}

pub(super) fn write_day(json: &mut JsonWriter, day: Day) {
    let mut text = String::new();
    day.write(&mut text);
    json.string(&text);
}

impl Line<'_> {
    /// A line of `ledger()`; with the arithmetic it is what `explain()` gives.
    pub fn write(&self, json: &mut JsonWriter, (id, confirmed): (&str, bool), explained: bool) {
        json.begin_object();
        json.text_member("id", id);
        json.key("at");
        json.integer(self.moment_s.saturating_mul(1000));
        date(json, "day", Some(self.day));
        json.text_member("reason", self.reason.word());
        json.key("points");
        json.integer(self.points);
        json.key("growth");
        json.integer(self.growth);
        date(json, "expires", self.last);
        json.text_member("subject", self.subject);
        json.key("confirmed");
        json.bool(confirmed);
        if explained {
            self.write_arithmetic(json);
        }
        json.end_object();
    }

    fn write_arithmetic(&self, json: &mut JsonWriter) {
        let mut rule = self.reason.section().to_owned();
        if let Some(position) = self.rule {
            rule.push('[');
            crate::json::push_unsigned(&mut rule, u64::from(position));
            rule.push(']');
        }
        json.text_member("rule", &rule);
        json.key("terms");
        json.begin_array();
        for term in self.terms {
            json.begin_array();
            json.string(term.what.word());
            json.integer(term.value);
            if !term.name.is_empty() {
                json.string(term.name);
            }
            json.end_array();
        }
        json.end_array();
    }
}
