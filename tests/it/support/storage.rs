//! Keys and values that survive the process, and what may happen to an operation on them.

use huitou::store::journal::KEYS;

/// What becomes of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process dies before anything is changed.
    NotApplied,
    /// The change is made, but the process dies before it hears of it.
    Unreported,
    /// Two thirds of the value are there.
    Torn,
    /// The key is gone, the old value too.
    Vanished,
    /// The platform refuses the write, and says so. Nobody dies.
    Refused,
    /// The same, but the value is torn.
    RefusedTorn,
}

/// The four ways to die.
pub(crate) const CRASHES: [Fault; 4] = [Fault::NotApplied, Fault::Unreported, Fault::Torn, Fault::Vanished];

/// How an operation ended for the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Refused,
    Dead,
}

/// The phone's storage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Storage {
    /// By key number; empty if there is nothing.
    pub(crate) values: Vec<Vec<u8>>,
    /// Operations so far, over all starts.
    pub(crate) operations: usize,
    /// (operation, what happens to it), ascending.
    pub(crate) faults: Vec<(usize, Fault)>,
    /// Bytes written as base64 text.
    pub(crate) written_bytes: usize,
    /// Deliberately wrong: pairs of keys are one key, so that a write lands on the only good copy.
    pub(crate) single: bool,
    /// What each completed write replaced, for a rollback.
    replaced: Vec<(usize, Vec<u8>)>,
}

impl Storage {
    pub(crate) fn new() -> Storage {
        Storage { values: vec![Vec::new(); usize::from(KEYS)], ..Storage::default() }
    }

    /// What a start reads.
    pub(crate) fn load(&self) -> Vec<Vec<u8>> {
        (0..KEYS).map(|key| self.values[self.place(key)].clone()).collect()
    }

    /// Sets a value.
    pub(crate) fn put(&mut self, key: u8, bytes: &[u8]) -> Outcome {
        let place = self.place(key);
        self.written_bytes += bytes.len().div_ceil(3) * 4;
        let fault = self.fault();
        let old = std::mem::take(&mut self.values[place]);
        self.values[place] = match fault {
            Some(Fault::NotApplied | Fault::Refused) => old.clone(),
            Some(Fault::Torn | Fault::RefusedTorn) => bytes[..bytes.len() * 2 / 3].to_vec(),
            Some(Fault::Vanished) => Vec::new(),
            Some(Fault::Unreported) | None => bytes.to_vec(),
        };
        self.replaced.push((place, old));
        ended(fault)
    }

    /// Removes a key: done or not done, nothing between.
    pub(crate) fn remove(&mut self, key: u8) -> Outcome {
        let fault = self.fault();
        if !matches!(fault, Some(Fault::NotApplied | Fault::Refused)) {
            let place = self.place(key);
            let old = std::mem::take(&mut self.values[place]);
            self.replaced.push((place, old));
        }
        ended(fault)
    }

    /// The last writes never happened: no fsync, a backup brought back.
    pub(crate) fn roll_back(&mut self, writes: usize) {
        for _ in 0..writes {
            let Some((place, old)) = self.replaced.pop() else { return };
            self.values[place] = old;
        }
    }

    fn place(&self, key: u8) -> usize {
        let shared = self.single && !(4..=6).contains(&key);
        usize::from(if !shared {
            key
        } else if key < 4 {
            key & !1
        } else {
            7
        })
    }

    fn fault(&mut self) -> Option<Fault> {
        let this = self.operations;
        self.operations += 1;
        self.faults.iter().find(|&&(at, _)| at == this).map(|&(_, fault)| fault)
    }
}

fn ended(fault: Option<Fault>) -> Outcome {
    match fault {
        None => Outcome::Done,
        Some(Fault::Refused | Fault::RefusedTorn) => Outcome::Refused,
        Some(_) => Outcome::Dead,
    }
}
