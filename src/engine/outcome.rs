//! Outcomes as JSON text: what the boundary hands to JavaScript. Text, because every richer codec at the boundary
//! costs the phone more bytes than it saves time (docs/architecture.md).

use super::effect::Received;
use super::loyalty::LedgerNews;
use super::view::Stats;
use crate::error::Error;
use crate::id::DIMENSIONS_MAX;
use crate::insight::KnownOrder;
use crate::json::JsonWriter;
use crate::program::names::{EventNames, FlowNames};
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
use crate::program::rules::Rules;
use crate::program::{Program, Warning};
use crate::store::journal::KEYS;
use crate::sync::answer::Fact;

/// What the shell needs to turn names into positions, and the program's warnings.
pub fn description(program: &Program, warnings: &[Warning]) -> String {
    object(|w| {
        w.text_member("app", &program.names.app);
        w.count_member("revision", program.revision.into());
        w.count_member("dictionary", program.names.hash().into());
        w.count_member("keys", KEYS.into());
        warning_members(w, warnings);
        let mut id = 0;
        array(w, "events", &program.names.events, |w, event| {
            event_members(w, event, id);
            id += u64::from(DIMENSIONS_MAX);
        });
        array(w, "flows", &program.names.flows, flow_members);
        #[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
        claims_members(w, &program.rules);
    })
}

/// `warnings`: what is wrong, and what it costs.
pub(super) fn warning_members(w: &mut JsonWriter, warnings: &[Warning]) {
    array(w, "warnings", warnings, |w, warning| {
        w.text_member("path", &warning.path);
        w.text_member("message", &warning.message);
    });
}

/// A list of what is JSON already.
pub(super) fn raw_list(items: &[String]) -> String {
    let mut w = JsonWriter::default();
    w.begin_array();
    items.iter().for_each(|item| w.raw(item));
    w.end_array();
    w.finish()
}

/// What phones may claim at most, in points: for who writes a program, and too heavy to carry on every phone.
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
fn claims_members(w: &mut JsonWriter, rules: &Rules) {
    let most = rules.worst_case();
    w.key("claims_at_most");
    w.begin_object();
    w.count_member("day", most.per_day);
    w.count_member("month", most.per_month);
    w.key("lifetime");
    match most.lifetime {
        Some(points) => w.unsigned(points),
        None => w.null(),
    }
    w.end_object();
}

/// Dimensions of an event have consecutive ids from `first_id` on.
fn event_members(w: &mut JsonWriter, event: &EventNames, first_id: u64) {
    w.text_member("name", &event.name);
    let mut id = first_id;
    array(w, "dimensions", &event.dimensions, |w, dimension| {
        w.text_member("name", &dimension.name);
        w.count_member("id", id);
        id += 1;
    });
    array(w, "numbers", &event.numbers, |w, number| w.text_member("name", &number.name));
}

fn flow_members(w: &mut JsonWriter, flow: &FlowNames) {
    w.text_member("name", &flow.name);
    w.key("steps");
    w.begin_array();
    flow.steps.iter().for_each(|step| w.string(step));
    w.end_array();
}

/// What a start found: consent as it stands, whose events are counted, and whether anything was stored.
pub fn booted(consent: bool, user: &str, recovered: bool) -> String {
    object(|w| {
        flag(w, "consent", consent);
        w.text_member("user", user);
        flag(w, "recovered", recovered);
    })
}

/// Figures for the developer; `dropped` as pairs of reason and count.
pub fn stats(stats: &Stats) -> String {
    object(|w| {
        flag(w, "consent", stats.consent);
        w.count_member("events_today", stats.events_today.into());
        w.count_member("sessions", stats.sessions.into());
        w.count_member("requests", stats.requests.into());
        w.count_member("sent_bytes", stats.sent_bytes);
        w.count_member("unsent_rows", stats.unsent_rows.into());
        w.count_member("unsent_bytes", stats.unsent_bytes.into());
        w.key("last_sync_at");
        match stats.last_sync_at {
            Some(at) => w.integer(at),
            None => w.null(),
        }
        w.key("dropped");
        w.begin_array();
        for &(reason, count) in &stats.dropped {
            w.begin_array();
            w.string(reason);
            w.unsigned(count.into());
            w.end_array();
        }
        w.end_array();
    })
}

/// The latest orders, oldest first.
pub fn orders(orders: &[KnownOrder]) -> String {
    let mut w = JsonWriter::default();
    list(&mut w, orders, |w, known| {
        let mut day = String::new();
        known.day.write(&mut day);
        w.text_member("order_id", &known.order.id);
        w.count_member("paid_fen", known.order.paid_fen);
        w.text_member("day", &day);
        flag(w, "confirmed", known.confirmed);
    });
    w.finish()
}

/// What a request brought.
pub fn received(received: &Received) -> String {
    object(|w| {
        w.count_member("acked", received.acked.into());
        flag(w, "need_token", received.need_token);
        w.key("program");
        match received.program {
            Some(revision) => w.unsigned(revision.into()),
            None => w.null(),
        }
        array(w, "facts", &received.facts, fact_members);
        news_members(w, &received.news);
    })
}

/// What a transaction changed in the ledger.
pub fn news(news: &LedgerNews) -> String {
    object(|w| news_members(w, news))
}

fn news_members(w: &mut JsonWriter, news: &LedgerNews) {
    for (name, items) in [("lines", &news.lines), ("refused", &news.refused)] {
        w.key(name);
        w.begin_array();
        items.iter().for_each(|item| w.raw(item));
        w.end_array();
    }
    if let Some(reset) = &news.reset {
        w.text_member("reset", reset);
    }
}

fn fact_members(w: &mut JsonWriter, fact: &Fact) {
    w.count_member("n", fact.number.into());
    w.text_member("kind", &fact.kind);
    w.text_member("order_id", &fact.order_id);
    w.count_member("paid_fen", fact.paid_fen);
    w.key("at");
    w.integer(fact.at);
}

/// `code`, `message` and `path` of the first mistake, and all of them as `mistakes`.
pub fn errors(errors: &[Error]) -> String {
    object(|w| {
        if let Some(first) = errors.first() {
            error_members(w, first);
        }
        array(w, "mistakes", errors, error_members);
    })
}

fn error_members(w: &mut JsonWriter, error: &Error) {
    w.text_member("code", error.code);
    w.text_member("message", &error.message);
    w.text_member("path", &error.path);
}

pub(super) fn object(members: impl FnOnce(&mut JsonWriter)) -> String {
    let mut w = JsonWriter::default();
    w.begin_object();
    members(&mut w);
    w.end_object();
    w.finish()
}

fn array<T>(w: &mut JsonWriter, name: &str, items: &[T], members: impl FnMut(&mut JsonWriter, &T)) {
    w.key(name);
    list(w, items, members);
}

fn list<T>(w: &mut JsonWriter, items: &[T], mut members: impl FnMut(&mut JsonWriter, &T)) {
    w.begin_array();
    for item in items {
        w.begin_object();
        members(w, item);
        w.end_object();
    }
    w.end_array();
}

fn flag(w: &mut JsonWriter, name: &str, flag: bool) {
    w.key(name);
    w.bool(flag);
}
