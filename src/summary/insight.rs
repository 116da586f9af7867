//! How a person was judged, as an upload carries it.

use super::Upload;
use crate::bytes::{Reader, Writer};
use crate::event::portrait::Judgement;
use crate::json::{push_unsigned, JsonWriter};
use crate::program::SIGNS;

/// The latest judgement that the receiver has not acknowledged. It keeps the highest revision of a user on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insight {
    /// Grows with every judgement; the receiver echoes it.
    pub revision: u32,
    /// What was said.
    pub judgement: Judgement,
}

impl Insight {
    pub(super) fn encode(&self, w: &mut Writer) {
        w.varint(self.revision.into());
        self.judgement.encode(w);
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Insight> {
        Some(Insight { revision: r.varint32()?, judgement: Judgement::decode(r)? })
    }
}

/// The names of signs by a bit each; `sign_N` for one that a later version of the phone's engine knows.
pub(super) fn sign_names(signs: u32) -> Vec<String> {
    let mut names = Vec::new();
    for position in 0..32usize {
        if signs >> position & 1 == 1 {
            names.push(match SIGNS.get(position) {
                Some((name, ..)) => (*name).to_owned(),
                None => {
                    let mut name = String::from("sign_");
                    push_unsigned(&mut name, position as u64);
                    name
                }
            });
        }
    }
    names
}

impl Upload {
    pub(super) fn write_insight(&self, w: &mut JsonWriter) {
        let Some(Insight { revision, judgement }) = &self.insight else { return };
        w.key("insight");
        w.begin_object();
        w.count_member("rev", (*revision).into());
        w.text_member("level", judgement.level.code());
        w.count_member("p", judgement.visit_permille.into());
        w.count_member("buy", judgement.buy_permille.into());
        for (name, texts) in [("signs", &sign_names(judgement.signs)), ("segments", &judgement.segments)] {
            w.key(name);
            w.begin_array();
            texts.iter().for_each(|text| w.string(text));
            w.end_array();
        }
        w.end_object();
    }
}
