//! Claims by name, as the JSON profile has them.

use serde::{Deserialize, Serialize};

use crate::bytes::{hex, unhex};
use crate::clock::{Day, OffsetMin, UnixMs};
use crate::loyalty::form::{is_claim, kind};
use crate::loyalty::wire::Claim;
use crate::loyalty::Act;
use crate::summary::claims::{Claims, CLAIMS_MAX};

/// Claims of one phone and what they are held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportClaims {
    /// The program revision they were made under.
    #[serde(rename = "rev")]
    pub revision: u32,
    /// Number of the first one.
    pub first: u32,
    /// The phone asks for a state to start from.
    #[serde(rename = "base", default, skip_serializing_if = "std::ops::Not::not")]
    pub wants_base: bool,
    /// Head of the chain after the last one: 64 hexadecimal digits.
    pub head: String,
    /// Digest of the state after the last one: 32 hexadecimal digits.
    pub digest: String,
    /// In order of number.
    pub list: Vec<ReportClaim>,
}

/// One claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportClaim {
    /// `check_in`, `make_up` or `activity`.
    pub kind: String,
    /// When, in milliseconds (whole seconds).
    #[serde(rename = "at")]
    pub at_ms: i64,
    /// The phone's offset in minutes.
    #[serde(rename = "tz")]
    pub offset_min: i32,
    /// Of a make-up: the missed date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// Of an activity: its position in the program's `points.activities`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<u8>,
}

impl ReportClaims {
    pub(super) fn of(claims: &Claims) -> ReportClaims {
        ReportClaims {
            revision: claims.revision,
            first: claims.first,
            wants_base: claims.wants_base,
            head: hex(&claims.head),
            digest: hex(&claims.digest),
            list: claims.list.iter().map(ReportClaim::of).collect(),
        }
    }

    /// The checked form; `None` if anything is out of range.
    pub fn checked(&self) -> Option<Claims> {
        let list: Option<Vec<Claim>> = self.list.iter().map(|claim| claim.checked(self.revision)).collect();
        Some(Claims {
            revision: self.revision,
            first: self.first,
            wants_base: self.wants_base,
            head: unhex(&self.head)?,
            digest: unhex(&self.digest)?,
            list: list.filter(|list| list.len() <= CLAIMS_MAX)?,
        })
    }
}

impl ReportClaim {
    fn of(claim: &Claim) -> ReportClaim {
        let mut report = ReportClaim {
            kind: kind(&claim.act).to_owned(),
            at_ms: claim.at_s.saturating_mul(1000),
            offset_min: claim.offset.get(),
            ..ReportClaim::default()
        };
        match &claim.act {
            Act::MakeUp { day } => {
                let mut text = String::new();
                day.write(&mut text);
                report.day = Some(text);
            }
            Act::Activity { activity } => report.activity = Some(*activity),
            _ => {}
        }
        report
    }

    fn checked(&self, revision: u32) -> Option<Claim> {
        let act = match (self.kind.as_str(), &self.day, self.activity) {
            ("check_in", None, None) => Act::CheckIn,
            ("make_up", Some(day), None) => Act::MakeUp { day: Day::parse(day)? },
            ("activity", None, Some(activity)) => Act::Activity { activity },
            _ => return None,
        };
        let whole = UnixMs::new(self.at_ms).get() == self.at_ms && self.at_ms % 1000 == 0;
        let offset = OffsetMin::new(self.offset_min);
        let fits = whole && offset.get() == self.offset_min && is_claim(&act);
        fits.then_some(Claim { revision, at_s: self.at_ms / 1000, offset, act })
    }
}
