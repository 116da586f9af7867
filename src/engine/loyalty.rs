//! Loyalty: claims, questions about the ledger, and what the server says of it.

use super::command::{text, Output};
use super::outcome::object;
use super::Engine;
use crate::bytes::hex;
use crate::clock::{At, Day, UnixMs};
use crate::error::Error;
use crate::event::dropped::Dropped;
use crate::json::{push_unsigned, JsonWriter};
use crate::loyalty::form;
use crate::loyalty::ledger::{Base, Entry, Ledger, Origin, RefusedClaim};
use crate::loyalty::wire::{first_head, Claim};
use crate::loyalty::{Act, Line, Stamp, State};
use crate::program::value::Value;
use crate::sync::answer::{Fact, LedgerAnswer};

/// Which act a line belongs to (`None`: time alone), and its position among that act's lines.
type Place = (Option<Origin>, usize);

/// Lines on a page of `ledger()`.
const PAGE_LINES: usize = 20;

/// What the server's answer changed in the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerNews {
    /// Lines that are new on this phone, as JSON.
    pub lines: Vec<String>,
    /// Claims that the server refused, as JSON.
    pub refused: Vec<String>,
    /// Why the server's state took the place of the phone's.
    pub reset: Option<String>,
}

impl Engine {
    /// The commands about loyalty; `None` for any other.
    pub(super) fn loyalty(&mut self, op: &str, command: &Value, at: At) -> Option<Result<Output, Error>> {
        let claim = match op {
            "check_in" => Ok(Act::CheckIn),
            "make_up" => make_up(command),
            "activity" => self.activity(command),
            _ => return self.question(op, command, at),
        };
        Some(claim.map(|act| Output::Json(self.claim(act, at))))
    }

    fn activity(&self, command: &Value) -> Result<Act, Error> {
        let name = text(command, "name")?;
        let position = self.program.rules.points.activities.iter().position(|activity| activity.name == name);
        // Past the end: not offered.
        Ok(Act::Activity { activity: position.unwrap_or(usize::from(u8::MAX)) as u8 })
    }

    /// Makes a claim and tells what came of it; a refused one leaves no trace.
    fn claim(&mut self, act: Act, at: At) -> String {
        let mut lines = Vec::new();
        let word = self.claim_word(&act);
        let refused = self.make_claim(act, at, &mut lines);
        if refused.is_none() {
            self.journal.force_slot();
            self.sync_due = true;
            self.outbox.recover();
            self.signal(&word, &[]);
        }
        let state = self.observed(at);
        let awaiting = self.ledgers.current.as_ref().map_or(0, Ledger::awaiting);
        object(|w| {
            w.key("accepted");
            w.bool(refused.is_none());
            if let Some(code) = refused {
                w.text_member("code", code);
            }
            w.key("points");
            w.integer(state.available());
            w.count_member("streak", state.length().into());
            write_all(w, "lines", &lines);
            w.count_member("awaiting", awaiting as u64);
        })
    }

    /// What journeys call a claim: an activity by its name.
    fn claim_word(&self, act: &Act) -> String {
        let activities = &self.program.rules.points.activities;
        match act {
            Act::Activity { activity } => activities.get(usize::from(*activity)).map_or("", |known| &known.name),
            act => form::kind(act),
        }
        .to_owned()
    }

    /// The code of the refusal, if it is refused.
    fn make_claim(&mut self, act: Act, at: At, lines: &mut Vec<String>) -> Option<&'static str> {
        if !self.state.consented {
            return Some("consent_needed");
        }
        let (at_s, revision) = (self.corrected(at.instant).get() / 1000, self.program.revision);
        let Some(ledger) = self.ledgers.current.as_mut() else { return Some("user_needed") };
        let claim = Claim { revision, at_s, offset: at.offset, act };
        let number = ledger.next_number();
        let mut hear = |line: &Line| lines.push(written(line, (Some(Origin::Claim(number)), lines.len()), false));
        ledger.claim(&self.program.rules, claim, &mut hear).err().map(crate::loyalty::Refusal::code)
    }

    fn stamp(&self, at: At) -> Stamp {
        Stamp { moment_s: self.corrected(at.instant).get() / 1000, offset: at.offset }
    }

    /// The estimated state as it is now.
    fn observed(&self, at: At) -> State {
        let state = self.ledgers.current.as_ref().map(|ledger| ledger.estimate().clone()).unwrap_or_default();
        state.observed(&self.program.rules, self.stamp(at), &mut |_| {})
    }

    fn question(&mut self, op: &str, command: &Value, at: At) -> Option<Result<Output, Error>> {
        let (rules, state) = (&self.program.rules, self.observed(at));
        let mut w = JsonWriter::default();
        match op {
            "streak" => state.write_streak(&mut w, rules),
            "points" => self.write_points(&mut w, &state, at),
            "tier" => state.write_tier(&mut w, rules),
            "membership" => state.write_membership(&mut w, rules),
            "rewards" => state.write_rewards(&mut w, rules),
            "forecast" => state.write_forecast(&mut w, rules),
            "preview" => {
                let cart_fen = command.get("cart_fen").and_then(Value::as_i64).unwrap_or_default();
                state.write_preview(&mut w, rules, cart_fen.max(0).unsigned_abs());
            }
            "ledger" => self.write_page(&mut w, command.get("page").and_then(Value::as_i64).unwrap_or_default(), at),
            "explain" => match text(command, "id").and_then(|id| self.explained(id, at)) {
                Ok(line) => return Some(Ok(Output::Json(line))),
                Err(error) => return Some(Err(error)),
            },
            "refused" => self.write_refused(&mut w),
            "proof" => self.write_proof(&mut w),
            "told" => return Some(Ok(Output::Json(self.told(command)))),
            _ => return None,
        }
        Some(Ok(Output::Json(w.finish())))
    }

    fn write_points(&self, w: &mut JsonWriter, state: &State, at: At) {
        let ledger = self.ledgers.current.as_ref();
        let confirmed = ledger.map(|ledger| ledger.confirmed(&self.program.rules)).unwrap_or_default();
        let confirmed = confirmed.observed(&self.program.rules, self.stamp(at), &mut |_| {});
        state.write_purse(w, &self.program.rules, (&confirmed, ledger.map_or(0, Ledger::awaiting)));
    }

    /// Every line after the base, oldest first, and what time alone has done since.
    fn each_line(&self, at: At, hear: &mut dyn FnMut(&Line, Place)) {
        let Some(ledger) = &self.ledgers.current else { return };
        let (mut before, mut count) = (None, 0);
        ledger.lines(&self.program.rules, &mut |origin, line| {
            count = if before == Some(origin) { count + 1 } else { 0 };
            before = Some(origin);
            hear(line, (before, count));
        });
        let mut count = 0;
        ledger.estimate().observed(&self.program.rules, self.stamp(at), &mut |line| {
            hear(line, (None, count));
            count += 1;
        });
    }

    fn write_page(&self, w: &mut JsonWriter, page: i64, at: At) {
        let mut lines = Vec::new();
        self.each_line(at, &mut |line, id| lines.push(written(line, id, false)));
        lines.reverse();
        let pages = lines.len().div_ceil(PAGE_LINES);
        let page = usize::try_from(page).unwrap_or_default();
        let from = page.saturating_mul(PAGE_LINES).min(lines.len());
        let shown = lines.get(from..lines.len().min(from.saturating_add(PAGE_LINES))).unwrap_or_default();
        w.begin_object();
        w.count_member("page", page as u64);
        w.count_member("pages", pages as u64);
        write_all(w, "lines", shown);
        w.end_object();
    }

    fn explained(&self, id: &str, at: At) -> Result<String, Error> {
        let mut found = None;
        self.each_line(at, &mut |line, place| {
            if id_of(place) == id {
                found = Some(written(line, place, true));
            }
        });
        found.ok_or_else(|| Error::new("line_unknown", "no line of the ledger on this phone has that id").at("id"))
    }

    fn write_refused(&self, w: &mut JsonWriter) {
        w.begin_array();
        for refused in self.ledgers.current.iter().flat_map(|ledger| &ledger.refused) {
            w.raw(&refused_json(refused));
        }
        w.end_array();
    }

    fn write_proof(&self, w: &mut JsonWriter) {
        let ledger = self.ledgers.current.as_ref();
        let confirmed = ledger.map(|ledger| ledger.confirmed(&self.program.rules)).unwrap_or_default();
        let mut device = String::new();
        self.state.device.write(&mut device);
        w.begin_object();
        w.text_member("device", &device);
        w.count_member("cursor", ledger.map_or(0, |ledger| ledger.cursor).into());
        w.text_member("digest", &hex(&confirmed.digest()));
        w.key("receipt");
        match ledger.map(|ledger| ledger.receipt.as_str()).filter(|receipt| !receipt.is_empty()) {
            Some(receipt) => w.raw(receipt),
            None => w.null(),
        }
        w.end_object();
    }

    /// The answer to a transaction: as the loyalty part of a sync's.
    fn told(&mut self, command: &Value) -> String {
        let facts = crate::sync::answer::facts(command, &self.program.rules);
        let ledger = crate::sync::answer::ledger(command);
        let news = self.take_ledger(ledger, &facts);
        self.take_facts(facts);
        super::outcome::news(&news)
    }

    /// A person logged in or out, or the program may have changed.
    pub(super) fn choose_ledger(&mut self) {
        let (revision, device, app) = (self.program.revision, self.state.device, &self.program.names.app);
        let user = &self.login;
        let fresh = || Ledger::new(user.clone(), device, revision, first_head(app, user, device));
        self.ledgers.switch(user, fresh);
        for ledger in self.ledgers.iter_mut().filter(|ledger| ledger.revision != revision) {
            ledger.seal(revision);
        }
    }

    /// What the server says of the ledger of whoever is logged in.
    pub(super) fn take_ledger(&mut self, answer: Option<LedgerAnswer>, facts: &[Fact]) -> LedgerNews {
        let mut news = LedgerNews::default();
        let Some(ledger) = self.ledgers.current.as_mut() else { return news };
        let (cursor, held, asked) = (ledger.cursor, ledger.held(), ledger.wants_base);
        if let Some(answer) = answer {
            take_answer(ledger, answer, &mut news);
        }
        for fact in facts {
            ledger.receive(fact.number, fact.revision.unwrap_or(ledger.revision), entry(fact));
        }
        let is_news = ledger.cursor != cursor || news != LedgerNews::default();
        ledger.settle(&self.program.rules);
        let (device, reset) = (ledger.device, news.reset.is_some());
        let is_new = |entry: &Fact| entry.number > cursor && entry.claimed.is_none_or(|(from, _)| from != device);
        let mut count = 0;
        let mut before = None;
        ledger.lines(&self.program.rules, &mut |origin, line| {
            count = if before == Some(origin) { count + 1 } else { 0 };
            before = Some(origin);
            let told = facts.iter().any(|fact| origin == Origin::Entry(fact.number) && is_new(fact));
            if told && !reset {
                news.lines.push(written(line, (before, count), false));
            }
        });
        // Only while it leads somewhere: a server that never takes a claim, or always wins, is not asked for ever.
        let again = reset && !std::mem::replace(&mut self.was_reset, reset);
        let goes_on = again || ledger.held() != held || (ledger.wants_base && !asked);
        if goes_on && ledger.has_unsent() {
            self.outbox.recover();
        }
        if is_news {
            self.journal.force_slot();
        }
        if reset {
            self.note(Dropped::LedgerReset, 1);
        }
        news
    }
}

fn take_answer(ledger: &mut Ledger, answer: LedgerAnswer, news: &mut LedgerNews) {
    // After a fork the numbers of the phone say nothing: all that it never saw acknowledged is kept.
    let forked = answer.reset.as_deref() == Some("forked");
    for (seq, code) in answer.refused.iter().filter(|_| !forked) {
        if ledger.refuse(*seq, code) {
            news.refused.extend(ledger.refused.last().map(refused_json));
        }
    }
    ledger.receipt = answer.receipt;
    match answer.base {
        Some((state, moment_s, cursor)) => {
            let kept_after = if forked { ledger.held() } else { answer.seq };
            ledger.reset(Base { state, moment_s, cursor, seq: answer.seq, head: answer.head }, kept_after);
            news.reset = answer.reset;
        }
        None => ledger.hold(answer.seq, answer.head),
    }
}

fn make_up(command: &Value) -> Result<Act, Error> {
    let day = Day::parse(text(command, "day")?);
    let day = day.ok_or_else(|| Error::new("command_invalid", "expected a date such as 2026-07-04").at("day"))?;
    Ok(Act::MakeUp { day })
}

fn entry(fact: &Fact) -> Option<Entry> {
    let moment_s = UnixMs::new(fact.at).get() / 1000;
    let stamp = Stamp { moment_s, offset: fact.offset };
    Some(Entry { number: fact.number, stamp, claimed: fact.claimed, act: fact.act.clone()? })
}

fn id_of((origin, count): Place) -> String {
    let mut id = String::new();
    match origin {
        Some(Origin::Entry(number)) => {
            id.push('e');
            push_unsigned(&mut id, number.into());
        }
        Some(Origin::Claim(number)) => {
            id.push('c');
            push_unsigned(&mut id, number.into());
        }
        None => id.push('t'),
    }
    id.push('.');
    push_unsigned(&mut id, count as u64);
    id
}

fn written(line: &Line, place: Place, explained: bool) -> String {
    let mut w = JsonWriter::default();
    let confirmed = !matches!(place.0, Some(Origin::Claim(_)));
    line.write(&mut w, (&id_of(place), confirmed), explained);
    w.finish()
}

fn refused_json(refused: &RefusedClaim) -> String {
    object(|w| {
        w.count_member("seq", refused.seq.into());
        w.text_member("code", &refused.code);
        w.text_member("kind", form::kind(&refused.claim.act));
    })
}

fn write_all(w: &mut JsonWriter, name: &str, items: &[String]) {
    w.key(name);
    w.begin_array();
    items.iter().for_each(|item| w.raw(item));
    w.end_array();
}
