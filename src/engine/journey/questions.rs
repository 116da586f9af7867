//! The commands about journeys.

use super::super::command::{text, Output};
use super::super::Engine;
use crate::clock::{At, Day, UnixMs};
use crate::error::Error;
use crate::event::journey::{Answer, Change, Outcome, Standing};
use crate::event::{portrait, Record};
use crate::journey::rules::Rules;
use crate::journey::{Show, Trip};
use crate::json::{push_integer, push_unsigned, JsonWriter};
use crate::program::journeys::{Deed, Kind};
use crate::program::value::Value;

/// Templates that one answer names: the platform allows five.
const ANSWERS_MAX: usize = 8;

impl Engine {
    /// The commands about journeys; `None` for any other.
    pub(in super::super) fn journey(&mut self, op: &str, command: &Value, at: At) -> Option<Result<Output, Error>> {
        let json = match op {
            "plan" => {
                self.settle(self.now(at).0);
                self.plan_json()
            }
            "journeys" => {
                self.settle(self.now(at).0);
                self.journeys_json()
            }
            "actions" => self.actions_json(at),
            "askable" => self.askable_json(command, at),
            "subscribe_result" => return Some(self.subscribe_result(command, at)),
            "dismiss" | "converted" => return Some(self.answered(op == "converted", command, at)),
            "wecom" => return Some(self.wecom(command)),
            _ => return None,
        };
        Some(Ok(Output::Json(json)))
    }

    fn deed_of(&self, trip: &Trip, step: usize) -> Option<&Deed> {
        let (_, journey) = Rules::of(&self.program).find(&trip.entry.journey)?;
        journey.deed(step, trip.entry.variation)
    }

    fn plan_json(&mut self) -> String {
        self.fill_for_trips();
        let mut w = JsonWriter::default();
        w.begin_array();
        for planned in self.planned() {
            let Some(trip) = self.journeys.trips.get(planned.place) else { continue };
            let Some(deed) = self.deed_of(trip, planned.step) else { continue };
            w.begin_object();
            w.text_member("id", &id_of(trip, planned.step));
            w.text_member("journey", &trip.entry.journey);
            write_deed(&mut w, deed);
            write_instant(&mut w, "at", planned.due);
            w.text_member("outcome", planned.outcome.word());
            w.end_object();
        }
        w.end_array();
        w.finish()
    }

    /// The time line: what came of each step, and what is still to come.
    fn journeys_json(&mut self) -> String {
        self.fill_for_trips();
        let planned = self.planned();
        let mut w = JsonWriter::default();
        w.begin_array();
        for (place, trip) in self.journeys.trips.iter().enumerate() {
            w.begin_object();
            w.text_member("journey", &trip.entry.journey);
            w.text_member("key", &trip.entry.key);
            write_instant(&mut w, "at", trip.entry.at);
            w.text_member("standing", trip.standing.word());
            write_instant(&mut w, "ended", trip.ended);
            w.key("held_out");
            w.bool(trip.entry.is_held_out);
            w.key("steps");
            w.begin_array();
            for (step, outcome) in &trip.outcomes {
                self.write_step(&mut w, trip, (usize::from(*step), *outcome, None));
            }
            for coming in planned.iter().filter(|planned| planned.place == place) {
                self.write_step(&mut w, trip, (coming.step, coming.outcome, Some(coming.due)));
            }
            w.end_array();
            w.end_object();
        }
        w.end_array();
        w.finish()
    }

    fn write_step(&self, w: &mut JsonWriter, trip: &Trip, (step, outcome, due): (usize, Outcome, Option<UnixMs>)) {
        w.begin_object();
        w.count_member("step", step as u64);
        if let Some(deed) = self.deed_of(trip, step) {
            write_deed(w, deed);
        }
        w.text_member("outcome", outcome.word());
        if let Some(due) = due {
            write_instant(w, "due", due);
        }
        w.end_object();
    }

    /// What is to be shown now. Handed over once: it is stored before it is.
    fn actions_json(&mut self, at: At) -> String {
        let (now, _) = self.now(at);
        self.settle(now);
        let mut w = JsonWriter::default();
        w.begin_array();
        for show in self.journeys.shows.iter().filter(|show| show.until >= now) {
            let found = Rules::of(&self.program).find(&show.journey);
            let deed = found.and_then(|(_, journey)| journey.deed(usize::from(show.step), show.variation));
            if let Some(deed) = deed {
                self.write_show(&mut w, show, deed);
            }
        }
        w.end_array();
        let count = self.journeys.shows.len();
        if count > 0 {
            self.record(Record::Journey(Change::Handed(count as u8)));
            self.journal.force_slot();
            self.sync_due = true;
        }
        w.finish()
    }

    fn write_show(&self, w: &mut JsonWriter, show: &Show, deed: &Deed) {
        w.begin_object();
        w.text_member("id", &id((&show.journey, &show.key), show.entered, usize::from(show.step)));
        w.text_member("journey", &show.journey);
        w.text_member("key", &show.key);
        write_deed(w, deed);
        if deed.data != Value::Null {
            w.key("data");
            deed.data.write(w);
        }
        write_instant(w, "due", show.due);
        write_instant(w, "until", show.until);
        w.end_object();
    }

    /// Which templates to ask for at the next tap: those named, else those of the program's messages.
    fn askable_json(&self, command: &Value, at: At) -> String {
        let mut templates: Vec<&str> = Vec::new();
        match command.get("templates").and_then(Value::as_list) {
            Some(named) => templates.extend(named.iter().filter_map(Value::as_str)),
            None => {
                let steps = self.program.journeys.0.iter().flat_map(|journey| &journey.steps);
                for deed in steps.flat_map(|step| &step.deeds).flatten().filter(|deed| deed.kind == Kind::Message) {
                    if !templates.contains(&deed.reference.as_str()) {
                        templates.push(&deed.reference);
                    }
                }
            }
        }
        let (now, offset) = self.now(at);
        let asked = self.journeys.askable(&self.program.messages, &templates, Day::of(now, offset));
        let mut w = JsonWriter::default();
        w.begin_array();
        asked.iter().for_each(|template| w.string(template));
        w.end_array();
        w.finish()
    }

    /// What the platform answered: `{"results": {template: "accept" | "reject" | "ban" | …}}`; other members, such as
    /// its error message, are no answers.
    fn subscribe_result(&mut self, command: &Value, at: At) -> Result<Output, Error> {
        let bad = || Error::new("command_invalid", "expected what the platform answered").at("results");
        let results = command.get("results").and_then(Value::as_map).ok_or_else(bad)?;
        let (now, offset) = self.now(at);
        let (day, mut answers) = (Day::of(now, offset), Vec::new());
        for (template, word) in results {
            let answer = Answer::WORDS.iter().position(|known| word.as_str() == Some(known));
            let fits = (1..=crate::event::journey::KEY_BYTES_MAX).contains(&template.len());
            if let Some(answer) = answer.and_then(|answer| Answer::ALL.get(answer)).filter(|_| fits) {
                answers.push((template.clone(), *answer));
            }
        }
        answers.truncate(ANSWERS_MAX);
        if let Some(is_accepted) = answers.iter().map(|(_, answer)| *answer == Answer::Accept).reduce(|a, b| a || b) {
            self.note_way(portrait::Change::Prompt(is_accepted), at);
        }
        for (template, answer) in answers {
            self.record(Record::Journey(Change::Subscribed { template, answer, day }));
        }
        self.journal.force_slot();
        Ok(Output::Done)
    }

    /// She took up what was shown, or sent it away: then nothing more comes of that trip.
    fn answered(&mut self, is_goal: bool, command: &Value, at: At) -> Result<Output, Error> {
        let id = text(command, "id")?;
        let found = self.journeys.trips.iter().enumerate().find_map(|(place, trip)| {
            let steps = Rules::of(&self.program).find(&trip.entry.journey)?.1.steps.len();
            (0..steps).find(|&step| id_of(trip, step) == id).map(|step| (place, step))
        });
        let unknown = || Error::new("action_unknown", "no action of that id is known on this phone").at("id");
        let (place, step) = found.ok_or_else(unknown)?;
        let trip = self.journeys.trips.get(place);
        let is_wecom = trip.and_then(|trip| self.deed_of(trip, step)).is_some_and(|deed| deed.kind == Kind::OfferWecom);
        let standing = if is_goal { Standing::Goal } else { Standing::Exited };
        let now = self.now(at).0;
        if is_wecom {
            self.record(Record::Journey(Change::Wecom(is_goal)));
        }
        self.record(Record::Journey(Change::Ended { place: place as u8, standing, at: now }));
        Ok(Output::Done)
    }

    /// The sales assistant was added, or refused: it is not offered again.
    fn wecom(&mut self, command: &Value) -> Result<Output, Error> {
        let bad = || Error::new("command_invalid", "expected true or false").at("linked");
        let is_linked = command.get("linked").and_then(Value::as_bool).ok_or_else(bad)?;
        self.record(Record::Journey(Change::Wecom(is_linked)));
        Ok(Output::Done)
    }

    /// The variation's position in an experiment; counts as seen.
    pub(super) fn variation(&mut self, key: &str, at: UnixMs) -> u8 {
        let at = At { instant: at, offset: self.offset };
        self.variation_number(key, at).and_then(|number| u8::try_from(number).ok()).unwrap_or(0)
    }
}

/// What an app and a backend know a step of a trip by.
fn id_of(trip: &Trip, step: usize) -> String {
    id((&trip.entry.journey, &trip.entry.key), trip.entry.at, step)
}

fn id((journey, key): (&str, &str), entered: UnixMs, step: usize) -> String {
    let mut id = String::from(journey);
    id.push('~');
    id.push_str(key);
    id.push('~');
    push_integer(&mut id, entered.get() / 1000);
    id.push('~');
    push_unsigned(&mut id, step as u64);
    id
}

fn write_deed(w: &mut JsonWriter, deed: &Deed) {
    w.text_member("kind", deed.kind.word());
    w.text_member("ref", &deed.reference);
}

fn write_instant(w: &mut JsonWriter, name: &str, at: UnixMs) {
    w.key(name);
    w.integer(at.get());
}
