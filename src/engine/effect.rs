//! Effects: what the shell must do, one at a time of a kind, and what became of it.

use super::loyalty::LedgerNews;
use super::Engine;
use crate::clock::{At, UnixMs};
use crate::event::dropped::Dropped;
use crate::event::{journey, portrait, Record};
use crate::experiment::trials::Change;
use crate::store::image;
use crate::store::journal::{Journal, Write};
use crate::sync::answer::{judge, Answer, Fact, Reply, Verdict, FACTS_MAX};
use crate::sync::{InFlight, Policy};

/// Shortest wait after a write that failed; doubled up to a minute.
pub const WRITE_RETRY_MS_MIN: i64 = 1_000;
/// The server's clock corrects the phone's from this difference on: less is the network's delay.
pub const SKEW_S_MIN: i64 = 120;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Idle,
    /// Write a value under a key; at once and synchronously if `sync`.
    Persist {
        /// Key number.
        key: u8,
        /// Must be done before returning to the platform.
        sync: bool,
        /// The value.
        bytes: Vec<u8>,
    },
    /// Send a body.
    Send {
        /// The request body.
        body: Vec<u8>,
    },
    /// Ask again at that instant.
    Wait {
        /// Phone's clock.
        until: UnixMs,
    },
    /// Remove all keys.
    Wipe,
}

/// How far a wipe is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Wiping {
    /// Nothing to wipe.
    #[default]
    None,
    /// First the slot with the deletion request, then every other key.
    Beside,
    /// These keys are to be emptied.
    Keys(Vec<u8>),
    /// Every key is to be removed.
    All,
}

/// What a request brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Rows acknowledged.
    pub acked: u32,
    /// The shell should fetch a fresh token before it asks for the next effect.
    pub need_token: bool,
    /// Facts not received before.
    pub facts: Vec<Fact>,
    /// The server's program revision.
    pub program: Option<u32>,
    /// What it says of the ledger.
    pub news: LedgerNews,
}

impl Engine {
    /// The next thing to do at the phone's time `now`. Ask again after each answer, and after each command.
    pub fn next(&mut self, now: UnixMs) -> Effect {
        let due = self.wake(now);
        if let Some(effect) = self.wipe_or_persist(now) {
            return effect;
        }
        if self.outbox.is_overdue(now) {
            let jitter = self.rng.next() as u32;
            self.outbox.failed(0, jitter, now);
        }
        if let Some(effect) = self.send(At { instant: now, offset: self.offset }) {
            return effect;
        }
        let waits = [self.write_not_before, self.outbox.wait_until(now), due];
        waits.into_iter().flatten().min().map_or(Effect::Idle, |until| Effect::Wait { until })
    }

    fn may_store(&self) -> bool {
        self.state.consented || self.state.deletion.is_some()
    }

    fn wipe_or_persist(&mut self, now: UnixMs) -> Option<Effect> {
        let [asynchronous, synchronous] = &self.writing;
        let busy = asynchronous.is_some() || self.wipe_out;
        if synchronous.is_some() || (busy && !self.may_overtake()) || !self.may_write(now) {
            return None;
        }
        if matches!(self.wiping, Wiping::All | Wiping::Keys(_)) {
            return self.wipe();
        }
        let due = self.may_store() && !self.journal.is_durable();
        due.then(|| self.persist())
    }

    /// `hide` can't wait for a write that is on its way; a wipe must not be overtaken.
    fn may_overtake(&self) -> bool {
        let [asynchronous, _] = &self.writing;
        let free = asynchronous.as_ref().is_none_or(|write| self.journal.may_overtake(write));
        self.sync_due && self.wiping == Wiping::None && free
    }

    fn wipe(&mut self) -> Option<Effect> {
        self.wipe_out = true;
        match &self.wiping {
            Wiping::Keys(keys) => Some(Effect::Persist { key: *keys.last()?, sync: false, bytes: Vec::new() }),
            _ => Some(Effect::Wipe),
        }
    }

    /// After a failed write the next try waits a little; `hide` does not.
    fn may_write(&mut self, now: UnixMs) -> bool {
        if self.write_failures > 0 && self.write_not_before.is_none() {
            let wait_ms = (WRITE_RETRY_MS_MIN << self.write_failures.min(6)).min(crate::clock::MINUTE_MS);
            self.write_not_before = Some(now.plus(wait_ms));
        }
        // A longer wait than the longest means that the clock was set back.
        let waits = |time: UnixMs| (1..=crate::clock::MINUTE_MS).contains(&time.since(now));
        self.sync_due || !self.write_not_before.is_some_and(waits)
    }

    fn persist(&mut self) -> Effect {
        let sync = std::mem::take(&mut self.sync_due) && self.wiping == Wiping::None;
        if self.journal.wants_slot() && !sync {
            self.make_room();
        }
        let (state, rest) = (&self.state, (&self.ledgers, &self.trials, &self.portrait, &self.journeys));
        let [under_way, _] = &self.writing;
        let write = self.journal.write(sync, under_way.as_ref(), |w| {
            image::encode(state, w);
            super::encode_rest(rest, w);
        });
        let effect = Effect::Persist { key: write.key, sync, bytes: write.bytes.clone() };
        if let Some(place) = self.writing.get_mut(usize::from(sync)) {
            *place = Some(write);
        }
        effect
    }

    /// The answer to [`Effect::Persist`] and [`Effect::Wipe`]. With two writes out, the synchronous one is meant.
    pub fn persisted(&mut self, ok: bool) {
        self.write_not_before = None;
        self.write_failures = if ok { 0 } else { self.write_failures.saturating_add(1) };
        let [asynchronous, synchronous] = &mut self.writing;
        match synchronous.take().or_else(|| asynchronous.take()) {
            Some(write) if ok => self.written(&write),
            Some(write) => self.sync_due |= write.sync && self.write_failures < 2,
            None => {
                self.wipe_out = false;
                if ok {
                    self.wiped();
                }
            }
        }
    }

    fn written(&mut self, write: &Write) {
        self.journal.written(write);
        if self.wiping == Wiping::Beside && write.is_slot() && !self.journal.needs_slot() {
            self.wiping = Wiping::Keys(Journal::keys_beside(write));
        }
    }

    fn wiped(&mut self) {
        match &mut self.wiping {
            Wiping::Keys(keys) => {
                keys.pop();
                if keys.is_empty() {
                    self.wiping = Wiping::None;
                }
            }
            Wiping::All => {
                self.wiping = Wiping::None;
                self.journal = Journal::default();
                if self.state.consented {
                    self.journal.force_slot();
                }
            }
            Wiping::None | Wiping::Beside => {}
        }
    }

    /// Only what is durable is sent, so a body is made when nothing waits to be written.
    fn send(&mut self, now: At) -> Option<Effect> {
        if !self.may_store()
            || !self.journal.is_durable()
            || self.wiping != Wiping::None
            || !self.outbox.is_due(now.instant)
        {
            return None;
        }
        let plan = self.unsent_plan();
        let policy = Policy { plan: plan.as_ref(), ..self.policy() };
        let Some((body, in_flight)) = self.outbox.compose(&self.state, policy, now) else {
            self.outbox.rest();
            return None;
        };
        self.outbox.sent(in_flight, body.len(), now.instant);
        Some(Effect::Send { body })
    }

    /// The answer to [`Effect::Send`].
    pub fn reply(&mut self, reply: Reply<'_>, now: UnixMs) -> Received {
        let Some(sent) = self.outbox.in_flight.clone() else { return Received::default() };
        let deletion = self.state.deletion.as_ref().map(|(deletion, _)| deletion.id);
        let jitter = self.rng.next() as u32;
        match judge(reply, &sent, deletion, &self.program.rules) {
            Verdict::Taken(answer) => return self.take(*answer, &sent, now),
            Verdict::Names => self.outbox.wants_names(sent.dictionary),
            Verdict::Token => {
                let need_token = self.outbox.token_refused(jitter, now);
                return Received { need_token, ..Received::default() };
            }
            Verdict::TooLarge | Verdict::Refused if sent.rows.is_empty() => self.outbox.failed(0, jitter, now),
            Verdict::TooLarge => self.refuse(&sent, true),
            Verdict::Refused => self.refuse(&sent, false),
            Verdict::Later => self.outbox.failed(reply.retry_after_s, jitter, now),
            Verdict::Nonsense => {
                self.note(Dropped::BadAnswer, 1);
                self.outbox.failed(reply.retry_after_s, jitter, now);
            }
        }
        Received::default()
    }

    fn take(&mut self, answer: Answer, sent: &InFlight, now: UnixMs) -> Received {
        self.outbox.succeeded(now);
        for &(segment, day, revision) in &answer.acks {
            self.record(Record::Acknowledged { segment, day, revision });
        }
        // Attributes and facts are a user's own: those of an earlier one are sent and come again.
        let mine = sent.user == self.state.user;
        if let Some(revision) = answer.attributes.filter(|_| mine) {
            self.record(Record::AttributesAcknowledged { revision });
        }
        if let Some(revision) = answer.exposures.filter(|_| mine) {
            self.record(Record::Lab(Change::Acknowledged(revision)));
        }
        if let Some(revision) = answer.insight.filter(|_| mine) {
            let change = portrait::Change::Acknowledged(revision);
            self.record(Record::Portrait { after_s: 0, change });
        }
        if let Some(revision) = answer.plan.filter(|_| mine) {
            self.record(Record::Journey(journey::Change::Acknowledged(revision)));
        }
        if mine {
            self.take_results(answer.journeys);
        }
        if answer.deleted {
            self.deleted();
        }
        if let Some(time) = answer.time {
            self.correct_clock(time, now);
        }
        if crate::sync::has_others(&self.state, sent, &self.policy()) {
            self.outbox.recover();
        }
        let news = if mine { self.take_ledger(answer.ledger, &answer.facts) } else { LedgerNews::default() };
        let is_news = answer.facts.last().is_some_and(|fact| fact.number > self.state.fact_cursor);
        if mine && is_news && answer.facts.len() >= FACTS_MAX {
            self.outbox.pull();
        }
        let facts = if mine { self.take_facts(answer.facts) } else { Vec::new() };
        Received { acked: answer.acks.len() as u32, need_token: false, facts, program: answer.program, news }
    }

    /// Those not received before. Claims that come back confirmed are no news to the app.
    pub(super) fn take_facts(&mut self, mut facts: Vec<Fact>) -> Vec<Fact> {
        let cursor = self.state.fact_cursor;
        facts.retain(|fact| fact.number > cursor);
        self.note_paid(&facts);
        self.signal_facts(&facts);
        for fact in &facts {
            self.record(Record::Fact { number: fact.number, order_id: fact.order_id.clone() });
        }
        facts.retain(|fact| fact.claimed.is_none());
        facts
    }

    /// The deletion was carried out. Without a new consent nothing is left to keep.
    fn deleted(&mut self) {
        self.record(Record::Deleted);
        self.state.deletion = None;
        if !self.state.consented {
            self.wiping = Wiping::All;
        }
    }

    fn correct_clock(&mut self, server: UnixMs, now: UnixMs) {
        let difference_s = server.since(now) / 1000;
        let skew_s = if difference_s.abs() < SKEW_S_MIN { 0 } else { difference_s };
        if (skew_s - self.state.skew_s).abs() >= SKEW_S_MIN / 2 {
            self.record(Record::Skew { skew_s });
        }
    }

    /// Finds out which row the server refuses by sending fewer at a time; that one is kept aside.
    fn refuse(&mut self, sent: &InFlight, large: bool) {
        let &[(segment, day, _)] = sent.rows.as_slice() else {
            return self.outbox.halve(sent.rows.len(), large);
        };
        self.outbox.set_aside();
        self.record(Record::Quarantined { segment, day });
        self.note(Dropped::Quarantined, 1);
        if segment == self.state.segment {
            // A row that may not be sent may not grow either.
            self.new_segment(self.state.user.clone());
        }
    }
}
