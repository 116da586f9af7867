//! Which items speak for which: the table a backend fits and a phone keeps as the bytes it came in.

#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
use crate::bytes::Writer;

/// Neighbours of one item. On a public data set 10 lose nothing against 50.
pub const NEIGHBOURS_MAX: usize = 32;
/// Bytes of one shard: what one key of the platform's storage holds, with room to spare.
pub const SHARD_BYTES_MAX: usize = 512 * 1024;
/// The form below.
const VERSION: u8 = 1;

/// An item that speaks for another one, and how loud (1..=255, on one scale for the whole table).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Position in the catalogue.
    pub item: u16,
    /// How much.
    pub weight: u8,
}

/// A shard of the table, turned round: for each item, which others it speaks for. A list of recommendations asks that of
/// the few items that she has, and need not read the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// Where an item's part of the next two begins; one more than there are items, or nothing.
    starts: Vec<u32>,
    spoken_for: Vec<u16>,
    weights: Vec<u8>,
}

impl Neighbours {
    /// Takes a shard as it came; `None` if it is no table, too long, or names an item past the catalogue's end. Form:
    /// version, number of rows; a row is the step from the item before, how many neighbours, and for each the step from the
    /// one before and its weight. Steps and counts are varints, items ascend, the first step counts from 0. 1,000 items with
    /// 20 neighbours are 40 KB, 64 KB in memory.
    pub fn new(bytes: &[u8], items: usize) -> Option<Neighbours> {
        if bytes.len() > SHARD_BYTES_MAX {
            return None;
        }
        let mut starts = vec![0u32; items + 1];
        read(bytes, items, &mut |_, row| {
            for speaker in row {
                if let Some(next) = starts.get_mut(usize::from(speaker.item) + 1) {
                    *next += 1;
                }
            }
        })?;
        let mut all = 0;
        for start in &mut starts {
            all += *start;
            *start = all;
        }
        let mut table = Neighbours { spoken_for: vec![0; all as usize], weights: vec![0; all as usize], starts };
        let mut places = table.starts.clone();
        read(bytes, items, &mut |item, row| row.iter().for_each(|other| table.put(item, *other, &mut places)))?;
        Some(table)
    }

    fn put(&mut self, item: u16, Neighbour { item: speaker, weight }: Neighbour, places: &mut [u32]) {
        let Some(place) = places.get_mut(usize::from(speaker)) else { return };
        let at = *place as usize;
        if let (Some(spoken_for), Some(heard)) = (self.spoken_for.get_mut(at), self.weights.get_mut(at)) {
            (*spoken_for, *heard) = (item, weight);
        }
        *place += 1;
    }

    /// The items that this one speaks for, ascending, and how loud.
    pub fn of(&self, speaker: u16) -> impl Iterator<Item = Neighbour> + '_ {
        let at = |position: usize| self.starts.get(position).map_or(0, |&start| start as usize);
        let part = at(usize::from(speaker))..at(usize::from(speaker) + 1);
        let spoken_for = self.spoken_for.get(part.clone()).unwrap_or_default();
        let weights = self.weights.get(part).unwrap_or_default();
        spoken_for.iter().zip(weights).map(|(&item, &weight)| Neighbour { item, weight })
    }

    /// The bytes of rows in ascending order, their neighbours in any; `None` where a row is out of order or too long.
    #[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
    pub fn encode(rows: &[(u16, Vec<Neighbour>)]) -> Option<Vec<u8>> {
        let mut w = Writer::default();
        w.byte(VERSION);
        w.count(rows.len());
        let mut before = None;
        for (item, neighbours) in rows {
            w.varint(step(before, *item)?);
            before = Some(*item);
            let mut sorted = neighbours.clone();
            sorted.sort_unstable_by_key(|neighbour| neighbour.item);
            w.count(sorted.len());
            let mut last = None;
            for Neighbour { item, weight } in sorted {
                w.varint(step(last, item)?);
                w.byte(weight);
                last = Some(item);
            }
            if neighbours.len() > NEIGHBOURS_MAX {
                return None;
            }
        }
        Some(w.out)
    }
}

/// From one ascending item to the next: at least 1 but for the first.
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
fn step(before: Option<u16>, item: u16) -> Option<u64> {
    match before {
        None => Some(item.into()),
        Some(before) => item.checked_sub(before).filter(|&step| step > 0).map(u64::from),
    }
}

fn read(bytes: &[u8], items: usize, visit: &mut dyn FnMut(u16, &[Neighbour])) -> Option<()> {
    let mut at = Place { rest: bytes.iter(), items };
    if at.byte()? != VERSION {
        return None;
    }
    let (rows, mut item) = (at.varint()?, None);
    let mut row = [Neighbour { item: 0, weight: 0 }; NEIGHBOURS_MAX];
    for _ in 0..rows {
        item = Some(at.item(item)?);
        let (found, mut last) = (row.get_mut(..at.varint()? as usize)?, None);
        for slot in found.iter_mut() {
            let neighbour = at.item(last)?;
            last = Some(neighbour);
            *slot = Neighbour { item: neighbour, weight: at.byte()? };
        }
        visit(item?, found);
    }
    at.rest.as_slice().is_empty().then_some(())
}

struct Place<'a> {
    rest: core::slice::Iter<'a, u8>,
    items: usize,
}

impl Place<'_> {
    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        self.rest.next().copied()
    }

    /// Nothing here needs more than three bytes, and the shortest way to write a number is the only one.
    #[inline(always)]
    fn varint(&mut self) -> Option<u32> {
        let byte = self.byte()?;
        if byte < 0x80 {
            return Some(byte.into());
        }
        self.long_varint(byte)
    }

    fn long_varint(&mut self, first: u8) -> Option<u32> {
        let mut value = u32::from(first & 0x7f);
        for shift in [7, 14] {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return (byte > 0).then_some(value);
            }
        }
        None
    }

    #[inline(always)]
    fn item(&mut self, before: Option<u16>) -> Option<u16> {
        let step = self.varint()?;
        let item = match before {
            None => step,
            Some(before) => u32::from(before) + if step > 0 { step } else { return None },
        };
        (item <= u32::from(u16::MAX) && (item as usize) < self.items).then_some(item as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbour(item: u16, weight: u8) -> Neighbour {
        Neighbour { item, weight }
    }

    #[test]
    fn a_table_is_read_and_turned_round() {
        let rows = [(0, vec![neighbour(300, 9), neighbour(2, 255)]), (7, vec![]), (300, vec![neighbour(0, 1)])];
        let bytes = Neighbours::encode(&rows).unwrap();
        let table = Neighbours::new(&bytes, 301).unwrap();
        let of = |speaker| table.of(speaker).collect::<Vec<_>>();
        assert_eq!((of(2), of(300)), (vec![neighbour(0, 255)], vec![neighbour(0, 9)]));
        assert_eq!((of(0), of(7)), (vec![neighbour(300, 1)], vec![]));
        assert_eq!((of(301), of(u16::MAX)), (vec![], vec![]), "past the end");
        assert_eq!(Neighbours::new(&bytes, 300), None, "item 300 is past the end");
        for cut in 0..bytes.len() {
            assert_eq!(Neighbours::new(&bytes[..cut], 301), None);
        }
        assert_eq!(Neighbours::new(&[2, 0], 9), None, "another version");
    }

    #[test]
    fn rows_out_of_order_make_no_table() {
        assert_eq!(Neighbours::encode(&[(3, vec![]), (3, vec![])]), None);
        assert_eq!(Neighbours::encode(&[(3, vec![neighbour(1, 1), neighbour(1, 2)])]), None);
        assert_eq!(Neighbours::encode(&[(3, (0..33).map(|item| neighbour(item, 1)).collect())]), None);
    }

    #[test]
    fn a_thousand_items_fit_a_key_of_storage() {
        let row = |item: u16| (item, (0..20).map(|n| neighbour((item + n * 50) % 1000, 100)).collect());
        let bytes = Neighbours::encode(&(0..1000).map(row).collect::<Vec<_>>()).unwrap();
        assert!(bytes.len() < 45_000, "{} bytes", bytes.len());
    }
}
