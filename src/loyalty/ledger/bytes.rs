//! The ledger as bytes, in the phone's image. Frozen: tests/formats.

use super::{Entry, Ledger, RefusedClaim};
use crate::bytes::{Reader, Writer};
use crate::clock::OffsetMin;
use crate::id::{DeviceId, UserId};
use crate::loyalty::act::Stamp;
use crate::loyalty::state::State;
use crate::loyalty::wire::{decode_act, encode_act, Claim};

impl Ledger {
    /// Appends the bytes of everything.
    pub fn encode(&self, w: &mut Writer) {
        w.text(self.user.as_str());
        w.u64(self.device.0);
        for number in [self.revision, self.last, self.held, self.cursor] {
            w.varint(u64::from(number));
        }
        w.byte(u8::from(self.wants_base));
        w.count(self.sealed);
        w.out.extend_from_slice(&self.head);
        w.count(self.claims.len());
        for (number, claim) in &self.claims {
            w.varint(u64::from(*number));
            claim.encode(w);
        }
        w.count(self.refused.len());
        for refused in &self.refused {
            w.varint(u64::from(refused.seq));
            w.text(&refused.code);
            refused.claim.encode(w);
        }
        w.text(&self.receipt);
        w.signed(self.base_moment_s);
        self.encode_entries(w);
        for state in [&self.base, &self.estimate] {
            let mut inner = Writer::default();
            state.encode(&mut inner);
            w.count(inner.out.len());
            w.out.extend_from_slice(&inner.out);
        }
    }

    /// Numbers and moments as differences; who said it and whether the offset changed share a varint with the number.
    fn encode_entries(&self, w: &mut Writer) {
        w.count(self.entries.len());
        let mut before = Before::default();
        for entry in &self.entries {
            let moved = entry.stamp.offset != before.offset;
            let who = match entry.claimed {
                None => SERVER,
                Some((device, _)) if device == self.device => OWN,
                Some(_) => OTHER,
            };
            let step = i64::from(entry.number) - i64::from(before.number);
            w.signed(step << 3 | i64::from(moved) << 2 | who);
            w.signed(entry.stamp.moment_s.wrapping_sub(before.moment_s));
            if moved {
                w.signed(i64::from(entry.stamp.offset.get()));
            }
            if let Some((device, seq)) = entry.claimed {
                if who == OTHER {
                    w.u64(device.0);
                }
                w.signed(i64::from(seq) - i64::from(before.seq));
            }
            encode_act(w, &entry.act);
            before = before.after(entry);
        }
    }

    /// Reads what [`Ledger::encode`] wrote. A state of another version of the engine is no loss: the claims stay, and
    /// the server is asked for a base.
    pub fn decode(r: &mut Reader) -> Option<Ledger> {
        let (user, device) = (UserId::new(r.text()?)?, DeviceId(r.u64()?));
        let (revision, last, held, cursor) = (r.varint32()?, r.varint32()?, r.varint32()?, r.varint32()?);
        let wants_base = r.byte()? == 1;
        let sealed = usize::try_from(r.varint()?).ok()?;
        let head = r.take(32)?.try_into().ok()?;
        let mut ledger = Ledger { last, held, cursor, wants_base, sealed, ..Ledger::new(user, device, revision, head) };
        for _ in 0..r.count()? {
            ledger.claims.push((r.varint32()?, Claim::decode(r)?));
        }
        for _ in 0..r.count()? {
            ledger.refused.push(RefusedClaim {
                seq: r.varint32()?,
                code: r.text()?.to_owned(),
                claim: Claim::decode(r)?,
            });
        }
        ledger.receipt = r.text()?.to_owned();
        ledger.base_moment_s = r.signed()?;
        let mut before = Before::default();
        for _ in 0..r.count()? {
            let entry = decode_entry(r, device, &before)?;
            before = before.after(&entry);
            ledger.entries.push(entry);
        }
        let base = decode_state(r)?;
        let estimate = decode_state(r)?;
        if sealed > ledger.claims.len() {
            return None;
        }
        match (base, estimate) {
            (Some(base), Some(estimate)) => (ledger.base, ledger.estimate) = (base, estimate),
            _ => ledger.wants_base = true,
        }
        Some(ledger)
    }
}

const SERVER: i64 = 0;
const OWN: i64 = 1;
const OTHER: i64 = 2;

/// What an entry's differences are counted from.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    number: u32,
    moment_s: i64,
    offset: OffsetMin,
    seq: u32,
}

impl Before {
    fn after(self, entry: &Entry) -> Before {
        let seq = entry.claimed.map_or(self.seq, |(_, seq)| seq);
        Before { number: entry.number, moment_s: entry.stamp.moment_s, offset: entry.stamp.offset, seq }
    }
}

fn decode_entry(r: &mut Reader, own: DeviceId, before: &Before) -> Option<Entry> {
    let plus = |from: u32, step: i64| u32::try_from(i64::from(from).checked_add(step)?).ok();
    let head = r.signed()?;
    let number = plus(before.number, head >> 3)?;
    let moment_s = before.moment_s.wrapping_add(r.signed()?);
    let offset = if head & 4 == 0 { before.offset } else { OffsetMin::new(r.signed()?.try_into().ok()?) };
    let device = match head & 3 {
        SERVER => None,
        OWN => Some(own),
        OTHER => Some(DeviceId(r.u64()?)),
        _ => return None,
    };
    let claimed = match device {
        Some(device) => Some((device, plus(before.seq, r.signed()?)?)),
        None => None,
    };
    Some(Entry { number, stamp: Stamp { moment_s, offset }, claimed, act: decode_act(r)? })
}

/// The outer `None`: the bytes end too early; the inner: they are no state of this version.
#[expect(clippy::option_option, reason = "two ways to fail, with different consequences")]
fn decode_state(r: &mut Reader) -> Option<Option<State>> {
    let len = r.count()?;
    let mut inner = Reader::new(r.take(len)?);
    Some(State::decode(&mut inner).filter(|_| inner.is_empty()))
}
