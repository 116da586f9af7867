//! The boundary: the only file with wasm types. Each export converts and forwards; nothing is decided here.
//!
//! Times are milliseconds as JavaScript has them, offsets minutes east of UTC. Positions and ids are those that
//! [`Core::describe`] tells.

// JavaScript passes plain numbers; a struct for each call would be walked field by field over the boundary.
#![allow(clippy::too_many_arguments)]

use crate::clock::{At, OffsetMin, UnixMs};
use crate::engine::command::Output;
use crate::engine::effect::Effect;
use crate::engine::insight::insight_warnings;
use crate::engine::journey::journey_warnings;
use crate::engine::lab::{own_payload, Settings};
use crate::engine::{outcome, Boot, Engine};
use crate::error::Error;
use crate::event::dropped::Dropped;
use crate::event::Scalar;
#[cfg(feature = "decrypt")]
use crate::experiment::decrypt;
#[cfg(feature = "server")]
use crate::experiment::{exported as assigned, reduce};
use crate::id::{EventIx, FlowIx, Label};
#[cfg(feature = "server")]
use crate::insight::model::exported::score_json;
#[cfg(feature = "server")]
use crate::journey::exported as played;
#[cfg(feature = "server")]
use crate::loyalty::{chained, exported};
use crate::program::value::{parse, Value};
use crate::program::{load, Program, Warning};
use crate::store::journal::KEYS;
#[cfg(feature = "server")]
use crate::summary::server::{receive, Received};
use crate::sync::answer::Reply;
use crate::sync::Format;
#[cfg(feature = "server")]
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// 7 KB smaller than the default allocator (2.2 KB compressed), constant time.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// One engine. Made from a program, filled from storage, then booted; calls before that do nothing.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    /// Until the engine has it.
    program: Option<Program>,
    warnings: Vec<Warning>,
    seed: [u8; 16],
    values: Vec<Vec<u8>>,
    engine: Option<Engine>,
    effect: Effect,
}

#[wasm_bindgen]
impl Core {
    /// Reads the program. Throws `{code, message, path, mistakes}` if it can't run.
    #[wasm_bindgen(constructor)]
    pub fn new(program_json: &str, seed: &[u8]) -> Result<Core, JsValue> {
        let (program, mut warnings) = load(program_json).map_err(|errors| give(&outcome::errors(&errors)))?;
        warnings.extend(own_payload(&program).1);
        warnings.extend(insight_warnings(&program));
        warnings.extend(journey_warnings(&program));
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(seed).for_each(|(byte, &random)| *byte = random);
        let values = vec![Vec::new(); usize::from(KEYS)];
        Ok(Core { program: Some(program), warnings, seed: bytes, values, engine: None, effect: Effect::Idle })
    }

    /// What the shell needs to turn names into positions, and the program's warnings.
    pub fn describe(&self) -> JsValue {
        let booted = || self.engine.as_ref().map(Engine::program);
        let program = self.program.as_ref().or_else(booted);
        program.map_or(JsValue::UNDEFINED, |program| give(&outcome::description(program, &self.warnings)))
    }

    /// A stored value, before [`Core::boot`].
    pub fn load(&mut self, key: u8, bytes: Vec<u8>) {
        if let Some(value) = self.values.get_mut(usize::from(key)) {
            *value = bytes;
        }
    }

    /// Starts from what was loaded. `options`: `{"consent": true | false | null, "format": "binary" | "json", "info": {…}}`.
    /// Once: the engine takes the program with it.
    pub fn boot(&mut self, options: &str, at: f64, offset: i32) -> Result<JsValue, JsValue> {
        let options = parse(options).map_err(|_| throw(&Error::new("command_invalid", "the options are no JSON")))?;
        let boot = Boot {
            seed: self.seed,
            at: stamp(at, offset),
            consent: options.get("consent").and_then(Value::as_bool),
            format: match options.get("format").and_then(Value::as_str) {
                Some("json") => Format::Json,
                _ => Format::Binary,
            },
            info: info(&options),
            lab: Settings::read(options.get("experiments")),
        };
        let program = self.program.take().ok_or_else(|| throw(&Error::new("command_invalid", "the core is booted")))?;
        let recovered = self.values.iter().any(|value| !value.is_empty());
        let engine = Engine::boot(program, &std::mem::take(&mut self.values), boot);
        let booted = outcome::booted(engine.consented(), engine.user(), recovered);
        self.engine = Some(engine);
        Ok(give(&booted))
    }

    /// The label of a text in a dimension (an id of [`Core::describe`]); below 0: minus the reason, minus one.
    pub fn label(&mut self, dimension_id: u32, text: &str) -> i32 {
        match self.engine.as_mut().map(|engine| engine.label(dimension_id, text)) {
            Some(Ok(label)) => label.0 as i32,
            Some(Err(reason)) => -(reason as i32) - 1,
            None => -1,
        }
    }

    /// Stages a dimension value for the next [`Core::track`].
    pub fn set_label(&mut self, position: u8, label: u32) {
        self.with(|engine| engine.set_label(position, Label(label)));
    }

    /// Stages a number for the next [`Core::track`].
    pub fn set_number(&mut self, position: u8, value: f64) {
        self.with(|engine| engine.set_number(position, value));
    }

    /// Counts something that the shell could not hand over, by the reason's number.
    pub fn dropped(&mut self, reason: u8) {
        if let Some(&reason) = Dropped::ALL.get(usize::from(reason)) {
            self.with(|engine| engine.note(reason, 1));
        }
    }

    /// Counts an event with the staged props.
    pub fn track(&mut self, event: u16, at: f64, offset: i32) {
        self.with(|engine| engine.track(EventIx(event), stamp(at, offset)));
    }

    /// Enters a page; a negative label leaves the open one.
    pub fn page(&mut self, label: i32, at: f64, offset: i32) {
        let page = u32::try_from(label).ok().map(Label);
        self.with(|engine| engine.page(page, stamp(at, offset)));
    }

    /// A step of a flow was made.
    pub fn flow(&mut self, flow: u16, step: u8, at: f64, offset: i32) {
        self.with(|engine| engine.flow(FlowIx(flow), step, stamp(at, offset)));
    }

    /// A rare command as JSON. Throws `{code, message, path}`.
    pub fn command(&mut self, json: &str, at: f64, offset: i32) -> Result<JsValue, JsValue> {
        let engine = self.engine.as_mut().ok_or_else(|| throw(&Error::new("not_open", "boot the core first")))?;
        Ok(match engine.command(json, stamp(at, offset)).map_err(|error| throw(&error))? {
            Output::Done => JsValue::UNDEFINED,
            Output::Flag(flag) => JsValue::from_bool(flag),
            Output::Json(text) => give(&text),
        })
    }

    /// Puts a payload in force; gives what `command({op: "features"})` does, with warnings. Throws, and leaves the one
    /// before in force, if it can't be read.
    pub fn load_features(&mut self, payload: &str, at: f64, offset: i32) -> Result<JsValue, JsValue> {
        let engine = self.engine.as_mut().ok_or_else(|| throw(&Error::new("not_open", "boot the core first")))?;
        engine.load_features(payload, stamp(at, offset)).map(|json| give(&json)).map_err(|error| throw(&error))
    }

    /// Takes the catalogue as JSON text; gives how many items it has. Throws, and leaves the one before, if it can't be
    /// read.
    pub fn set_catalogue(&mut self, catalogue: &str) -> Result<JsValue, JsValue> {
        let engine = self.engine.as_mut().ok_or_else(|| throw(&Error::new("not_open", "boot the core first")))?;
        engine.set_catalogue(catalogue).map(|json| give(&json)).map_err(|error| throw(&error))
    }

    /// True if `command` has something for `news` or `actions`.
    pub fn has_news(&self) -> bool {
        self.engine.as_ref().is_some_and(Engine::has_news)
    }

    /// Evaluates a feature by position: twice the number of its value, plus 1 if there are exposures to tell.
    pub fn feature(&mut self, position: u32, at: f64, offset: i32) -> u32 {
        self.engine.as_mut().map_or(0, |engine| engine.feature(position as usize, stamp(at, offset)))
    }

    /// One of a feature's values.
    pub fn feature_value(&self, position: u32, number: u32) -> JsValue {
        let value = self.engine.as_ref().map(|engine| engine.feature_value(position as usize, number));
        value.map_or(JsValue::NULL, |json| give(&json))
    }

    /// The next effect: 0 idle, 1 persist, 2 send, 3 wait, 4 wipe.
    pub fn next(&mut self, now: f64) -> u8 {
        let now = UnixMs::from_f64(now);
        self.effect = self.engine.as_mut().map_or(Effect::Idle, |engine| engine.next(now));
        match self.effect {
            Effect::Idle => 0,
            Effect::Persist { .. } => 1,
            Effect::Send { .. } => 2,
            Effect::Wait { .. } => 3,
            Effect::Wipe => 4,
        }
    }

    /// Of a persist: the key.
    pub fn effect_key(&self) -> u8 {
        match self.effect {
            Effect::Persist { key, .. } => key,
            _ => 0,
        }
    }

    /// Of a persist: true if it must be written before the platform gets control back.
    pub fn effect_sync(&self) -> bool {
        matches!(self.effect, Effect::Persist { sync: true, .. })
    }

    /// Of a persist: the value. Of a send: the body.
    pub fn effect_bytes(&mut self) -> Vec<u8> {
        match &mut self.effect {
            Effect::Persist { bytes, .. } => std::mem::take(bytes),
            Effect::Send { body } => std::mem::take(body),
            _ => Vec::new(),
        }
    }

    /// Of a wait: when to ask again.
    pub fn effect_until(&self) -> f64 {
        match self.effect {
            Effect::Wait { until } => until.get() as f64,
            _ => 0.0,
        }
    }

    /// The answer to persist and wipe.
    pub fn persisted(&mut self, ok: bool) {
        self.with(|engine| engine.persisted(ok));
    }

    /// The answer to send; status 0 if none came.
    pub fn reply(&mut self, status: u16, body: &str, retry_after_s: u32, now: f64) -> JsValue {
        let reply = Reply { status, body, retry_after_s };
        let received = self.engine.as_mut().map(|engine| engine.reply(reply, UnixMs::from_f64(now)));
        give(&outcome::received(&received.unwrap_or_default()))
    }

    fn with(&mut self, act: impl FnOnce(&mut Engine)) {
        if let Some(engine) = self.engine.as_mut() {
            act(engine);
        }
    }
}

/// For receivers: reads the binary profile (`docs/wire.md`) with the names kept under the hash asked for before.
/// Gives `{unknown: hash}`, or `{json}` with `{names: {hash, bytes}}` if the upload brought its names.
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn decode_upload(bytes: &[u8], names: Option<Vec<u8>>) -> Result<JsValue, JsValue> {
    match receive(bytes, names.as_deref()).map_err(|error| throw(&error))? {
        Received::UnknownDictionary(hash) => object([("unknown", hash.into())]),
        Received::Report { report, dictionary } => {
            // Plain objects and numbers, as `JSON.parse` of the JSON profile would give.
            let upload = report.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?;
            let Some((hash, bytes)) = dictionary else { return object([("upload", upload)]) };
            let bytes = js_sys::Uint8Array::from(bytes.as_slice());
            let names = object([("hash", hash.into()), ("bytes", bytes.into())])?;
            object([("upload", upload), ("names", names)])
        }
    }
}

/// For receivers: the ledger of a person replayed, from JSON to JSON (see [`exported::replay_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn replay(ledger: &str) -> Result<String, JsValue> {
    exported::replay_json(ledger).map_err(|error| throw(&error))
}

/// For receivers: a history played through the program's journeys, from JSON to JSON (see [`played::play_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn play_journeys(scenario: &str) -> Result<String, JsValue> {
    played::play_json(scenario).map_err(|error| throw(&error))
}

/// For receivers: the chain over a phone's claims, from JSON to JSON (see [`chained::heads_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn heads(claims: &str) -> Result<String, JsValue> {
    chained::heads_json(claims).map_err(|error| throw(&error))
}

/// For receivers: a payload made smaller for one person, from JSON to JSON (see [`reduce::reduce_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn reduce_payload(request: &str) -> Result<String, JsValue> {
    reduce::reduce_json(request).map_err(|error| throw(&error))
}

/// For receivers: what a phone would decide, from JSON to JSON (see [`assigned::evaluate_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn evaluate(request: &str) -> Result<String, JsValue> {
    assigned::evaluate_json(request).map_err(|error| throw(&error))
}

/// For receivers: the arithmetic of assignment, from JSON to JSON (see [`assigned::calculate_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn calculate(request: &str) -> Result<String, JsValue> {
    assigned::calculate_json(request).map_err(|error| throw(&error))
}

/// An encrypted payload in the open, as text (see [`decrypt::decrypt_payload`]).
#[cfg(feature = "decrypt")]
#[wasm_bindgen]
pub fn decrypt_payload(payload: &str, key: &str) -> Result<JsValue, JsValue> {
    decrypt::decrypt_payload(payload, key).map(|json| give(&json)).map_err(|error| throw(&error))
}

/// For receivers: what is left of a condition, from JSON to JSON (see [`reduce::prune_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn prune_condition(request: &str) -> Result<String, JsValue> {
    reduce::prune_json(request).map_err(|error| throw(&error))
}

/// For receivers: people scored by a fleet's models, from JSON to JSON (see [`score_json`]).
#[cfg(feature = "server")]
#[wasm_bindgen]
pub fn insight_score(request: &str) -> Result<String, JsValue> {
    score_json(request).map_err(|error| throw(&error))
}

#[cfg(feature = "server")]
fn object<const N: usize>(members: [(&str, JsValue); N]) -> Result<JsValue, JsValue> {
    let object = js_sys::Object::new();
    for (name, value) in members {
        js_sys::Reflect::set(&object, &name.into(), &value)?;
    }
    Ok(object.into())
}

fn stamp(at: f64, offset: i32) -> At {
    At { instant: UnixMs::from_f64(at), offset: OffsetMin::new(offset) }
}

fn info(options: &Value) -> Vec<(String, Scalar)> {
    let info = options.get("info").and_then(Value::as_map).unwrap_or_default();
    let text = |(name, value): &(String, Value)| Some((name.clone(), Scalar::Text(value.as_str()?.to_owned())));
    info.iter().filter_map(text).collect()
}

/// JSON text as a JavaScript value. It is the engine's own text, so it always parses.
fn give(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap_or_default()
}

fn throw(error: &Error) -> JsValue {
    give(&outcome::errors(std::slice::from_ref(error)))
}
