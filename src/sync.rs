//! The outbox, without I/O: when to send, what, and what an answer means.
//!
//! Rules that make delivery exact whatever the network does: only durable rows are sent; only an answer that echoes
//! (segment, day, revision) acknowledges; the receiver keeps the highest revision of a row and sums rows.

pub mod answer;

use crate::clock::{At, UnixMs, HOUR_MS, MINUTE_MS};
use crate::event::Scalar;
use crate::experiment::trials::Trials;
use crate::id::{EventIx, SegmentId, UserId};
use crate::insight::epoch::{note_met, relabel, Epoch, OutRow};
use crate::insight::portrait::Portrait;
use crate::insight::stats::Row;
use crate::insight::State;
use crate::loyalty::ledger::Ledger;
use crate::program::names::Names;
use crate::program::rules::Rules;
use crate::program::SyncRule;
use crate::summary::claims::{Claims, CLAIMS_MAX};
use crate::summary::exposures::{Exposures, EXPOSURES_MAX};
use crate::summary::insight::Insight;
use crate::summary::plan::Plan;
use crate::summary::{MetText, Upload, ROWS_MAX};

/// First wait after a failure; doubled with each further one.
pub const BACKOFF_MS_MIN: i64 = 30_000;
/// Longest wait between tries: a shop's evening must not pass without one.
pub const BACKOFF_MS_MAX: i64 = HOUR_MS;
/// Longest `Retry-After` that is believed.
pub const RETRY_AFTER_MS_MAX: i64 = 24 * HOUR_MS;
/// No answer after this long counts as a failure (the platform's own limit is 60 s).
pub const REQUEST_MS_MAX: i64 = MINUTE_MS;

/// How bodies are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Canonical bytes, for receivers with a decoder.
    #[default]
    Binary,
    /// The JSON profile, for any receiver.
    Json,
}

/// What a request on its way carries; an answer is held against it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InFlight {
    /// (segment, day number, revision) of each row.
    pub rows: Vec<(SegmentId, i32, u32)>,
    /// Revision of the attributes, if they went along.
    pub attributes: Option<u32>,
    /// The dictionary, and whether its names went along.
    pub dictionary: u32,
    /// True if the names went along.
    pub with_names: bool,
    /// True for a deletion request.
    pub deletion: bool,
    /// True if claims went along, or the wish for a base.
    pub claims: bool,
    /// Revision of the latest exposure, if some went along.
    pub exposures: Option<u32>,
    /// Revision of the judgement, if it went along.
    pub insight: Option<u32>,
    /// Revision of the plan, if it went along.
    pub plan: Option<u32>,
    /// Whose rows they are.
    pub user: UserId,
    started: UnixMs,
}

/// When and what to send. Volatile: a new start begins without grudge.
#[derive(Debug, Default)]
pub struct Outbox {
    /// The request on its way.
    pub in_flight: Option<InFlight>,
    wanted: bool,
    failures: u32,
    not_before: UnixMs,
    sent_this_session: u32,
    names_wanted: Option<u32>,
    /// Rows in the next body, and the most that were not too large.
    rows_max: usize,
    rows_fit: usize,
    token_asked: bool,
    offline: bool,
    /// The server has more to tell than fits one answer.
    more: bool,
    /// Requests made since the start.
    pub requests: u32,
    /// Bytes of their bodies.
    pub sent_bytes: u64,
    /// When the latest acknowledgement came.
    pub last_sync: Option<UnixMs>,
}

/// What the sending policy must know of the engine's settings.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The program's rule.
    pub rule: &'a SyncRule,
    /// Attributes that may leave the phone.
    pub attributes: &'a [String],
    /// How bodies are written.
    pub format: Format,
    /// Of whoever is logged in.
    pub ledger: Option<&'a Ledger>,
    /// What it is folded with.
    pub rules: &'a Rules,
    /// What was seen of experiments.
    pub trials: &'a Trials,
    /// How the person was judged.
    pub portrait: &'a Portrait,
    /// What is to be done while she is away, as far as the server lacks it.
    pub plan: Option<&'a Plan>,
}

impl Outbox {
    /// An idle outbox.
    pub fn new() -> Outbox {
        Outbox { rows_max: ROWS_MAX, rows_fit: ROWS_MAX, ..Outbox::default() }
    }

    /// Nothing is wanted any more, and nothing known of the receiver. The request on its way still is.
    pub fn start_over(&mut self) {
        *self = Outbox {
            in_flight: self.in_flight.take(),
            offline: self.offline,
            requests: self.requests,
            sent_bytes: self.sent_bytes,
            last_sync: self.last_sync,
            ..Outbox::new()
        };
    }

    /// A new session has its own allowance of requests.
    pub fn session_began(&mut self) {
        self.sent_this_session = 0;
    }

    /// Asks for a request now, whatever the allowance and the back-off say.
    pub fn demand(&mut self) {
        self.wanted = true;
        self.not_before = UnixMs::MIN;
    }

    /// The app went to the background: the session's request goes out, if it has one left.
    pub fn hidden(&mut self, rule: &SyncRule) {
        if self.sent_this_session < rule.per_session {
            self.sent_this_session += 1;
            self.wanted = true;
        }
    }

    /// Leftovers of earlier stretches are sent at the next opportunity, beside the session's own request.
    pub fn recover(&mut self) {
        self.wanted = true;
    }

    /// There is more to come: ask again, even with nothing to say.
    pub fn pull(&mut self) {
        self.more = true;
        self.wanted = true;
    }

    /// The network came or went. Coming back ends the back-off.
    pub fn set_online(&mut self, online: bool) {
        if online && self.offline {
            self.not_before = UnixMs::MIN;
        }
        self.offline = !online;
    }

    /// True if a request may start at `now`.
    pub fn is_due(&self, now: UnixMs) -> bool {
        self.wanted && !self.offline && self.in_flight.is_none() && self.wait_until(now).is_none()
    }

    /// When to look again, if a wish to send waits for its time. No wait is longer than the longest: then the clock
    /// was set back.
    pub fn wait_until(&self, now: UnixMs) -> Option<UnixMs> {
        let early = (1..=RETRY_AFTER_MS_MAX).contains(&self.not_before.since(now));
        let waits = early && self.wanted && !self.offline && self.in_flight.is_none();
        waits.then_some(self.not_before)
    }

    /// Nothing is left to send.
    pub fn rest(&mut self) {
        self.wanted = false;
    }

    /// A request left. What changes from here on waits for the next reason to send.
    pub fn sent(&mut self, in_flight: InFlight, bytes: usize, now: UnixMs) {
        self.wanted = false;
        self.more = false;
        self.in_flight = Some(InFlight { started: now, ..in_flight });
        self.requests = self.requests.saturating_add(1);
        self.sent_bytes = self.sent_bytes.saturating_add(bytes as u64);
    }

    /// The host never answered: treat it as lost.
    pub fn is_overdue(&self, now: UnixMs) -> bool {
        self.in_flight.as_ref().is_some_and(|sent| now.since(sent.started) > 2 * REQUEST_MS_MAX)
    }

    /// The request failed for now. `retry_after_s` is the server's wish, `jitter` any random number.
    pub fn failed(&mut self, retry_after_s: u32, jitter: u32, now: UnixMs) {
        self.in_flight = None;
        let doubled = BACKOFF_MS_MIN << self.failures.min(10);
        let backoff_ms = doubled.min(BACKOFF_MS_MAX);
        self.failures = self.failures.saturating_add(1);
        let spread_ms = backoff_ms / 2 * i64::from(jitter % 1024) / 1024;
        let wish_ms = (i64::from(retry_after_s) * 1000).min(RETRY_AFTER_MS_MAX);
        self.not_before = now.plus((backoff_ms / 2 + spread_ms).max(wish_ms));
        self.wanted = true;
    }

    /// The token was refused. The first time, a fresh one is asked for and tried at once; true then.
    pub fn token_refused(&mut self, jitter: u32, now: UnixMs) -> bool {
        self.token_asked = !self.token_asked;
        let first = self.token_asked;
        if first {
            self.in_flight = None;
            self.wanted = true;
        } else {
            self.failed(0, jitter, now);
        }
        first
    }

    /// The request was answered well.
    pub fn succeeded(&mut self, now: UnixMs) {
        self.in_flight = None;
        self.failures = 0;
        self.rows_max = (self.rows_max * 2).min(self.rows_fit);
        self.token_asked = false;
        self.not_before = UnixMs::MIN;
        self.names_wanted = None;
        self.last_sync = Some(now);
    }

    /// The server does not know the dictionary: send again with names.
    pub fn wants_names(&mut self, dictionary: u32) {
        self.in_flight = None;
        self.names_wanted = Some(dictionary);
        self.wanted = true;
    }

    /// Too much for one body: send half as many rows, and not more again if the body was too `large`.
    pub fn halve(&mut self, rows: usize, large: bool) {
        self.in_flight = None;
        self.wanted = true;
        self.rows_max = (rows / 2).max(1);
        if large {
            self.rows_fit = self.rows_max;
        }
    }

    /// A refused row was kept aside: go on with the others, carefully.
    pub fn set_aside(&mut self) {
        self.in_flight = None;
        self.wanted = true;
    }

    /// The next body, or `None` if nothing is to be sent (for whoever is logged in).
    pub fn compose(&self, state: &State, policy: Policy<'_>, now: At) -> Option<(Vec<u8>, InFlight)> {
        if let Some((mut upload, names)) = deletion(state, now) {
            let dictionary = upload.dictionary;
            let with_names = self.names_wanted == Some(dictionary);
            upload.names = with_names.then(|| names.clone());
            let in_flight = InFlight { deletion: true, dictionary, with_names, ..InFlight::default() };
            return Some((bytes(&upload, names, policy.format), in_flight));
        }
        let batch = Batch::next(state, self.rows_max);
        let attributes = changed_attributes(state, policy.attributes);
        let (epoch, user, rows) = match batch {
            Some(batch) => (batch.epoch, batch.user, batch.rows),
            None => (state.epoch()?, &state.user, Vec::new()),
        };
        let attributes = attributes.filter(|_| *user == state.user);
        let claims = if *user == state.user { self.claims(policy) } else { None };
        let exposures = if *user == state.user { exposures(state, policy.trials) } else { None };
        if rows.is_empty() && attributes.is_none() && claims.is_none() && exposures.is_none() {
            return None;
        }
        // Goes along, but is no reason to send: it changes only where rows do.
        let insight = if *user == state.user { insight(policy.portrait) } else { None };
        let plan = policy.plan.filter(|_| *user == state.user).cloned();
        let with_names = self.names_wanted == Some(epoch.dictionary);
        let in_flight = InFlight {
            rows: rows.iter().map(|r| (r.row.segment, r.row.day.number(), r.row.revision)).collect(),
            attributes: attributes.as_ref().map(|&(revision, _)| revision),
            dictionary: epoch.dictionary,
            with_names,
            claims: claims.is_some(),
            exposures: exposures.as_ref().map(|exposures| exposures.revision),
            insight: insight.as_ref().map(|insight| insight.revision),
            plan: plan.as_ref().map(|plan| plan.revision),
            user: user.clone(),
            ..InFlight::default()
        };
        let mut upload = Upload { attributes, claims, exposures, insight, plan, ..blank(state, user, now) };
        if let Some(ledger) = policy.ledger.filter(|_| *user == state.user) {
            upload.fact_cursor = ledger.cursor;
        }
        upload.dictionary = epoch.dictionary;
        upload.names = with_names.then(|| epoch.names.clone());
        (upload.met, upload.rows) = met_and_rows(epoch, &rows);
        Some((bytes(&upload, &epoch.names, policy.format), in_flight))
    }
}

impl Outbox {
    /// Claims that the server lacks, or the wish to hear more.
    fn claims(&self, policy: Policy<'_>) -> Option<Claims> {
        let ledger = policy.ledger.filter(|ledger| ledger.has_unsent() || self.more)?;
        let unsent = ledger.unsent(policy.rules, CLAIMS_MAX);
        Some(Claims {
            revision: unsent.revision,
            first: unsent.first,
            wants_base: ledger.wants_base,
            head: unsent.head,
            digest: unsent.digest,
            list: unsent.list,
        })
    }
}

/// True if an earlier start left something to carry.
pub fn has_unsent(state: &State, ledger: Option<&Ledger>) -> bool {
    state.deletion.is_some() || Batch::next(state, 1).is_some() || ledger.is_some_and(Ledger::has_unsent)
}

/// True if there is something to send that was not among what was `sent`, at whatever revision.
pub fn has_others(state: &State, sent: &InFlight, policy: &Policy) -> bool {
    if policy.ledger.is_some_and(Ledger::has_unsent) && !sent.claims {
        return true;
    }
    let latest = policy.trials.unsent(&state.user, usize::MAX).last().map(|seen| seen.revision);
    if latest > sent.exposures {
        return true;
    }
    if state.attributes.revision > state.attributes.acked && sent.attributes.is_none() {
        return true;
    }
    let rows = state.epochs.iter().flat_map(|epoch| &epoch.rows).filter(|row| may_go(row, &state.user));
    let is_sent = |row: &OutRow| sent.rows.iter().any(|&(s, d, _)| (s, d) == (row.row.segment, row.row.day.number()));
    rows.into_iter().any(|row| !is_sent(row))
}

/// Another account's rows wait for its return: nobody else's token fits them.
fn may_go(row: &OutRow, user: &UserId) -> bool {
    row.is_unsent() && (row.user == *user || row.user.is_anonymous())
}

/// Rows that the server lacks, and roughly their bytes on the wire; of a row that it has in part, the part it lacks.
pub fn unsent(state: &State) -> (u32, u32) {
    let (mut rows, mut bytes) = (0, 0);
    for epoch in &state.epochs {
        for row in epoch.rows.iter().filter(|row| row.is_unsent()) {
            let mut w = crate::bytes::Writer::default();
            crate::summary::rows::encode_row(&mut w, &row.row, &epoch.names);
            rows += 1;
            let missing = u64::from(row.row.revision - row.acked);
            bytes += (w.out.len() as u64 * missing / u64::from(row.row.revision)) as u32;
        }
    }
    (rows, bytes)
}

/// Rows of one person under one dictionary, oldest first.
struct Batch<'a> {
    epoch: &'a Epoch,
    user: &'a UserId,
    rows: Vec<&'a OutRow>,
}

impl<'a> Batch<'a> {
    /// The oldest rows that may go.
    fn next(state: &'a State, rows_max: usize) -> Option<Batch<'a>> {
        let may_go = |row: &&OutRow| may_go(row, &state.user);
        state.epochs.iter().find_map(|epoch| {
            let user = &epoch.rows.iter().find(may_go)?.user;
            let rows = epoch.rows.iter().filter(may_go).filter(|row| row.user == *user).take(rows_max).collect();
            Some(Batch { epoch, user, rows })
        })
    }
}

fn blank(state: &State, user: &UserId, now: At) -> Upload {
    Upload {
        device: state.device,
        user: user.clone(),
        sent: now,
        fact_cursor: state.fact_cursor,
        dictionary: 0,
        names: None,
        attributes: None,
        met: Vec::new(),
        rows: Vec::new(),
        claims: None,
        exposures: None,
        insight: None,
        plan: None,
        deletion: None,
    }
}

fn deletion(state: &State, now: At) -> Option<(Upload, &Names)> {
    let ((deletion, user), epoch) = (state.deletion.as_ref()?, state.epoch()?);
    let mut upload = blank(state, user, now);
    upload.device = deletion.device;
    upload.fact_cursor = 0;
    upload.dictionary = epoch.dictionary;
    upload.deletion = Some(deletion.id);
    Some((upload, &epoch.names))
}

/// Attributes that may leave, if the server lacks their revision.
fn changed_attributes(state: &State, allowed: &[String]) -> Option<(u32, Vec<(String, Scalar)>)> {
    let attributes = &state.attributes;
    if attributes.revision <= attributes.acked {
        return None;
    }
    let may_leave = attributes.values.iter().filter(|(name, _)| allowed.contains(name));
    Some((attributes.revision, may_leave.cloned().collect()))
}

/// What was seen of experiments, as far as the server lacks it.
fn exposures(state: &State, trials: &Trials) -> Option<Exposures> {
    let unsent: Vec<_> = trials.unsent(&state.user, EXPOSURES_MAX).collect();
    let revision = unsent.last()?.revision;
    Some(Exposures { revision, list: unsent.into_iter().map(|seen| seen.exposure.clone()).collect() })
}

/// How the person was judged, if the server lacks it.
fn insight(portrait: &Portrait) -> Option<Insight> {
    let (revision, judgement) = (portrait.revision, &portrait.judgement);
    (revision > portrait.acked).then(|| Insight { revision, judgement: judgement.clone() })
}

/// The rows with their labels numbered anew from 0, and the texts they use in that order.
fn met_and_rows(epoch: &Epoch, rows: &[&OutRow]) -> (Vec<MetText>, Vec<Row>) {
    let mut rows: Vec<Row> = rows.iter().map(|row| row.row.clone()).collect();
    let mut met = Vec::new();
    for ((event, dimension), texts) in epoch.met.iter() {
        let mut kept = Vec::new();
        for stats in rows.iter().filter_map(|row| row.stats.events.get(EventIx(event))) {
            note_met(stats, dimension, &mut kept);
        }
        for stats in rows.iter_mut().filter_map(|row| row.stats.events.get_mut(EventIx(event))) {
            relabel(stats, dimension, &kept);
        }
        let texts = kept.iter().filter_map(|&index| texts.get(index));
        met.extend(texts.map(|text| MetText { event, dimension: u16::from(dimension), text: text.clone() }));
    }
    (met, rows)
}

fn bytes(upload: &Upload, names: &Names, format: Format) -> Vec<u8> {
    match format {
        Format::Binary => upload.encode(names),
        Format::Json => upload.to_json(names).into_bytes(),
    }
}
