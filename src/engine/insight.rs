//! Insight: what the phone makes of its person's ways, and what of it is news.

pub mod catalogue;
pub mod input;

use self::catalogue::{Catalogue, Entry};
use self::input::Taps;
use super::command::{text, Output};
use super::outcome::{object, raw_list};
use super::Engine;
use crate::bytes::crc32;
use crate::clock::{At, Day, UnixMs};
use crate::error::Error;
use crate::event::portrait::{Change, Judgement};
use crate::event::Record;
use crate::insight::due::due;
use crate::insight::models::Models;
use crate::insight::outlook::{before, outlook, permille, Outlook};
use crate::insight::recommend::{recommend, Kind, Pick, Reason, Shelf, Wish};
use crate::insight::segment::Segments;
use crate::insight::sign::show::{name, Known, Sign};
use crate::insight::traits::{chances, traits};
use crate::json::JsonWriter;
use crate::loyalty::Act;
use crate::program::value::Value;
use crate::program::{Program, Warning, SIGNS};
use crate::sync::answer::Fact;

/// The most of `due` and `recommend`.
const LIST_MAX: i64 = 50;
/// Items asked for beyond those wanted: some may be out of stock.
const SPARE: usize = 32;
/// Days within which something is due, unless asked otherwise.
const DUE_DAYS: i64 = 14;

/// What is not remembered over a restart.
#[derive(Debug)]
pub(super) struct Insight {
    models: Models,
    segments: Segments,
    catalogue: Catalogue,
    taps: Taps,
    /// News that the app has not heard of, as JSON.
    fresh: Vec<String>,
    /// A session began, and she was not judged since.
    pub(super) is_due: bool,
}

impl Insight {
    /// As a program has it.
    pub(super) fn new(program: &Program) -> Insight {
        let (models, segments, _) = compiled(program);
        let (catalogue, taps, fresh) = Default::default();
        Insight { models, segments, catalogue, taps, fresh, is_due: false }
    }

    /// An item of the catalogue, if there is one.
    pub(super) fn catalogue_entry(&self, item: &str) -> Option<&Entry> {
        self.catalogue.entries.get(self.catalogue.find(item)?)
    }

    /// True if there is news that the app has not heard.
    pub(super) fn has_news(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// What was fitted.
    pub(super) fn models(&self) -> &Models {
        &self.models
    }

    /// Nothing is known of anybody any more.
    pub(super) fn forget_person(&mut self) {
        self.fresh.clear();
        self.taps = Taps::default();
    }
}

fn compiled(program: &Program) -> (Models, Segments, Vec<Warning>) {
    let (models, bad) = Models::read(&program.model.0);
    let (segments, mut warnings) = Segments::read(&program.segments.0, &program.saved_groups.0);
    for part in bad {
        let message = String::from("this makes no sense as parameters of a fleet; what holds without a fleet is used");
        let mut path = String::from("model.");
        path.push_str(part);
        warnings.push(Warning { path, message });
    }
    (models, segments, warnings)
}

/// What is wrong with the sections `model` and `segments` beyond their form.
pub fn insight_warnings(program: &Program) -> Vec<Warning> {
    compiled(program).2
}

impl Engine {
    /// Takes the catalogue; gives how many items it has.
    ///
    /// # Errors
    /// See [`Catalogue::read`].
    pub fn set_catalogue(&mut self, text: &str) -> Result<String, Error> {
        self.insight.catalogue = Catalogue::read(text)?;
        let catalogue = &self.insight.catalogue;
        Ok(object(|w| {
            w.count_member("items", catalogue.items.len() as u64);
            w.count_member("categories", catalogue.categories.len() as u64);
        }))
    }

    /// The commands about insight; `None` for any other.
    pub(super) fn insight(&mut self, op: &str, command: &Value, at: At) -> Option<Result<Output, Error>> {
        let json = match op {
            "outlook" => self.outlook_json(at),
            "due" => self.due_json(command, at),
            "segments" => {
                self.fill_attributes();
                texts_json(&self.segments_now())
            }
            "recommend" => return Some(self.recommend_json(command, at).map(Output::Json)),
            "why" => return Some(text(command, "id").and_then(|id| self.why(id, at)).map(Output::Json)),
            "followed" => self.followed_json(),
            "news" => raw_list(&std::mem::take(&mut self.insight.fresh)),
            _ => return self.told_of_ways(op, command, at),
        };
        Some(Ok(Output::Json(json)))
    }

    fn known(&self, (now, today): (UnixMs, Day)) -> Known<'_> {
        let ledger = self.ledgers.current.as_ref();
        let (lapses_days, falls_days) =
            ledger.map_or((None, None), |ledger| ledger.estimate().days_left(&self.program.rules, today));
        Known {
            portrait: &self.portrait,
            earlier: before(&self.portrait, today),
            today,
            now,
            nbd_days: &self.insight.models.fleet.nbd_days,
            names: self.state.epoch().map(|epoch| &epoch.names),
            lapses_days,
            falls_days,
        }
    }

    fn outlook_at(&self, now: (UnixMs, Day)) -> Outlook {
        outlook(&self.known(now), &self.insight.models, &self.program.signs)
    }

    /// The moment and the date that a call means; never before what was recorded.
    fn when(&self, at: At) -> (UnixMs, Day) {
        let now = self.corrected(at.instant).max(self.state.last);
        (now, Day::of(now, self.zone(at)))
    }

    /// The table in docs/insight.md.
    pub(super) fn insight_traits(&self, put: &mut dyn FnMut(&str, Value)) {
        let now = (self.state.last, self.state.day());
        traits(&self.portrait, (&self.outlook_at(now), &self.insight.models), now, put);
    }

    /// Segments by the attributes that are filled.
    fn segments_now(&self) -> Vec<String> {
        let empty = Value::Map(Vec::new());
        self.insight.segments.of(&self.program.segments.0, self.lab.attributes().unwrap_or(&empty))
    }

    /// Holds what is known now against what was said last; what changed is news, told once. Chances alone are no news:
    /// they are noted as the app is hidden, for the backend.
    pub(super) fn judge(&mut self, is_hiding: bool) {
        let began = std::mem::take(&mut self.insight.is_due);
        if self.refused {
            return;
        }
        let said = self.portrait.judgement.clone();
        self.judge_now(is_hiding);
        self.signal_judged(began, &said, is_hiding);
    }

    fn judge_now(&mut self, is_hiding: bool) {
        self.fill_attributes();
        let outlook = self.outlook_at((self.state.last, self.state.day()));
        let judgement = Judgement {
            level: outlook.level,
            visit_permille: permille(outlook.probability.unwrap_or(0.0)),
            buy_permille: permille(outlook.buying.map_or(0.0, |buying| buying.probability)),
            signs: outlook.signs.iter().fold(0, |mask, sign| mask | 1 << sign.position),
            segments: self.segments_now(),
        };
        let said = &self.portrait.judgement;
        let chances = |judgement: &Judgement| (judgement.visit_permille, judgement.buy_permille);
        let is_same =
            (judgement.level, judgement.signs) == (said.level, said.signs) && judgement.segments == said.segments;
        if is_same && (!is_hiding || chances(&judgement) == chances(said)) {
            return;
        }
        news(said, &judgement, &mut self.insight.fresh);
        self.record(Record::Portrait { after_s: 0, change: Change::Judged(judgement) });
    }

    /// Orders of which the server knows and this phone does not.
    pub(super) fn note_paid(&mut self, facts: &[Fact]) {
        for fact in facts {
            let Some(Act::OrderPaid { order_id, paid_fen, categories }) = &fact.act else { continue };
            let order = crc32(order_id.as_bytes());
            if self.state.knows_order(order_id) || !self.portrait.is_unpaid(order) {
                continue;
            }
            let day = Day::of(UnixMs::new(fact.at), self.state.zone);
            let change = Change::Paid { order, day, paid_fen: *paid_fen, categories: categories.clone() };
            self.record(Record::Portrait { after_s: 0, change });
        }
    }

    fn outlook_json(&self, at: At) -> String {
        let outlook = self.outlook_at(self.when(at));
        let models = &self.insight.models;
        object(|w| {
            w.text_member("level", outlook.level.code());
            write_day(w, "since", outlook.since);
            write_chance(w, "probability", outlook.probability);
            w.count_member("horizon_days", models.visits.map_or(0, |visits| visits.horizon_days).into());
            w.key("purchase");
            match outlook.buying {
                Some(buying) => {
                    w.begin_object();
                    write_chance(w, "probability", Some(buying.probability));
                    w.count_member("horizon_days", models.purchases.map_or(0, |model| model.horizon_days).into());
                    write_chance(w, "expected", Some(buying.expected));
                    w.count_member("value_fen", buying.value_fen as u64);
                    w.end_object();
                }
                None => w.null(),
            }
            write_signs(w, &outlook.signs);
            let is_fitted = models.visits.is_some_and(|visits| visits.logistic.is_some());
            w.text_member("model", if is_fitted { "logistic" } else { "mbg" });
        })
    }

    /// Windows: half the chances lie within, a quarter on each side.
    fn due_json(&self, command: &Value, at: At) -> String {
        let (_, today) = self.when(at);
        let horizon_days = asked(command, "horizon_days", DUE_DAYS, 366) as u32;
        let models = &self.insight.models;
        let mut w = JsonWriter::default();
        w.begin_array();
        for chance in
            chances(&self.portrait, models, (today, horizon_days)).iter().take(asked(command, "n", 10, LIST_MAX))
        {
            let Some(habit) = self.portrait.goods.categories.get(chance.category) else { continue };
            let found = due(&habit.bought, today, (models.fleet.cycle_of(&habit.name), horizon_days));
            let (Some(found), Some((_, last))) = (found, habit.bought.span()) else { continue };
            w.begin_object();
            w.text_member("category", &habit.name);
            write_chance(&mut w, "probability", Some(found.p_within));
            write_day(&mut w, "from", last.plus(found.early_days as i64));
            write_day(&mut w, "to", last.plus(found.late_days as i64 + 1));
            w.count_member("purchases", habit.bought.days().into());
            write_day(&mut w, "last", last);
            w.end_object();
        }
        w.end_array();
        w.finish()
    }

    fn recommend_json(&self, command: &Value, at: At) -> Result<String, Error> {
        let bad = |path: &str, message: &str| Error::new("recommend_invalid", message).at(path);
        let catalogue = &self.insight.catalogue;
        let kind = match command.get("kind").and_then(Value::as_str).unwrap_or("mixed") {
            "again" => Kind::Again,
            "new" => Kind::New,
            "mixed" => Kind::Mixed,
            "similar" => match catalogue.find(text(command, "item")?) {
                Some(position) => Kind::Similar(position as u16),
                None => return Err(bad("item", "this item is not in the catalogue")),
            },
            _ => return Err(bad("kind", "expected again, new, mixed or similar")),
        };
        let n = asked(command, "n", 10, LIST_MAX);
        let shelf = Shelf { items: &catalogue.items, neighbours: &catalogue.neighbours };
        let deeds = catalogue.deeds(&self.portrait, self.when(at).1);
        let out = catalogue.entries.iter().filter(|entry| entry.is_out).count();
        let wish = Wish { n: n + out.min(SPARE), ..Wish::of(kind, n) };
        let mut w = JsonWriter::default();
        w.begin_array();
        let mut left = n;
        for pick in recommend(&shelf, &deeds, &wish) {
            let is_out = catalogue.entries.get(usize::from(pick.item)).is_none_or(|entry| entry.is_out);
            if !is_out && left > 0 {
                left -= 1;
                write_pick(&mut w, catalogue, &pick);
            }
        }
        w.end_array();
        Ok(w.finish())
    }

    /// What she follows, held against the catalogue: what became cheaper, what came back.
    fn followed_json(&self) -> String {
        let catalogue = &self.insight.catalogue;
        let mut w = JsonWriter::default();
        w.begin_array();
        for watch in &self.portrait.watched {
            let entry = catalogue.find(&watch.item).and_then(|position| catalogue.entries.get(position));
            let off_fen = |was: u64, entry: &catalogue::Entry| was.saturating_sub(entry.price_fen);
            w.begin_object();
            w.text_member("item", &watch.item);
            if let Some(entry) = entry {
                w.count_member("price_fen", entry.price_fen);
                w.count_member("off_fen", watch.price_fen.map_or(0, |was| off_fen(was, entry)));
                w.key("is_back");
                w.bool(watch.in_stock == Some(false) && !entry.is_out);
            }
            w.end_object();
        }
        w.end_array();
        w.finish()
    }

    /// What an outlook, a segment or an item rests on.
    fn why(&mut self, id: &str, at: At) -> Result<String, Error> {
        if id == "outlook" {
            return Ok(self.outlook_json(at));
        }
        if let Some(segment) = self.program.segments.0.iter().position(|segment| segment.name == id) {
            return Ok(self.why_segment(segment));
        }
        let Some(item) = self.portrait.goods.find(id) else {
            return Err(Error::new("why_unknown", "expected outlook, a segment or an item she knows").at("id"));
        };
        Ok(object(|w| {
            w.text_member("item", id);
            w.text_member("category", self.portrait.goods.category_of(item));
            w.count_member("bought", item.times.into());
            for (name, often) in [("last_bought", &item.bought), ("last_viewed", &item.viewed)] {
                if !often.is_empty() {
                    write_day(w, name, often.last());
                }
            }
        }))
    }

    /// Its condition, and what holds of the attributes that it names.
    fn why_segment(&mut self, position: usize) -> String {
        self.fill_attributes();
        let names = self.segments_now();
        let Some(segment) = self.program.segments.0.get(position) else { return String::from("null") };
        let attributes = self.lab.attributes().and_then(Value::as_map).unwrap_or_default();
        let when = segment.when.0.to_json();
        object(|w| {
            w.text_member("segment", &segment.name);
            w.key("is_in");
            w.bool(names.contains(&segment.name));
            w.key("when");
            w.raw(&when);
            w.key("attributes");
            w.begin_object();
            for (name, value) in attributes {
                let mut quoted = JsonWriter::default();
                quoted.string(name);
                if when.contains(&quoted.finish()) {
                    w.key(name);
                    value.write(w);
                }
            }
            w.end_object();
        })
    }
}

/// A count that was asked for, 1 at least.
fn asked(command: &Value, key: &str, missing: i64, max: i64) -> usize {
    command.get(key).and_then(Value::as_i64).unwrap_or(missing).clamp(1, max) as usize
}

/// What differs between two judgements, for the app.
fn news(said: &Judgement, now: &Judgement, fresh: &mut Vec<String>) {
    if said.level != now.level {
        fresh.push(object(|w| {
            w.text_member("event", "level");
            w.text_member("level", now.level.code());
            w.text_member("before", said.level.code());
        }));
    }
    for position in 0..SIGNS.len() {
        if now.signs & !said.signs & 1 << position != 0 {
            fresh.push(object(|w| {
                w.text_member("event", "sign");
                w.text_member("name", name(position));
            }));
        }
    }
    for (these, others, entered) in [(&now.segments, &said.segments, true), (&said.segments, &now.segments, false)] {
        for segment in these.iter().filter(|segment| !others.contains(segment)) {
            fresh.push(object(|w| {
                w.text_member("event", "segment");
                w.text_member("segment", segment);
                w.key("entered");
                w.bool(entered);
            }));
        }
    }
}

fn write_pick(w: &mut JsonWriter, catalogue: &Catalogue, pick: &Pick) {
    let id = |item: u16| catalogue.entries.get(usize::from(item)).map_or("", |entry| &entry.id);
    let category = catalogue.items.get(usize::from(pick.item)).map_or(0, |item| item.category);
    w.begin_object();
    w.text_member("item", id(pick.item));
    w.text_member("reason", pick.reason.code());
    if let Reason::GoesWith(other) = pick.reason {
        w.text_member("with", id(other));
    }
    w.text_member("category", catalogue.categories.get(usize::from(category)).map_or("", |name| name));
    w.end_object();
}

fn write_signs(w: &mut JsonWriter, signs: &[Sign]) {
    w.key("signs");
    w.begin_array();
    for sign in signs {
        w.begin_object();
        w.text_member("name", sign.name());
        w.key("evidence");
        w.begin_object();
        for (name, value) in &sign.evidence {
            w.key(name);
            value.write(w);
        }
        w.end_object();
        w.text_member("measured", sign.measured());
        w.end_object();
    }
    w.end_array();
}

/// To a thousandth; null if nothing can be said.
fn write_chance(w: &mut JsonWriter, name: &str, chance: Option<f64>) {
    w.key(name);
    match chance {
        Some(chance) => w.milli((chance * 1000.0 + 0.5) as i64),
        None => w.null(),
    }
}

fn write_day(w: &mut JsonWriter, name: &str, day: Day) {
    let mut text = String::new();
    day.write(&mut text);
    w.text_member(name, &text);
}

fn texts_json(texts: &[String]) -> String {
    let mut w = JsonWriter::default();
    w.begin_array();
    texts.iter().for_each(|text| w.string(text));
    w.end_array();
    w.finish()
}
