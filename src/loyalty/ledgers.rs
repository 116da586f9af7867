//! The ledgers of everybody who used this phone: one is in use, others wait for their claims to be answered.

use super::ledger::Ledger;
use crate::bytes::{Reader, Writer};
use crate::id::UserId;

/// Other people's ledgers that are kept while a claim of theirs waits.
pub const OTHERS_MAX: usize = 4;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledgers {
    /// Of whoever is logged in; `None` before the first login.
    pub current: Option<Ledger>,
    others: Vec<Ledger>,
}

impl Ledgers {
    /// Another person uses the phone. `fresh` makes a ledger for somebody who has none here.
    pub fn switch(&mut self, user: &UserId, fresh: impl FnOnce() -> Ledger) {
        if self.current.as_ref().is_some_and(|ledger| ledger.user == *user) {
            return;
        }
        if let Some(ledger) = self.current.take().filter(|ledger| ledger.awaiting() > 0) {
            if self.others.len() >= OTHERS_MAX {
                self.others.remove(0);
            }
            self.others.push(ledger);
        }
        if user.is_anonymous() {
            return;
        }
        let known = self.others.iter().position(|ledger| ledger.user == *user);
        self.current = Some(known.map_or_else(fresh, |position| self.others.remove(position)));
    }

    /// Everybody's, for a change that touches all.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Ledger> {
        self.current.iter_mut().chain(&mut self.others)
    }

    /// Appends the bytes; nothing at all if no ledger says anything, as stores were written before there were any.
    pub fn encode(&self, w: &mut Writer) {
        let current = self.current.as_ref().filter(|ledger| !ledger.is_blank());
        if current.is_none() && self.others.is_empty() {
            return;
        }
        w.byte(u8::from(current.is_some()));
        w.count(self.others.len());
        current.into_iter().chain(&self.others).for_each(|ledger| ledger.encode(w));
    }

    /// Appends that there is none, for something else to follow.
    pub fn encode_none(w: &mut Writer) {
        w.byte(0);
        w.count(0);
    }

    /// Reads what [`Ledgers::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Ledgers> {
        let mut ledgers = Ledgers::default();
        if r.is_empty() {
            return Some(ledgers);
        }
        let has_current = r.byte()? == 1;
        let others = r.count()?;
        if has_current {
            ledgers.current = Some(Ledger::decode(r)?);
        }
        for _ in 0..others {
            ledgers.others.push(Ledger::decode(r)?);
        }
        Some(ledgers)
    }
}
