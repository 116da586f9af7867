//! The house: holds the state, the journal and the outbox, and lets one command in and one outcome out at a time.

pub mod command;
pub mod effect;
pub mod insight;
pub mod journey;
pub mod lab;
pub mod loyalty;
pub mod observe;
pub mod outcome;
mod personal;
mod rng;
pub mod room;
pub mod view;

use self::effect::Wiping;
use self::insight::Insight;
use self::journey::Desk;
use self::lab::{Lab, Settings};
use self::observe::{OpenPage, Staged};
use self::rng::Rng;
use crate::bytes::Writer;
use crate::clock::{At, OffsetMin, UnixMs};
use crate::event::dropped::Dropped;
use crate::event::{Record, Scalar, TEXT_BYTES_MAX};
use crate::experiment::trials::{Change, Trials};
use crate::id::{DeletionId, DeviceId, SegmentId, UserId};
use crate::insight::portrait::Portrait;
use crate::insight::stats::Table;
use crate::insight::{Deletion, State};
use crate::journey::Journeys;
use crate::loyalty::ledgers::Ledgers;
use crate::program::{Program, BUILT_IN_ATTRIBUTES};
use crate::store::image;
use crate::store::journal::{Journal, Loaded, Write};
use crate::sync::{Format, Outbox, Policy};

/// A step back of the clock by more than this is believed (a wrong clock was put right): 26 hours, more than any
/// zone change. Up to it, time stands still until the clock has caught up.
pub const BACK_BELIEVED_MS: i64 = 26 * crate::clock::HOUR_MS;

/// What the shell knows at a start.
#[derive(Clone, Debug)]
pub struct Boot {
    /// 16 random bytes of the platform.
    pub seed: [u8; 16],
    /// Now.
    pub at: At,
    /// What the app says of consent; `None` lets the stored answer stand.
    pub consent: Option<bool>,
    /// How bodies are written.
    pub format: Format,
    /// Built-in attributes.
    pub info: Vec<(String, Scalar)>,
    /// How experiments are run.
    pub lab: Settings,
}

/// The engine.
#[derive(Debug)]
pub struct Engine {
    program: Program,
    /// The program's attributes and the built-in ones.
    attributes: Vec<String>,
    state: State,
    ledgers: Ledgers,
    trials: Trials,
    portrait: Portrait,
    journeys: Journeys,
    lab: Lab,
    insight: Insight,
    desk: Desk,
    journal: Journal,
    outbox: Outbox,
    rng: Rng,
    format: Format,
    staged: Staged,
    page: Option<OpenPage>,
    /// The page that was open when the app was hidden.
    resume: Option<crate::id::Label>,
    /// Who is logged in, kept in memory even while nothing may be recorded.
    login: UserId,
    /// The person said no in this start: not even memory keeps count.
    refused: bool,
    /// Writes handed out and not answered: asynchronous, synchronous.
    writing: [Option<Write>; 2],
    sync_due: bool,
    write_failures: u32,
    write_not_before: Option<UnixMs>,
    wiping: Wiping,
    /// A step of the wipe is on its way.
    wipe_out: bool,
    /// The phone's zone as last told, for the stamp on a body.
    offset: OffsetMin,
    /// Not counted since this start, by reason.
    dropped: Table<u8, u32>,
    clock_back_noted: bool,
    /// The latest answer about the ledger was a reset.
    was_reset: bool,
}

impl Engine {
    /// Starts from what storage held (`values[key]`, empty if there is nothing), whatever state a crash left it in.
    pub fn boot(program: Program, values: &[Vec<u8>], boot: Boot) -> Engine {
        let mut rng = Rng::new(boot.seed);
        let (journal, loaded) = Journal::load(values);
        let (Stored { state, ledgers, trials, portrait, journeys }, unreadable) = restore(loaded, &program, &mut rng);
        let lab = Lab::new(&program, boot.lab.clone());
        let (insight, desk) = (Insight::new(&program), Desk::new(&program));
        let mut attributes = program.attributes.clone();
        attributes.extend(BUILT_IN_ATTRIBUTES.map(str::to_owned));
        let mut engine = Engine {
            program,
            attributes,
            state,
            ledgers,
            trials,
            portrait,
            journeys,
            lab,
            insight,
            desk,
            journal,
            outbox: Outbox::new(),
            rng,
            format: boot.format,
            staged: Staged::default(),
            page: None,
            resume: None,
            login: UserId::default(),
            refused: false,
            writing: [None, None],
            sync_due: false,
            write_failures: 0,
            write_not_before: None,
            wiping: Wiping::default(),
            wipe_out: false,
            offset: boot.at.offset,
            dropped: Table::default(),
            clock_back_noted: false,
            was_reset: false,
        };
        engine.go_on_wiping();
        engine.begin(&boot, unreadable);
        if let Some(granted) = boot.consent {
            engine.consent(granted, boot.at);
        }
        engine
    }

    /// An earlier start may have died while it wiped; and whoever said no is not recorded until the next yes.
    fn go_on_wiping(&mut self) {
        if self.state.deletion.is_some() && !self.state.consented {
            self.refused = true;
            self.wiping = Wiping::Beside;
        }
    }

    fn begin(&mut self, boot: &Boot, unreadable: u32) {
        let leftovers = crate::sync::has_unsent(&self.state, self.ledgers.current.as_ref());
        if leftovers {
            self.outbox.recover();
        }
        self.state.begin_epoch(self.program.names.clone());
        self.login = self.state.user.clone();
        self.choose_ledger();
        self.start(boot.at);
        if unreadable > 0 {
            self.note(Dropped::Unreadable, unreadable);
        }
        self.settle(self.state.last);
        for (name, value) in boot.info.iter().filter(|(name, _)| BUILT_IN_ATTRIBUTES.contains(&name.as_str())) {
            self.set_attribute(name, Some(cut(value)));
        }
    }

    /// A new stretch of recording at the phone's time, which may lie behind what was recorded.
    fn start(&mut self, at: At) {
        let instant = self.corrected(at.instant);
        let behind_ms = self.state.last.since(instant);
        let stands_still = (0..=BACK_BELIEVED_MS).contains(&behind_ms);
        let instant = if stands_still { self.state.last } else { instant };
        self.record(Record::Clock { instant, zone: self.zone(at) });
        self.new_segment(self.login.clone());
        if behind_ms > BACK_BELIEVED_MS {
            self.note(Dropped::ClockBack, 1);
        }
    }

    /// Applies a record and remembers it for the journal. After a refusal nothing is kept, not even in memory.
    fn record(&mut self, record: Record) {
        if self.refused {
            return;
        }
        if self.state.consented {
            let mut w = Writer::default();
            record.encode(&mut w);
            self.journal.append(&w.out);
        }
        let is_known =
            matches!(record, Record::Lab(Change::Exposed(_) | Change::Assigned(_) | Change::Acknowledged(_)));
        if !is_known && !matches!(record, Record::Journey(_)) {
            self.lab.forget_attributes();
        }
        apply((&mut self.state, &mut self.trials, &mut self.portrait, &mut self.journeys), record);
    }

    /// Counts what is not counted.
    pub fn note(&mut self, reason: Dropped, count: u32) {
        let sum = self.dropped.entry(reason as u8);
        *sum = sum.saturating_add(count);
        self.record(Record::Dropped { reason, count });
    }

    fn new_segment(&mut self, user: UserId) {
        let id = SegmentId(self.rng.next());
        self.record(Record::Segment { id, user });
    }

    fn set_attribute(&mut self, name: &str, value: Option<Scalar>) {
        if self.state.attributes.get(name) != value.as_ref() {
            self.record(Record::Attribute { name: name.to_owned(), value });
        }
    }

    /// The phone's clock put right by the server's, in whole seconds.
    fn corrected(&self, instant: UnixMs) -> UnixMs {
        let ms = instant.plus(self.state.skew_s * 1000).get();
        UnixMs::new(ms - ms.rem_euclid(1000))
    }

    fn zone(&self, at: At) -> OffsetMin {
        self.program.day_zone.offset_at(at.instant, at.offset)
    }

    /// Consent as it stands.
    pub fn consented(&self) -> bool {
        self.state.consented
    }

    /// Whose token the next upload needs: who is logged in, else who asked for a deletion still pending.
    pub fn user(&self) -> &str {
        let asked = self.state.deletion.as_ref().map(|(_, user)| user);
        asked.filter(|_| self.login.is_anonymous()).unwrap_or(&self.login).as_str()
    }

    fn policy(&self) -> Policy<'_> {
        Policy {
            rule: &self.program.sync,
            attributes: &self.attributes,
            format: self.format,
            ledger: self.ledgers.current.as_ref(),
            trials: &self.trials,
            portrait: &self.portrait,
            plan: None,
            rules: &self.program.rules,
        }
    }

    /// Consent given or withdrawn. Withdrawal wipes everything and leaves a request to delete what the server has.
    pub fn consent(&mut self, granted: bool, at: At) {
        match (granted, self.state.consented) {
            (true, true) => {}
            (true, false) => self.grant(at),
            (false, true) => self.withdraw(),
            (false, false) => {
                self.forget();
                if self.state.deletion.is_none() && self.journal.has_stored() {
                    self.wiping = Wiping::All;
                }
            }
        }
        if self.state.deletion.is_some() {
            self.outbox.demand();
        }
    }

    fn grant(&mut self, at: At) {
        if std::mem::take(&mut self.refused) {
            self.start(at);
        }
        self.state.consented = true;
        self.journal.force_slot();
    }

    fn withdraw(&mut self) {
        let id = DeletionId(self.rng.next());
        let request = Deletion { id, device: self.state.device };
        let user = self.state.user.clone();
        self.forget();
        // A deletion goes before any row, so while one waits the server has nothing of what came after it.
        self.state.deletion.get_or_insert((request, user));
        self.journal.force_slot();
        self.wiping = Wiping::Beside;
    }

    /// Back to nothing, under a new device id. A deletion still pending stays.
    fn forget(&mut self) {
        let deletion = self.state.deletion.take();
        self.state = State::new(DeviceId(self.rng.next()), self.program.names.clone());
        self.state.deletion = deletion;
        self.ledgers = Ledgers::default();
        self.trials = Trials::default();
        self.portrait = Portrait::default();
        self.journeys = Journeys::default();
        self.lab.forget_person();
        self.insight.forget_person();
        self.desk.forget_person();
        self.page = None;
        self.resume = None;
        self.refused = true;
        self.outbox.start_over();
    }
}

/// The platform's texts have any length; a receiver refuses longer ones than an app may set.
fn cut(value: &Scalar) -> Scalar {
    match value {
        Scalar::Text(text) => {
            let end = text.floor_char_boundary(TEXT_BYTES_MAX);
            Scalar::Text(text.get(..end).unwrap_or_default().to_owned())
        }
        other => other.clone(),
    }
}

/// All that is durable.
struct Stored {
    state: State,
    ledgers: Ledgers,
    trials: Trials,
    portrait: Portrait,
    journeys: Journeys,
}

type Durable<'a> = (&'a mut State, &'a mut Trials, &'a mut Portrait, &'a mut Journeys);

/// A record is the person's and, if it says something of experiments, theirs; her portrait and her journeys see all of them.
fn apply((state, trials, portrait, journeys): Durable, record: Record) {
    match &record {
        Record::Lab(change) => trials.apply(change, &state.user, state.last),
        Record::Segment { user, .. } if *user != state.user => {
            trials.log_in(&state.user, user, state.last);
            portrait.log_in(&state.user);
            journeys.log_in(&state.user);
        }
        _ => {}
    }
    portrait.apply(&record, state);
    journeys.apply(&record, state.last);
    state.apply(record);
}

/// What was stored with its tail replayed, or anew; and how many stored values were unreadable.
fn restore(loaded: Loaded, program: &Program, rng: &mut Rng) -> (Stored, u32) {
    let stored = loaded.image.as_deref().map(read_image);
    let unreadable = loaded.unreadable + u32::from(matches!(stored, Some(None | Some((_, false)))));
    let Some((mut stored, _)) = stored.flatten() else {
        let state = State::new(DeviceId(rng.next()), program.names.clone());
        let (ledgers, trials, portrait, journeys) = Default::default();
        return (Stored { state, ledgers, trials, portrait, journeys }, unreadable);
    };
    for record in loaded.records {
        let Stored { state, trials, portrait, journeys, .. } = &mut stored;
        apply((state, trials, portrait, journeys), record);
    }
    stored.state.epochs.iter_mut().for_each(|epoch| epoch.compact_met());
    (stored, unreadable)
}

/// A ledger, an experiment, a portrait or a journey that can't be read does not take the rest with it; false then.
fn read_image(bytes: &[u8]) -> Option<(Stored, bool)> {
    let mut r = crate::bytes::Reader::new(bytes);
    let state = image::decode(&mut r).filter(|state| !state.epochs.is_empty())?;
    let ledgers = Ledgers::decode(&mut r);
    let trials = ledgers.as_ref().and_then(|_| Trials::decode(&mut r));
    let portrait = trials.as_ref().and_then(|_| Portrait::decode(&mut r));
    let journeys = portrait.as_ref().and_then(|_| Journeys::decode(&mut r));
    let is_whole = journeys.is_some();
    let (ledgers, trials) = (ledgers.unwrap_or_default(), trials.unwrap_or_default());
    let (portrait, journeys) = (portrait.unwrap_or_default(), journeys.unwrap_or_default());
    Some((Stored { state, ledgers, trials, portrait, journeys }, is_whole))
}

/// What stands behind the state in an image.
type Rest<'a> = (&'a Ledgers, &'a Trials, &'a Portrait, &'a Journeys);

/// Appends what stands behind the state. Stores without one of them are as they were before there were any.
fn encode_rest((ledgers, trials, portrait, journeys): Rest, w: &mut Writer) {
    let has_journeys = *journeys != Journeys::default();
    let has_portrait = has_journeys || *portrait != Portrait::default();
    let has_trials = has_portrait || *trials != Trials::default();
    let before = w.out.len();
    ledgers.encode(w);
    if has_trials && w.out.len() == before {
        Ledgers::encode_none(w);
    }
    let before = w.out.len();
    trials.encode(w);
    if has_portrait && w.out.len() == before {
        Trials::encode_none(w);
    }
    if has_portrait {
        portrait.encode(w);
    }
    journeys.encode(w);
}
