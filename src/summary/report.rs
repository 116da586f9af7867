//! The receiver's side: rows with their names, as the JSON profile has them, and how they add up.
//!
//! Counts are 64 bits wide here, so that the rows of a whole fleet can be merged into one.

mod check;
mod claims;
mod convert;
mod exposures;
mod insight;
mod merge;
mod plan;

pub use claims::{ReportClaim, ReportClaims};
pub use exposures::{ReportExposure, ReportExposures};
pub use insight::ReportInsight;
pub use plan::{ReportDue, ReportPlan, ReportTrip};

use super::{Scalar, MILLI_MAX};
use crate::error::Error;
use crate::insight::sketch::Sketch;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// One upload, by name. Its serde form is the JSON profile (`docs/wire.md`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Version of the profile: 1.
    pub v: u8,
    /// The program's `app`.
    pub app: String,
    /// Which installation: 16 hexadecimal digits.
    pub device: String,
    /// Whose rows these are; empty before login.
    pub user: String,
    /// The phone's clock when the body was made.
    #[serde(rename = "sent")]
    pub sent_at_ms: i64,
    /// Minutes east of UTC on the phone.
    #[serde(rename = "tz")]
    pub offset_min: i32,
    /// The highest fact number the phone has.
    #[serde(rename = "facts", default)]
    pub fact_cursor: u32,
    /// Attributes, when they changed.
    #[serde(default, deserialize_with = "present")]
    pub attributes: Option<ReportAttributes>,
    /// Claims of the ledger.
    #[serde(default, deserialize_with = "present")]
    pub claims: Option<ReportClaims>,
    /// What the person saw of experiments.
    #[serde(default, deserialize_with = "present")]
    pub exposures: Option<ReportExposures>,
    /// How the person was judged last.
    #[serde(default, deserialize_with = "present")]
    pub insight: Option<ReportInsight>,
    /// What is to be done for her.
    #[serde(default, deserialize_with = "present")]
    pub plan: Option<ReportPlan>,
    /// One for each segment and day.
    #[serde(default)]
    pub rows: Vec<ReportRow>,
    /// Set: delete everything of this user on this device, and answer with this id.
    #[serde(rename = "delete", default, deserialize_with = "present")]
    pub deletion: Option<String>,
}

/// By hand, for which members there are depends on whether it is a deletion: as [`super::Upload::to_json`].
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("v", &self.v)?;
        members.serialize_entry("app", &self.app)?;
        members.serialize_entry("device", &self.device)?;
        members.serialize_entry("user", &self.user)?;
        members.serialize_entry("sent", &self.sent_at_ms)?;
        members.serialize_entry("tz", &self.offset_min)?;
        if let Some(deletion) = &self.deletion {
            members.serialize_entry("delete", deletion)?;
            return members.end();
        }
        members.serialize_entry("facts", &self.fact_cursor)?;
        if let Some(attributes) = &self.attributes {
            members.serialize_entry("attributes", attributes)?;
        }
        if let Some(claims) = &self.claims {
            members.serialize_entry("claims", claims)?;
        }
        if let Some(exposures) = &self.exposures {
            members.serialize_entry("exposures", exposures)?;
        }
        if let Some(insight) = &self.insight {
            members.serialize_entry("insight", insight)?;
        }
        if let Some(plan) = &self.plan {
            members.serialize_entry("plan", plan)?;
        }
        members.serialize_entry("rows", &self.rows)?;
        members.end()
    }
}

/// Attributes of the person at a revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportAttributes {
    /// Grows with every change; the receiver echoes it.
    #[serde(rename = "rev")]
    pub revision: u32,
    /// All of them, not only the changed ones.
    #[serde(rename = "set")]
    pub values: BTreeMap<String, Attribute>,
}

/// A value of an attribute: in JSON a boolean, a text, or a number of which three decimals count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Attribute(pub Scalar);

/// What was counted in one segment on one day, at a revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportRow {
    /// Which stretch of recording: 16 hexadecimal digits.
    #[serde(rename = "s")]
    pub segment: String,
    /// `YYYY-MM-DD` in the program's zone.
    #[serde(rename = "d")]
    pub day: String,
    /// The higher one wins.
    #[serde(rename = "r")]
    pub revision: u32,
    /// The counts.
    #[serde(flatten)]
    pub stats: ReportStats,
}

/// Counts by name. Adding two of them is exact, and the order does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportStats {
    /// By event.
    #[serde(rename = "e", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, ReportEvent>,
    /// By flow: how many attempts reached each step.
    #[serde(rename = "f", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flows: BTreeMap<String, Vec<u64>>,
    /// Events by hour of the day.
    #[serde(rename = "h", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: BTreeMap<Hour, u64>,
    /// Sessions begun, and seconds in sessions.
    #[serde(rename = "ss", default, skip_serializing_if = "is_no_session")]
    pub sessions: (u64, u64),
    /// (order id, paid fen) as the app believes; sorted once merged.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<(String, u64)>,
    /// What was not counted, by reason.
    #[serde(rename = "x", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub drops: BTreeMap<String, u64>,
}

/// Counts of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportEvent {
    /// Times tracked.
    #[serde(rename = "n")]
    pub count: u64,
    /// By dimension and value ("" is "other"): times, and the sum of the event's first number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by: BTreeMap<String, BTreeMap<String, (u64, u64)>>,
    /// By number.
    #[serde(rename = "num", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<String, ReportNumber>,
}

/// A number's exact sum and its sketch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportNumber {
    /// Sum of all values.
    pub sum: u64,
    /// (bucket, count), ascending ([`crate::insight::sketch`]).
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<(u32, u64)>,
}

/// An hour of the day, 0..=23; a decimal text as a key of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hour(u8);

impl Hour {
    /// 0..=23.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<String> for Hour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Hour, &'static str> {
        let hour = text.parse().ok().filter(|&hour: &u8| hour < 24 && hour.to_string() == text);
        hour.map(Hour).ok_or("an hour is 0 to 23")
    }
}

impl From<Hour> for String {
    fn from(hour: Hour) -> String {
        hour.0.to_string()
    }
}

/// A member that may be absent, but not null: one content, one form.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn is_no_session(sessions: &(u64, u64)) -> bool {
    *sessions == (0, 0)
}

impl Report {
    /// Reads the JSON profile and checks it against the limits of the binary one.
    ///
    /// # Errors
    /// `report_not_json` for text that is no JSON of this shape (unknown members included), `report_invalid` with
    /// the path for a value out of its limits.
    pub fn from_json(text: &str) -> Result<Report, Error> {
        let report: Report = serde_json::from_str(text).map_err(|e| Error::new("report_not_json", e.to_string()))?;
        check::check(&report)?;
        Ok(report)
    }
}

impl ReportNumber {
    /// The value below which `permille` of a thousand values lie, within 5.9 %; `None` without buckets.
    pub fn quantile(&self, permille: u32) -> Option<u64> {
        let small = |&(bucket, count): &(u32, u64)| (bucket, u32::try_from(count).unwrap_or(u32::MAX));
        Sketch { sum: self.sum, buckets: self.buckets.iter().map(small).collect() }.quantile(permille)
    }
}

/// The JSON forms an attribute may have.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Plain {
    Flag(bool),
    Whole(i64),
    Decimal(f64),
    Text(String),
}

impl TryFrom<Plain> for Attribute {
    type Error = &'static str;

    fn try_from(plain: Plain) -> Result<Attribute, &'static str> {
        let milli = match plain {
            Plain::Flag(flag) => return Ok(Attribute(Scalar::Flag(flag))),
            Plain::Text(text) => return Ok(Attribute(Scalar::Text(text))),
            Plain::Whole(whole) => whole.checked_mul(1000),
            // A float too large for i64 saturates, which is over the limit below.
            Plain::Decimal(decimal) => Some((decimal * 1000.0).round() as i64),
        };
        let milli = milli.filter(|milli| (-MILLI_MAX..=MILLI_MAX).contains(milli));
        milli.map(|milli| Attribute(Scalar::Milli(milli))).ok_or("the number is too large for an attribute")
    }
}

impl From<Attribute> for Plain {
    fn from(attribute: Attribute) -> Plain {
        match attribute.0 {
            Scalar::Flag(flag) => Plain::Flag(flag),
            Scalar::Text(text) => Plain::Text(text),
            Scalar::Milli(milli) if milli % 1000 == 0 => Plain::Whole(milli / 1000),
            Scalar::Milli(milli) => Plain::Decimal(milli as f64 / 1000.0),
        }
    }
}
