//! A phone's claims inside the batch's transaction.

use std::collections::BTreeMap;

use huitou::bytes::Writer;
use huitou::clock::Day;
use huitou::id::{DeviceId, UserId};
use huitou::loyalty::wire::{first_head, Head};
use huitou::loyalty::State;
use huitou::summary::Claims;
use huitou::sync::answer::FACTS_MAX;
use rusqlite::{params, Connection, OptionalExtension, Result};

use super::entries::Whose;
use super::write::next_number;
use crate::ledger::chain::{follow, Broken, Held};
use crate::ledger::entry::{day_of, stamp, Entry};
use crate::ledger::judge::{phone_moments, Bounds, Phone};
use crate::ledger::place::{replay, sort, Tail};
use crate::ledger::standing::available;
use crate::ledger::wish::OFFSET_MIN;
use crate::ledger::{Body, Rulebook};
use crate::storage::{Base, Fact, LedgerDone, Subject, SyncJob};

/// Claims of one user that are written down in 24 hours, counted or not. Beyond it they stay on the phone.
const CLAIMS_RECEIVED_MAX: u32 = 2000;
/// How far from a claim others of its date can lie: a date and the widest zones.
const DATE_S_MAX: i64 = 60 * 3600;

/// What is held of a phone.
#[derive(Default)]
struct Device {
    seq: u32,
    receipt_s: Option<i64>,
    /// Moment and number of the state that it was last given to start from.
    base: (i64, u32),
}

/// One upload's claims on their way.
struct Taking<'a> {
    db: &'a Connection,
    job: &'a SyncJob,
    claimed: &'a Claims,
    whose: Whose<'a>,
    device: Device,
}

/// What became of the claims themselves.
#[derive(Default)]
struct Taken {
    refused: Vec<(u32, String)>,
    fresh: Vec<Option<String>>,
    reset: Option<&'static str>,
}

/// Takes an upload's claims; `None` if they are to stay on the phone for now.
pub(super) fn take(db: &Connection, job: &SyncJob, claimed: &Claims) -> Result<Option<(Vec<Fact>, LedgerDone)>> {
    let whose = Whose { app: &job.subject.app, user: &job.subject.user };
    if job.subject.user.is_empty() || !job.book.knows(claimed.revision) {
        return Ok(None);
    }
    let device = device(db, &job.subject)?;
    let taking = Taking { db, job, claimed, whose, device };
    if !claimed.list.is_empty() && taking.received_lately()? >= CLAIMS_RECEIVED_MAX {
        return Ok(None);
    }
    taking.run().map(Some)
}

/// Where a user stands, for an answer to one of her phones: the state, its digest, and how far that phone's claims are.
pub(super) fn standing(db: &Connection, subject: &Subject, book: &Rulebook, now_s: i64) -> Result<LedgerDone> {
    let (seq, head) = held_up_to(db, subject, u32::MAX)?;
    let state = confirmed(db, Whose { app: &subject.app, user: &subject.user }, book)?;
    let mut done = LedgerDone { seq, head, ..LedgerDone::default() };
    sign_off(&mut done, &state, book, now_s);
    Ok(done)
}

/// Entries that a phone lacks. A phone drops a claim only when it has its entry: if there are more entries than one
/// answer takes, its claims are held only as far as these tell.
pub(super) fn told(
    db: &Connection,
    subject: &Subject,
    cursor: u32,
    done: Option<&mut LedgerDone>,
) -> Result<Vec<Fact>> {
    let whose = Whose { app: &subject.app, user: &subject.user };
    let facts = whose.facts_after(db, cursor, FACTS_MAX)?;
    if let (Some(done), Some(last)) = (done, facts.last().filter(|_| facts.len() == FACTS_MAX)) {
        (done.seq, done.head) = held_up_to(db, subject, last.n)?;
    }
    Ok(facts)
}

/// How far a phone's claims are held, of those up to a number of the user's.
fn held_up_to(db: &Connection, subject: &Subject, n: u32) -> Result<(u32, Head)> {
    let found = db
        .prepare_cached(
            "SELECT seq, head FROM ledger WHERE app = ? AND user = ? AND device = ? AND seq IS NOT NULL AND n <= ?
             ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(params![subject.app, subject.user, subject.device, n], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.unwrap_or_else(|| (0, genesis(subject))))
}

fn sign_off(done: &mut LedgerDone, state: &State, book: &Rulebook, now_s: i64) {
    done.digest = state.digest();
    let rules = book.of(book.newest());
    done.points = available(&state.observed(rules, stamp(now_s, OFFSET_MIN), &mut |_| {}), rules);
}

/// What follows from everything.
pub(super) fn confirmed(db: &Connection, whose: Whose, book: &Rulebook) -> Result<State> {
    let tail = whose.tail(db, book, i64::MAX)?;
    Ok(replay(book, &tail.start, &tail.entries).state)
}

/// The head before a phone's first claim. Both ids were checked when the upload was read.
fn genesis(subject: &Subject) -> Head {
    let user = UserId::new(&subject.user).unwrap_or_default();
    first_head(&subject.app, &user, DeviceId::parse(&subject.device).unwrap_or(DeviceId(0)))
}

fn device(db: &Connection, subject: &Subject) -> Result<Device> {
    let found = db
        .prepare_cached("SELECT seq, receipt_s, base_s, base_n FROM devices WHERE app = ? AND user = ? AND device = ?")?
        .query_row(params![subject.app, subject.user, subject.device], |row| {
            Ok(Device { seq: row.get(0)?, receipt_s: Some(row.get(1)?), base: (row.get(2)?, row.get(3)?) })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

impl Taking<'_> {
    fn now_s(&self) -> i64 {
        self.job.received_at_ms / 1000
    }

    fn run(&self) -> Result<(Vec<Fact>, LedgerDone)> {
        let heads = follow(self.claimed, &self.held()?);
        let taken = match &heads {
            Ok(heads) => self.follows(heads)?,
            Err(broken) => Taken { reset: Some(Broken::code(*broken)), ..Taken::default() },
        };
        let mut done =
            LedgerDone { refused: taken.refused, fresh: taken.fresh, reset: taken.reset, ..LedgerDone::default() };
        let state = confirmed(self.db, self.whose, &self.job.book)?;
        sign_off(&mut done, &state, &self.job.book, self.now_s());
        let facts = self.answer(&mut done, &state)?;
        self.note(&done)?;
        Ok((facts, done))
    }

    /// Claims of this user that arrived in the last 24 hours: numbers grow at least as fast as seconds.
    fn received_lately(&self) -> Result<u32> {
        let since = next_number(0, self.job.received_at_ms - 24 * 3_600_000);
        self.db
            .prepare_cached("SELECT count(*) FROM ledger WHERE app = ? AND user = ? AND n >= ? AND seq IS NOT NULL")?
            .query_row(params![self.whose.app, self.whose.user, since], |row| row.get(0))
    }

    /// What is held of the chain around the upload's first claim.
    fn held(&self) -> Result<Held> {
        let before = self.claimed.first.saturating_sub(1);
        let mut heads = Vec::new();
        if before == 0 {
            heads.push(genesis(&self.job.subject));
        }
        let last = before.saturating_add(u32::try_from(self.claimed.list.len()).unwrap_or(u32::MAX));
        let mut statement = self.db.prepare_cached(
            "SELECT head FROM ledger WHERE app = ? AND user = ? AND device = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        )?;
        let key = params![self.whose.app, self.whose.user, self.job.subject.device, before, last];
        for head in statement.query_map(key, |row| row.get::<_, Head>(0))? {
            heads.push(head?);
        }
        Ok(Held { seq: self.device.seq, heads })
    }

    /// The claims continue the chain: the new ones are judged and join the ledger.
    fn follows(&self, heads: &[Head]) -> Result<Taken> {
        let mut taken = Taken { refused: self.known_refusals()?, ..Taken::default() };
        let known = (self.device.seq + 1).saturating_sub(self.claimed.first) as usize;
        let fresh = self.judged(known, heads)?;
        // Before anything is written: what the phone holds is what it has heard of, and its own claims.
        let mismatch = !self.claimed.wants_base && self.phone_digest()? != self.claimed.digest;
        if !fresh.is_empty() {
            taken.fresh = self.join(fresh, &mut taken.refused)?;
        }
        taken.reset = if mismatch { Some("digest") } else { self.claimed.wants_base.then_some("asked") };
        Ok(taken)
    }

    /// Claims of this upload that are held already, and change nothing.
    fn known_refusals(&self) -> Result<Vec<(u32, String)>> {
        if self.claimed.list.is_empty() || self.claimed.first > self.device.seq {
            return Ok(Vec::new());
        }
        self.db
            .prepare_cached(
                "SELECT seq, verdict FROM ledger
                 WHERE app = ? AND user = ? AND device = ? AND seq >= ? AND verdict IS NOT NULL ORDER BY seq",
            )?
            .query_map(params![self.whose.app, self.whose.user, self.job.subject.device, self.claimed.first], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect()
    }

    /// The new claims as entries, those that may not count put aside.
    fn judged(&self, known: usize, heads: &[Head]) -> Result<Vec<Entry>> {
        let rules = self.job.book.of(self.claimed.revision);
        let bounds = Bounds { rules, received_s: self.now_s(), offline_days: self.job.offline_days };
        let new: Vec<_> = self.claimed.list.iter().zip(heads).enumerate().skip(known).collect();
        let mut phone = self.phone(new.iter().map(|(_, (claim, _))| claim.at_s))?;
        let (mut n, _) = self.whose.last(self.db)?;
        let mut entries = Vec::new();
        for (at, (claim, head)) in new {
            let (moment_s, aside) = phone.judge(claim, bounds);
            n = next_number(n, self.job.received_at_ms);
            entries.push(Entry {
                n,
                device: self.job.subject.device.clone(),
                seq: self.claimed.first + at as u32,
                at_s: claim.at_s,
                stamp: stamp(moment_s, claim.offset.get()),
                received_s: self.now_s(),
                revision: self.claimed.revision,
                body: Body::of_claim(&claim.act, rules),
                aside: aside.is_some(),
                verdict: aside.map(str::to_owned),
                head: head.to_vec(),
                link: Vec::new(),
            });
        }
        Ok(entries)
    }

    fn phone(&self, moments: impl Iterator<Item = i64>) -> Result<Phone> {
        let (mut earliest_s, mut latest_s) = (i64::MAX, i64::MIN);
        for moment_s in moments {
            (earliest_s, latest_s) = (earliest_s.min(moment_s), latest_s.max(moment_s));
        }
        let newest_s: Option<i64> = self
            .db
            .prepare_cached("SELECT max(moment_s) FROM ledger WHERE app = ? AND user = ? AND device = ? AND aside = 0")?
            .query_row(params![self.whose.app, self.whose.user, self.job.subject.device], |row| row.get(0))?;
        let latest_s = latest_s.max(newest_s.unwrap_or(i64::MIN));
        let counts = self.counts(earliest_s.saturating_sub(DATE_S_MAX), latest_s.saturating_add(DATE_S_MAX))?;
        Ok(Phone { newest_s, receipt_s: self.device.receipt_s, counts })
    }

    /// Claims by date: of the user, and of this phone.
    fn counts(&self, from_s: i64, to_s: i64) -> Result<Vec<(Day, u32, u32)>> {
        let mut statement = self.db.prepare_cached(
            "SELECT device, moment_s, offset_min, revision FROM ledger INDEXED BY ledger_by_moment
             WHERE app = ? AND user = ? AND moment_s BETWEEN ? AND ? AND seq IS NOT NULL AND aside = 0",
        )?;
        let mut counts: BTreeMap<Day, (u32, u32)> = BTreeMap::new();
        let mut rows = statement.query(params![self.whose.app, self.whose.user, from_s, to_s])?;
        while let Some(row) = rows.next()? {
            let rules = self.job.book.of(row.get(3)?);
            let (of_user, of_phone) = counts.entry(day_of(rules, stamp(row.get(1)?, row.get(2)?))).or_default();
            *of_user += 1;
            *of_phone += u32::from(row.get_ref(0)?.as_str()? == self.job.subject.device);
        }
        Ok(counts.into_iter().map(|(day, (of_user, of_phone))| (day, of_user, of_phone)).collect())
    }

    /// The digest that an honest phone has.
    fn phone_digest(&self) -> Result<[u8; 16]> {
        let job = self.job;
        let first_s = self.claimed.list.iter().map(|claim| claim.at_s).min().unwrap_or(i64::MAX);
        let start = self.whose.checkpoint(self.db, first_s, job.fact_cursor)?;
        let mut entries = self.whose.entries_after(self.db, &start, job.fact_cursor)?;
        let (base_s, base_n) = self.device.base;
        let from_s = if job.fact_cursor >= base_n { base_s } else { i64::MIN };
        let moments = phone_moments(&self.claimed.list, (&entries, from_s), &job.subject.device);
        let rules = job.book.of(self.claimed.revision);
        for (at, (claim, moment_s)) in self.claimed.list.iter().zip(moments).enumerate() {
            entries.push(Entry {
                device: job.subject.device.clone(),
                seq: self.claimed.first + at as u32,
                stamp: stamp(moment_s, claim.offset.get()),
                revision: self.claimed.revision,
                body: Body::of_claim(&claim.act, rules),
                ..Entry::default()
            });
        }
        sort(&mut entries);
        // A claim may be known as an entry already.
        entries.dedup_by(|a, b| !a.is_fact() && (&a.device, a.seq) == (&b.device, b.seq));
        Ok(replay(&job.book, &start, &entries).state.digest())
    }

    /// Joins the new entries to the ledger; gives what became of each.
    fn join(&self, mut fresh: Vec<Entry>, refused: &mut Vec<(u32, String)>) -> Result<Vec<Option<String>>> {
        let counted = fresh.iter().filter(|entry| !entry.aside);
        let earliest_s = counted.map(|entry| entry.stamp.moment_s).min().unwrap_or(i64::MAX);
        let mut tail = self.whose.tail(self.db, &self.job.book, earliest_s)?;
        for entry in fresh.iter_mut().filter(|entry| !entry.aside) {
            if !tail.join(entry.clone()) {
                (entry.aside, entry.verdict) = (true, Some("too_late".to_owned()));
            }
        }
        let settled = tail.settle();
        self.write(&mut fresh, &tail)?;
        self.whose.settled(self.db, &tail, (&settled, earliest_s))?;
        refused.extend(fresh.iter().filter_map(|entry| Some((entry.seq, entry.verdict.clone()?))));
        Ok(fresh.into_iter().map(|entry| entry.verdict).collect())
    }

    /// Writes the new entries down. Only now is it clear which were put aside, and the links tell that too.
    fn write(&self, fresh: &mut [Entry], tail: &Tail) -> Result<()> {
        let (_, mut link) = self.whose.last(self.db)?;
        for entry in fresh {
            if let Some(joined) = tail.entries.iter().find(|held| held.n == entry.n) {
                entry.verdict.clone_from(&joined.verdict);
            }
            entry.link = entry.link_after(&link);
            link.clone_from(&entry.link);
            self.whose.insert(self.db, &self.job.book, entry)?;
        }
        Ok(())
    }

    /// What the phone gets: entries that it lacks, or a base instead, and how far its claims are held.
    fn answer(&self, done: &mut LedgerDone, state: &State) -> Result<Vec<Fact>> {
        (done.seq, done.head) = held_up_to(self.db, &self.job.subject, u32::MAX)?;
        if done.reset.is_some() {
            done.base = Some(self.base(state)?);
            return Ok(Vec::new());
        }
        told(self.db, &self.job.subject, self.job.fact_cursor, Some(done))
    }

    fn base(&self, state: &State) -> Result<Base> {
        let mut w = Writer::default();
        state.encode(&mut w);
        let (n, _) = self.whose.last(self.db)?;
        let moment_s: Option<i64> = self
            .db
            .prepare_cached("SELECT max(moment_s) FROM ledger WHERE app = ? AND user = ? AND aside = 0")?
            .query_row(params![self.whose.app, self.whose.user], |row| row.get(0))?;
        Ok(Base { state: w.out, moment_s: moment_s.unwrap_or(0), n })
    }

    /// Remembers the receipt.
    fn note(&self, done: &LedgerDone) -> Result<()> {
        let (seq, head) = held_up_to(self.db, &self.job.subject, u32::MAX)?;
        let is_reset = done.reset.is_some_and(|reason| reason != "asked");
        let (base_s, base_n) = done.base.as_ref().map_or(self.device.base, |base| (base.moment_s, base.n));
        let subject = &self.job.subject;
        self.db
            .prepare_cached(
                "INSERT INTO devices (app, user, device, seq, head, receipt_s, resets, mismatches, base_s, base_n)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT (app, user, device) DO UPDATE SET
                   seq = excluded.seq, head = excluded.head, receipt_s = max(receipt_s, excluded.receipt_s),
                   resets = resets + excluded.resets, mismatches = mismatches + excluded.mismatches,
                   base_s = excluded.base_s, base_n = excluded.base_n",
            )?
            .execute(params![
                subject.app,
                subject.user,
                subject.device,
                seq,
                head,
                self.now_s(),
                is_reset,
                done.reset == Some("digest"),
                base_s,
                base_n
            ])?;
        Ok(())
    }
}
