//! A phone: one engine at a time over one storage, driven as `pkg/src/pump.js` drives it.

use super::network::{Fate, Network};
use super::server::Server;
use super::storage::{Outcome, Storage};
use super::{HOUR, MINUTE, SECOND, START_MS};
use huitou::clock::{At, OffsetMin, UnixMs};
use huitou::engine::effect::{Effect, Received};
use huitou::engine::lab::Settings;
use huitou::engine::loyalty::LedgerNews;
use huitou::engine::{Boot, Engine};
use huitou::event::Scalar;
use huitou::program::{load, Program};
use huitou::store::journal::KEYS;
use huitou::sync::answer::Reply;
use huitou::sync::Format;

/// Effects in one turn, as in `pump.js`.
const EFFECTS_PER_TURN_MAX: usize = 64;

/// What becomes of an asynchronous write when the process ends without waiting for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Landing {
    Never,
    Whole,
    Torn,
    Vanished,
}

/// Every landing.
pub(crate) const LANDINGS: [Landing; 4] = [Landing::Never, Landing::Whole, Landing::Torn, Landing::Vanished];

/// How the shell is built. The defaults are right, the others deliberately wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shell {
    /// A write is reported done when it begins, so that what is not durable is sent.
    pub(crate) lies: bool,
    /// Every start has the same random bytes, so that segments are used again.
    pub(crate) same_seed: bool,
}

/// One thing told to the engine that must reach the receiver exactly once.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) kept: Kept,
}

/// What is known of something told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Its process lives, and no write that holds it was reported done.
    Volatile,
    /// A write that holds it was reported done: it must never be lost.
    Durable,
    /// Its process died before such a report: it may be lost.
    Doubtful,
    /// The person asked to forget it: it must not be there.
    Withdrawn,
}

#[derive(Clone, Debug)]
struct Writing {
    /// `None` removes all keys.
    value: Option<(u8, Vec<u8>)>,
    /// How many of the told things it makes durable.
    covers: usize,
}

/// The phone, its person and its backend.
#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) program: Program,
    pub(crate) shell: Shell,
    pub(crate) format: Format,
    pub(crate) storage: Storage,
    pub(crate) network: Network,
    pub(crate) server: Server,
    pub(crate) engine: Option<Engine>,
    pub(crate) now_ms: i64,
    pub(crate) offset_min: i32,
    /// What the app says of consent at each start.
    pub(crate) consent: Option<bool>,
    /// What the platform says of itself.
    pub(crate) info: Vec<(String, String)>,
    /// How experiments are run.
    pub(crate) lab: Settings,
    pub(crate) user: String,
    pub(crate) told: Vec<Told>,
    /// Ticks share so many names.
    pub(crate) names: usize,
    /// Processes that ended without being asked to.
    pub(crate) crashes: usize,
    pub(crate) boots: u64,
    /// When the shell's timer rings.
    pub(crate) wake_ms: Option<i64>,
    /// What answers brought, in order.
    pub(crate) received: Vec<Received>,
    writing: Option<Writing>,
    request: Option<Vec<u8>>,
}

impl Phone {
    /// A phone that runs a program given as JSON, without warnings.
    pub(crate) fn with(program: &str) -> Phone {
        let (program, warnings) = load(program).unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        Phone::new(program)
    }

    pub(crate) fn new(program: Program) -> Phone {
        Phone {
            program,
            shell: Shell::default(),
            format: Format::Binary,
            storage: Storage::new(),
            network: Network::good(),
            server: Server::default(),
            engine: None,
            now_ms: START_MS,
            offset_min: 480,
            consent: Some(true),
            info: vec![("platform".to_owned(), "devtools".to_owned())],
            lab: Settings::default(),
            user: String::new(),
            told: Vec::new(),
            names: usize::MAX,
            crashes: 0,
            boots: 0,
            wake_ms: None,
            received: Vec::new(),
            writing: None,
            request: None,
        }
    }

    pub(crate) fn at(&self) -> At {
        At { instant: UnixMs::new(self.now_ms), offset: OffsetMin::new(self.offset_min) }
    }

    /// Starts the engine, and opens the app.
    pub(crate) fn boot(&mut self) {
        self.start();
        self.track("launch", &[("scene", "1001")], &[]);
        if self.engine.as_ref().is_some_and(|engine| engine.user() != self.user) {
            self.log_in(&self.user.clone());
        }
    }

    /// Starts the engine.
    pub(crate) fn start(&mut self) {
        self.boots += 1;
        let seed = if self.shell.same_seed { 7 } else { self.boots };
        let boot = Boot {
            seed: u128::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_le_bytes(),
            at: self.at(),
            consent: self.consent,
            format: self.format,
            lab: self.lab.clone(),
            info: self.info.iter().map(|(name, text)| (name.clone(), Scalar::Text(text.clone()))).collect(),
        };
        self.engine = Some(Engine::boot(self.program.clone(), &self.storage.load(), boot));
    }

    /// The engine; a dead one is started first, as the person opens the app again.
    pub(crate) fn engine(&mut self) -> &mut Engine {
        if self.engine.is_none() {
            self.boot();
        }
        self.engine.as_mut().unwrap()
    }

    /// One turn of the event loop: carries out what the engine asks for.
    pub(crate) fn run(&mut self) {
        for _ in 0..EFFECTS_PER_TURN_MAX {
            let now = UnixMs::new(self.now_ms);
            let Some(engine) = &mut self.engine else { return };
            self.wake_ms = None;
            match engine.next(now) {
                Effect::Persist { key, sync: true, bytes } => self.write_now(key, &bytes),
                Effect::Persist { key, sync: false, bytes } => self.begin(Some((key, bytes))),
                Effect::Wipe => self.begin(None),
                Effect::Send { .. } if self.request.is_some() => return,
                Effect::Send { body } => self.request = Some(body),
                Effect::Wait { until } => {
                    self.wake_ms = Some(until.get());
                    return;
                }
                Effect::Idle => return,
            }
        }
        panic!("the engine never rests");
    }

    fn begin(&mut self, value: Option<(u8, Vec<u8>)>) {
        if self.shell.lies {
            self.finish_write();
        }
        assert!(self.writing.is_none(), "two asynchronous writes at a time");
        self.writing = Some(Writing { value, covers: self.told.len() });
        if let (true, Some(engine)) = (self.shell.lies, &mut self.engine) {
            engine.persisted(true);
            self.durable(self.told.len());
        }
    }

    fn write_now(&mut self, key: u8, bytes: &[u8]) {
        let outcome = self.storage.put(key, bytes);
        self.ended(outcome, self.told.len());
    }

    fn ended(&mut self, outcome: Outcome, covers: usize) {
        if outcome == Outcome::Dead {
            return self.die();
        }
        if outcome == Outcome::Done {
            self.durable(covers);
        }
        self.engine().persisted(outcome == Outcome::Done);
    }

    fn durable(&mut self, count: usize) {
        let volatile = self.told[..count].iter_mut().rev().take_while(|told| told.kept == Kept::Volatile);
        volatile.for_each(|told| told.kept = Kept::Durable);
    }

    /// The process is gone; what it had under way never happens, but for a request that had left.
    pub(crate) fn die(&mut self) {
        self.crashes += 1;
        self.end(Landing::Never);
    }

    /// The platform ends the process.
    pub(crate) fn kill(&mut self, landing: Landing) {
        if self.engine.is_some() {
            self.crashes += 1;
            self.end(landing);
        }
    }

    fn end(&mut self, landing: Landing) {
        self.engine = None;
        let volatile = self.told.iter_mut().rev().take_while(|told| told.kept == Kept::Volatile);
        volatile.for_each(|told| told.kept = Kept::Doubtful);
        let writing = self.writing.take().and_then(|writing| writing.value);
        if let Some((key, bytes)) = writing {
            match landing {
                Landing::Never => {}
                Landing::Whole => drop(self.storage.put(key, &bytes)),
                Landing::Torn => drop(self.storage.put(key, &bytes[..bytes.len() * 2 / 3])),
                Landing::Vanished => drop(self.storage.remove(key)),
            }
        }
        if let Some(body) = self.request.take() {
            self.deliver(&body);
        }
    }

    /// The asynchronous write under way, if there is one, comes to its end.
    pub(crate) fn finish_write(&mut self) -> bool {
        let Some(writing) = self.writing.take() else { return false };
        let outcome = match &writing.value {
            Some((key, bytes)) => self.storage.put(*key, bytes),
            None => self.remove_all(),
        };
        if self.shell.lies {
            if outcome == Outcome::Dead {
                self.die();
            }
            return true;
        }
        self.ended(outcome, writing.covers);
        self.run();
        true
    }

    fn remove_all(&mut self) -> Outcome {
        let ended = (0..KEYS).map(|key| self.storage.remove(key)).find(|&outcome| outcome != Outcome::Done);
        ended.unwrap_or(Outcome::Done)
    }

    /// The request under way, if there is one, is answered or given up.
    pub(crate) fn finish_request(&mut self) -> bool {
        let Some(body) = self.request.take() else { return false };
        let (status, body, retry_after_s) = self.deliver(&body);
        let now = UnixMs::new(self.now_ms);
        let Some(engine) = &mut self.engine else { return false };
        let received = engine.reply(Reply { status, body: &body, retry_after_s }, now);
        self.received.push(received);
        self.run();
        true
    }

    /// The request under way, to be answered by hand.
    pub(crate) fn take_request(&mut self) -> Option<Vec<u8>> {
        self.request.take()
    }

    /// The answer to a request taken; how many rows it acknowledged.
    pub(crate) fn answer(&mut self, status: u16, body: &str) -> u32 {
        let now = UnixMs::new(self.now_ms);
        let reply = Reply { status, body, retry_after_s: 0 };
        let acked = self.engine().reply(reply, now).acked;
        self.run();
        acked
    }

    /// What the phone gets to see.
    fn deliver(&mut self, body: &[u8]) -> (u16, String, u32) {
        self.network.sent_bytes.push(body.len());
        self.server.time_ms = self.server.ahead_ms.map(|ahead_ms| self.now_ms + ahead_ms);
        let nothing = (0, String::new(), 0);
        let (status, answer) = match self.network.next() {
            Fate::Ok => self.server.receive(body),
            Fate::Lost => return nothing,
            Fate::AckLost => {
                self.server.receive(body);
                return nothing;
            }
            Fate::Late => {
                self.network.late.push(body.to_vec());
                return nothing;
            }
            Fate::Twice => {
                self.server.receive(body);
                self.server.receive(body)
            }
            Fate::Slow(after_ms) => {
                let answer = self.server.receive(body);
                self.now_ms += after_ms;
                answer
            }
            Fate::SlowLost(after_ms) => {
                self.server.receive(body);
                self.now_ms += after_ms;
                return nothing;
            }
            Fate::Status(status) => (status, String::new()),
            Fate::Limited(after_s) => return (429, String::new(), after_s),
            Fate::Portal => (200, String::from("<html><body>Please log in to the Wi-Fi</body></html>")),
            Fate::TooLarge(limit) if body.len() > limit => (413, String::new()),
            Fate::TooLarge(_) => self.server.receive(body),
        };
        (status, answer, 0)
    }

    /// Lets all writes end that are under way or follow from one.
    pub(crate) fn settle_writes(&mut self) {
        self.run();
        while self.finish_write() {}
    }

    /// Lets everything under way end, and what follows from it.
    pub(crate) fn settle(&mut self) {
        self.settle_writes();
        while self.finish_request() {
            while self.finish_write() {}
        }
    }

    /// Time passes; the shell's timer rings when it is due.
    pub(crate) fn pass(&mut self, ms: i64) {
        let until = self.now_ms + ms;
        for _ in 0..200 {
            let Some(wake_ms) = self.wake_ms.filter(|&wake_ms| wake_ms <= until) else { break };
            self.now_ms = self.now_ms.max(wake_ms);
            self.run();
            self.settle();
        }
        self.now_ms = self.now_ms.max(until);
    }

    /// The app goes to the background: what the shell can do before it returns is done, the rest is under way.
    pub(crate) fn hide(&mut self) {
        let at = self.at();
        self.engine().track(huitou::id::builtin::HIDE, at);
        self.run();
    }

    /// The app comes back.
    pub(crate) fn show(&mut self) {
        if self.engine.is_none() {
            return self.boot();
        }
        self.track("show", &[], &[]);
    }

    /// The app is closed after everything has ended, and is not running then.
    pub(crate) fn close(&mut self) {
        self.settle();
        if self.engine.is_some() {
            self.end(Landing::Never);
        }
    }

    /// Asks for requests until there is nothing left to send. Whoever is logged in may always ask for news: an answer
    /// without any is the end.
    pub(crate) fn send_all(&mut self) {
        for _ in 0..32 {
            let (before, heard) = (self.network.sent_bytes.len(), self.received.len());
            self.command(r#"{"op":"sync"}"#).unwrap();
            self.settle();
            let is_silent = self.network.sent_bytes.len() == before;
            let news = self.received.iter().skip(heard).any(|received| {
                received.acked > 0 || !received.facts.is_empty() || received.news != LedgerNews::default()
            });
            let succeeded = self.engine().stats().last_sync_at >= Some(self.now_ms);
            if is_silent || (succeeded && !news) {
                return;
            }
            self.now_ms += HOUR + SECOND;
        }
        panic!("the phone never stops sending");
    }

    /// Everything is brought to the receiver, whoever it belongs to: a good network, no faults, all users log in.
    pub(crate) fn heal(&mut self) {
        self.storage.faults.clear();
        self.network.plan.clear();
        self.network.then = Fate::Ok;
        self.settle();
        self.pass(2 * MINUTE);
        let mut users: Vec<String> = self.told.iter().map(|told| told.user.clone()).collect();
        users.push(self.user.clone());
        users.sort();
        users.dedup();
        for user in users {
            self.log_in(&user);
            self.send_all();
        }
        for body in std::mem::take(&mut self.network.late) {
            self.server.receive(&body);
        }
    }
}
