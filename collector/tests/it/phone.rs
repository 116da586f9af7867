//! A phone that keeps a ledger, written anew for the tests: it folds what it holds with the engine, and its owner may
//! change anything in it.

use huitou::bytes::Reader;
use huitou::clock::{OffsetMin, UnixMs};
use huitou::id::{DeviceId, UserId};
use huitou::loyalty::admit::effective;
use huitou::loyalty::form::act_of;
use huitou::loyalty::wire::{first_head, next_head, Claim, Head};
use huitou::loyalty::{Act, Stamp, State};
use huitou::program::rules::Rules;
use huitou::summary::Claims;
use huitou_collector::secret::hex;
use serde_json::{json, Value};

use crate::support::{daytime_ms, id, report, token, Answer, Client, JSON, PROGRAM};

/// What the tests' shop offers beside what it tracks. It must run anywhere, so the calendar is that of UTC.
const LOYALTY: &str = r#"{"day_zone":"+00:00",
  "check_in":{"daily_points":5,"ticket":"wheel","milestones":[{"day":3,"points":20}],
              "make_up":{"window_days":3,"max_per_month":2,"cost_points":5}},
  "points":{"per_yuan":1,"redeem":{"step":10,"fen_per_step":100},
            "activities":[{"name":"share","points":2,"max_per_day":3}]},
  "mall":[{"id":"cup","points":20,"cash_fen":500,"max_per_person":1}],
  "lottery":[{"id":"wheel","prizes":[{"id":"none","weight":1},{"id":"five","weight":1,"points":5}]}],
  "every_n_orders":{"n":2,"coupon":"free-tea"},"referral":{"inviter":{"points":3}}}"#;

/// The tests' program with points to give.
pub(crate) fn loyal_program(revision: u32) -> String {
    let mut program: Value = serde_json::from_str(PROGRAM).unwrap();
    let loyalty: Value = serde_json::from_str(LOYALTY).unwrap();
    program.as_object_mut().unwrap().extend(loyalty.as_object().unwrap().clone());
    program["revision"] = json!(revision);
    program.to_string()
}

/// An entry that the server has told.
#[derive(Clone)]
struct Heard {
    n: u32,
    device: String,
    seq: u32,
    stamp: Stamp,
    act: Act,
}

#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) user: String,
    pub(crate) device: u64,
    pub(crate) rules: Rules,
    pub(crate) revision: u32,
    /// Claims that the server is not known to hold.
    pub(crate) claims: Vec<Claim>,
    /// After the last claim that it holds.
    pub(crate) acked: u32,
    pub(crate) pinned: Head,
    pub(crate) cursor: u32,
    pub(crate) wants_base: bool,
    base: State,
    base_s: i64,
    heard: Vec<Heard>,
}

impl Phone {
    pub(crate) fn new(user: &str, device: u64) -> Phone {
        let (program, warnings) = huitou::program::load(&loyal_program(3)).unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        Phone {
            user: user.to_owned(),
            device,
            rules: program.rules,
            revision: program.revision,
            claims: Vec::new(),
            acked: 0,
            pinned: first_head("tea-shop", &UserId::new(user).unwrap(), DeviceId(device)),
            cursor: 0,
            wants_base: false,
            base: State::new(),
            base_s: 0,
            heard: Vec::new(),
        }
    }

    /// Claims something at a time from now, in seconds.
    pub(crate) fn claim(&mut self, act: Act, in_s: i64) {
        self.claim_at(act, daytime_ms() / 1000 + in_s);
    }

    pub(crate) fn claim_at(&mut self, act: Act, at_s: i64) {
        self.claims.push(Claim { revision: self.revision, at_s, offset: OffsetMin::new(0), act });
    }

    pub(crate) fn check_in(&mut self, in_s: i64) {
        self.claim(Act::CheckIn, in_s);
    }

    /// The head after all claims.
    pub(crate) fn head(&self) -> Head {
        self.claims.iter().fold(self.pinned, |head, claim| next_head(&head, claim))
    }

    /// What the phone believes.
    pub(crate) fn state(&self) -> State {
        let device = id(self.device);
        let mut all: Vec<(i64, String, u32, Stamp, Act)> = Vec::new();
        let mut newest_s = self.base_s;
        for heard in self.heard.iter() {
            let place = if heard.device.is_empty() { heard.n } else { heard.seq };
            all.push((heard.stamp.moment_s, heard.device.clone(), place, heard.stamp, heard.act.clone()));
            if heard.device == device {
                newest_s = newest_s.max(heard.stamp.moment_s);
            }
        }
        for (claim, seq) in self.claims.iter().zip(self.acked + 1..) {
            (newest_s, _) = effective(claim.at_s, newest_s);
            let stamp = Stamp { moment_s: newest_s, offset: claim.offset };
            all.push((newest_s, device.clone(), seq, stamp, claim.act.clone()));
        }
        all.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
        let mut state = self.base.clone();
        for (.., stamp, act) in all {
            let _ = state.apply(&self.rules, stamp, &act, &mut |_| {});
        }
        state
    }

    pub(crate) fn claims_section(&self) -> Claims {
        Claims {
            revision: self.revision,
            first: self.acked + 1,
            wants_base: self.wants_base,
            head: self.head(),
            digest: self.state().digest(),
            list: self.claims.clone(),
        }
    }

    /// The next upload: no rows, only what the ledger has to say.
    pub(crate) fn body(&self) -> Value {
        let claims = self.claims_section();
        let mut body = report(&self.user, self.device, json!([]));
        body["facts"] = json!(self.cursor);
        body["claims"] = json!({ "rev": claims.revision, "first": claims.first, "head": hex(&claims.head),
            "digest": hex(&claims.digest), "list": claims.list.iter().map(claim_json).collect::<Vec<_>>() });
        if claims.wants_base {
            body["claims"]["base"] = json!(true);
        }
        body
    }

    /// Sends and takes in what comes back; gives the answer's ledger.
    pub(crate) fn sync(&mut self, client: &Client) -> Value {
        let answer = self.send(client, &self.body());
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.take(&answer.json());
        answer.json()["ledger"].clone()
    }

    /// Sends without listening.
    pub(crate) fn send(&self, client: &Client, body: &Value) -> Answer {
        client.sync(&token(&self.user), JSON, body.to_string().as_bytes())
    }

    /// Points that the server vouches for.
    pub(crate) fn points(&mut self, client: &Client) -> i64 {
        self.sync(client)["receipt"]["points"].as_i64().unwrap()
    }

    pub(crate) fn take(&mut self, answer: &Value) {
        let ledger = &answer["ledger"];
        if ledger["base"].is_object() {
            self.start_from(&ledger["base"]);
        }
        for fact in answer["facts"].as_array().into_iter().flatten() {
            self.hear(fact);
        }
        if ledger.is_object() {
            let seq = ledger["seq"].as_u64().unwrap() as u32;
            let held = (seq.saturating_sub(self.acked) as usize).min(self.claims.len());
            match ledger["reset"].as_str() {
                // What is not held is numbered and chained anew.
                Some("forked") => {}
                _ => drop(self.claims.drain(..held)),
            }
            self.acked = seq;
            self.pinned = huitou::bytes::unhex(ledger["head"].as_str().unwrap()).unwrap();
        }
    }

    fn start_from(&mut self, base: &Value) {
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, base["state"].as_str().unwrap());
        let bytes = bytes.unwrap();
        let mut r = Reader::new(&bytes);
        self.base = State::decode(&mut r).unwrap();
        assert!(r.is_empty());
        self.base_s = base["moment"].as_i64().unwrap();
        self.cursor = base["n"].as_u64().unwrap() as u32;
        self.heard.clear();
        self.wants_base = false;
    }

    fn hear(&mut self, fact: &Value) {
        let value = huitou::program::value::parse(&fact.to_string()).unwrap();
        let act = act_of(&value, &self.rules).unwrap();
        let at_ms = UnixMs::new(fact["at"].as_i64().unwrap()).get();
        let offset = OffsetMin::new(fact["tz"].as_i64().unwrap_or(480) as i32);
        let n = fact["n"].as_u64().unwrap() as u32;
        assert!(n > self.cursor, "each once, ascending");
        self.cursor = n;
        self.wants_base |= at_ms / 1000 <= self.base_s || fact["rev"] != self.revision;
        self.heard.push(Heard {
            n,
            device: fact["device"].as_str().unwrap_or_default().to_owned(),
            seq: fact["seq"].as_u64().unwrap_or(0) as u32,
            stamp: Stamp { moment_s: at_ms / 1000, offset },
            act,
        });
    }
}

fn claim_json(claim: &Claim) -> Value {
    let mut json = json!({ "at": claim.at_s * 1000, "tz": claim.offset.get() });
    match &claim.act {
        Act::CheckIn => json["kind"] = json!("check_in"),
        Act::MakeUp { day } => {
            let mut text = String::new();
            day.write(&mut text);
            (json["kind"], json["day"]) = (json!("make_up"), json!(text));
        }
        Act::Activity { activity } => (json["kind"], json["activity"]) = (json!("activity"), json!(activity)),
        other => panic!("no phone claims {other:?}"),
    }
    json
}
