//! A user's whole ledger in one file, and the proof that everything in it follows from everything before.
//!
//! The file is what `huitou::loyalty::exported::replay_json` takes, with what the proof needs besides.

use std::collections::BTreeMap;

use huitou::id::{DeviceId, UserId};
use huitou::loyalty::admit::effective;
use huitou::loyalty::wire::{first_head, next_head, Claim, Head};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entry::{stamp, Entry, NO_LINK};
use super::place::{replay, sort, Checkpoint};
use super::standing::available;
use super::wish::OFFSET_MIN;
use super::{Body, Rulebook};
use crate::secret::{from_hex, hex};

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// Whose program.
    pub app: String,
    /// Whose ledger.
    pub user: String,
    /// When it was written, in milliseconds; also the moment that points are counted at.
    pub observe_at: i64,
    /// Every program that was served, oldest first.
    pub programs: Vec<Value>,
    /// What is replayed, in order of arrival.
    pub entries: Vec<Line>,
    /// What was put aside, in order of arrival: never replayed, but part of the chains.
    pub aside: Vec<Line>,
    /// How far each phone's chain has come.
    pub phones: Vec<PhoneLine>,
    /// What follows from all of it.
    pub result: Outcome,
}

/// An entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Its number among the user's.
    pub n: u32,
    /// The same, as replays name it.
    pub id: String,
    /// What a replay goes by: a phone's clock, or the moment at which a server's word counts. Milliseconds.
    pub at: i64,
    /// Minutes east of UTC.
    pub tz: i32,
    /// The program's revision.
    pub rev: u32,
    /// When it arrived.
    pub received_at: i64,
    /// When it happened as told.
    pub told_at: i64,
    /// When it happened as it counts.
    pub moment: i64,
    /// Why it changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// The ledger's own chain.
    pub link: String,
    /// Which phone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub device: String,
    /// The phone's own number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seq: u32,
    /// The phone's chain.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub head: String,
    /// What happened.
    #[serde(flatten)]
    pub body: Body,
}

/// How far a phone's chain has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneLine {
    /// Which phone.
    pub device: String,
    /// Its highest number.
    pub seq: u32,
    /// Its chain after it.
    pub head: String,
    /// When it last got a receipt, in milliseconds.
    pub receipt_at: i64,
    /// How often it had to start anew.
    pub resets: u32,
    /// How often its state was another one than ours.
    pub mismatches: u32,
}

/// What follows from a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The last link of the ledger's own chain.
    pub link: String,
    /// Of the state.
    pub digest: String,
    /// That may be spent.
    pub points: i64,
}

fn is_zero(seq: &u32) -> bool {
    *seq == 0
}

/// Puts a file together. `texts` are the programs by revision.
pub fn export(
    (app, user): (&str, &str),
    (entries, phones): (&[Entry], Vec<PhoneLine>),
    texts: &[(u32, String)],
    now_ms: i64,
) -> Export {
    let lines = |aside| entries.iter().filter(move |entry| entry.aside == aside).map(Line::of).collect();
    Export {
        app: app.to_owned(),
        user: user.to_owned(),
        observe_at: now_ms,
        programs: texts.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect(),
        entries: lines(false),
        aside: lines(true),
        phones,
        result: outcome(&crate::programs::rulebook(app, texts), entries, now_ms),
    }
}

/// What follows from all entries.
pub fn outcome(book: &Rulebook, entries: &[Entry], now_ms: i64) -> Outcome {
    let mut counted: Vec<Entry> = entries.iter().filter(|entry| !entry.aside).cloned().collect();
    sort(&mut counted);
    let state = replay(book, &Checkpoint::default(), &counted).state;
    let rules = book.of(book.newest());
    let seen = state.observed(rules, stamp(now_ms / 1000, OFFSET_MIN), &mut |_| {});
    Outcome {
        link: hex(entries.last().map_or(&NO_LINK, |entry| entry.link.as_slice())),
        digest: hex(&state.digest()),
        points: available(&seen, rules),
    }
}

/// Follows every chain and replays everything; says what is the first thing that does not follow.
pub fn verify(export: &Export) -> Result<(), String> {
    let entries = export.entries()?;
    let texts: Vec<(u32, String)> = export.programs.iter().map(|text| (revision(text), text.to_string())).collect();
    let book = crate::programs::rulebook(&export.app, &texts);
    check_links(&entries)?;
    check_phones(export, &book, &entries)?;
    check_moments(&entries)?;
    check_verdicts(&book, &entries)?;
    let found = outcome(&book, &entries, export.observe_at);
    if found != export.result {
        return Err(format!("the result is {found:?}, and not {:?}", export.result));
    }
    Ok(())
}

fn revision(program: &Value) -> u32 {
    program.get("revision").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}

fn check_links(entries: &[Entry]) -> Result<(), String> {
    let mut link = NO_LINK.to_vec();
    for entry in entries {
        if entry.link_after(&link) != entry.link {
            return Err(format!("{}: it was changed, or something before it is missing", name(entry)));
        }
        link.clone_from(&entry.link);
    }
    Ok(())
}

/// Each phone's claims in order of its own numbers, from its first head to its last.
fn check_phones(export: &Export, book: &Rulebook, entries: &[Entry]) -> Result<(), String> {
    let user = UserId::new(&export.user).ok_or("the user's id is none")?;
    let mut heads: BTreeMap<&str, (u32, Head)> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.is_fact()) {
        let device = DeviceId::parse(&entry.device).ok_or_else(|| format!("{}: no device", name(entry)))?;
        let (seq, head) = heads.entry(&entry.device).or_insert_with(|| (0, first_head(&export.app, &user, device)));
        (*seq, *head) = (*seq + 1, next_head(head, &claim(book, entry)?));
        if (*seq, head.as_slice()) != (entry.seq, &entry.head) {
            return Err(format!("{}: it does not continue its phone's chain", name(entry)));
        }
    }
    for phone in &export.phones {
        let reached = heads.get(phone.device.as_str()).map(|(seq, head)| (*seq, hex(head)));
        if reached.is_some_and(|reached| reached != (phone.seq, phone.head.clone())) {
            return Err(format!("phone {}: its chain ends elsewhere", phone.device));
        }
    }
    Ok(())
}

fn claim(book: &Rulebook, entry: &Entry) -> Result<Claim, String> {
    let rules = Some(book.of(entry.revision)).filter(|_| book.knows(entry.revision));
    let rules = rules.ok_or_else(|| format!("{}: its program is missing", name(entry)))?;
    let act = entry.body.act(rules).ok_or_else(|| format!("{}: its program does not know it", name(entry)))?;
    Ok(Claim { revision: entry.revision, at_s: entry.at_s, offset: entry.stamp.offset, act })
}

/// A phone's clock never goes back.
fn check_moments(entries: &[Entry]) -> Result<(), String> {
    let mut newest: BTreeMap<&str, i64> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.is_fact() && !entry.aside) {
        let newest_s = newest.entry(&entry.device).or_insert(i64::MIN);
        (*newest_s, _) = effective(entry.at_s, *newest_s);
        if entry.stamp.moment_s != *newest_s {
            return Err(format!("{}: it counts at another moment than it should", name(entry)));
        }
    }
    Ok(())
}

fn check_verdicts(book: &Rulebook, entries: &[Entry]) -> Result<(), String> {
    let mut counted: Vec<Entry> = entries.iter().filter(|entry| !entry.aside).cloned().collect();
    sort(&mut counted);
    let replayed = replay(book, &Checkpoint::default(), &counted);
    for (entry, verdict) in counted.iter().zip(replayed.verdicts) {
        if entry.verdict.as_deref() != verdict {
            let said = |verdict: Option<&str>| verdict.unwrap_or("counted").to_owned();
            let (was, is) = (said(entry.verdict.as_deref()), said(verdict));
            return Err(format!("{}: it is marked {was}, and by the rules it is {is}", name(entry)));
        }
    }
    Ok(())
}

fn name(entry: &Entry) -> String {
    format!("entry {} ({})", entry.n, entry.body.kind())
}

impl Export {
    /// All entries, in order of arrival.
    fn entries(&self) -> Result<Vec<Entry>, String> {
        let counted = self.entries.iter().map(|line| line.entry(false));
        let mut entries: Vec<Entry> =
            counted.chain(self.aside.iter().map(|line| line.entry(true))).collect::<Result<_, _>>()?;
        entries.sort_by_key(|entry| entry.n);
        Ok(entries)
    }
}

impl Line {
    fn of(entry: &Entry) -> Line {
        let moment = entry.stamp.moment_s * 1000;
        Line {
            n: entry.n,
            id: entry.n.to_string(),
            at: if entry.is_fact() { moment } else { entry.at_s * 1000 },
            tz: entry.stamp.offset.get(),
            rev: entry.revision,
            received_at: entry.received_s * 1000,
            told_at: entry.at_s * 1000,
            moment,
            verdict: entry.verdict.clone(),
            link: hex(&entry.link),
            device: entry.device.clone(),
            seq: entry.seq,
            head: hex(&entry.head),
            body: entry.body.clone(),
        }
    }

    fn entry(&self, aside: bool) -> Result<Entry, String> {
        let bytes = |text: &str| from_hex(text).ok_or_else(|| format!("entry {}: no hexadecimal digits", self.n));
        let at = if self.device.is_empty() { self.moment } else { self.told_at };
        if self.at != at || self.id != self.n.to_string() {
            return Err(format!("entry {} ({}): id or at do not repeat n and its time", self.n, self.body.kind()));
        }
        Ok(Entry {
            n: self.n,
            device: self.device.clone(),
            seq: self.seq,
            at_s: self.told_at / 1000,
            stamp: stamp(self.moment / 1000, self.tz),
            received_s: self.received_at / 1000,
            revision: self.rev,
            body: self.body.clone(),
            aside,
            verdict: self.verdict.clone(),
            head: bytes(&self.head)?,
            link: bytes(&self.link)?,
        })
    }
}
