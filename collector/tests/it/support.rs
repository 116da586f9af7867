//! A running collector, a client, and phones.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use huitou::bytes::{Reader, Writer};
use huitou::clock::{At, Day, OffsetMin, UnixMs};
use huitou::id::{builtin, DeviceId, Label, SegmentId, UserId};
use huitou::insight::stats::{Order, Row, Stats};
use huitou::program::Names;
use huitou::summary::Upload;
use huitou_collector::clock::now_ms;
use huitou_collector::secret::{hex, Secret};
use huitou_collector::token::{mint, Claims};
use rusqlite::Connection;
use serde_json::{json, Value};
use tempfile::TempDir;

pub(crate) const BINARY: &str = "application/vnd.huitou.v1";
pub(crate) const JSON: &str = "application/json";
pub(crate) const TOKEN_KEY: &str = "token-key-token-key-token-key-token-key";
pub(crate) const FACTS_KEY: &str = "facts-key-facts-key-facts-key-facts-key";
pub(crate) const PROGRAM: &str = r#"{"app":"tea-shop","revision":3,"pages":["home","product"],
  "events":[{"name":"add_cart","dimensions":[{"name":"category","values":["green","black"]}],
             "numbers":[{"name":"price_fen"}]}],
  "flows":[{"name":"purchase","steps":["page","add_cart","order"]}],"attributes":["city"]}"#;

/// A directory with a program and keys, for one or several runs of the collector.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        let place = Place { dir: tempfile::tempdir().unwrap() };
        let keys = json!({ "tea-shop": { "token": [TOKEN_KEY], "facts": [FACTS_KEY] } });
        std::fs::write(place.path("program.json"), PROGRAM).unwrap();
        std::fs::write(place.path("keys.json"), keys.to_string()).unwrap();
        place
    }

    /// With a program that has points to give.
    pub(crate) fn loyal() -> Place {
        let place = Place::new();
        std::fs::write(place.path("program.json"), crate::phone::loyal_program(3)).unwrap();
        place
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn db(&self) -> Connection {
        let path = self.path("db.sqlite");
        Connection::open_with_flags(Path::new(&path), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }

    /// One value of a query.
    pub(crate) fn one<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        self.db().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn serve(&self, flags: &[&str]) -> Server {
        self.serve_with(flags, &[])
    }

    pub(crate) fn serve_with(&self, flags: &[&str], environment: &[(&str, &str)]) -> Server {
        let log = std::fs::File::create(self.path("log")).unwrap();
        let mut command = collector();
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "debug"]);
        command.args(["--db", &self.path("db.sqlite"), "--program", &self.path("program.json")]);
        command.args(["--secrets", &self.path("keys.json")]).args(flags).envs(environment.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let base =
            base.unwrap_or_else(|| panic!("did not start: {}", std::fs::read_to_string(self.path("log")).unwrap()));
        Server { child, client: Client::new(&base), base }
    }

    /// Runs another command of the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = collector().args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), text)
    }
}

fn collector() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_huitou-collector"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HUITOU_")) {
        command.env_remove(name);
    }
    command
}

/// A running collector; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    pub(crate) client: Client,
}

impl Server {
    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub(crate) fn stop_waiting(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Says a fact as the merchant's server would; it must be taken. Gives its number.
    pub(crate) fn fact(&self, fact: Value) -> u64 {
        let mut body = json!({ "app": "tea-shop", "at": now_ms() });
        body.as_object_mut().unwrap().extend(fact.as_object().unwrap().clone());
        let answer = self.signed_with(FACTS_KEY, &body.to_string(), &body);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["n"].as_u64().unwrap()
    }

    /// Says a fact, signed with that key, under that idempotency key.
    pub(crate) fn signed_with(&self, secret: &str, key: &str, body: &Value) -> Answer {
        self.post_signed("/v1/facts", (secret, key), body)
    }

    pub(crate) fn post_signed(&self, path: &str, (secret, key): (&str, &str), body: &Value) -> Answer {
        let now_s = now_ms() / 1000;
        let (timestamp, signature) = (now_s.to_string(), signature(now_s, &body.to_string(), secret));
        // Any text may be a key here, a whole body too.
        let key = self::signature(0, key, FACTS_KEY);
        let headers =
            [("X-Huitou-Timestamp", &timestamp), ("X-Huitou-Signature", &signature), ("Idempotency-Key", &key)];
        let headers = headers.map(|(name, value)| (name, value.as_str()));
        self.client.post(path, &headers, body.to_string().as_bytes())
    }

    /// A number of `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = self.client.get("/metrics", &[]).text;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        line.trim().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An HTTP client with a connection of its own.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    agent: ureq::Agent,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    headers: ureq::http::HeaderMap,
}

impl Client {
    pub(crate) fn new(base: &str) -> Client {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(Duration::from_secs(20))).build().new_agent();
        Client { base: base.to_owned(), agent }
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(("GET", path), headers, b"").unwrap()
    }

    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.send(("POST", path), headers, body).unwrap()
    }

    /// `None`: no whole answer came.
    pub(crate) fn send(&self, (method, path): (&str, &str), headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match method {
            "POST" => self.agent.run(request.body(body).unwrap()),
            _ => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = response.ok()?;
        let text = response.body_mut().read_to_string().ok()?;
        Some(Answer { status: response.status().as_u16(), text, headers: response.headers().clone() })
    }

    /// `POST /v1/sync`.
    pub(crate) fn sync(&self, token: &str, kind: &str, body: &[u8]) -> Answer {
        self.post("/v1/sync", &[("Authorization", &format!("Bearer {token}")), ("Content-Type", kind)], body)
    }

    /// As a phone that sends JSON, with a token of that user; the answer must be 200.
    pub(crate) fn sync_json(&self, user: &str, body: &Value) -> Value {
        let answer = self.sync(&token(user), JSON, body.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `error.code` of a refusal.
    pub(crate) fn code(&self) -> String {
        let error = &self.json()["error"];
        assert!(!error["message"].as_str().unwrap().is_empty());
        error["code"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn token(user: &str) -> String {
    token_for("tea-shop", user, 3600, TOKEN_KEY)
}

pub(crate) fn token_for(app: &str, user: &str, seconds: i64, key: &str) -> String {
    let exp = now_ms() / 1000 + seconds;
    mint(&Secret::new(key).unwrap(), &Claims { app: app.to_owned(), user: user.to_owned(), exp })
}

/// Asks the server for something, as a user and under an idempotency key.
pub(crate) fn spend(client: &Client, (user, key): (&str, &str), path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {}", token(user));
    client.post(path, &[("Authorization", &bearer), ("Idempotency-Key", key)], body.to_string().as_bytes())
}

/// The signature of a fact.
pub(crate) fn signature(timestamp: i64, body: &str, key: &str) -> String {
    hex(&Secret::new(key).unwrap().sign(&[format!("{timestamp}.{body}").as_bytes()]))
}

/// The clock of phones and of the merchant's books. It runs beside the server's, but stays away from midnight (UTC)
/// for as long as the tests run, and has the last three hours on its own date: what is limited to a day must not
/// depend on when somebody runs the tests.
pub(crate) fn daytime_ms() -> i64 {
    static BEHIND_MS: OnceLock<i64> = OnceLock::new();
    let behind_ms = *BEHIND_MS.get_or_init(|| {
        let (minute_ms, day_ms) = (60_000, 86_400_000);
        let of_day_ms = now_ms().rem_euclid(day_ms);
        let latest_ms = day_ms - 15 * minute_ms;
        let (before, after) = (of_day_ms < 180 * minute_ms, of_day_ms > latest_ms);
        if before || after {
            (of_day_ms - latest_ms).rem_euclid(day_ms)
        } else {
            0
        }
    });
    now_ms() - behind_ms
}

/// The date `days` from today (UTC).
pub(crate) fn day(days: i64) -> String {
    let mut text = String::new();
    date(days).write(&mut text);
    text
}

fn date(days: i64) -> Day {
    Day::of(UnixMs::new(now_ms() + days * 86_400_000), OffsetMin::new(0))
}

/// An upload in the JSON profile.
pub(crate) fn report(user: &str, device: u64, rows: Value) -> Value {
    json!({ "v": 1, "app": "tea-shop", "device": id(device), "user": user, "sent": now_ms(), "tz": 480, "rows": rows })
}

/// Exposures of an upload: (experiment, variation, bucket version, days from today), each at noon in UTC.
pub(crate) fn exposed(revision: u32, list: &[(&str, &str, u32, i64)]) -> Value {
    let list = list.iter().map(|(experiment, variation, version, days)| {
        let at = (now_ms() / 86_400_000 + days) * 86_400_000 + 43_200_000;
        json!({ "experiment": experiment, "variation": variation, "version": version, "at": at })
    });
    json!({ "rev": revision, "list": list.collect::<Vec<_>>() })
}

/// A row of today with so many events.
pub(crate) fn row(segment: u64, revision: u32, events: u32) -> Value {
    json!({ "s": id(segment), "d": day(0), "r": revision, "e": { "launch": { "n": events } }, "ss": [1, events] })
}

pub(crate) fn id(number: u64) -> String {
    format!("{number:016x}")
}

pub(crate) fn names() -> Names {
    huitou::program::load(PROGRAM).unwrap().0.names
}

/// An upload as the engine makes it: everything that a row can hold.
pub(crate) fn upload(user: &str, device: u64, segment: u64, revision: u32) -> Upload {
    let mut stats = Stats { sessions: 2, session_s: 340, ..Stats::default() };
    let page = stats.events.entry(builtin::PAGE);
    page.count = 5;
    page.dimensions.push(Default::default());
    let tally = page.dimensions[0].entry(Label::declared(1));
    (tally.count, tally.sum) = (5, 61_000);
    let mut dwell = huitou::insight::sketch::Sketch::default();
    [900, 12_000, 15, 17, 48_000].iter().for_each(|&ms| dwell.add(ms));
    page.numbers.push(dwell);
    stats.events.entry(builtin::ORDER).count = 1;
    *stats.flows.entry(huitou::id::FlowIx(0)) = vec![3, 2, 1];
    *stats.hours.entry(9) = 6;
    *stats.drops.entry(0) = 3;
    stats.orders.push(Order { id: format!("o-{segment}"), paid_fen: 4900 });
    Upload {
        device: DeviceId(device),
        user: UserId::new(user).unwrap(),
        sent: At { instant: UnixMs::new(now_ms() / 1000 * 1000), offset: OffsetMin::new(480) },
        fact_cursor: 0,
        dictionary: names().hash(),
        names: None,
        attributes: None,
        met: Vec::new(),
        rows: vec![Row { segment: SegmentId(segment), day: date(0), revision, stats }],
        claims: None,
        exposures: None,
        insight: None,
        plan: None,
        deletion: None,
    }
}

/// The same names with another event: what a phone with another program version knows.
pub(crate) fn other_names() -> Names {
    let program = PROGRAM.replace("add_cart", "remove_cart");
    huitou::program::load(&program).unwrap().0.names
}

/// Names survive their own encoding; shows that the tests' names are what a phone could send.
#[test]
fn the_names_of_the_tests_are_canonical() {
    let mut writer = Writer::default();
    names().encode(&mut writer);
    assert_eq!(Names::decode(&mut Reader::new(&writer.out)), Some(names()));
    assert_ne!(names().hash(), other_names().hash());
}
