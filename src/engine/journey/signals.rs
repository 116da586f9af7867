//! What the engine itself tells journeys.

use super::super::Engine;
use crate::bytes::crc32;
use crate::clock::{Day, OffsetMin, UnixMs, HOUR_MS};
use crate::event::journey::{Change, Notice};
use crate::event::portrait::Judgement;
use crate::event::{Props, Record};
use crate::id::{EventIx, FlowIx};
use crate::insight::sign::show::name as sign_name;
use crate::insight::traits::{chances, cycle};
use crate::journey::enter::Signal;
use crate::journey::moment::Wall;
use crate::loyalty::dates::{next_birthday, next_day_of};
use crate::loyalty::Act;
use crate::program::rules::Rules;
use crate::program::SIGNS;
use crate::sync::answer::Fact;

/// What lies ahead is waited for at this hour of its date.
const ANCHOR_MS: i64 = 10 * HOUR_MS;
/// What lies further ahead is not waited for yet.
const AHEAD_DAYS: i64 = 60;
/// A purchase is due if there is at least this chance of it within [`DUE_DAYS`].
const DUE: f64 = 0.25;
const DUE_DAYS: u32 = 14;

impl Engine {
    /// An event that a journey speaks of, with its texts.
    pub(in super::super) fn signal_event(&mut self, event: EventIx, props: &Props) {
        if !self.desk.watches(event) {
            return;
        }
        let mut owned: Vec<(String, String)> = Vec::new();
        let Some(names) = self.program.names.event(event) else { return };
        let name = names.name.clone();
        for (position, label) in &props.labels {
            let dimension = names.dimensions.get(usize::from(*position));
            let text = self.state.epoch().and_then(|epoch| epoch.text_of(event, *position, *label));
            owned.extend(dimension.zip(text).map(|(dimension, text)| (dimension.name.clone(), text.to_owned())));
        }
        let facts: Vec<(&str, &str)> = owned.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        self.signal(&name, &facts);
    }

    /// A flow was brought to its end.
    pub(in super::super) fn signal_flow_done(&mut self, flow: FlowIx) {
        if let Some(name) = self.program.names.flow(flow).map(|flow| flow.name.clone()) {
            self.signal("flow_done", &[("flow", &name)]);
        }
    }

    /// Flows that she leaves behind as the app is hidden.
    fn signal_flows_broken(&mut self) {
        let mut open = Vec::new();
        for (flow, attempt) in self.state.attempts.iter() {
            let names = self.program.names.flow(flow).filter(|_| attempt.is_some());
            open.extend(names.map(|flow| flow.name.clone()));
        }
        for name in open {
            self.signal("flow_broken", &[("flow", &name)]);
        }
    }

    /// What a server says happened, and this phone did not know.
    pub(in super::super) fn signal_facts(&mut self, facts: &[Fact]) {
        for fact in facts.iter().filter(|fact| fact.claimed.is_none()) {
            let name = match &fact.act {
                Some(Act::OrderPaid { order_id, .. }) if !self.state.knows_order(order_id) => "order_paid",
                Some(Act::Refund { .. }) => "order_refunded",
                Some(Act::Membership { .. }) => "membership_bought",
                Some(Act::Referral { .. }) => "referral_confirmed",
                // Kinds that the ledger does not know: an order that was cancelled or received, a lesson held.
                None if !fact.kind.is_empty() => &fact.kind,
                _ => continue,
            };
            let at = UnixMs::new(fact.at - fact.at.rem_euclid(1000)).min(self.state.last);
            let facts = [("order_id", fact.order_id.as_str())];
            let facts = if fact.order_id.is_empty() { &[][..] } else { &facts };
            self.signal_of(&Signal { name, facts, at, offset: self.state.zone, anchor: None });
        }
    }

    /// After she was judged: what began, what changed, and what lies ahead.
    pub(in super::super) fn signal_judged(&mut self, began: bool, said: &Judgement, is_hiding: bool) {
        if self.has_no_journeys() {
            return;
        }
        if began {
            self.signal("visit", &[]);
        }
        let now = self.portrait.judgement.clone();
        if now.level != said.level {
            self.signal("level", &[("level", now.level.code()), ("before", said.level.code())]);
        }
        for segment in now.segments.iter().filter(|segment| !said.segments.contains(segment)) {
            self.signal("segment", &[("segment", segment)]);
        }
        for segment in said.segments.iter().filter(|segment| !now.segments.contains(segment)) {
            self.signal("segment_left", &[("segment", segment)]);
        }
        for position in (0..SIGNS.len()).filter(|position| now.signs & !said.signs & 1 << position != 0) {
            self.signal("sign", &[("sign", sign_name(position))]);
        }
        self.signal_tier();
        self.signal_watched();
        if is_hiding {
            self.signal_flows_broken();
        } else {
            self.signal_ahead();
        }
    }

    fn signal_tier(&mut self) {
        let rules = &self.program.rules;
        let Some(ledger) = &self.ledgers.current else { return };
        let Some(tiers) = &rules.tiers else { return };
        let level = ledger.estimate().level(tiers);
        let place = |name: &str| tiers.levels.iter().position(|level| level.name == name);
        let Some(name) = tiers.levels.get(level).map(|level| level.name.clone()) else { return };
        if name == self.journeys.tier {
            return;
        }
        let before = place(&self.journeys.tier);
        let is_first = self.journeys.tier.is_empty();
        self.record(Record::Journey(Change::Tier(name.clone())));
        // The lowest is where everybody begins.
        if !is_first || level > 0 {
            let word = if before.is_some_and(|before| before > level) { "tier_down" } else { "tier_up" };
            self.signal(word, &[("tier", &name)]);
        }
    }

    /// What she follows became cheaper than when she was last told, or is there again.
    fn signal_watched(&mut self) {
        let mut news = Vec::new();
        for watch in &self.portrait.watched {
            let Some(entry) = self.insight.catalogue_entry(&watch.item) else { continue };
            let item = crc32(watch.item.as_bytes());
            let noticed = self.journeys.noticed.iter().find(|notice| notice.item == item);
            let was_fen = noticed.map_or(watch.price_fen, |notice| Some(notice.price_fen));
            let was_there = noticed.map_or(watch.in_stock, |notice| Some(notice.in_stock));
            let in_stock = !entry.is_out;
            let now = Notice { item, price_fen: entry.price_fen, in_stock };
            let changed = was_fen != Some(entry.price_fen) || was_there != Some(in_stock);
            let is_cheaper = in_stock && was_fen.is_some_and(|was| entry.price_fen < was);
            let is_back = in_stock && was_there == Some(false);
            if changed {
                news.push((watch.item.clone(), now, is_cheaper, is_back));
            }
        }
        for (item, notice, is_cheaper, is_back) in news {
            self.record(Record::Journey(Change::Noticed(notice)));
            if is_cheaper {
                self.signal("price_dropped", &[("item", &item)]);
            }
            if is_back {
                self.signal("back_in_stock", &[("item", &item)]);
            }
        }
    }

    /// What is waited for: an end of points, a fall, a birthday, a campaign's day, the next purchase.
    fn signal_ahead(&mut self) {
        let today = self.state.day();
        let mut ahead: Vec<(&'static str, String, Day)> = Vec::new();
        if let Some(ledger) = &self.ledgers.current {
            let rules: &Rules = &self.program.rules;
            let (lapses, falls) = ledger.estimate().days_left(rules, today);
            ahead.extend(lapses.map(|days| ("points_expiring", String::new(), today.plus(days.into()))));
            ahead.extend(falls.map(|days| ("tier_falling", String::new(), today.plus(days.into()))));
            ahead.extend(next_birthday(ledger.estimate(), today).map(|day| ("birthday", String::new(), day)));
        }
        for campaign in &self.program.rules.multipliers {
            ahead.extend(next_day_of(&campaign.when, today).map(|day| ("member_day", campaign.name.clone(), day)));
        }
        let models = self.insight.models();
        for chance in chances(&self.portrait, models, (today, DUE_DAYS)) {
            let habit = self.portrait.goods.categories.get(chance.category).filter(|_| chance.probability >= DUE);
            let Some((habit, (_, last))) = habit.and_then(|habit| Some((habit, habit.bought.span()?))) else {
                continue;
            };
            let silence = f64::from(habit.bought.silence_days(today));
            if let Some(cycle) = cycle(&self.portrait, models, chance.category) {
                let due = last.plus(cycle.median_days(silence) as i64).max(today);
                ahead.push(("purchase_due", habit.name.clone(), due));
            }
        }
        for (name, subject, day) in ahead.iter().filter(|(.., day)| day.since(today) <= AHEAD_DAYS) {
            let fact = [(fact_of(name), subject.as_str())];
            let facts = if subject.is_empty() { &[][..] } else { &fact };
            self.signal_anchored(name, facts, *day);
        }
    }

    fn signal_anchored(&mut self, name: &str, facts: &[(&str, &str)], day: Day) {
        let (at, offset): (UnixMs, OffsetMin) = (self.state.last, self.state.zone);
        let anchor = Wall { zone: &self.program.day_zone, phone: offset }.instant(day, ANCHOR_MS);
        self.signal_of(&Signal { name, facts, at, offset, anchor: Some(anchor) });
    }
}

fn fact_of(name: &str) -> &'static str {
    match name {
        "member_day" => "campaign",
        _ => "category",
    }
}
