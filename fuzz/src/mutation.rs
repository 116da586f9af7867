//! Blind changes to known inputs.

use crate::random::Random;

/// Numbers at the edges of their encodings, where readers go wrong.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xc0, 0xfe, 0xff];
const CHANGES_MAX: usize = 6;
const RUN_MAX: usize = 16;

/// One of the inputs with a few changes.
pub(crate) fn mutate(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = pick(corpus, random).to_vec();
    for _ in 0..=random.below(CHANGES_MAX) {
        change(&mut input, corpus, random);
    }
    input
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let end = (at + 1 + random.below(RUN_MAX)).min(input.len());
    match random.below(7) {
        0 => flip(input, at, random),
        1 => set(input, at, EDGES.get(random.below(EDGES.len())).copied().unwrap_or(0)),
        2 => set(input, at, random.next() as u8),
        3 => drop(input.drain(at.min(end)..end)),
        4 => input.truncate(at),
        5 => insert(input, at, &[random.next() as u8]),
        _ => insert(input, at, slice(pick(corpus, random), random)),
    }
}

fn flip(input: &mut [u8], at: usize, random: &mut Random) {
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
}

fn set(input: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = input.get_mut(at) {
        *byte = value;
    }
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    input.splice(at..at, bytes.iter().copied());
}

/// A part of another input.
fn slice<'a>(from: &'a [u8], random: &mut Random) -> &'a [u8] {
    let start = random.below(from.len());
    let end = (start + 1 + random.below(4 * RUN_MAX)).min(from.len());
    from.get(start..end).unwrap_or_default()
}

fn pick<'a>(corpus: &'a [Vec<u8>], random: &mut Random) -> &'a [u8] {
    corpus.get(random.below(corpus.len())).map_or(&[], Vec::as_slice)
}
