//! Cases of `tests/vectors` lived through: a phone claims, the merchant's server tells facts, the collector keeps the ledger and
//! does what plans ask for; what it then holds is what the cases expect.

use axum::http::{header, Request};
use chrono::DateTime;
use huitou::loyalty::exported::replay_json;
use rusqlite::Connection;
use serde_json::{json, Map, Value};
use tempfile::TempDir;

use super::phone::Phone;
use super::shop::{due_moments, Shop};
use crate::ledger::export::verify;
use crate::programs::Served;
use crate::storage::export_ledger;

const GIVEN: &str = include_str!("../../../tests/vectors/loyalty.json");
const OWN: &str = include_str!("../../../tests/vectors/loyalty-rules.json");
/// Of [`OWN`], what one phone and a merchant can't live through in order. Tests of the ledger and of forgery have these.
const NOT_LIVED: [&str; 15] = [
    // Two phones, or things that arrive in another order than they happened.
    "t4-devices",
    "t5-offline",
    "t5-tie",
    "t5-late-grant",
    "t5-late-refund",
    // A wrong clock: here the collector has the time from the events, and tells it to the phone.
    "t4-five",
    "t4-visit",
    "t4-ahead",
    "t4-ahead-newest",
    "t4-back-midnight",
    // An order told in two ways is a conflict to a server.
    "i1-body",
    "i1-closed",
    // Prices, prizes and rights that a server does not take from others.
    "x-mall",
    "x-lottery",
    "x-not-offered",
];
const APP: &str = "vectors";
const USER: &str = "oVector";
const DAY_MS: i64 = 86_400_000;

/// A moment with its zone.
#[derive(Clone, Copy)]
struct Moment {
    ms: i64,
    zone_min: i32,
}

fn moment(value: &Value) -> Moment {
    let at = DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap();
    Moment { ms: at.timestamp_millis(), zone_min: at.offset().local_minus_utc() / 60 }
}

/// The events, each day of a series for itself.
fn events(case: &Value) -> Vec<(Moment, Value)> {
    let listed = case["events"].as_array().unwrap();
    let days = |event: &Value| event["repeat_days"].as_i64().unwrap_or(1);
    let of_day = |event: &Value, day: i64| {
        let first = moment(&event["at"]);
        (Moment { ms: first.ms + day * DAY_MS, ..first }, event.clone())
    };
    listed.iter().flat_map(|event| (0..days(event)).map(move |day| of_day(event, day))).collect()
}

fn served(case: &Value) -> String {
    let mut program = case["program"].clone();
    (program["app"], program["revision"]) = (json!(APP), json!(1));
    program.to_string()
}

/// What became of one case.
struct Life<'a> {
    shop: &'a Shop,
    phone: Phone<'a>,
    /// Ids of the events that were taken in.
    known: Vec<String>,
    /// By the event's id, of those that were refused.
    results: Map<String, Value>,
    /// What the phone asked the app to do.
    asked: Vec<Value>,
}

impl Life<'_> {
    fn live(&mut self, (at, event): (Moment, &Value), until: Moment) {
        self.phone.zone_min = at.zone_min;
        let id = event["id"].as_str().unwrap().to_owned();
        if event["repeat_days"].is_null() && self.known.contains(&id) {
            // No phone has the same claim twice: what comes twice is its upload.
            self.results.insert(format!("+dup:{id}"), json!("duplicate_event"));
            return self.phone.sync(at.ms).unwrap();
        }
        if let Some(code) = self.refusal(at, event) {
            self.results.insert(id.clone(), json!(code));
        }
        self.known.push(id);
        self.phone.sync(at.ms).unwrap();
        self.be_away(at, until);
    }

    /// Lets an event happen; the code with which it was refused.
    fn refusal(&mut self, at: Moment, event: &Value) -> Option<String> {
        self.phone.log_in(at.ms).unwrap();
        match event["type"].as_str().or(event["kind"].as_str()).unwrap() {
            "visit" => self.phone.appear(at.ms).unwrap(),
            "check_in" => return self.claim(at, &json!({ "op": "check_in" })),
            "make_up" => return self.claim(at, &json!({ "op": "make_up", "day": event["date"] })),
            "activity" if !event["kind"].is_null() => {
                return self.claim(at, &json!({ "op": "activity", "name": event["name"] }));
            }
            "order_paid" => {
                let (id, fen) = (&event["order_id"], &event["paid_fen"]);
                // The phone knows some orders already, and keeps no other facts of them.
                let _ = self.phone.tell(at.ms, &json!({ "op": "order", "order_id": id, "paid_fen": fen }));
                return self.fact(at, (event, "order_paid"));
            }
            kind @ ("refund" | "membership_bought" | "referral" | "birthday") => return self.fact(at, (event, kind)),
            "share" | "activity" => return self.fact(at, (event, "grant")),
            "redeem" => return self.ask(at, ("/v1/redeem", event, &["points", "order_id"])),
            "granted" => return self.ask(at, ("/v1/grant", event, &["right"])),
            "tap" => self.tap(at, event),
            "subscribe_result" => {
                let mut results = Map::new();
                results.insert(event["template"].as_str().unwrap().to_owned(), event["result"].clone());
                self.phone.tell(at.ms, &json!({ "op": "subscribe_result", "results": results })).unwrap();
            }
            other => panic!("no phone does {other}"),
        }
        None
    }

    fn claim(&mut self, at: Moment, command: &Value) -> Option<String> {
        let answer = match self.phone.tell(at.ms, command) {
            Ok(answer) => answer,
            // What no program offers is a mistake of the app.
            Err(mistake) => return mistake.to_string().split(':').next().map(str::to_owned),
        };
        (answer["accepted"] != true).then(|| answer["code"].as_str().unwrap().to_owned())
    }

    fn fact(&self, at: Moment, (event, kind): (&Value, &str)) -> Option<String> {
        let mut fact = event.as_object().unwrap().clone();
        let _ = ["id", "type", "repeat_days"].map(|name| fact.remove(name));
        fact.extend([("kind", json!(kind)), ("user", json!(USER))].map(|(name, value)| (name.to_owned(), value)));
        fact.extend([("at", json!(at.ms)), ("tz", json!(at.zone_min))].map(|(name, value)| (name.to_owned(), value)));
        if kind == "grant" {
            fact.entry("source").or_insert(event["type"].clone());
        }
        refused(self.shop.ask(Request::post("/demo/fact"), json!(fact).to_string().into_bytes(), at.ms).unwrap())
    }

    /// What only the server does, asked for with the members that it takes.
    fn ask(&self, at: Moment, (path, event, members): (&str, &Value, &[&str])) -> Option<String> {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.shop.token(USER).unwrap()))
            .header("Idempotency-Key", event["id"].as_str().unwrap());
        let there = members.iter().filter(|name| !event[**name].is_null());
        let body: Map<String, Value> = there.map(|name| ((*name).to_owned(), event[*name].clone())).collect();
        refused(self.shop.ask(request, json!(body).to_string().into_bytes(), at.ms).unwrap())
    }

    fn tap(&mut self, at: Moment, event: &Value) {
        let command = json!({ "op": "askable", "templates": event["candidates"] });
        let found = self.phone.tell(at.ms, &command).unwrap();
        let names: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let on = event["at"].as_str().unwrap().get(..10);
        self.asked.push(json!({ "kind": "ask_subscribe", "ref": names.join(","), "on": on }));
    }

    /// The collector does what falls due before the next event.
    fn be_away(&mut self, at: Moment, until: Moment) {
        let plan = self.phone.tell(at.ms, &json!({ "op": "plan" })).unwrap();
        for due_ms in due_moments(&plan).into_iter().filter(|&due_ms| due_ms < until.ms) {
            self.shop.deliver(USER, due_ms);
        }
    }
}

fn refused((status, text): (u16, String)) -> Option<String> {
    if status == 200 {
        return None;
    }
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, 409, "{text}");
    Some(answer["error"]["code"].as_str().unwrap().to_owned())
}

/// What the collector sent, and what the phone says did not go.
fn messages(db: &Connection, told: &Value) -> Vec<Value> {
    let mut statement = db.prepare("SELECT kind, ref, at, outcome FROM deliveries ORDER BY at").unwrap();
    let action = |row: &rusqlite::Row<'_>| {
        let (kind, reference, at, outcome): (String, String, i64, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(json!({ "kind": kind, "ref": reference, "at": at, "result": outcome }))
    };
    let mut found: Vec<Value> = statement.query_map([], action).unwrap().map(Result::unwrap).collect();
    let steps = told.as_array().unwrap().iter().flat_map(|trip| trip["steps"].as_array().unwrap());
    for step in steps.filter(|step| step["outcome"] == "no_quota") {
        found.push(json!({ "kind": step["kind"], "ref": step["ref"], "result": "no_quota" }));
    }
    found
}

/// True if an action is as expected; of what never went, no moment is told.
fn is_like(found: &Value, wanted: &Value) -> bool {
    wanted.as_object().unwrap().iter().all(|(name, wanted)| match (name.as_str(), found.get(name)) {
        ("at", None) => found["result"] == "no_quota",
        ("at", Some(found)) => *found == moment(wanted).ms,
        // What is taken off an order is a number of fen.
        ("ref", Some(Value::Number(found))) => wanted.as_str() == Some(found.to_string().as_str()),
        (_, found) => found == Some(wanted),
    })
}

/// Lives a case through; what is otherwise than expected.
fn differences(case: &Value) -> Vec<String> {
    let (dir, program) = (TempDir::new().unwrap(), served(case));
    let db = dir.path().join("case.sqlite");
    let shop = Shop::open(&db, Served::of(program.clone(), "a case").unwrap()).unwrap();
    let (read, _) = huitou::program::load(&program).unwrap();
    let phone = Phone::new(&shop, &read, (USER.to_owned(), 7)).unwrap();
    let mut life = Life { shop: &shop, phone, known: Vec::new(), results: Map::new(), asked: Vec::new() };
    let (events, seen_at) = (events(case), moment(&case["expected"]["observe_at"]));
    for (place, (at, event)) in events.iter().enumerate() {
        life.live((*at, event), events.get(place + 1).map_or(seen_at, |next| next.0));
    }
    life.phone.zone_min = seen_at.zone_min;
    life.phone.sync(seen_at.ms).unwrap();
    let journeys = life.phone.tell(seen_at.ms, &json!({ "op": "journeys" })).unwrap();
    let on_phone = life.phone.tell(seen_at.ms, &json!({ "op": "points" })).unwrap();
    let Life { results, asked, .. } = life;

    let db = Connection::open(&db).unwrap();
    let export = export_ledger(&db, APP, USER, seen_at.ms).unwrap();
    let mut held = json!({ "program": serde_json::from_str::<Value>(&program).unwrap(), "entries": [],
        "observe_at": seen_at.ms, "tz": seen_at.zone_min });
    if let Some(export) = &export {
        verify(export).unwrap();
        held["entries"] = json!(export.entries);
    }
    let held: Value = serde_json::from_str(&replay_json(&held.to_string()).unwrap()).unwrap();
    let mut actions = asked;
    actions.extend(held["actions"].as_array().unwrap().iter().cloned());
    actions.extend(messages(&db, &journeys));
    let found = Found { credits: credits(case, &actions), held, on_phone, results: json!(results), actions };
    compare(&case["expected"], &found)
}

/// What was allowed, less what was sent.
fn credits(case: &Value, actions: &[Value]) -> Value {
    let mut left: Map<String, Value> = Map::new();
    let accepted = case["events"].as_array().unwrap().iter().filter(|event| event["result"] == "accept");
    let sent = actions.iter().filter(|action| action["kind"] == "message" && action["result"] == "sent");
    let each = accepted.map(|event| (&event["template"], 1)).chain(sent.map(|action| (&action["ref"], -1)));
    for (template, more) in each {
        let count = left.entry(template.as_str().unwrap()).or_insert(json!(0));
        *count = json!(count.as_i64().unwrap() + more);
    }
    left.into()
}

/// What is there in the end.
struct Found {
    /// The collector's ledger, replayed.
    held: Value,
    on_phone: Value,
    results: Value,
    actions: Vec<Value>,
    credits: Value,
}

fn compare(expected: &Value, Found { held, on_phone, results, actions, credits }: &Found) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |what: String, found: &Value, wanted: &Value| {
        if found != wanted {
            wrong.push(format!("{what}: {found}, not {wanted}"));
        }
    };
    for (name, wanted) in expected.as_object().unwrap() {
        match name.as_str() {
            "observe_at" => {}
            "points" | "streak" => {
                for (figure, wanted) in wanted.as_object().unwrap() {
                    let own = if figure == "expired_total" { "expired" } else { figure };
                    check(format!("{name}.{figure}"), &held["state"][name][own], wanted);
                }
                if name == "points" {
                    check("available on the phone".to_owned(), &on_phone["available"], &wanted["available"]);
                }
            }
            "tier" => check(name.clone(), &held["state"]["tier"]["name"], wanted),
            "member_until" => check(name.clone(), &held["state"]["membership"]["until"], wanted),
            "growth" => check(name.clone(), &held["state"]["growth"], wanted),
            "event_results" => check(name.clone(), results, wanted),
            "credits" => check(name.clone(), credits, wanted),
            "actions" => {
                let wanted = wanted.as_array().unwrap();
                let alike = actions.len() == wanted.len() && actions.iter().zip(wanted).all(|(a, b)| is_like(a, b));
                check(name.clone(), &if alike { json!(wanted) } else { json!(actions) }, &json!(wanted));
            }
            other => panic!("nobody looks at {other}"),
        }
    }
    wrong
}

fn live(text: &str, left_out: &[&str]) -> (usize, Vec<String>) {
    let file: Value = serde_json::from_str(text).unwrap();
    let is_lived = |case: &&Value| !left_out.contains(&case["id"].as_str().unwrap());
    let cases: Vec<&Value> = file["scenarios"].as_array().unwrap().iter().filter(is_lived).collect();
    let of = |case: &&Value| differences(case).into_iter().map(|what| format!("{}: {what}", case["id"])).collect();
    let wrong: Vec<Vec<String>> = cases.iter().map(of).collect();
    (cases.len(), wrong.concat())
}

#[test]
fn given_cases_of_loyalty_are_lived_through() {
    assert_eq!(live(GIVEN, &[]), (20, Vec::new()));
}

#[test]
fn own_cases_of_loyalty_are_lived_through() {
    assert_eq!(live(OWN, &NOT_LIVED), (136 - NOT_LIVED.len(), Vec::new()));
}
