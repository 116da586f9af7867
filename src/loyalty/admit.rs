//! When something happened, as far as a phone's clock can be believed (I1, T1, T4).

#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
use super::act::{Act, Refusal, Stamp};
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
use crate::clock::OffsetMin;

/// A clock may be so far off without anybody saying so.
pub const CLOCK_SLACK_S: i64 = 300;

/// The moment that counts, given the newest one of the same device before; and whether the clock went back by more
/// than [`CLOCK_SLACK_S`].
pub fn effective(at_s: i64, newest_s: i64) -> (i64, bool) {
    (at_s.max(newest_s), newest_s.saturating_sub(at_s) > CLOCK_SLACK_S)
}

/// Whether a phone's clock was ahead of the server that received from it.
pub fn is_ahead(at_s: i64, received_s: i64) -> bool {
    at_s.saturating_sub(received_s) > CLOCK_SLACK_S
}

/// Something that reached the engine.
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Whoever sent it never uses it again for something else; empty: none.
    pub id: String,
    /// Whose clock `at_s` is from; empty: a server's, which is believed.
    pub device: String,
    /// What that clock said, in seconds since 1970.
    pub at_s: i64,
    /// The device's offset then.
    pub offset: OffsetMin,
    /// When a server received it, if one did.
    pub received_s: Option<i64>,
    /// The program it happened under.
    pub revision: u32,
    /// What it is; `None` if it changes nothing (but says what time it was on the device).
    pub act: Option<Act>,
}

/// An arrival that counts.
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The moment that counts.
    pub stamp: Stamp,
    /// The device's clock had gone back.
    pub went_back: bool,
}

/// Judges arrivals by id and clock, in the order in which they came.
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub fn admit(arrivals: &[Arrival]) -> Vec<Result<Admitted, Refusal>> {
    let repeated = repeated(arrivals);
    let mut newest: Vec<(&str, i64)> = Vec::new();
    let judge = |(arrival, repeated): (_, bool)| {
        if repeated {
            return Err(Refusal::DuplicateEvent);
        }
        admit_one(arrival, &mut newest)
    };
    arrivals.iter().zip(repeated).map(judge).collect()
}

#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
fn admit_one<'a>(arrival: &'a Arrival, newest: &mut Vec<(&'a str, i64)>) -> Result<Admitted, Refusal> {
    let Arrival { device, at_s, offset, received_s, .. } = arrival;
    let mut admitted = Admitted { stamp: Stamp { moment_s: *at_s, offset: *offset }, went_back: false };
    if device.is_empty() {
        return Ok(admitted);
    }
    if received_s.is_some_and(|received_s| is_ahead(*at_s, received_s)) {
        return Err(Refusal::ClockAhead);
    }
    match newest.iter_mut().find(|known| known.0 == device) {
        Some((_, newest_s)) => {
            (admitted.stamp.moment_s, admitted.went_back) = effective(*at_s, *newest_s);
            *newest_s = admitted.stamp.moment_s;
        }
        None => newest.push((device, *at_s)),
    }
    Ok(admitted)
}

/// For each arrival, whether its id came before. Sorted by a hash: comparing ids themselves takes most of a replay.
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
fn repeated(arrivals: &[Arrival]) -> Vec<bool> {
    let mut order: Vec<(u64, usize)> = arrivals.iter().map(|arrival| fnv(&arrival.id)).zip(0..).collect();
    order.sort_unstable();
    let mut repeated = vec![false; arrivals.len()];
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        for (place, (_, position)) in group.iter().enumerate().skip(1) {
            let id = arrivals.get(*position).map(|arrival| &arrival.id).filter(|id| !id.is_empty());
            let before = group.iter().take(place).filter_map(|(_, earlier)| arrivals.get(*earlier));
            let seen = id.is_some_and(|id| before.into_iter().any(|arrival| arrival.id == *id));
            repeated.get_mut(*position).into_iter().for_each(|flag| *flag = seen);
        }
    }
    repeated
}

/// FNV-1a, 64 bits.
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
