//! The cases of `tests/vectors/loyalty.json` lived through: a phone claims, the merchant's server tells facts, the collector
//! keeps the ledger and does what plans ask for; what it then holds is what the cases expect.

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

const CASES: &str = include_str!("../../../tests/vectors/loyalty.json");
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
        match event["type"].as_str().unwrap() {
            "visit" => self.phone.appear(at.ms).unwrap(),
            "check_in" => return self.claim(at, &json!({ "op": "check_in" })),
            "make_up" => return self.claim(at, &json!({ "op": "make_up", "day": event["date"] })),
            "order_paid" => {
                let (id, fen) = (&event["order_id"], &event["paid_fen"]);
                self.phone.tell(at.ms, &json!({ "op": "order", "order_id": id, "paid_fen": fen })).unwrap();
                return self.fact(at, json!({ "kind": "order_paid", "order_id": id, "paid_fen": fen }));
            }
            "refund" => {
                let (id, fen) = (&event["order_id"], &event["refund_fen"]);
                return self.fact(at, json!({ "kind": "refund", "order_id": id, "refund_fen": fen }));
            }
            source @ ("share" | "activity") => {
                return self.fact(at, json!({ "kind": "grant", "source": source, "points": event["points"] }));
            }
            "redeem" => return self.redeem(at, event),
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
        let answer = self.phone.tell(at.ms, command).unwrap();
        (answer["accepted"] != true).then(|| answer["code"].as_str().unwrap().to_owned())
    }

    fn fact(&self, at: Moment, mut fact: Value) -> Option<String> {
        (fact["user"], fact["at"], fact["tz"]) = (json!(USER), json!(at.ms), json!(at.zone_min));
        refused(self.shop.ask(Request::post("/demo/fact"), fact.to_string().into_bytes(), at.ms).unwrap())
    }

    fn redeem(&self, at: Moment, event: &Value) -> Option<String> {
        let request = Request::post("/v1/redeem")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.shop.token(USER).unwrap()))
            .header("Idempotency-Key", event["id"].as_str().unwrap());
        let body = json!({ "points": event["points"] }).to_string().into_bytes();
        refused(self.shop.ask(request, body, at.ms).unwrap())
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

#[test]
fn cases_of_loyalty_are_lived_through_with_the_collector() {
    let file: Value = serde_json::from_str(CASES).unwrap();
    let cases = file["scenarios"].as_array().unwrap();
    assert_eq!(cases.len(), 20);
    let mut wrong = Vec::new();
    for case in cases {
        wrong.extend(differences(case).into_iter().map(|what| format!("{}: {what}", case["id"])));
    }
    assert_eq!(wrong, Vec::<String>::new());
}
