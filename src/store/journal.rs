//! Where bytes go so that a crash at any moment loses nothing that a write had reported done.
//!
//! A **slot** holds the whole state; two take turns, so a write never touches the newest good one. Records made
//! since the slot are the **tail**, cut into chunks of [`CHUNK_RECORDS`]. The chunk being filled is rewritten with
//! each new record, on two **working** keys in turn (again: never onto the only good copy). A full chunk moves to
//! a **full** key of its own; when those are used up, a new slot is written. Writes forced by `hide` have keys of
//! their own, two for chunks and one for a slot, because an asynchronous write may still be on its way to the
//! others. The first write of a start is a slot: only then may keys be written again that hold the loaded tail.
//!
//! Every record has a number that no start ever uses again, so a key left over from an older tail can't be
//! mistaken for part of this one.

use crate::bytes::{crc32, Reader, Writer};
use crate::event::Record;

/// How many keys the store uses, numbered from 0.
pub const KEYS: u8 = 10;
/// Records in a chunk. 16 × about 8 bytes keeps one write short.
pub const CHUNK_RECORDS: u32 = 16;

const SLOTS: [u8; 2] = [0, 1];
const WORKING: [u8; 2] = [2, 3];
const FULL: [u8; 3] = [4, 5, 6];
const HIDE: [u8; 2] = [7, 8];
const HIDE_SLOT: u8 = 9;
/// No phone writes so many slots, and none so many records: larger numbers are no phone's, and can't be counted on.
const GENERATION_MAX: u32 = 1 << 30;
const NUMBER_MAX: u64 = 1 << 52;
/// First byte of every value: the format's version.
const FORMAT: u8 = 1;

/// A write handed to the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which key.
    pub key: u8,
    /// True if it must be done before the call returns.
    pub sync: bool,
    /// The value.
    pub bytes: Vec<u8>,
    kind: Kind,
    upto: u64,
    /// [`Journal::untold`] when it was made.
    untold: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Slot { generation: u32 },
    Full,
    Partial,
}

/// The chunk being filled.
#[derive(Clone, Debug, Default)]
struct Chunk {
    /// Number of its first record.
    first: u64,
    /// Where each record begins.
    starts: Vec<usize>,
    bytes: Vec<u8>,
}

impl Chunk {
    fn next(&self) -> u64 {
        self.first + self.starts.len() as u64
    }

    /// Forgets records numbered below `upto`.
    fn forget(&mut self, upto: u64) {
        let count = upto.saturating_sub(self.first).min(self.starts.len() as u64) as usize;
        let cut = self.starts.get(count).copied().unwrap_or(self.bytes.len());
        self.bytes.drain(..cut);
        self.starts.drain(..count);
        self.starts.iter_mut().for_each(|start| *start -= cut);
        self.first += count as u64;
    }
}

/// What is durable, and what is not yet.
#[derive(Debug, Default)]
pub struct Journal {
    /// Of the newest slot, and the key that holds it.
    generation: u32,
    slot: u8,
    chunk: Chunk,
    /// Records below this number are durable.
    durable: u64,
    /// Full keys in use since the slot.
    full: usize,
    working: usize,
    hide: usize,
    /// Changes that no record tells; only a slot makes them durable.
    untold: u32,
    /// How many of them the newest slot holds.
    held: u32,
    /// The keys were not all empty at the start.
    found: bool,
}

/// What the stored keys held.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The state of the newest good slot.
    pub image: Option<Vec<u8>>,
    /// Records after it, in order.
    pub records: Vec<Record>,
    /// Values that were not empty and could not be read.
    pub unreadable: u32,
}

impl Write {
    /// True if it holds the whole state.
    pub fn is_slot(&self) -> bool {
        matches!(self.kind, Kind::Slot { .. })
    }
}

impl Journal {
    /// Appends a record; gives nothing durable by itself.
    pub fn append(&mut self, record: &[u8]) {
        self.chunk.starts.push(self.chunk.bytes.len());
        self.chunk.bytes.extend_from_slice(record);
    }

    /// True if everything up to now is durable; if not, something is to be written.
    pub fn is_durable(&self) -> bool {
        self.durable == self.chunk.next() && self.untold == self.held
    }

    /// The next write must be a whole slot: something changed that no record tells.
    pub fn force_slot(&mut self) {
        self.untold += 1;
    }

    /// True if anything was ever stored.
    pub fn has_stored(&self) -> bool {
        self.generation > 0 || self.found
    }

    /// True if nothing but a slot can make things durable.
    pub fn needs_slot(&self) -> bool {
        self.generation == 0 || self.untold != self.held
    }

    /// True if a synchronous write may be made while `under_way` is on its way.
    pub fn may_overtake(&self, under_way: &Write) -> bool {
        !(self.needs_slot() && under_way.is_slot() && self.slot == HIDE_SLOT)
    }

    /// True if the next [`Journal::write`] will ask for the image.
    pub fn wants_slot(&self) -> bool {
        self.needs_slot() || (self.is_full() && self.full >= FULL.len())
    }

    fn is_full(&self) -> bool {
        self.chunk.starts.len() as u32 >= CHUNK_RECORDS
    }

    /// The write that makes everything durable. `image` is called if it is a slot. A synchronous one goes to a key
    /// of its own, since it may overtake the write that is `under_way`.
    pub fn write(&self, sync: bool, under_way: Option<&Write>, image: impl FnOnce(&mut Writer)) -> Write {
        let (key, kind) = self.place(sync, under_way);
        let upto = self.chunk.next();
        let bytes = match kind {
            Kind::Slot { generation } => slot_bytes(generation, upto, image),
            Kind::Full | Kind::Partial => chunk_bytes(&self.chunk),
        };
        Write { key, sync, bytes, kind, upto, untold: self.untold }
    }

    fn place(&self, sync: bool, under_way: Option<&Write>) -> (u8, Kind) {
        if self.needs_slot() || (self.wants_slot() && !sync) {
            let generation = self.generation + 1;
            return match under_way {
                Some(Write { kind: Kind::Slot { .. }, .. }) => (HIDE_SLOT, Kind::Slot { generation: generation + 1 }),
                _ => (pick(&SLOTS, generation as usize - 1), Kind::Slot { generation }),
            };
        }
        if sync {
            return (pick(&HIDE, self.hide), Kind::Partial);
        }
        match FULL.get(self.full).filter(|_| self.is_full()) {
            Some(&key) => (key, Kind::Full),
            None => (pick(&WORKING, self.working), Kind::Partial),
        }
    }

    /// The shell did the write. Reports may come late: a synchronous write overtakes one that is on its way.
    pub fn written(&mut self, write: &Write) {
        self.durable = self.durable.max(write.upto);
        match write.kind {
            Kind::Slot { generation } if generation > self.generation => {
                self.generation = generation;
                self.slot = write.key;
                self.full = 0;
                self.held = write.untold;
                self.chunk.forget(write.upto);
            }
            Kind::Full => {
                self.full += 1;
                self.chunk.forget(write.upto);
            }
            Kind::Partial if write.sync => self.hide += 1,
            Kind::Partial => self.working += 1,
            Kind::Slot { .. } => {}
        }
    }

    /// Keys whose values may hold a person's data besides the slot that `write` makes.
    pub fn keys_beside(write: &Write) -> Vec<u8> {
        (0..KEYS).filter(|&key| key != write.key).collect()
    }

    /// Puts together what the keys held, and is ready to append after it. `values[key]` may be empty or torn.
    pub fn load(values: &[Vec<u8>]) -> (Journal, Loaded) {
        let at = |key: u8| values.get(usize::from(key)).map_or(&[][..], Vec::as_slice);
        let mut slots = Vec::new();
        for key in [SLOTS[0], SLOTS[1], HIDE_SLOT] {
            slots.extend(read_slot(key, at(key)));
        }
        let mut chunks = Vec::new();
        for key in WORKING[0]..HIDE_SLOT {
            chunks.extend(read_chunk(at(key)));
        }
        let present = (0..KEYS).filter(|&key| !at(key).is_empty()).count();
        let unreadable = (present - slots.len() - chunks.len()) as u32;
        let mut loaded = Loaded { unreadable, ..Loaded::default() };
        let seen = chunks.iter().map(Chunk::next).max().unwrap_or(0);
        let mut journal = Journal::default();
        let mut next = 0;
        if let Some(slot) = slots.into_iter().max_by_key(|slot| slot.generation) {
            next = slot.upto;
            journal.generation = slot.generation;
            journal.slot = slot.key;
            loaded.image = Some(slot.image);
            next = collect(&chunks, next, &mut loaded.records);
        }
        // Every number ever seen is skipped, so that no chunk left over can be mistaken for one to come.
        journal.chunk.first = next.max(seen);
        journal.durable = journal.chunk.first;
        journal.found = present > 0;
        journal.force_slot();
        (journal, loaded)
    }
}

/// Follows the tail from `next` through whichever chunks go on from there; returns the number after the last.
fn collect(chunks: &[Chunk], mut next: u64, records: &mut Vec<Record>) -> u64 {
    loop {
        let going_on = chunks.iter().filter(|chunk| chunk.first <= next && chunk.next() > next);
        let Some(chunk) = going_on.max_by_key(|chunk| chunk.next()) else { return next };
        let skip = (next - chunk.first) as usize;
        let from = chunk.starts.get(skip).copied().unwrap_or_default();
        let mut r = Reader::new(chunk.bytes.get(from..).unwrap_or_default());
        records.extend(std::iter::from_fn(|| Record::decode(&mut r)));
        next = chunk.next();
    }
}

fn pick(keys: &[u8; 2], turn: usize) -> u8 {
    if turn.is_multiple_of(2) {
        keys[0]
    } else {
        keys[1]
    }
}

fn sealed(mut w: Writer) -> Vec<u8> {
    let crc = crc32(&w.out);
    w.u32(crc);
    w.out
}

/// The bytes before a good checksum.
fn unsealed(bytes: &[u8]) -> Option<Reader<'_>> {
    let (body, crc) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let stored = u32::from_le_bytes(crc.try_into().ok()?);
    let mut r = Reader::new(body);
    (crc32(body) == stored && r.byte()? == FORMAT).then_some(r)
}

struct Slot {
    key: u8,
    generation: u32,
    upto: u64,
    image: Vec<u8>,
}

fn slot_bytes(generation: u32, upto: u64, image: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::default();
    w.byte(FORMAT);
    w.varint(u64::from(generation));
    w.varint(upto);
    image(&mut w);
    sealed(w)
}

fn read_slot(key: u8, bytes: &[u8]) -> Option<Slot> {
    let mut r = unsealed(bytes)?;
    let generation = r.varint32().filter(|&generation| generation < GENERATION_MAX)?;
    let upto = r.varint().filter(|&upto| upto < NUMBER_MAX)?;
    let image = r.take(r.left())?.to_vec();
    Some(Slot { key, generation, upto, image })
}

fn chunk_bytes(chunk: &Chunk) -> Vec<u8> {
    let mut w = Writer::default();
    w.byte(FORMAT);
    w.varint(chunk.first);
    w.out.extend_from_slice(&chunk.bytes);
    sealed(w)
}

fn read_chunk(bytes: &[u8]) -> Option<Chunk> {
    let mut r = unsealed(bytes)?;
    let mut chunk = Chunk { first: r.varint().filter(|&first| first < NUMBER_MAX)?, ..Chunk::default() };
    chunk.bytes = r.take(r.left())?.to_vec();
    let mut rest = Reader::new(&chunk.bytes);
    while !rest.is_empty() {
        chunk.starts.push(chunk.bytes.len() - rest.left());
        Record::decode(&mut rest)?;
    }
    Some(chunk)
}
