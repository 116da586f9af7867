//! One person's ledger on the phone: what the server confirmed, what the phone claims, and the state they lead to.
//!
//! The server holds every act; a phone holds a **base** (a state that stands for all acts before), the **entries**
//! confirmed since, and its own **claims** that the server has not answered yet. What can't be placed after the base
//! is not guessed at: the phone asks for a new base, and the server wins.

mod bytes;

use super::act::{Act, Refusal, Stamp};
use super::admit::effective;
use super::state::{Sink, State};
use super::wire::{next_head, Claim, Head};
use super::Line;
use crate::id::{DeviceId, UserId};
use crate::program::rules::Rules;

/// Entries kept one by one: a person makes some two a day, so half of it is a season to look back on.
pub const ENTRIES_MAX: usize = 512;
/// Claims that wait for a server: more than a year of check-ins.
pub const CLAIMS_MAX: usize = 512;
/// Refused claims that are remembered, to be shown.
pub const REFUSED_MAX: usize = 8;

/// An act that the server confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the person's ledger.
    pub number: u32,
    /// When it happened.
    pub stamp: Stamp,
    /// Which phone claimed it, and under which number; `None` if a server says so.
    pub claimed: Option<(DeviceId, u32)>,
    /// What it is.
    pub act: Act,
}

impl Entry {
    /// Ledger order: moment, server before phones, position.
    fn order(&self) -> (i64, Option<DeviceId>, u32) {
        let position = self.claimed.map_or(self.number, |(_, seq)| seq);
        (self.stamp.moment_s, self.claimed.map(|(device, _)| device), position)
    }
}

/// A claim that came to nothing, for the person to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedClaim {
    /// Its number.
    pub seq: u32,
    /// What was claimed.
    pub claim: Claim,
    /// The server's code.
    pub code: String,
}

/// Which act a line of the ledger belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A confirmed entry, by number.
    Entry(u32),
    /// A claim that waits for the server, by number.
    Claim(u32),
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Whose.
    pub user: UserId,
    /// This phone.
    pub device: DeviceId,
    /// Program revision that everything after the base stands under.
    pub revision: u32,
    base: State,
    base_moment_s: i64,
    /// In ledger order.
    entries: Vec<Entry>,
    /// With their numbers, ascending; the first `sealed` are part of the base already.
    claims: Vec<(u32, Claim)>,
    sealed: usize,
    /// State after everything.
    estimate: State,
    /// Number of the latest claim.
    last: u32,
    /// Highest claim that the server holds, and the head of the chain after it.
    held: u32,
    head: Head,
    /// Highest entry received.
    pub cursor: u32,
    /// The phone could not place something, and asks for a base.
    pub wants_base: bool,
    /// Latest refused claims.
    pub refused: Vec<RefusedClaim>,
    /// The server's latest receipt, as it sent it.
    pub receipt: String,
}

impl Ledger {
    /// Nothing has happened. `head` is what the chain begins with.
    pub fn new(user: UserId, device: DeviceId, revision: u32, head: Head) -> Ledger {
        Ledger {
            user,
            device,
            revision,
            base: State::new(),
            base_moment_s: i64::MIN,
            entries: Vec::new(),
            claims: Vec::new(),
            sealed: 0,
            estimate: State::new(),
            last: 0,
            held: 0,
            head,
            cursor: 0,
            wants_base: false,
            refused: Vec::new(),
            receipt: String::new(),
        }
    }

    /// True if nothing has happened: a new one would be the same.
    pub fn is_blank(&self) -> bool {
        self.last == 0 && self.cursor == 0 && !self.wants_base && self.receipt.is_empty()
    }

    /// State after everything, claims included.
    pub fn estimate(&self) -> &State {
        &self.estimate
    }

    /// State after what the server confirmed.
    pub fn confirmed(&self, rules: &Rules) -> State {
        let (mut state, mut ignore) = (self.base.clone(), |_: &Line| {});
        for entry in &self.entries {
            let _ = state.apply(rules, entry.stamp, &entry.act, &mut ignore);
        }
        state
    }

    /// Number of the next claim.
    pub fn next_number(&self) -> u32 {
        self.last.saturating_add(1)
    }

    /// Claims that the server has not confirmed.
    pub fn awaiting(&self) -> usize {
        self.claims.len()
    }

    /// True if the server lacks a claim, or is to be asked for something.
    pub fn has_unsent(&self) -> bool {
        self.last > self.held || self.wants_base
    }

    /// The latest own moment: a claim can't be dated before it.
    fn newest_s(&self) -> i64 {
        let own = |entry: &&Entry| entry.claimed.is_some_and(|(device, _)| device == self.device);
        let entries = self.entries.iter().rev().find(own).map_or(i64::MIN, |entry| entry.stamp.moment_s);
        let mut newest_s = entries.max(self.base_moment_s);
        for (_, claim) in self.claims.iter().skip(self.sealed) {
            newest_s = effective(claim.at_s, newest_s).0;
        }
        newest_s
    }

    /// Makes a claim if the state as estimated takes it. What is refused leaves no trace.
    ///
    /// # Errors
    /// Why it is refused, as the server would.
    pub fn claim(&mut self, rules: &Rules, claim: Claim, sink: Sink) -> Result<(), Refusal> {
        if self.claims.len() >= CLAIMS_MAX {
            self.seal_claims(rules);
        }
        let (moment_s, _) = effective(claim.at_s, self.newest_s());
        let stamp = Stamp { moment_s, offset: claim.offset };
        let is_last = self.entries.last().is_none_or(|entry| entry.stamp.moment_s < moment_s);
        let mut state = if is_last { self.estimate.clone() } else { self.state_before(rules, stamp) };
        state.apply(rules, stamp, &claim.act, sink)?;
        self.last = self.next_number();
        self.claims.push((self.last, claim));
        self.estimate = state;
        if !is_last {
            self.refold(rules);
        }
        Ok(())
    }

    /// State before an own claim of that moment, when entries of later moments stand there.
    fn state_before(&self, rules: &Rules, stamp: Stamp) -> State {
        let mut state = self.base.clone();
        let limit = (stamp.moment_s, Some(self.device), u32::MAX);
        self.each(u32::MAX, &mut |order, stamp, act, _| {
            if order <= limit {
                let _ = state.apply(rules, stamp, act, &mut |_| {});
            }
        });
        state
    }

    /// Everything after the base up to claim `upto`, in ledger order.
    #[expect(clippy::type_complexity, reason = "named once, used in this file")]
    fn each(&self, upto: u32, hear: &mut dyn FnMut((i64, Option<DeviceId>, u32), Stamp, &Act, Origin)) {
        let mut entries = self.entries.iter().peekable();
        let mut newest_s = self.base_moment_s;
        let own = |entry: &Entry| entry.claimed.is_some_and(|(device, _)| device == self.device);
        for entry in self.entries.iter().filter(|entry| own(entry)) {
            newest_s = newest_s.max(entry.stamp.moment_s);
        }
        for (number, claim) in self.claims.iter().skip(self.sealed).filter(|(number, _)| *number <= upto) {
            newest_s = effective(claim.at_s, newest_s).0;
            let order = (newest_s, Some(self.device), *number);
            while let Some(entry) = entries.next_if(|entry| entry.order() < order) {
                hear(entry.order(), entry.stamp, &entry.act, Origin::Entry(entry.number));
            }
            let stamp = Stamp { moment_s: newest_s, offset: claim.offset };
            hear(order, stamp, &claim.act, Origin::Claim(*number));
        }
        for entry in entries {
            hear(entry.order(), entry.stamp, &entry.act, Origin::Entry(entry.number));
        }
    }

    /// Tells every line after the base, in ledger order.
    pub fn lines(&self, rules: &Rules, hear: &mut dyn FnMut(Origin, &Line)) {
        let mut state = self.base.clone();
        self.each(u32::MAX, &mut |_, stamp, act, origin| {
            let _ = state.apply(rules, stamp, act, &mut |line| hear(origin, line));
        });
    }

    fn fold(&self, rules: &Rules, upto: u32) -> State {
        let mut state = self.base.clone();
        self.each(upto, &mut |_, stamp, act, _| {
            let _ = state.apply(rules, stamp, act, &mut |_| {});
        });
        state
    }

    fn refold(&mut self, rules: &Rules) {
        self.estimate = self.fold(rules, u32::MAX);
    }

    /// The claims to send next: at most `count_max` of one revision, with the number of the first, the head after the
    /// last, and the digest of the state there.
    pub fn unsent(&self, rules: &Rules, count_max: usize) -> Unsent {
        let mut unsent = Unsent { revision: self.revision, first: self.held + 1, head: self.head, ..Unsent::default() };
        let mut last = self.held;
        for (number, claim) in self.claims.iter().filter(|(number, _)| *number > self.held).take(count_max) {
            if unsent.list.is_empty() {
                unsent.revision = claim.revision;
            }
            if unsent.revision != claim.revision {
                break;
            }
            unsent.head = next_head(&unsent.head, claim);
            unsent.list.push(claim.clone());
            last = *number;
        }
        unsent.digest = if last == self.last { self.estimate.digest() } else { self.fold(rules, last).digest() };
        unsent
    }

    /// The server holds the claims up to this number; `head` is the chain's there. It may hold more than the phone
    /// remembers, if storage was set back: those come as entries, and numbers go on after them.
    pub fn hold(&mut self, seq: u32, head: Head) {
        if seq > self.held {
            (self.held, self.head) = (seq, head);
            self.last = self.last.max(seq);
        }
    }

    /// The server refused a claim for good; false if it is none of the waiting ones.
    pub fn refuse(&mut self, seq: u32, code: &str) -> bool {
        let Some(position) = self.claims.iter().position(|(number, _)| *number == seq) else { return false };
        let (_, claim) = self.claims.remove(position);
        if position < self.sealed {
            self.sealed -= 1;
            self.wants_base = true;
        }
        if self.refused.len() >= REFUSED_MAX {
            self.refused.remove(0);
        }
        self.refused.push(RefusedClaim { seq, claim, code: code.to_owned() });
        true
    }

    /// Places an entry; call [`Ledger::settle`] after the last of an answer. `None` for an act that can't be read.
    pub fn receive(&mut self, number: u32, revision: u32, entry: Option<Entry>) {
        if number <= self.cursor {
            return;
        }
        self.cursor = number;
        let Some(entry) = entry else {
            self.wants_base |= revision != self.revision;
            return;
        };
        if let Some((_, seq)) = entry.claimed.filter(|(device, _)| *device == self.device) {
            if let Some(position) = self.claims.iter().position(|(number, _)| *number == seq) {
                self.claims.remove(position);
                if position < self.sealed {
                    // The base has it already.
                    self.sealed -= 1;
                    return;
                }
            }
        }
        self.wants_base |= revision != self.revision || entry.stamp.moment_s <= self.base_moment_s;
        let after = self.entries.iter().rev().take_while(|other| other.order() > entry.order()).count();
        self.entries.insert(self.entries.len() - after, entry);
    }

    /// The server's state takes the place of the phone's. Claims after `kept_after` that it does not hold are numbered
    /// anew after `seq` and wait on.
    pub fn reset(&mut self, base: Base, kept_after: u32) {
        let Base { state, moment_s, cursor, seq, head } = base;
        self.claims.retain(|(number, _)| *number > kept_after);
        let count = self.claims.len() as u32;
        for ((number, _), anew) in self.claims.iter_mut().zip(seq.saturating_add(1)..) {
            *number = anew;
        }
        self.estimate = state.clone();
        (self.base, self.base_moment_s, self.cursor) = (state, moment_s, cursor);
        (self.held, self.head, self.last) = (seq, head, seq.saturating_add(count));
        self.entries.clear();
        self.sealed = 0;
        self.wants_base = false;
    }

    /// Number of the latest claim that the server is known to hold.
    pub fn held(&self) -> u32 {
        self.held
    }

    /// Folds anew after news, and keeps within the bounds.
    pub fn settle(&mut self, rules: &Rules) {
        if self.entries.len() > ENTRIES_MAX {
            self.seal_entries(rules);
        }
        self.refold(rules);
    }

    /// The older half of the entries becomes part of the base; none that a waiting claim may come before.
    fn seal_entries(&mut self, rules: &Rules) {
        let first_s = self.claims.get(self.sealed).map_or(i64::MAX, |(_, claim)| claim.at_s);
        let half = self.entries.iter().take(ENTRIES_MAX / 2);
        let count = half.take_while(|entry| entry.stamp.moment_s < first_s).count();
        for entry in self.entries.drain(..count) {
            let _ = self.base.apply(rules, entry.stamp, &entry.act, &mut |_| {});
            self.base_moment_s = self.base_moment_s.max(entry.stamp.moment_s);
        }
    }

    /// No server answers: everything so far becomes part of the base. The newer half of the claims still waits.
    fn seal_claims(&mut self, rules: &Rules) {
        self.seal(self.revision);
        let gone = self.claims.len() / 2;
        self.claims.drain(..gone);
        self.sealed -= gone;
        let first = self.claims.first().map_or(self.last, |(number, _)| number.saturating_sub(1));
        self.held = self.held.max(first);
        self.refold(rules);
    }

    /// The program changed: what was folded under the old one stays as it is.
    pub fn seal(&mut self, revision: u32) {
        let newest_s = self.newest_s();
        let entries_s = self.entries.last().map_or(newest_s, |entry| entry.stamp.moment_s);
        self.base_moment_s = newest_s.max(entries_s);
        self.base = self.estimate.clone();
        self.entries.clear();
        self.sealed = self.claims.len();
        self.revision = revision;
    }
}

/// What the server answers with instead of what the phone held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The state.
    pub state: State,
    /// The latest moment in it.
    pub moment_s: i64,
    /// Highest entry in it.
    pub cursor: u32,
    /// Highest claim of this phone that the server holds.
    pub seq: u32,
    /// Head of the chain after it.
    pub head: Head,
}

/// Claims to be sent. See [`Ledger::unsent`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Revision of all of them.
    pub revision: u32,
    /// Number of the first.
    pub first: u32,
    /// Head after the last.
    pub head: Head,
    /// Digest of the state after the last.
    pub digest: [u8; 16],
    /// The claims.
    pub list: Vec<Claim>,
}
