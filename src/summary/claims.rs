//! The claims that an upload carries, and what they are held against (`docs/loyalty.md`).

use super::Upload;
use crate::bytes::{hex, Reader, Writer};
use crate::json::JsonWriter;
use crate::loyalty::wire::{decode_claims, encode_claims, Claim, Head};
use crate::loyalty::Act;

/// The most claims one upload may carry.
pub const CLAIMS_MAX: usize = 128;

/// Claims of one phone, all under one program revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The program they were made under.
    pub revision: u32,
    /// Number of the first one: a phone counts its claims of a user from 1 on, without gaps.
    pub first: u32,
    /// The phone asks for a state to start from: it can't place what it was sent.
    pub wants_base: bool,
    /// Head of the chain after the last one.
    pub head: Head,
    /// Digest of the state that the phone believes in after the last one: all entries up to the upload's cursor, and
    /// its own claims.
    pub digest: [u8; 16],
    /// In order of number; may be empty.
    pub list: Vec<Claim>,
}

const WANTS_BASE: u8 = 1;

impl Claims {
    pub(super) fn encode(&self, w: &mut Writer) {
        w.varint(self.revision.into());
        w.varint(self.first.into());
        w.byte(if self.wants_base { WANTS_BASE } else { 0 });
        w.out.extend_from_slice(&self.head);
        w.out.extend_from_slice(&self.digest);
        encode_claims(w, &self.list);
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Claims> {
        let revision = r.varint32()?;
        let first = r.varint32()?;
        let wants_base = r.byte().filter(|flags| flags & !WANTS_BASE == 0)? == WANTS_BASE;
        let head = r.take(32)?.try_into().ok()?;
        let digest = r.take(16)?.try_into().ok()?;
        let list = decode_claims(r, revision, CLAIMS_MAX)?;
        let may_assert = list.iter().all(|claim| crate::loyalty::form::is_claim(&claim.act));
        may_assert.then_some(Claims { revision, first, wants_base, head, digest, list })
    }
}

impl Upload {
    pub(super) fn write_claims(&self, w: &mut JsonWriter) {
        let Some(claims) = &self.claims else { return };
        w.key("claims");
        w.begin_object();
        w.count_member("rev", claims.revision.into());
        w.count_member("first", claims.first.into());
        if claims.wants_base {
            w.key("base");
            w.bool(true);
        }
        w.text_member("head", &hex(&claims.head));
        w.text_member("digest", &hex(&claims.digest));
        w.key("list");
        w.begin_array();
        claims.list.iter().for_each(|claim| write_claim(w, claim));
        w.end_array();
        w.end_object();
    }
}

/// An activity goes by its position in the program, which the revision fixes.
fn write_claim(w: &mut JsonWriter, claim: &Claim) {
    w.begin_object();
    w.text_member("kind", crate::loyalty::form::kind(&claim.act));
    w.count_member("at", claim.at_s.unsigned_abs() * 1000);
    w.key("tz");
    w.integer(claim.offset.get().into());
    match &claim.act {
        Act::MakeUp { day } => {
            let mut text = String::new();
            day.write(&mut text);
            w.text_member("day", &text);
        }
        Act::Activity { activity } => w.count_member("activity", (*activity).into()),
        _ => {}
    }
    w.end_object();
}
