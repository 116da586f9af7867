//! Acts and claims as canonical bytes, and the chain over the claims of one phone. Tags are frozen: tests/formats.

use sha2::{Digest, Sha256};

use super::act::Act;
use super::form::CATEGORIES_MAX;
use crate::bytes::{Reader, Writer};
use crate::clock::{Day, OffsetMin, UnixMs};
use crate::id::{DeviceId, UserId, ORDER_ID_BYTES_MAX, TEXT_BYTES_MAX};

/// The head of a chain: what comes next continues it.
pub type Head = [u8; 32];

/// What a phone asserts, as it said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The program that it was made under.
    pub revision: u32,
    /// What the phone's clock said (put right by the server's), in whole seconds since 1970.
    pub at_s: i64,
    /// The phone's offset.
    pub offset: OffsetMin,
    /// What is claimed.
    pub act: Act,
}

/// Seconds from 1970 to 2020: claims are dated from there on, which saves a byte each.
const EPOCH_S: i64 = 1_577_836_800;

impl Claim {
    /// Appends the bytes that the chain runs over; the record of a claim holds the same.
    pub fn encode(&self, w: &mut Writer) {
        w.varint(u64::from(self.revision));
        w.varint(self.at_s.saturating_sub(EPOCH_S).max(0) as u64);
        w.signed(i64::from(self.offset.get()));
        encode_act(w, &self.act);
    }

    /// Reads what [`Claim::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Claim> {
        let revision = r.varint32()?;
        let at_s = i64::try_from(r.varint()?).ok()?.checked_add(EPOCH_S)?;
        let offset = read_offset(r)?;
        let at_s = in_range(at_s)?;
        Some(Claim { revision, at_s, offset, act: decode_act(r)? })
    }
}

/// The head before the first claim of a phone.
pub fn first_head(app: &str, user: &UserId, device: DeviceId) -> Head {
    let mut w = Writer::default();
    w.text("huitou-ledger-1");
    w.text(app);
    w.text(user.as_str());
    w.u64(device.0);
    Sha256::digest(&w.out).into()
}

/// The head after one more claim.
pub fn next_head(head: &Head, claim: &Claim) -> Head {
    let mut w = Writer::default();
    w.out.extend_from_slice(head);
    claim.encode(&mut w);
    Sha256::digest(&w.out).into()
}

/// Appends several claims of one revision: dates as differences, the offset only where it changes.
pub fn encode_claims(w: &mut Writer, claims: &[Claim]) {
    w.count(claims.len());
    let (mut at_s, mut offset) = (EPOCH_S, OffsetMin::default());
    for claim in claims {
        let moved = claim.offset != offset;
        w.signed((claim.at_s - at_s) * 2 + i64::from(moved));
        if moved {
            w.signed(i64::from(claim.offset.get()));
        }
        encode_act(w, &claim.act);
        (at_s, offset) = (claim.at_s, claim.offset);
    }
}

/// Reads what [`encode_claims`] wrote; at most `count_max`.
pub fn decode_claims(r: &mut Reader, revision: u32, count_max: usize) -> Option<Vec<Claim>> {
    let count = r.count().filter(|&count| count <= count_max)?;
    let (mut at_s, mut offset) = (EPOCH_S, OffsetMin::default());
    let mut claims = Vec::new();
    for _ in 0..count {
        let step = r.signed()?;
        at_s = in_range(at_s.checked_add(step >> 1)?)?;
        if step & 1 == 1 {
            let other = read_offset(r)?;
            if other == offset {
                return None;
            }
            offset = other;
        }
        claims.push(Claim { revision, at_s, offset, act: decode_act(r)? });
    }
    Some(claims)
}

fn read_offset(r: &mut Reader) -> Option<OffsetMin> {
    let minutes = i32::try_from(r.signed()?).ok()?;
    let offset = OffsetMin::new(minutes);
    (offset.get() == minutes).then_some(offset)
}

/// Only instants that the engine believes.
fn in_range(at_s: i64) -> Option<i64> {
    let ms = at_s.checked_mul(1000)?;
    (UnixMs::new(ms).get() == ms).then_some(at_s)
}

/// Appends an act.
pub fn encode_act(w: &mut Writer, act: &Act) {
    match act {
        Act::CheckIn => w.byte(0),
        Act::MakeUp { day } => tagged(w, 1, &[], &[day.since(Day::MIN) as u64]),
        Act::Activity { activity } => w.out.extend_from_slice(&[2, *activity]),
        Act::OrderPaid { order_id, paid_fen, categories } => {
            tagged(w, 3, &[order_id], &[*paid_fen, categories.len() as u64]);
            categories.iter().for_each(|category| w.text(category));
        }
        Act::Refund { order_id, refund_fen } => tagged(w, 4, &[order_id], &[*refund_fen]),
        Act::Redeem { points, order_id, item } => tagged(w, 5, &[order_id, item], &[u64::from(*points)]),
        Act::Grant { source, points } => tagged(w, 6, &[source], &[u64::from(*points)]),
        Act::Referral { friend, inviter } => tagged(w, if *inviter { 7 } else { 8 }, &[friend], &[]),
        Act::Membership { months } => tagged(w, 9, &[], &[u64::from(*months)]),
        Act::Birthday { month, day } => w.out.extend_from_slice(&[10, *month, *day]),
        Act::Drawn { lottery, prize, points } => tagged(w, 11, &[lottery, prize], &[u64::from(*points)]),
        Act::Granted { right } => tagged(w, 12, &[], &[u64::from(*right)]),
        Act::Game { id, kind, progress: (have, need) } => {
            tagged(w, 13, &[id, kind], &[u64::from(*have), u64::from(*need)]);
        }
    }
}

/// A kind's byte, its texts, its whole numbers.
fn tagged(w: &mut Writer, tag: u8, texts: &[&str], numbers: &[u64]) {
    w.byte(tag);
    texts.iter().for_each(|text| w.text(text));
    numbers.iter().for_each(|&number| w.varint(number));
}

/// Reads what [`encode_act`] wrote.
pub fn decode_act(r: &mut Reader) -> Option<Act> {
    Some(match r.byte()? {
        0 => Act::CheckIn,
        1 => {
            let days = i32::try_from(r.varint()?).ok()?;
            Act::MakeUp { day: Day::from_number(Day::MIN.number().checked_add(days)?)? }
        }
        2 => Act::Activity { activity: r.byte()? },
        3 => Act::OrderPaid { order_id: id(r)?, paid_fen: fen(r)?, categories: categories(r)? },
        4 => Act::Refund { order_id: id(r)?, refund_fen: fen(r)? },
        5 => Act::Redeem { order_id: word(r)?, item: word(r)?, points: r.varint32()? },
        6 => Act::Grant { source: word(r)?, points: r.varint32()? },
        7 => Act::Referral { friend: word(r)?, inviter: true },
        8 => Act::Referral { friend: word(r)?, inviter: false },
        9 => Act::Membership { months: r.varint32()? },
        10 => Act::Birthday { month: r.byte()?, day: r.byte()? },
        11 => Act::Drawn { lottery: word(r)?, prize: word(r)?, points: r.varint32()? },
        12 => Act::Granted { right: r.varint32()? },
        13 => Act::Game { id: word(r)?, kind: word(r)?, progress: (r.varint32()?, r.varint32()?) },
        _ => return None,
    })
}

fn word(r: &mut Reader) -> Option<String> {
    r.text().filter(|text| text.len() <= TEXT_BYTES_MAX).map(str::to_owned)
}

fn id(r: &mut Reader) -> Option<String> {
    r.text().filter(|text| (1..=ORDER_ID_BYTES_MAX).contains(&text.len())).map(str::to_owned)
}

/// What JSON can say exactly.
fn fen(r: &mut Reader) -> Option<u64> {
    r.varint().filter(|&fen| fen < 1 << 53)
}

fn categories(r: &mut Reader) -> Option<Vec<String>> {
    let count = r.count().filter(|&count| count <= CATEGORIES_MAX)?;
    let mut categories = Vec::new();
    for _ in 0..count {
        categories.push(word(r)?);
    }
    Some(categories)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Vec<Claim> {
        let claim = |at_s, minutes, act| Claim { revision: 3, at_s, offset: OffsetMin::new(minutes), act };
        let missed = Day::parse("2026-03-01").unwrap();
        vec![
            claim(1_772_500_000, 480, Act::CheckIn),
            claim(1_772_500_000, 480, Act::Activity { activity: 1 }),
            claim(1_772_499_000, 480, Act::MakeUp { day: missed }),
            claim(1_772_586_400, -210, Act::CheckIn),
        ]
    }

    #[test]
    fn claims_read_as_they_were_written() {
        let mut w = Writer::default();
        encode_claims(&mut w, &claims());
        let mut r = Reader::new(&w.out);
        assert_eq!((decode_claims(&mut r, 3, 4), r.is_empty()), (Some(claims()), true));
        assert_eq!(decode_claims(&mut Reader::new(&w.out), 3, 3), None, "more than allowed");
        for len in 0..w.out.len() {
            assert_eq!(decode_claims(&mut Reader::new(&w.out[..len]), 3, 4), None, "cut at {len}");
        }
        for claim in claims() {
            let mut w = Writer::default();
            claim.encode(&mut w);
            assert_eq!(Claim::decode(&mut Reader::new(&w.out)), Some(claim));
        }
    }

    #[test]
    fn a_chain_says_who_what_when_and_in_which_order() {
        let anna = UserId::new("anna").unwrap();
        let start = first_head("shop", &anna, DeviceId(1));
        let chain = |claims: &[Claim]| claims.iter().fold(start, |head, claim| next_head(&head, claim));
        let whole = chain(&claims());
        let mut other = claims();
        other.swap(0, 1);
        assert_ne!(chain(&other), whole);
        other = claims();
        other[2].at_s += 1;
        assert_ne!(chain(&other), whole);
        assert_ne!(chain(&claims()[..3]), whole);
        assert_ne!(first_head("shop", &anna, DeviceId(2)), start);
        assert_ne!(first_head("shop", &UserId::default(), DeviceId(1)), start);
        assert_ne!(first_head("shop2", &anna, DeviceId(1)), start);
    }

    #[test]
    fn a_busy_year_takes_six_bytes_an_event() {
        // Every day a check-in, every day a share, a make-up a month.
        let mut claims = Vec::new();
        for day in 0..365i64 {
            let morning_s = 1_767_225_600 + day * 86_400 + day * 7_919 % 40_000;
            let claim =
                |after_s, act| Claim { revision: 1, at_s: morning_s + after_s, offset: OffsetMin::new(480), act };
            claims.push(claim(0, Act::CheckIn));
            claims.push(claim(60, Act::Activity { activity: 0 }));
            if day % 9 == 0 {
                claims.push(claim(90, Act::MakeUp { day: Day::MIN.plus(2_190 + day) }));
            }
        }
        let mut w = Writer::default();
        encode_claims(&mut w, &claims);
        assert_eq!(claims.len(), 771);
        assert!(w.out.len() <= claims.len() * 6, "{} B for {}", w.out.len(), claims.len());
    }
}
