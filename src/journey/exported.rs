//! A scenario as JSON, played through: what a dry run, a test or an auditor calls.

use serde_json::Value as Json;

use super::enter::{entries, exits, is_held_out, Signal};
use super::moment::Wall;
use super::rules::{Conditions, Rules};
use super::settle::next;
use super::Journeys;
use crate::clock::{Day, UnixMs};
use crate::error::Error;
use crate::event::journey::{Answer, Change, Outcome};
use crate::event::Record;
use crate::json::JsonWriter;
use crate::loyalty::exported::{effective, plain};
use crate::loyalty::Stamp;
use crate::program::journeys::Kind;
use crate::program::value::Value;
use crate::program::{load, Program};

/// Plays `{"program", "entries", "observe_at", "attributes"?, "person"?}` and tells every action up to `observe_at`, in
/// order, credits that are left, and how each trip stands. Entries are those of a ledger ([`replay_json`]); what it refuses
/// did not happen here either. Besides, there are entries without `kind`: `{"id", "name", "at", "tz"?, "due_at"?, …}`,
/// where further texts are what is told with it; `tap` asks for `candidates`, `subscribe_result` answers for a `template`.
///
/// # Errors
/// `journeys_not_json`, `journeys_invalid`, and those of [`replay_json`].
///
/// [`replay_json`]: crate::loyalty::exported::replay_json
pub fn play_json(text: &str) -> Result<String, Error> {
    let scenario: Json =
        serde_json::from_str(text).map_err(|fault| Error::new("journeys_not_json", fault.to_string()))?;
    let program = scenario.get("program").ok_or_else(|| invalid("program", "expected a program"))?;
    let (program, _) = load(&program.to_string()).map_err(|mut errors| errors.swap_remove(0))?;
    let attributes = plain(scenario.get("attributes").unwrap_or(&Json::Null));
    let person = scenario.get("person").and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut play = Play {
        conditions: Conditions::read(&program).0,
        program: &program,
        state: Journeys::default(),
        attributes,
        person,
        actions: Vec::new(),
    };
    let entries = scenario.get("entries").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    for (position, stamp) in effective(&scenario)? {
        if let Some(entry) = entries.get(position) {
            play.event(entry, stamp)?;
        }
    }
    let at = instant(&scenario, "observe_at")?.ok_or_else(|| invalid("observe_at", "expected milliseconds"))?;
    play.settle(at);
    Ok(play.told())
}

fn invalid(path: &str, message: &str) -> Error {
    Error::new("journeys_invalid", message).at(path)
}

fn instant(holder: &Json, name: &str) -> Result<Option<UnixMs>, Error> {
    match holder.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(ms) => {
            let ms = ms.as_i64().ok_or_else(|| invalid(name, "expected milliseconds since 1970"))?;
            Ok(Some(UnixMs::new(ms - ms.rem_euclid(1000))))
        }
    }
}

/// What was done, or would have been.
struct Action {
    kind: Kind,
    reference: String,
    at: UnixMs,
    /// The date.
    on: Day,
    /// Empty for what has none.
    result: &'static str,
    journey: String,
}

struct Play<'a> {
    program: &'a Program,
    conditions: Conditions,
    state: Journeys,
    attributes: Value,
    person: String,
    actions: Vec<Action>,
}

impl Play<'_> {
    fn event(&mut self, event: &Json, Stamp { moment_s, offset }: Stamp) -> Result<(), Error> {
        let text = |name: &str| event.get(name).and_then(Json::as_str).unwrap_or_default();
        let at = UnixMs::new(moment_s.saturating_mul(1000));
        self.settle(at);
        let today = Wall { zone: &self.program.day_zone, phone: offset }.read(at).0;
        let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or(text("kind"));
        match name {
            "tap" => self.tap(event, at, today),
            "subscribe_result" => {
                let answer = Answer::WORDS.iter().position(|word| *word == text("result"));
                if let Some(answer) = answer.and_then(|answer| Answer::ALL.get(answer)) {
                    let template = text("template").to_owned();
                    self.apply(Change::Subscribed { template, answer: *answer, day: today }, at);
                }
            }
            "wecom_linked" => self.apply(Change::Wecom(true), at),
            name => {
                let members = event.as_object().into_iter().flatten();
                let facts: Vec<(&str, &str)> =
                    members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
                let anchor = instant(event, "due_at")?;
                self.signal(&Signal { name, facts: &facts, at, offset, anchor });
            }
        }
        Ok(())
    }

    fn apply(&mut self, change: Change, now: UnixMs) {
        self.state.apply(&Record::Journey(change), now);
    }

    fn tap(&mut self, event: &Json, at: UnixMs, today: Day) {
        let listed = event.get("candidates").and_then(Json::as_array);
        let templates: Vec<&str> = listed.into_iter().flatten().filter_map(Json::as_str).collect();
        let asked = self.state.askable(&self.program.messages, &templates, today);
        if !asked.is_empty() {
            let (reference, journey) = (asked.join(","), String::new());
            self.actions.push(Action { kind: Kind::AskSubscribe, reference, at, on: today, result: "", journey });
        }
    }

    fn signal(&mut self, signal: &Signal) {
        let rules = Rules::of(self.program);
        if signal.name == "visit" {
            self.state.apply(&Record::Session { after_s: 0 }, signal.at);
        }
        for change in exits(&self.state, &rules, signal) {
            self.apply(change, signal.at);
        }
        for (position, entry) in entries(&self.state, &rules, signal) {
            let Some(journey) = rules.journeys.get(position) else { continue };
            if self.conditions.hold(position, None, &self.attributes) {
                let is_held_out = is_held_out(journey, &self.person);
                self.apply(Change::Entered(crate::event::journey::Entry { is_held_out, ..entry }), signal.at);
            }
        }
        self.settle(signal.at);
    }

    fn settle(&mut self, now: UnixMs) {
        let rules = Rules::of(self.program);
        loop {
            let holds = |journey: usize, step: usize| self.conditions.hold(journey, Some(step), &self.attributes);
            let Some(change) = next(&self.state, &rules, (now, now), &holds) else { return };
            if let Change::Fired { place, step, at, outcome, .. } = &change {
                self.actions.extend(self.action((*place, *step), *at, *outcome));
            }
            self.apply(change, now);
        }
    }

    /// What was skipped or held out is no action.
    fn action(&self, (place, step): (u8, u8), at: UnixMs, outcome: Outcome) -> Option<Action> {
        let trip = self.state.trips.get(usize::from(place))?;
        let (_, journey) = Rules::of(self.program).find(&trip.entry.journey)?;
        let deed = journey.deed(usize::from(step), trip.entry.variation)?;
        let result = match outcome {
            Outcome::Skipped | Outcome::HeldOut => return None,
            Outcome::Done if deed.kind == Kind::Message => "sent",
            Outcome::Done => "",
            outcome => outcome.word(),
        };
        let (kind, reference) = (deed.kind, deed.reference.clone());
        let on = Wall { zone: &self.program.day_zone, phone: trip.entry.offset }.read(at).0;
        Some(Action { kind, reference, at, on, result, journey: journey.id.clone() })
    }

    fn told(&self) -> String {
        let mut w = JsonWriter::default();
        w.begin_object();
        w.key("actions");
        w.begin_array();
        self.actions.iter().for_each(|action| write_action(&mut w, action));
        w.end_array();
        w.key("credits");
        w.begin_object();
        self.state.credits.iter().for_each(|credit| w.count_member(&credit.template, credit.count.into()));
        w.end_object();
        w.key("trips");
        w.begin_array();
        for trip in &self.state.trips {
            w.begin_object();
            w.text_member("journey", &trip.entry.journey);
            w.text_member("key", &trip.entry.key);
            w.key("at");
            w.integer(trip.entry.at.get());
            w.text_member("standing", trip.standing.word());
            w.end_object();
        }
        w.end_array();
        w.end_object();
        w.finish()
    }
}

fn write_action(w: &mut JsonWriter, action: &Action) {
    w.begin_object();
    w.text_member("kind", action.kind.word());
    w.text_member("ref", &action.reference);
    w.key("at");
    w.integer(action.at.get());
    let mut on = String::new();
    action.on.write(&mut on);
    w.text_member("on", &on);
    if !action.result.is_empty() {
        w.text_member("result", action.result);
    }
    if !action.journey.is_empty() {
        w.text_member("journey", &action.journey);
    }
    w.end_object();
}
