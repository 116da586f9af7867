//! One line of the ledger.

use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::loyalty::Stamp;
use huitou::program::rules::Rules;
use sha2::{Digest, Sha256};

use super::body::Body;

/// Something that was claimed or said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its number among the user's.
    pub n: u32,
    /// Which phone claimed it; empty for what a server says.
    pub device: String,
    /// The phone's own number; 0 for what a server says.
    pub seq: u32,
    /// When it happened as told, in seconds since 1970.
    pub at_s: i64,
    /// When it happened as it counts.
    pub stamp: Stamp,
    /// When it arrived.
    pub received_s: i64,
    /// The program's revision that judges it.
    pub revision: u32,
    /// What happened.
    pub body: Body,
    /// Kept for the record only, never replayed.
    pub aside: bool,
    /// Why it changes nothing.
    pub verdict: Option<String>,
    /// The phone's chain, this claim included; empty for what a server says.
    pub head: Vec<u8>,
    /// The user's own chain, this entry included.
    pub link: Vec<u8>,
}

/// The link before the first entry.
pub const NO_LINK: [u8; 32] = [0; 32];

impl Entry {
    /// True for what a server says.
    pub fn is_fact(&self) -> bool {
        self.device.is_empty()
    }

    /// Its place in the order of replay. Only distinct entries of one device, or of servers, meet at one moment.
    pub fn order(&self) -> (i64, &str, u32) {
        (self.stamp.moment_s, &self.device, if self.is_fact() { self.n } else { self.seq })
    }

    /// The program's date on which it counts.
    pub fn day(&self, rules: &Rules) -> Day {
        day_of(rules, self.stamp)
    }

    /// The chain of the ledger itself: everything that arrived and how it was dated, but not what became of it, for
    /// something that arrives late may still change that.
    pub fn link_after(&self, before: &[u8]) -> Vec<u8> {
        let body = self.body.to_json();
        let numbers = [
            i64::from(self.n),
            i64::from(self.seq),
            self.at_s,
            self.stamp.moment_s,
            i64::from(self.stamp.offset.get()),
            self.received_s,
            i64::from(self.revision),
            i64::from(self.aside),
        ];
        let mut hash = Sha256::new();
        hash.update(before);
        numbers.iter().for_each(|number| hash.update(number.to_le_bytes()));
        hash.update(self.device.as_bytes());
        hash.update(body.as_bytes());
        hash.finalize().to_vec()
    }

    /// As a phone gets it.
    pub fn to_json(&self) -> String {
        let mut head = format!("{{\"n\":{},\"at\":{},\"tz\":{}", self.n, self.stamp.moment_s * 1000, self.tz());
        if !self.is_fact() {
            head += &format!(",\"device\":\"{}\",\"seq\":{}", self.device, self.seq);
        }
        head += &format!(",\"rev\":{},", self.revision);
        let body = self.body.to_json();
        head + body.get(1..).unwrap_or("}")
    }

    fn tz(&self) -> i32 {
        self.stamp.offset.get()
    }
}

/// A moment with the zone it was seen in.
pub fn stamp(moment_s: i64, offset_min: i32) -> Stamp {
    let moment_s = UnixMs::new(moment_s.saturating_mul(1000)).get() / 1000;
    Stamp { moment_s, offset: OffsetMin::new(offset_min) }
}

/// The program's date of a moment.
pub fn day_of(rules: &Rules, stamp: Stamp) -> Day {
    rules.calendar.day(UnixMs::new(stamp.moment_s.saturating_mul(1000)), stamp.offset)
}
