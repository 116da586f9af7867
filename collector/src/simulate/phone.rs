//! A phone: the engine as it runs on one, over storage that is kept from start to start, and a network that always works.

use huitou::clock::{At, OffsetMin, UnixMs};
use huitou::engine::command::Output;
use huitou::engine::effect::Effect;
use huitou::engine::lab::Settings;
use huitou::engine::{Boot, Engine};
use huitou::id::{builtin, EventIx};
use huitou::program::Program;
use huitou::store::journal::KEYS;
use huitou::sync::answer::Reply;
use huitou::sync::Format;
use serde_json::{json, Value};

use super::shop::Shop;
use crate::error::Failure;

/// Where people live unless something else is said.
const ZONE_MIN: i32 = 480;

/// One person's phone.
pub(super) struct Phone<'a> {
    shop: &'a Shop,
    program: Program,
    user: String,
    token: String,
    seed: u128,
    values: Vec<Vec<u8>>,
    engine: Engine,
    /// Its zone, in minutes east of UTC.
    pub(super) zone_min: i32,
}

impl<'a> Phone<'a> {
    pub(super) fn new(shop: &'a Shop, program: &Program, (user, seed): (String, u128)) -> Result<Phone<'a>, Failure> {
        let values = vec![Vec::new(); usize::from(KEYS)];
        let engine = boot(program, &values, (seed, at(0, ZONE_MIN)));
        let token = shop.token(&user)?;
        Ok(Phone { shop, program: program.clone(), user, token, seed, values, engine, zone_min: ZONE_MIN })
    }

    /// The app is opened: a cold start from what was stored.
    pub(super) fn open(&mut self, at_ms: i64) -> Result<(), Failure> {
        self.seed = self.seed.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
        self.engine = boot(&self.program, &self.values, (self.seed, at(at_ms, self.zone_min)));
        self.log_in(at_ms)?;
        self.appear(at_ms)
    }

    /// The person looks at the app, which is running.
    pub(super) fn appear(&mut self, at_ms: i64) -> Result<(), Failure> {
        self.track(builtin::LAUNCH, at_ms)
    }

    /// Says who she is.
    pub(super) fn log_in(&mut self, at_ms: i64) -> Result<(), Failure> {
        self.tell(at_ms, &json!({ "op": "user", "id": self.user })).map(|_| ())
    }

    /// The app goes to the background, which sends what there is to send.
    pub(super) fn hide(&mut self, at_ms: i64) -> Result<(), Failure> {
        self.track(builtin::HIDE, at_ms)?;
        self.sync(at_ms)
    }

    /// Sends what there is to send, and asks for news.
    pub(super) fn sync(&mut self, at_ms: i64) -> Result<(), Failure> {
        self.tell(at_ms, &json!({ "op": "sync" })).map(|_| ())
    }

    fn track(&mut self, event: EventIx, at_ms: i64) -> Result<(), Failure> {
        self.engine.track(event, at(at_ms, self.zone_min));
        self.run(at_ms)
    }

    /// A command; its JSON if it answers with any.
    pub(super) fn tell(&mut self, at_ms: i64, command: &Value) -> Result<Value, Failure> {
        let output = self.engine.command(&command.to_string(), at(at_ms, self.zone_min));
        let output = output.map_err(|e| Failure::new(e.to_string()))?;
        self.run(at_ms)?;
        Ok(match output {
            Output::Json(text) => serde_json::from_str(&text).unwrap_or_default(),
            _ => Value::Null,
        })
    }

    /// Does what the engine asks for until it rests.
    fn run(&mut self, at_ms: i64) -> Result<(), Failure> {
        loop {
            let now = UnixMs::new(at_ms);
            match self.engine.next(now) {
                Effect::Persist { key, bytes, .. } => {
                    if let Some(place) = self.values.get_mut(usize::from(key)) {
                        *place = bytes;
                    }
                    self.engine.persisted(true);
                }
                Effect::Send { body } => {
                    let (status, text) = self.shop.sync(&self.token, body, at_ms)?;
                    self.engine.reply(Reply { status, body: &text, retry_after_s: 0 }, now);
                }
                Effect::Idle | Effect::Wait { .. } | Effect::Wipe => return Ok(()),
            }
        }
    }
}

fn at(ms: i64, zone_min: i32) -> At {
    At { instant: UnixMs::new(ms), offset: OffsetMin::new(zone_min) }
}

fn boot(program: &Program, values: &[Vec<u8>], (seed, at): (u128, At)) -> Engine {
    let boot = Boot {
        seed: seed.to_le_bytes(),
        at,
        consent: Some(true),
        format: Format::Binary,
        info: Vec::new(),
        lab: Settings::default(),
    };
    Engine::boot(program.clone(), values, boot)
}
