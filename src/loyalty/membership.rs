//! Paid membership (P7).

use super::act::Refusal;
use super::codec::{read_day, read_flag, read_small, write_day, write_number};
use super::line::{Line, Reason, Term, What};
use super::state::{State, Turn};
use crate::bytes::{Reader, Writer};
use crate::clock::Day;

/// What has been paid for: months from an anchor on, so that renewals don't shorten long months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Paid {
    anchor: Option<Day>,
    months: u32,
}

impl Paid {
    /// The last date; `None` if there never was a membership.
    pub(super) fn until(&self) -> Option<Day> {
        self.anchor.map(|anchor| anchor.plus_months(self.months))
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.byte(u8::from(self.anchor.is_some()));
        if let Some(anchor) = self.anchor {
            write_day(w, anchor);
            write_number(w, u64::from(self.months));
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Paid> {
        if !read_flag(r)? {
            return Some(Paid::default());
        }
        Some(Paid { anchor: Some(read_day(r)?), months: read_small(r)? })
    }
}

impl State {
    /// A purchase: a renewal while the membership runs, else a new one.
    pub(super) fn membership_bought(&mut self, turn: &mut Turn, months: u32) -> Result<(), Refusal> {
        let paid = &mut self.membership;
        if paid.until().is_some_and(|until| turn.day <= until) {
            paid.months = paid.months.saturating_add(months);
        } else {
            *paid = Paid { anchor: Some(turn.day), months };
        }
        let terms = [Term::new(What::Months, u64::from(months))];
        turn.line(Line { reason: Reason::Member, last: self.membership.until(), terms: &terms, ..turn.blank() });
        Ok(())
    }
}
