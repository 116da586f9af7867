//! What happened, once validated: the records that the state is folded from.
//!
//! A record says everything its fold needs, so replaying a stored tail does not ask the program, the clock or the
//! phone again: a new program version can't change what an old record meant.

pub mod dropped;
pub mod journey;
pub mod portrait;

use self::dropped::Dropped;
use crate::bytes::{Reader, Writer};
use crate::clock::{OffsetMin, UnixMs};
use crate::experiment::trials;
use crate::id::{EventIx, FlowIx, Label, SegmentId, UserId};

pub use crate::id::{ORDER_ID_BYTES_MAX, TEXT_BYTES_MAX};

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Text of at most 64 bytes.
    Text(String),
    /// A number in thousandths (3.5 is 3500), so that no float has to be printed; ±2^53 - 1.
    Milli(i64),
    /// A flag.
    Flag(bool),
}

/// The props of one event, by their position in the dictionary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Props {
    /// (dimension position, value).
    pub labels: Vec<(u8, Label)>,
    /// (number position, whole value after scaling).
    pub numbers: Vec<(u8, u64)>,
}

/// One step of the fold. `after_s` is seconds since the record before.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// An observation was counted.
    Event {
        /// Seconds since the record before.
        after_s: u32,
        /// Which one.
        event: EventIx,
        /// With what.
        props: Props,
    },
    /// A session began.
    Session {
        /// Seconds since the record before.
        after_s: u32,
    },
    /// A page was left after so long.
    Dwell {
        /// Seconds since the record before.
        after_s: u32,
        /// The page.
        page: Label,
        /// How long it was seen.
        dwell_ms: u64,
    },
    /// An attempt at a flow reached a step.
    Flow {
        /// Seconds since the record before.
        after_s: u32,
        /// Which flow.
        flow: FlowIx,
        /// Position of the step.
        step: u8,
        /// True if nothing comes after this step.
        last: bool,
    },
    /// A text was met that the program does not declare; it gets the next label of its dimension.
    Met {
        /// The event.
        event: EventIx,
        /// Position of the dimension.
        dimension: u8,
        /// 1..=64 bytes.
        text: String,
    },
    /// Something was not counted.
    Dropped {
        /// Why.
        reason: Dropped,
        /// How many.
        count: u32,
    },
    /// The app believes an order paid (its event is recorded beside).
    Order {
        /// The shop's own id.
        id: String,
        /// Whole fen.
        paid_fen: u64,
    },
    /// The clock was set: at a start, a zone change, or a step back that is believed.
    Clock {
        /// Whole seconds.
        instant: UnixMs,
        /// The zone whose dates count from here on.
        zone: OffsetMin,
    },
    /// A new stretch of recording begins.
    Segment {
        /// Its random id.
        id: SegmentId,
        /// Whose it is.
        user: UserId,
    },
    /// The server's clock was compared: add this to the phone's.
    Skew {
        /// Seconds, may be negative.
        skew_s: i64,
    },
    /// An attribute was set, or removed.
    Attribute {
        /// Its name.
        name: String,
        /// Its value; `None` removes it.
        value: Option<Scalar>,
    },
    /// The server holds this revision of a row.
    Acknowledged {
        /// The row's segment.
        segment: SegmentId,
        /// The row's day as a number.
        day: i32,
        /// What was acknowledged.
        revision: u32,
    },
    /// The server holds this revision of the attributes.
    AttributesAcknowledged {
        /// What was acknowledged.
        revision: u32,
    },
    /// The server refused a row for good: it is kept aside and not sent again.
    Quarantined {
        /// The row's segment.
        segment: SegmentId,
        /// The row's day as a number.
        day: i32,
    },
    /// A fact arrived; an order with that id is confirmed.
    Fact {
        /// Its number.
        number: u32,
        /// The order it confirms; empty if it is about something else.
        order_id: String,
    },
    /// The server acknowledged the deletion request.
    Deleted,
    /// Something about experiments.
    Lab(trials::Change),
    /// Something about the person's ways.
    Portrait {
        /// Seconds since the record before, if it is something she did.
        after_s: u32,
        /// What.
        change: portrait::Change,
    },
    /// Something about journeys.
    Journey(journey::Change),
}

impl Record {
    /// Appends the record's canonical bytes. Tags are frozen: tests/formats holds one of each.
    pub fn encode(&self, w: &mut Writer) {
        match self {
            Record::Event { after_s, event, props } => encode_event(w, *after_s, *event, props),
            Record::Session { after_s } => tagged(w, 1, &[u64::from(*after_s)]),
            Record::Dwell { after_s, page, dwell_ms } => {
                tagged(w, 2, &[u64::from(*after_s), u64::from(page.0), *dwell_ms]);
            }
            Record::Flow { after_s, flow, step, last } => {
                tagged(w, 3, &[u64::from(*after_s), u64::from(flow.0), u64::from(*step), u64::from(*last)]);
            }
            Record::Met { event, dimension, text } => {
                tagged_text(w, 4, &[u64::from(event.0), u64::from(*dimension)], text);
            }
            Record::Dropped { reason, count } => tagged(w, 5, &[*reason as u64, u64::from(*count)]),
            Record::Order { id, paid_fen } => tagged_text(w, 6, &[*paid_fen], id),
            Record::Clock { instant, zone } => encode_clock(w, *instant, *zone),
            Record::Segment { id, user } => {
                w.byte(8);
                w.u64(id.0);
                w.text(user.as_str());
            }
            Record::Skew { skew_s } => tagged_signed(w, 9, *skew_s),
            Record::Attribute { name, value } => {
                tagged(w, 10, &[]);
                w.text(name);
                encode_scalar(w, value.as_ref());
            }
            Record::Acknowledged { segment, day, revision } => {
                tagged(w, 11, &[u64::from(*revision)]);
                encode_row_id(w, *segment, *day);
            }
            Record::AttributesAcknowledged { revision } => tagged(w, 12, &[u64::from(*revision)]),
            Record::Quarantined { segment, day } => {
                tagged(w, 13, &[]);
                encode_row_id(w, *segment, *day);
            }
            Record::Fact { number, order_id } => tagged_text(w, 14, &[u64::from(*number)], order_id),
            Record::Deleted => w.byte(15),
            Record::Lab(change) => encode_lab(w, change),
            Record::Portrait { after_s, change } => {
                tagged(w, 17, &[u64::from(*after_s)]);
                change.encode(w);
            }
            Record::Journey(change) => encode_journey(w, change),
        }
    }

    /// Reads one record; `None` if the bytes are none.
    pub fn decode(r: &mut Reader) -> Option<Record> {
        Some(match r.byte()? {
            0 => decode_event(r)?,
            1 => Record::Session { after_s: r.varint32()? },
            2 => Record::Dwell { after_s: r.varint32()?, page: Label(r.varint32()?), dwell_ms: r.varint()? },
            3 => {
                Record::Flow { after_s: r.varint32()?, flow: FlowIx(short(r)?), step: tiny(r)?, last: r.varint()? == 1 }
            }
            4 => Record::Met { event: EventIx(short(r)?), dimension: tiny(r)?, text: r.text()?.to_owned() },
            5 => {
                let reason = *Dropped::ALL.get(usize::from(tiny(r)?))?;
                Record::Dropped { reason, count: r.varint32()? }
            }
            6 => Record::Order { paid_fen: r.varint()?, id: r.text()?.to_owned() },
            7 => Record::Clock { instant: seconds(r)?, zone: OffsetMin::new(r.signed()?.try_into().ok()?) },
            8 => Record::Segment { id: SegmentId(r.u64()?), user: UserId::new(r.text()?)? },
            9 => Record::Skew { skew_s: r.signed()? },
            10 => Record::Attribute { name: r.text()?.to_owned(), value: decode_scalar(r)? },
            11 => {
                let revision = r.varint32()?;
                Record::Acknowledged { segment: SegmentId(r.u64()?), day: r.signed()?.try_into().ok()?, revision }
            }
            12 => Record::AttributesAcknowledged { revision: r.varint32()? },
            13 => Record::Quarantined { segment: SegmentId(r.u64()?), day: r.signed()?.try_into().ok()? },
            14 => Record::Fact { number: r.varint32()?, order_id: r.text()?.to_owned() },
            15 => Record::Deleted,
            16 => Record::Lab(trials::Change::decode(r)?),
            17 => Record::Portrait { after_s: r.varint32()?, change: portrait::Change::decode(r)? },
            18 => Record::Journey(journey::Change::decode(r)?),
            _ => return None,
        })
    }
}

fn tagged_signed(w: &mut Writer, tag: u8, value: i64) {
    w.byte(tag);
    w.signed(value);
}

fn encode_clock(w: &mut Writer, instant: UnixMs, zone: OffsetMin) {
    tagged(w, 7, &[(instant.get() / 1000) as u64]);
    w.signed(i64::from(zone.get()));
}

fn encode_journey(w: &mut Writer, change: &journey::Change) {
    w.byte(18);
    change.encode(w);
}

fn encode_lab(w: &mut Writer, change: &trials::Change) {
    w.byte(16);
    change.encode(w);
}

fn tagged(w: &mut Writer, tag: u8, values: &[u64]) {
    w.byte(tag);
    for &value in values {
        w.varint(value);
    }
}

fn tagged_text(w: &mut Writer, tag: u8, values: &[u64], text: &str) {
    tagged(w, tag, values);
    w.text(text);
}

fn encode_row_id(w: &mut Writer, segment: SegmentId, day: i32) {
    w.u64(segment.0);
    w.signed(i64::from(day));
}

fn short(r: &mut Reader) -> Option<u16> {
    r.varint()?.try_into().ok()
}

fn tiny(r: &mut Reader) -> Option<u8> {
    r.varint()?.try_into().ok()
}

/// Whole seconds since 1970, refused outside the years the engine believes.
fn seconds(r: &mut Reader) -> Option<UnixMs> {
    let ms = i64::try_from(r.varint()?).ok()?.checked_mul(1000)?;
    let instant = UnixMs::new(ms);
    (instant.get() == ms).then_some(instant)
}

/// Events are nearly all of a tail: counts share a byte, positions are one byte each.
fn encode_event(w: &mut Writer, after_s: u32, event: EventIx, props: &Props) {
    tagged(w, 0, &[u64::from(event.0), u64::from(after_s)]);
    w.byte((props.labels.len() as u8) << 4 | props.numbers.len() as u8);
    for &(position, label) in &props.labels {
        w.byte(position);
        w.varint(u64::from(label.0));
    }
    for &(position, value) in &props.numbers {
        w.byte(position);
        w.varint(value);
    }
}

fn decode_event(r: &mut Reader) -> Option<Record> {
    let event = EventIx(short(r)?);
    let after_s = r.varint32()?;
    let counts = r.byte()?;
    let mut props = Props::default();
    for _ in 0..counts >> 4 {
        props.labels.push((r.byte()?, Label(r.varint32()?)));
    }
    for _ in 0..counts & 15 {
        props.numbers.push((r.byte()?, r.varint()?));
    }
    Some(Record::Event { after_s, event, props })
}

/// 0 none, 1 text, 2 thousandths, 3 false, 4 true.
pub fn encode_scalar(w: &mut Writer, value: Option<&Scalar>) {
    match value {
        None => w.byte(0),
        Some(Scalar::Text(text)) => {
            w.byte(1);
            w.text(text);
        }
        Some(Scalar::Milli(milli)) => {
            w.byte(2);
            w.signed(*milli);
        }
        Some(Scalar::Flag(flag)) => w.byte(3 + u8::from(*flag)),
    }
}

/// Reads what [`encode_scalar`] wrote; the outer `None` means the bytes are bad.
pub fn decode_scalar(r: &mut Reader) -> Option<Option<Scalar>> {
    Some(match r.byte()? {
        0 => None,
        1 => Some(Scalar::Text(r.text()?.to_owned())),
        2 => Some(Scalar::Milli(r.signed()?)),
        3 => Some(Scalar::Flag(false)),
        4 => Some(Scalar::Flag(true)),
        _ => return None,
    })
}
