//! The state as bytes. Frozen: every version ever shipped must load (tests/formats).

use crate::bytes::{Reader, Writer};
use crate::clock::{Day, OffsetMin, UnixMs};
use crate::event::{decode_scalar, encode_scalar, Scalar};
use crate::id::{DeletionId, DeviceId, FlowIx, SegmentId, UserId};
use crate::insight::epoch::{Epoch, OutRow};
use crate::insight::profile::Profile;
use crate::insight::stats::{Order, Table};
use crate::insight::{Attempt, Attributes, Deletion, KnownOrder, State, SKEW_S_MAX};
use crate::program::names::Names;
use crate::summary::rows::{decode_row, encode_row};

/// Appends the state.
pub fn encode(state: &State, w: &mut Writer) {
    w.byte(u8::from(state.consented));
    w.u64(state.device.0);
    w.text(state.user.as_str());
    w.u64(state.segment.0);
    encode_instant(w, state.last);
    encode_instant(w, state.active);
    w.signed(i64::from(state.zone.get()));
    w.signed(state.skew_s);
    encode_profile(w, &state.profile);
    encode_attempts(w, state);
    encode_orders(w, &state.orders);
    encode_attributes(w, &state.attributes);
    w.varint(u64::from(state.fact_cursor));
    encode_deletion(w, state.deletion.as_ref());
    encode_epochs(w, &state.epochs);
}

/// Reads the state; `None` if the bytes are none.
pub fn decode(r: &mut Reader) -> Option<State> {
    Some(State {
        consented: r.byte()? == 1,
        device: DeviceId(r.u64()?),
        user: UserId::new(r.text()?)?,
        segment: SegmentId(r.u64()?),
        last: decode_instant(r)?,
        active: decode_instant(r)?,
        zone: OffsetMin::new(r.signed()?.try_into().ok()?),
        skew_s: r.signed().filter(|skew_s| (-SKEW_S_MAX..=SKEW_S_MAX).contains(skew_s))?,
        profile: decode_profile(r)?,
        attempts: decode_attempts(r)?,
        orders: decode_orders(r)?,
        attributes: decode_attributes(r)?,
        fact_cursor: r.varint32()?,
        deletion: decode_deletion(r)?,
        epochs: decode_epochs(r)?,
    })
}

fn encode_instant(w: &mut Writer, instant: UnixMs) {
    w.varint((instant.get() / 1000) as u64);
}

fn decode_instant(r: &mut Reader) -> Option<UnixMs> {
    let ms = i64::try_from(r.varint()?).ok()?.checked_mul(1000)?;
    Some(UnixMs::new(ms))
}

fn encode_day(w: &mut Writer, day: Day) {
    w.varint(day.number() as u64);
}

fn decode_day(r: &mut Reader) -> Option<Day> {
    Day::from_number(r.varint()?.try_into().ok()?)
}

/// A profile without active days is empty and is written as the one zero.
fn encode_profile(w: &mut Writer, profile: &Profile) {
    w.varint(profile.active_days);
    if profile.active_days != 0 {
        encode_day(w, profile.first_day);
        encode_day(w, profile.last_day);
        w.varint(u64::from(profile.sessions));
        w.varint(u64::from(profile.events_today));
    }
}

fn decode_profile(r: &mut Reader) -> Option<Profile> {
    let active_days = r.varint()?;
    if active_days == 0 {
        return Some(Profile::default());
    }
    Some(Profile {
        active_days,
        first_day: decode_day(r)?,
        last_day: decode_day(r)?,
        sessions: r.varint32()?,
        events_today: r.varint32()?,
    })
}

/// Only live attempts are kept.
fn encode_attempts(w: &mut Writer, state: &State) {
    w.count(state.attempts.iter().filter(|(_, attempt)| attempt.is_some()).count());
    for (flow, attempt) in state.attempts.iter() {
        if let Some(attempt) = attempt {
            w.varint(u64::from(flow.0));
            w.byte(attempt.step);
            encode_instant(w, attempt.started);
        }
    }
}

fn decode_attempts(r: &mut Reader) -> Option<Table<FlowIx, Option<Attempt>>> {
    let mut attempts = Table::default();
    for _ in 0..r.count()? {
        let flow = FlowIx(r.varint()?.try_into().ok()?);
        let attempt = Attempt { step: r.byte()?, started: decode_instant(r)? };
        attempts.push(flow, Some(attempt)).then_some(())?;
    }
    Some(attempts)
}

fn encode_orders(w: &mut Writer, orders: &[KnownOrder]) {
    w.count(orders.len());
    for known in orders {
        w.text(&known.order.id);
        w.varint(known.order.paid_fen);
        encode_day(w, known.day);
        w.byte(u8::from(known.confirmed));
    }
}

fn decode_orders(r: &mut Reader) -> Option<Vec<KnownOrder>> {
    r.list(|r| {
        let order = Order { id: r.text()?.to_owned(), paid_fen: r.varint()? };
        Some(KnownOrder { order, day: decode_day(r)?, confirmed: r.byte()? == 1 })
    })
}

fn encode_attributes(w: &mut Writer, attributes: &Attributes) {
    w.varint(u64::from(attributes.revision));
    w.varint(u64::from(attributes.acked));
    w.count(attributes.values.len());
    for (name, value) in &attributes.values {
        w.text(name);
        encode_scalar(w, Some(value));
    }
}

fn decode_attributes(r: &mut Reader) -> Option<Attributes> {
    let (revision, acked) = (r.varint32()?, r.varint32()?);
    let values = r.list(|r| Some((r.text()?.to_owned(), decode_scalar(r)??)))?;
    let ascending = values.is_sorted_by(|a: &(String, Scalar), b| a.0 < b.0);
    ascending.then_some(Attributes { values, revision, acked })
}

fn encode_deletion(w: &mut Writer, deletion: Option<&(Deletion, UserId)>) {
    w.byte(u8::from(deletion.is_some()));
    if let Some((deletion, user)) = deletion {
        w.u64(deletion.id.0);
        w.u64(deletion.device.0);
        w.text(user.as_str());
    }
}

fn decode_deletion(r: &mut Reader) -> Option<Option<(Deletion, UserId)>> {
    if r.byte()? == 0 {
        return Some(None);
    }
    let deletion = Deletion { id: DeletionId(r.u64()?), device: DeviceId(r.u64()?) };
    Some(Some((deletion, UserId::new(r.text()?)?)))
}

fn encode_epochs(w: &mut Writer, epochs: &[Epoch]) {
    w.count(epochs.len());
    for epoch in epochs {
        epoch.names.encode(w);
        w.count(epoch.met.len());
        for ((event, dimension), texts) in epoch.met.iter() {
            w.varint(u64::from(event));
            w.byte(dimension);
            w.count(texts.len());
            texts.iter().for_each(|text| w.text(text));
        }
        encode_rows(w, epoch);
    }
}

fn decode_epochs(r: &mut Reader) -> Option<Vec<Epoch>> {
    r.list(|r| {
        let mut epoch = Epoch::new(Names::decode(r)?);
        for _ in 0..r.count()? {
            let key = (r.varint()?.try_into().ok()?, r.byte()?);
            epoch.met.push(key, r.list(|r| Some(r.text()?.to_owned()))?).then_some(())?;
        }
        epoch.rows = decode_rows(r, &epoch.names)?;
        Some(epoch)
    })
}

/// Users stand once, before the rows: there are many rows and few users.
fn encode_rows(w: &mut Writer, epoch: &Epoch) {
    let mut users: Vec<&UserId> = Vec::new();
    for row in &epoch.rows {
        if !users.contains(&&row.user) {
            users.push(&row.user);
        }
    }
    w.count(users.len());
    users.iter().for_each(|user| w.text(user.as_str()));
    w.count(epoch.rows.len());
    for row in &epoch.rows {
        w.count(users.iter().position(|user| **user == row.user).unwrap_or(0));
        w.varint(u64::from(row.acked));
        w.byte(u8::from(row.quarantined) | u8::from(row.coarse) << 1);
        encode_row(w, &row.row, &epoch.names);
    }
}

fn decode_rows(r: &mut Reader, names: &Names) -> Option<Vec<OutRow>> {
    let users = r.list(|r| UserId::new(r.text()?))?;
    r.list(|r| {
        let user = users.get(usize::try_from(r.varint()?).ok()?)?.clone();
        let acked = r.varint32()?;
        let flags = r.byte()?;
        let row = decode_row(r, names)?;
        Some(OutRow { user, acked, quarantined: flags & 1 == 1, coarse: flags & 2 == 2, row })
    })
}
