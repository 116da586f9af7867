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

/// A shard of the table. Form: version, number of rows; a row is the step from the item before, how many neighbours, and
/// for each the step from the one before and its weight. Steps and counts are varints, items ascend, the first step
/// counts from 0. 1,000 items with 20 neighbours are 40 KB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    bytes: Vec<u8>,
}

impl Neighbours {
    /// Takes a shard as it came; `None` if it is no table, too long, or names an item past the catalogue's end.
    pub fn new(bytes: Vec<u8>, items: usize) -> Option<Neighbours> {
        let is_sane = bytes.len() <= SHARD_BYTES_MAX && read(&bytes, items, &mut |_, _| {}).is_some();
        is_sane.then_some(Neighbours { bytes })
    }

    /// The bytes to store.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Visits every row, in order: who is spoken for, and by whom.
    pub fn each(&self, visit: &mut dyn FnMut(u16, &[Neighbour])) {
        // Checked when it was made.
        let _ = read(&self.bytes, usize::from(u16::MAX) + 1, visit);
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

/// Twenty thousand pairs are read for every list of recommendations, so this reads bytes by itself.
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
    fn a_table_is_read_as_it_was_written() {
        let rows = [(0, vec![neighbour(300, 9), neighbour(2, 255)]), (7, vec![]), (300, vec![neighbour(0, 1)])];
        let table = Neighbours::new(Neighbours::encode(&rows).unwrap(), 301).unwrap();
        let mut found = Vec::new();
        table.each(&mut |item, row| found.extend(row.iter().map(|&other| (item, other))));
        assert_eq!(found, [(0, neighbour(2, 255)), (0, neighbour(300, 9)), (300, neighbour(0, 1))]);
        assert_eq!(Neighbours::new(table.bytes().to_vec(), 300), None, "item 300 is past the end");
        for cut in 0..table.bytes().len() {
            assert_eq!(Neighbours::new(table.bytes()[..cut].to_vec(), 301), None);
        }
        assert_eq!(Neighbours::new(vec![2, 0], 9), None, "another version");
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
