//! Experiments: which payload is in force, what the person's attributes are, and what she has seen.

use super::command::{text, Output};
use super::outcome::{self, object};
use super::Engine;
use crate::clock::{At, UnixMs};
use crate::condition::{Dialect, REMOTE_GROUPS};
use crate::error::Error;
use crate::event::{Record, Scalar};
use crate::experiment::evaluate::{Evaluation, Forced, Outcome, Person};
use crate::experiment::exposure::{is_key, Exposure};
use crate::experiment::payload::{Payload, PROGRAM_HASH};
use crate::experiment::trials::{Change, OVERRIDES_MAX};
use crate::id::UserId;
use crate::json::JsonWriter;
use crate::program::value::Value;
use crate::program::{Program, Warning};

/// The hash of a payload's rules that do not say which: the SDKs' first one.
const SERVED_HASH: u32 = 1;

/// Room made for attributes at once.
const ATTRIBUTES_USUAL: usize = 48;

/// How experiments are run in this start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose rules are obeyed.
    pub dialect: Dialect,
    /// Variations are kept when weights, coverage or targeting change.
    pub is_sticky: bool,
    /// No experiment runs.
    pub is_disabled: bool,
    /// Only what was asked for by hand runs.
    pub is_qa: bool,
    /// The engine adds what it knows to the app's attributes.
    pub fills_attributes: bool,
    /// The query of the launch.
    pub query: String,
    /// The scene of the launch.
    pub scene: String,
    /// Remote saved groups that the person is in, if the app knows.
    pub remote_groups: Option<Value>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            dialect: Dialect::Strict,
            is_sticky: true,
            is_disabled: false,
            is_qa: false,
            fills_attributes: true,
            query: String::new(),
            scene: String::new(),
            remote_groups: None,
        }
    }
}

impl Settings {
    /// Reads `{"compat": "0.8", "sticky", "enabled", "qa", "engine_attributes", "query", "scene", "remote_groups"}`; what is
    /// missing keeps its default.
    pub fn read(options: Option<&Value>) -> Settings {
        let get = |name: &str| options.and_then(|options| options.get(name));
        let flag = |name: &str, missing: bool| get(name).and_then(Value::as_bool).unwrap_or(missing);
        let text = |name: &str| get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Settings {
            dialect: if text("compat") == "0.8" { Dialect::Loose } else { Dialect::Strict },
            is_sticky: flag("sticky", true),
            is_disabled: !flag("enabled", true),
            is_qa: flag("qa", false),
            fills_attributes: flag("engine_attributes", true),
            query: text("query"),
            scene: text("scene"),
            remote_groups: get("remote_groups").cloned(),
        }
    }
}

/// What is not remembered over a restart.
#[derive(Debug, Default)]
pub(super) struct Lab {
    settings: Settings,
    /// The program's own features, and those of the payload that was loaded last.
    payloads: [Payload; 2],
    /// Each feature: which payload, which position. Of equal keys that of the loaded payload counts.
    features: Vec<(usize, usize)>,
    /// What is known of the person, until something changes.
    attributes: Option<Value>,
    /// Exposures that the app has not heard of.
    fresh: Vec<String>,
    /// Of each feature the number of its value when its own exposure was last known, while nothing was seen since and the
    /// person is the same: looking for it among all is a sixth of an evaluation.
    noted: Vec<u32>,
    noted_for: (UserId, u32),
}

/// Features of a program, and what is wrong with them.
pub fn own_payload(program: &Program) -> (Payload, Vec<Warning>) {
    let parts = [("features", &program.features), ("saved_groups", &program.saved_groups)];
    let raw = Value::Map(parts.map(|(name, part)| (name.to_owned(), part.0.clone())).into());
    let there = raw.as_map().unwrap_or_default().iter().filter(|(_, part)| *part != Value::Null).cloned().collect();
    Payload::read(Value::Map(there), PROGRAM_HASH).unwrap_or_default()
}

impl Lab {
    pub(super) fn new(program: &Program, settings: Settings) -> Lab {
        let mut lab = Lab { settings, payloads: [own_payload(program).0, Payload::default()], ..Lab::default() };
        lab.list_features();
        lab
    }

    fn list_features(&mut self) {
        let [own, served] = &self.payloads;
        let is_own = |key: &&str| served.find(key).is_none();
        let mut features: Vec<(usize, usize)> = (0..served.keys().count()).map(|at| (1, at)).collect();
        let own = own.keys().enumerate().filter(|(_, key)| is_own(key)).map(|(at, _)| (0, at));
        features.extend(own);
        self.noted = vec![0; features.len()];
        self.features = features;
    }

    /// What is known of the person, once it was gathered.
    pub(super) fn attributes(&self) -> Option<&Value> {
        self.attributes.as_ref()
    }

    /// Something about the person changed.
    pub(super) fn forget_attributes(&mut self) {
        self.attributes = None;
    }

    /// Nothing has been seen.
    pub(super) fn forget_noted(&mut self) {
        self.noted.fill(0);
    }

    /// Nothing is known of anybody any more.
    pub(super) fn forget_person(&mut self) {
        self.attributes = None;
        self.fresh.clear();
        self.forget_noted();
    }

    fn payload(&self, which: usize) -> &Payload {
        let [own, served] = &self.payloads;
        if which == 0 {
            own
        } else {
            served
        }
    }

    /// The payload and the position of a feature.
    fn find(&self, key: &str) -> Option<(&Payload, usize)> {
        let find = |payload: &'_ Payload| payload.find(key);
        let [own, served] = &self.payloads;
        find(served).map(|at| (served, at)).or_else(|| find(own).map(|at| (own, at)))
    }

    fn runs(&self, experiment: &str) -> bool {
        self.payloads.iter().any(|payload| payload.runs(experiment))
    }
}

impl Engine {
    /// Puts a payload in force: `{"features": [key], "warnings": [{path, message}]}`. If it can't be read the one before
    /// stays in force.
    ///
    /// # Errors
    /// Those of [`Payload::load`].
    pub fn load_features(&mut self, text: &str, at: At) -> Result<String, Error> {
        let (payload, warnings) = Payload::load(text, SERVED_HASH)?;
        let [_, served] = &mut self.lab.payloads;
        *served = payload;
        self.lab.list_features();
        let (lab, now) = (&self.lab, self.corrected(at.instant));
        self.trials.collect(self.state.day(), now, |experiment| lab.runs(experiment));
        Ok(self.features_json(&warnings))
    }

    /// Keys of all features, in the order of their positions.
    pub fn features_json(&self, warnings: &[Warning]) -> String {
        object(|w| {
            w.key("features");
            w.begin_array();
            for &(which, at) in &self.lab.features {
                w.string(self.lab.payload(which).key(at));
            }
            w.end_array();
            outcome::warning_members(w, warnings);
        })
    }

    /// Evaluates a feature and counts what is seen by that: twice the number of its value, plus 1 if an exposure is new.
    /// 0 for a feature that does not exist.
    pub fn feature(&mut self, position: usize, at: At) -> u32 {
        let Some(&(which, feature)) = self.lab.features.get(position) else { return 0 };
        self.fill_attributes();
        let evaluation = Evaluation::new(self.lab.payload(which), self.person());
        let decision = evaluation.feature(feature);
        let (number, seen) = (decision.number, evaluation.into_seen());
        // Of what it depends on the number says nothing.
        let is_own = decision.outcome.is_some_and(|outcome| outcome.is_hashed) && seen.len() == 1;
        let is_noted = is_own && self.lab.noted.get(position) == Some(&number) && self.is_noted_for();
        let changes = self.changes(&seen, is_noted, at);
        if is_own && changes.is_empty() && !is_noted {
            self.note_value(position, number);
        }
        number << 1 | u32::from(self.note_changes(changes))
    }

    fn is_noted_for(&self) -> bool {
        let (user, revision) = &self.lab.noted_for;
        *revision == self.trials.revision() && *user == self.state.user
    }

    /// All that this value of a feature means has been counted.
    fn note_value(&mut self, position: usize, number: u32) {
        if !self.is_noted_for() {
            self.lab.forget_noted();
            self.lab.noted_for = (self.state.user.clone(), self.trials.revision());
        }
        if let Some(noted) = self.lab.noted.get_mut(position) {
            *noted = number;
        }
    }

    /// One of a feature's values as JSON text.
    pub fn feature_value(&self, position: usize, number: u32) -> String {
        let found = self.lab.features.get(position);
        found.map_or_else(|| String::from("null"), |&(which, at)| self.lab.payload(which).value(at, number).to_json())
    }

    /// The commands about experiments; `None` for any other.
    pub(super) fn experiments(&mut self, op: &str, command: &Value, at: At) -> Option<Result<Output, Error>> {
        match op {
            "features" => Some(Ok(Output::Json(self.features_json(&[])))),
            "variant" => Some(text(command, "key").map(str::to_owned).map(|key| self.variant(&key, at))),
            "override" => Some(self.override_command(command)),
            "exposures" => {
                let fresh = std::mem::take(&mut self.lab.fresh);
                Some(Ok(Output::Json(outcome::raw_list(&fresh))))
            }
            "explain" => {
                self.explained_feature(text(command, "id").unwrap_or_default()).map(|json| Ok(Output::Json(json)))
            }
            _ => None,
        }
    }

    /// The variation's key: of the feature with that key, of the feature that runs the experiment, or of an entry of
    /// `experiments`; null if the person is in none. Counts as seen.
    fn variant(&mut self, key: &str, at: At) -> Output {
        let (found, is_new) = self.varied(key, at);
        Output::Json(object(|w| {
            w.key("key");
            found.map_or_else(|| Value::Null, |(_, key)| Value::Text(key)).write(w);
            w.key("news");
            w.bool(is_new);
        }))
    }

    /// Its position; counts as seen.
    pub(super) fn variation_number(&mut self, key: &str, at: At) -> Option<usize> {
        self.varied(key, at).0.map(|(number, _)| number)
    }

    /// Position and key of the variation, and whether an exposure is new.
    fn varied(&mut self, key: &str, at: At) -> (Option<(usize, String)>, bool) {
        self.fill_attributes();
        let (mut found, mut seen) = (None, Vec::new());
        for payload in self.lab.payloads.iter().rev() {
            let evaluation = Evaluation::new(payload, self.person());
            let feature = payload.find(key).or_else(|| payload.feature_of(key));
            let outcome = match (feature, payload.find_experiment(key)) {
                (Some(feature), _) => evaluation.feature(feature).outcome,
                (None, Some(experiment)) => evaluation.experiment(experiment),
                (None, None) => continue,
            };
            found = outcome.filter(|outcome| outcome.is_in);
            seen = evaluation.into_seen();
            break;
        }
        let found =
            found.map(|outcome| (outcome.variation, outcome.experiment.variation_key(outcome.variation).into_owned()));
        let changes = self.changes(&seen, false, at);
        (found, self.note_changes(changes))
    }

    fn override_command(&mut self, command: &Value) -> Result<Output, Error> {
        let key = text(command, "key")?.to_owned();
        let variation = command.get("variation").unwrap_or(&Value::Null);
        let forced = match variation {
            Value::Null => None,
            Value::Text(key) => Some(Forced::Key(key.clone())),
            other => {
                let bad = || Error::new("override_invalid", "expected a position, a key, or null").at("variation");
                Some(Forced::Position(other.as_i64().ok_or_else(bad)?))
            }
        };
        let is_full = self.trials.overrides.len() >= OVERRIDES_MAX && forced.is_some();
        if is_full && !self.trials.overrides.iter().any(|(known, _)| *known == key) {
            return Err(Error::new("override_invalid", "at most 32 overrides are kept; end some with null").at("key"));
        }
        self.record(Record::Lab(Change::Overridden(key, forced)));
        Ok(Output::Done)
    }

    /// `None` if no payload has a feature or an experiment of that key.
    fn explained_feature(&mut self, key: &str) -> Option<String> {
        self.fill_attributes();
        let mut w = JsonWriter::default();
        if let Some((payload, feature)) = self.lab.find(key) {
            payload.explain_feature(feature, &Evaluation::new(payload, self.person()), &mut w);
            return Some(w.finish());
        }
        let found = |payload: &Payload| payload.find_experiment(key);
        let payload = self.lab.payloads.iter().rev().find(|payload| found(payload).is_some())?;
        payload.explain_experiment(found(payload)?, &Evaluation::new(payload, self.person()), &mut w);
        Some(w.finish())
    }

    fn person(&self) -> Person<'_> {
        let settings = &self.lab.settings;
        Person {
            attributes: self.lab.attributes.as_ref(),
            sticky: settings.is_sticky.then_some(&self.trials.sticky),
            forced: &self.trials.overrides,
            query: &settings.query,
            is_disabled: settings.is_disabled,
            is_qa: settings.is_qa,
            dialect: settings.dialect,
        }
    }

    /// What the phone would remember of these outcomes; of those that are noted, only assignments.
    fn changes(&self, seen: &[Outcome], is_noted: bool, at: At) -> Vec<(Change, Option<String>)> {
        let (now, day) = (self.corrected(at.instant), self.state.day());
        let mut changes = Vec::new();
        for outcome in seen {
            let kept =
                Some(outcome).filter(|_| self.lab.settings.is_sticky).and_then(|outcome| outcome.assignment(day));
            if let Some(assignment) = kept.filter(|assignment| !self.trials.sticky.has(assignment)) {
                changes.push((Change::Assigned(assignment), None));
            }
            let (experiment, version) = (&outcome.experiment.key, outcome.experiment.version);
            let variation = outcome.experiment.variation_key(outcome.variation);
            let counts = !is_noted && is_key(experiment) && is_key(&variation);
            if counts && !self.trials.has_seen(&self.state.user, (experiment, &variation), version) {
                let exposure = exposure_of(outcome, now);
                let told = exposure_json(&exposure, outcome);
                changes.push((Change::Exposed(exposure), Some(told)));
            }
        }
        changes
    }

    /// Remembers them; true if there is an exposure that the app should hear of.
    fn note_changes(&mut self, changes: Vec<(Change, Option<String>)>) -> bool {
        if self.refused {
            return false;
        }
        for (change, told) in changes {
            self.record(Record::Lab(change));
            self.lab.fresh.extend(told);
        }
        !self.lab.fresh.is_empty()
    }

    /// Gathers what is known of the person, unless that is known already.
    pub(super) fn fill_attributes(&mut self) {
        if self.lab.attributes.is_some() {
            return;
        }
        let mut members: Vec<(String, Value)> = Vec::with_capacity(ATTRIBUTES_USUAL);
        let mut put = |name: &str, value: Value| {
            if !members.iter().any(|(known, _)| known == name) {
                members.push((name.to_owned(), value));
            }
        };
        if let Some(groups) = &self.lab.settings.remote_groups {
            put(REMOTE_GROUPS, groups.clone());
        }
        self.trials.traits.iter().for_each(|(name, value)| put(name, value.clone()));
        let own =
            |name: &str| self.lab.settings.fills_attributes || !crate::program::BUILT_IN_ATTRIBUTES.contains(&name);
        let set = self.state.attributes.values.iter().filter(|(name, _)| own(name));
        set.for_each(|(name, value)| put(name, plain(value)));
        if self.lab.settings.fills_attributes {
            // What the engine knows has no name twice: only what the app said goes before it.
            let said = members.len();
            self.known_attributes(&mut |name, value| {
                if !members.iter().take(said).any(|(known, _)| known == name) {
                    members.push((name.to_owned(), value));
                }
            });
        }
        self.lab.attributes = Some(Value::Map(members));
    }

    /// The table in `docs/experiments.md`.
    fn known_attributes(&self, put: &mut dyn FnMut(&str, Value)) {
        let mut device = String::new();
        self.state.device.write(&mut device);
        put("id", Value::Text(device.clone()));
        put("device_id", Value::Text(device));
        if !self.state.user.is_anonymous() {
            put("user_id", Value::Text(self.state.user.as_str().to_owned()));
        }
        if !self.lab.settings.scene.is_empty() {
            put("scene", Value::Text(self.lab.settings.scene.clone()));
        }
        let profile = &self.state.profile;
        let days = |days: u64| Value::Number(days as f64);
        put("sessions", days(profile.sessions.into()));
        put("visits_30d", days((profile.active_days & ((1 << 30) - 1)).count_ones().into()));
        put("days_known", days((profile.last_day.number() - profile.first_day.number()).unsigned_abs().into()));
        if let Some(ledger) = &self.ledgers.current {
            ledger.estimate().attributes(&self.program.rules, put);
        }
        self.insight_traits(put);
    }
}

fn exposure_of(outcome: &Outcome, now: UnixMs) -> Exposure {
    Exposure {
        experiment: outcome.experiment.key.clone(),
        variation: outcome.experiment.variation_key(outcome.variation).into_owned(),
        bucket_version: outcome.experiment.version,
        first: now,
    }
}

/// What the app hears.
fn exposure_json(exposure: &Exposure, outcome: &Outcome) -> String {
    object(|w| {
        exposure_members(w, exposure);
        w.count_member("variation_id", outcome.variation as u64);
        w.text_member("feature", outcome.feature);
    })
}

/// What is known of an exposure ever after.
pub(super) fn exposure_members(w: &mut JsonWriter, exposure: &Exposure) {
    w.text_member("experiment", &exposure.experiment);
    w.text_member("variation", &exposure.variation);
    w.count_member("bucket_version", exposure.bucket_version.into());
    w.key("at");
    w.integer(exposure.first.get());
}

fn plain(value: &Scalar) -> Value {
    match value {
        Scalar::Text(text) => Value::Text(text.clone()),
        Scalar::Milli(milli) => Value::Number(*milli as f64 / 1000.0),
        Scalar::Flag(flag) => Value::Bool(*flag),
    }
}
