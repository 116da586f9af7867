//! Where new entries stand in the ledger, and what follows from all of them.

use huitou::loyalty::{Act, Stamp, State};

use super::entry::Entry;
use super::Rulebook;

/// Something that no program offers: it is refused, but it says what time it was.
const UNKNOWN: Act = Act::Activity { activity: u8::MAX };

/// A state on the way, to start a replay from.
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// Everything up to this moment is in it; `None`: nothing is.
    pub moment_s: Option<i64>,
    /// What followed from it; `None`: nothing has happened yet.
    pub state: Option<State>,
}

/// A replayed ledger.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// What follows.
    pub state: State,
    /// Why an entry changes nothing, in the order of the entries.
    pub verdicts: Vec<Option<&'static str>>,
}

/// Replays entries that are in the order of replay.
pub fn replay(book: &Rulebook, start: &Checkpoint, entries: &[Entry]) -> Replayed {
    let mut state = start.state.clone().unwrap_or_default();
    let verdicts = entries.iter().map(|entry| step(book, &mut state, entry)).collect();
    Replayed { state, verdicts }
}

/// Applies one entry.
pub fn step(book: &Rulebook, state: &mut State, entry: &Entry) -> Option<&'static str> {
    let rules = book.of(entry.revision);
    let act = entry.body.act(rules).unwrap_or(UNKNOWN);
    state.apply(rules, entry.stamp, &act, &mut |_| {}).err().map(|refusal| refusal.code())
}

/// Puts entries into the order of replay.
pub fn sort(entries: &mut [Entry]) {
    entries.sort_by(|a, b| a.order().cmp(&b.order()));
}

/// What is held of a user's ledger after a checkpoint, and what joins it.
#[derive(Debug)]
pub struct Tail<'a> {
    /// The rules of the app.
    pub book: &'a Rulebook,
    /// Where the replay starts.
    pub start: Checkpoint,
    /// In the order of replay. Those of [`Tail::settle`] carry the new verdicts.
    pub entries: Vec<Entry>,
}

/// What joining did to entries that were there before.
#[derive(Debug, Default)]
pub struct Settled {
    /// What follows from everything.
    pub state: State,
    /// (number, verdict) of those that changed.
    pub changed: Vec<(u32, Option<String>)>,
    /// (number, verdict) of all that change nothing.
    pub refused: Vec<(u32, &'static str)>,
}

impl Settled {
    /// Why an entry that has just joined changes nothing, if it does not.
    pub fn refusal_of(&self, n: u32) -> Option<&'static str> {
        self.refused.iter().find(|(refused, _)| *refused == n).map(|(_, code)| *code)
    }
}

impl Tail<'_> {
    /// Adds an entry; false, and nothing is added, if something that a server has granted or spent would come undone.
    /// What is spent stays spent, whoever comes late with an older tale.
    pub fn join(&mut self, entry: Entry) -> bool {
        let n = entry.n;
        let at = self.entries.partition_point(|held| held.order() < entry.order());
        let last = at == self.entries.len();
        self.entries.insert(at, entry);
        if last {
            return true;
        }
        let replayed = replay(self.book, &self.start, &self.entries);
        let undone = self.entries.iter().zip(&replayed.verdicts);
        let undone = undone.filter(|(held, _)| held.n != n && held.is_fact() && held.verdict.is_none());
        if undone.into_iter().any(|(_, verdict)| verdict.is_some()) {
            self.entries.remove(at);
            return false;
        }
        true
    }

    /// Replays everything, and notes the verdicts.
    pub fn settle(&mut self) -> Settled {
        let replayed = replay(self.book, &self.start, &self.entries);
        let (mut changed, mut refused) = (Vec::new(), Vec::new());
        for (entry, verdict) in self.entries.iter_mut().zip(replayed.verdicts) {
            refused.extend(verdict.map(|code| (entry.n, code)));
            let verdict = verdict.map(str::to_owned);
            if entry.verdict != verdict {
                entry.verdict = verdict;
                changed.push((entry.n, entry.verdict.clone()));
            }
        }
        Settled { state: replayed.state, changed, refused }
    }

    /// The newest moment; `None` in an empty ledger.
    pub fn newest_s(&self) -> Option<i64> {
        self.entries.last().map(|entry| entry.stamp.moment_s).or(self.start.moment_s)
    }

    /// A moment after everything that has happened, and not before now: for what the server itself decides.
    pub fn after_all(&self, now: Stamp) -> Stamp {
        let next_s = self.newest_s().map_or(now.moment_s, |newest_s| newest_s + 1);
        Stamp { moment_s: now.moment_s.max(next_s), ..now }
    }
}
