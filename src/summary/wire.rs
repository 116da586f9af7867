//! The binary profile (`docs/wire.md`): one upload as canonical bytes.

use super::claims::Claims;
use super::exposures::Exposures;
use super::insight::Insight;
use super::plan::Plan;
use super::rows::{decode_row, encode_row};
use super::{MetText, Scalar, Upload, ATTRIBUTES_MAX, MET_MAX, MILLI_MAX, ROWS_MAX, TEXT_BYTES_MAX};
use crate::bytes::{Reader, Writer};
use crate::clock::{At, OffsetMin, UnixMs};
use crate::id::{DeletionId, DeviceId, EventIx, LabelKind, UserId};
use crate::insight::stats::Row;
use crate::program::names::{Names, NAME_BYTES_MAX, PROPS_MAX};
use std::fmt;

const FORMAT: u8 = 1;

const NAMES: u8 = 1;
const ATTRIBUTES: u8 = 2;
const DELETION: u8 = 4;
const CLAIMS: u8 = 8;
const EXPOSURES: u8 = 16;
const INSIGHT: u8 = 32;
const PLAN: u8 = 64;
const ALL: u8 = 127;

const TEXT: u8 = 0;
const MILLI: u8 = 1;
const NO: u8 = 2;
const YES: u8 = 3;

/// Why bytes are no upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The names with this hash are needed to read it: ask the phone to send them.
    UnknownDictionary(u32),
    /// The bytes are none that [`Upload::encode`] writes.
    Malformed {
        /// Offset of the first byte that does not fit.
        at: usize,
        /// The part that was being read.
        what: &'static str,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::UnknownDictionary(hash) => write!(f, "the names with hash {hash:08x} are not known"),
            DecodeError::Malformed { at, what } => write!(f, "malformed {what} at byte {at}"),
        }
    }
}

impl std::error::Error for DecodeError {}

impl Upload {
    /// Writes the binary profile. `names` are those that [`Upload::dictionary`] is the hash of.
    pub fn encode(&self, names: &Names) -> Vec<u8> {
        let mut w = Writer::default();
        self.write_header(&mut w);
        if let Some(names) = &self.names {
            names.encode(&mut w);
        }
        if let Some((revision, attributes)) = &self.attributes {
            w.varint((*revision).into());
            write_attributes(&mut w, attributes);
        }
        if let Some(deletion) = self.deletion {
            w.u64(deletion.0);
        }
        if let Some(claims) = &self.claims {
            claims.encode(&mut w);
        }
        if let Some(exposures) = &self.exposures {
            exposures.encode(&mut w);
        }
        if let Some(insight) = &self.insight {
            insight.encode(&mut w);
        }
        if let Some(plan) = &self.plan {
            plan.encode(&mut w);
        }
        write_met(&mut w, &self.met);
        w.count(self.rows.len());
        self.rows.iter().for_each(|row| encode_row(&mut w, row, names));
        w.out
    }

    /// Reads the binary profile; `find` looks up the names that earlier uploads brought, by hash.
    ///
    /// # Errors
    /// [`DecodeError::UnknownDictionary`] if the names neither came along nor are found;
    /// [`DecodeError::Malformed`] for anything that [`Upload::encode`] does not write, trailing bytes included.
    pub fn decode(bytes: &[u8], find: &dyn Fn(u32) -> Option<Names>) -> Result<(Upload, Names), DecodeError> {
        let mut r = Reader::new(bytes);
        let malformed = |r: &Reader, what| DecodeError::Malformed { at: bytes.len() - r.left(), what };
        let (flags, mut upload) = read_header(&mut r).ok_or_else(|| malformed(&r, "header"))?;
        if flags & NAMES != 0 {
            let names = Names::decode(&mut r).filter(|names| names.hash() == upload.dictionary);
            upload.names = Some(names.ok_or_else(|| malformed(&r, "names"))?);
        }
        let names = upload.names.clone().or_else(|| find(upload.dictionary));
        let names = names.ok_or(DecodeError::UnknownDictionary(upload.dictionary))?;
        if flags & ATTRIBUTES != 0 {
            let attributes = read_attributes(&mut r).ok_or_else(|| malformed(&r, "attributes"))?;
            upload.attributes = Some(attributes);
        }
        if flags & DELETION != 0 {
            upload.deletion = Some(DeletionId(r.u64().ok_or_else(|| malformed(&r, "deletion"))?));
        }
        if flags & CLAIMS != 0 {
            upload.claims = Some(Claims::decode(&mut r).ok_or_else(|| malformed(&r, "claims"))?);
        }
        if flags & EXPOSURES != 0 {
            upload.exposures = Some(Exposures::decode(&mut r).ok_or_else(|| malformed(&r, "exposures"))?);
        }
        if flags & INSIGHT != 0 {
            upload.insight = Some(Insight::decode(&mut r).ok_or_else(|| malformed(&r, "insight"))?);
        }
        if flags & PLAN != 0 {
            upload.plan = Some(Plan::decode(&mut r).ok_or_else(|| malformed(&r, "plan"))?);
        }
        upload.met = read_met(&mut r, &names).ok_or_else(|| malformed(&r, "texts"))?;
        upload.rows = read_rows(&mut r, &names, &upload.met).ok_or_else(|| malformed(&r, "rows"))?;
        let fits = upload.deletion.is_none() || upload.says_nothing_else();
        if !r.is_empty() || !fits {
            return Err(malformed(&r, "end"));
        }
        Ok((upload, names))
    }

    fn write_header(&self, w: &mut Writer) {
        let flag = |present: bool, part: u8| if present { part } else { 0 };
        w.byte(FORMAT);
        w.byte(
            flag(self.names.is_some(), NAMES)
                | flag(self.attributes.is_some(), ATTRIBUTES)
                | flag(self.deletion.is_some(), DELETION)
                | flag(self.claims.is_some(), CLAIMS)
                | flag(self.exposures.is_some(), EXPOSURES)
                | flag(self.insight.is_some(), INSIGHT)
                | flag(self.plan.is_some(), PLAN),
        );
        w.u32(self.dictionary);
        w.u64(self.device.0);
        w.text(self.user.as_str());
        w.varint((self.sent.instant.since(UnixMs::MIN) / 1000).max(0) as u64);
        w.signed(self.sent.offset.get().into());
        w.varint(self.fact_cursor.into());
    }

    fn says_nothing_else(&self) -> bool {
        let counts = !self.met.is_empty() || !self.rows.is_empty() || self.exposures.is_some();
        let tells = self.attributes.is_some() || self.claims.is_some() || self.insight.is_some() || self.plan.is_some();
        self.fact_cursor == 0 && !tells && !counts
    }
}

fn read_header(r: &mut Reader) -> Option<(u8, Upload)> {
    r.byte().filter(|&format| format == FORMAT)?;
    let flags = r.byte().filter(|flags| flags & !ALL == 0)?;
    let (dictionary, device) = (r.u32()?, DeviceId(r.u64()?));
    let user = UserId::new(r.text()?)?;
    let instant = read_instant(r)?;
    let offset = r.signed().filter(|minutes| (-1080..=1080).contains(minutes))?;
    let fact_cursor = r.varint32()?;
    let upload = Upload {
        device,
        user,
        sent: At { instant, offset: OffsetMin::new(offset as i32) },
        fact_cursor,
        dictionary,
        names: None,
        attributes: None,
        met: Vec::new(),
        rows: Vec::new(),
        claims: None,
        exposures: None,
        insight: None,
        plan: None,
        deletion: None,
    };
    Some((flags, upload))
}

fn read_instant(r: &mut Reader) -> Option<UnixMs> {
    let ms = i64::try_from(r.varint()?).ok()?.checked_mul(1000)?;
    (ms <= UnixMs::MAX.since(UnixMs::MIN)).then(|| UnixMs::MIN.plus(ms))
}

fn write_attributes(w: &mut Writer, attributes: &[(String, Scalar)]) {
    w.count(attributes.len());
    for (name, value) in attributes {
        w.text(name);
        match value {
            Scalar::Text(text) => {
                w.byte(TEXT);
                w.text(text);
            }
            Scalar::Milli(milli) => {
                w.byte(MILLI);
                w.signed(*milli);
            }
            Scalar::Flag(flag) => w.byte(if *flag { YES } else { NO }),
        }
    }
}

fn read_attributes(r: &mut Reader) -> Option<(u32, Vec<(String, Scalar)>)> {
    let revision = r.varint32()?;
    let count = r.count().filter(|&count| count <= ATTRIBUTES_MAX)?;
    let mut attributes: Vec<(String, Scalar)> = Vec::new();
    for _ in 0..count {
        let name = r.text().filter(|name| (1..=NAME_BYTES_MAX).contains(&name.len()))?;
        if attributes.last().is_some_and(|(last, _)| last.as_str() >= name) {
            return None;
        }
        attributes.push((name.to_owned(), read_scalar(r)?));
    }
    Some((revision, attributes))
}

fn read_scalar(r: &mut Reader) -> Option<Scalar> {
    match r.byte()? {
        TEXT => r.text().filter(|text| text.len() <= TEXT_BYTES_MAX).map(|text| Scalar::Text(text.to_owned())),
        MILLI => r.signed().filter(|milli| (-MILLI_MAX..=MILLI_MAX).contains(milli)).map(Scalar::Milli),
        NO => Some(Scalar::Flag(false)),
        YES => Some(Scalar::Flag(true)),
        _ => None,
    }
}

/// The step from the event before and the dimension (0..=3) share a varint.
fn write_met(w: &mut Writer, met: &[MetText]) {
    w.count(met.len());
    let mut event = 0;
    for text in met {
        w.varint(u64::from(text.event.saturating_sub(event)) << 2 | u64::from(text.dimension & 3));
        w.text(&text.text);
        event = text.event;
    }
}

fn read_met(r: &mut Reader, names: &Names) -> Option<Vec<MetText>> {
    const { assert!(PROPS_MAX == 4, "a dimension's position takes two bits") };
    let mut met: Vec<MetText> = Vec::new();
    let mut last = (0, 0);
    for _ in 0..r.count()? {
        let head = r.varint32()?;
        let place = (u16::try_from(head >> 2).ok()?.checked_add(last.0)?, (head & 3) as u16);
        let text = r.text().filter(|text| (1..=TEXT_BYTES_MAX).contains(&text.len()))?;
        let dimension = names.event(EventIx(place.0))?.dimensions.get(usize::from(place.1))?;
        let known = dimension.values.iter().any(|value| value == text)
            || texts_of(&met, place).any(|earlier| earlier.text == text);
        if place < last || known || texts_of(&met, place).count() == MET_MAX {
            return None;
        }
        met.push(MetText { event: place.0, dimension: place.1, text: text.to_owned() });
        last = place;
    }
    Some(met)
}

/// The texts of one (event, dimension), in order. They stand together.
pub(super) fn texts_of(met: &[MetText], place: (u16, u16)) -> impl Iterator<Item = &MetText> {
    let start = met.partition_point(|text| (text.event, text.dimension) < place);
    met.iter().skip(start).take_while(move |text| (text.event, text.dimension) == place)
}

fn read_rows(r: &mut Reader, names: &Names, met: &[MetText]) -> Option<Vec<Row>> {
    let rows = r.list(|r| decode_row(r, names).filter(|row| finds_its_texts(row, met)))?;
    (rows.len() <= ROWS_MAX).then_some(rows)
}

fn finds_its_texts(row: &Row, met: &[MetText]) -> bool {
    row.stats.events.iter().all(|(event, stats)| {
        (0..).zip(&stats.dimensions).all(|(dimension, table)| {
            // Labels ascend, so the last met one has the highest index.
            let indices = table.iter().filter_map(|(label, _)| match label.kind() {
                LabelKind::Met(index) => Some(index),
                _ => None,
            });
            indices.last().is_none_or(|index| index < texts_of(met, (event.0, dimension)).count())
        })
    })
}
