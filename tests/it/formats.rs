//! `tests/formats/`: what phones in the field have stored must load for ever. `HUITOU_WRITE_FORMATS=1 cargo test --test
//! it formats` writes a file that is missing, never one that is there: a new format gets a new name.

use crate::support::books::Books;
use crate::support::network::Fate;
use crate::support::phone::Phone;
use crate::support::{HOUR, SECOND};
use huitou::bytes::{Reader, Writer};
use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::engine::command::Output;
use huitou::event::dropped::Dropped;
use huitou::event::portrait::{self, Judgement, Level, Thing};
use huitou::event::{Props, Record, Scalar};
use huitou::experiment::evaluate::Forced;
use huitou::experiment::exposure::Exposure;
use huitou::experiment::sticky::Assignment;
use huitou::experiment::trials::Change;
use huitou::id::{EventIx, FlowIx, Label, SegmentId, UserId};
use huitou::loyalty::Act;
use huitou::store::journal::Journal;
use serde_json::Value;
use std::path::PathBuf;

const PROGRAM: &str = r#"{"app":"frozen","revision":1,"pages":["home","product"],
    "events":[{"name":"view","dimensions":[{"name":"category","values":["green","black"]},{"name":"source"}],
               "numbers":[{"name":"price_fen"},{"name":"weight_kg","decimals":3}]}],
    "flows":[{"name":"purchase","steps":["view","cart","order"]}],"attributes":["city"]}"#;

/// The text of a frozen file; written first if it is missing and that is asked for.
pub(crate) fn frozen(name: &str, make: impl FnOnce() -> String) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/formats").join(name);
    if !path.exists() && std::env::var_os("HUITOU_WRITE_FORMATS").is_some() {
        std::fs::write(&path, make()).unwrap();
    }
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Lines of "name hex".
pub(crate) fn lines(text: &str) -> Vec<(&str, Vec<u8>)> {
    text.lines().map(|line| line.split_once(' ').unwrap()).map(|(name, bytes)| (name, unhex(bytes))).collect()
}

/// One of each tag, every field different.
fn records() -> Vec<(&'static str, Record)> {
    let props = Props {
        labels: vec![(0, Label::declared(1)), (1, Label::met(3)), (2, Label::OTHER)],
        numbers: vec![(0, 1990), (1, (1 << 53) - 1)],
    };
    let segment = SegmentId(0x0123_4567_89ab_cdef);
    let text = Some(Scalar::Text("深圳".into()));
    let attribute = |name: &str, value| Record::Attribute { name: name.into(), value };
    vec![
        ("event", Record::Event { after_s: 200, event: EventIx(8), props }),
        ("session", Record::Session { after_s: 1_800 }),
        ("dwell", Record::Dwell { after_s: 3, page: Label::declared(0), dwell_ms: 12_345 }),
        ("flow", Record::Flow { after_s: 4, flow: FlowIx(1), step: 2, last: false }),
        ("flow_last", Record::Flow { after_s: 0, flow: FlowIx(0), step: 11, last: true }),
        ("met", Record::Met { event: EventIx(8), dimension: 1, text: "朋友圈".into() }),
        ("dropped", Record::Dropped { reason: Dropped::UndeclaredStep, count: 300 }),
        ("order", Record::Order { id: "20261122-1".into(), paid_fen: 4_900 }),
        ("clock", Record::Clock { instant: UnixMs::new(1_795_312_800_000), zone: OffsetMin::new(-210) }),
        ("segment", Record::Segment { id: segment, user: UserId::new("anna").unwrap() }),
        ("skew", Record::Skew { skew_s: -86_400 }),
        ("attribute_text", attribute("city", text)),
        ("attribute_milli", attribute("height", Some(Scalar::Milli(-1_750)))),
        ("attribute_no", attribute("vip", Some(Scalar::Flag(false)))),
        ("attribute_yes", attribute("vip", Some(Scalar::Flag(true)))),
        ("attribute_removed", attribute("vip", None)),
        ("acknowledged", Record::Acknowledged { segment, day: 20_779, revision: 57 }),
        ("attributes_acknowledged", Record::AttributesAcknowledged { revision: 217_000_000 }),
        ("quarantined", Record::Quarantined { segment, day: 20_780 }),
        ("fact", Record::Fact { number: 9, order_id: "20261122-1".into() }),
        ("deleted", Record::Deleted),
    ]
}

/// Every change to what is remembered of experiments.
fn trial_records() -> Vec<(&'static str, Record)> {
    let first = UnixMs::new(1_795_312_800_000);
    let exposure = Exposure { experiment: "buy".into(), variation: "red".into(), bucket_version: 300, first };
    let assignment = Assignment {
        experiment: "buy".into(),
        version: 2,
        attribute: ("id".into(), "深圳-7".into()),
        variation: "1".into(),
        day: Day::from_number(20_779).unwrap(),
    };
    let forced = |forced| Change::Overridden("buy".into(), forced);
    let changes = [
        ("exposed", Change::Exposed(exposure)),
        ("assigned", Change::Assigned(assignment)),
        ("forced_position", forced(Some(Forced::Position(1)))),
        ("forced_key", forced(Some(Forced::Key("red".into())))),
        ("forced_no_more", forced(None)),
        ("trait", Change::Trait("tags".into(), Some(r#"["vip",3]"#.into()))),
        ("trait_removed", Change::Trait("tags".into(), None)),
        ("exposures_acknowledged", Change::Acknowledged(217_000_001)),
    ];
    changes.map(|(name, change)| (name, Record::Lab(change))).into()
}

/// Every change to a portrait.
fn portrait_records() -> Vec<(&'static str, Record)> {
    let thing = |item: &str, category: &str| Thing { item: item.into(), category: category.into() };
    let followed = |price_fen, in_stock| portrait::Change::Followed { item: "pot-1".into(), price_fen, in_stock };
    let judgement = Judgement {
        level: Level::AtRisk,
        visit_permille: 1_000,
        buy_permille: 7,
        signs: 1 << 10 | 1,
        segments: vec!["evening".into(), "熟客".into()],
    };
    let paid = portrait::Change::Paid {
        order: 0x0123_4567,
        day: Day::from_number(20_779).unwrap(),
        paid_fen: 4_900,
        categories: vec!["tea".into()],
    };
    let changes = [
        ("browsed", portrait::Change::Browsed(thing("tea-1", "绿茶"))),
        ("cart", portrait::Change::Cart { count: 3, value_fen: 14_700 }),
        ("hard_taps", portrait::Change::HardTaps),
        ("prompt_refused", portrait::Change::Prompt(false)),
        ("prompt_accepted", portrait::Change::Prompt(true)),
        ("followed", followed(Some(9_900), Some(false))),
        ("followed_blindly", followed(None, None)),
        ("unfollowed", portrait::Change::Unfollowed("pot-1".into())),
        (
            "bought",
            portrait::Change::Bought { things: vec![thing("tea-1", "tea"), thing("cup", "")], coupon: Some(true) },
        ),
        ("paid", paid),
        ("judged", portrait::Change::Judged(judgement)),
        ("judgement_acknowledged", portrait::Change::Acknowledged(217_000_002)),
    ];
    changes.map(|(name, change)| (name, Record::Portrait { after_s: 300, change })).into()
}

/// The records of a frozen file read as they did, and are written as they were.
pub(crate) fn assert_frozen(file: &str, expected: &[(&str, Record)]) -> String {
    let written = |record: &Record| {
        let mut w = Writer::default();
        record.encode(&mut w);
        w.out
    };
    let make = || expected.iter().map(|(name, record)| format!("{name} {}\n", hex(&written(record)))).collect();
    let text = frozen(file, make);
    let stored = lines(&text);
    assert_eq!(stored.len(), expected.len());
    for ((stored_name, bytes), (name, record)) in stored.iter().zip(expected) {
        let mut r = Reader::new(bytes);
        assert_eq!((*stored_name, Record::decode(&mut r).as_ref()), (*name, Some(record)));
        assert!(r.is_empty(), "{name}");
        assert_eq!(&written(record), bytes, "{name} is still written so");
    }
    text
}

#[test]
fn every_record_reads_as_it_did() {
    assert_frozen("records-v1-trials.hex", &trial_records());
    assert_frozen("records-v1-portrait.hex", &portrait_records());
    let text = assert_frozen("records-v1.hex", &records());
    let stored = lines(&text);
    let mut tags: Vec<u8> = stored.iter().map(|(_, bytes)| bytes[0]).collect();
    tags.dedup();
    assert_eq!(tags, (0..=15).collect::<Vec<u8>>(), "one of each tag");
}

/// A phone with something of everything: two accounts, an old program's rows, attributes, orders, a live attempt, a
/// refused row, a tail in full, working and hidden chunks.
fn used_phone() -> Phone {
    let mut phone = Phone::with(PROGRAM);
    phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    phone.server.ahead_ms = Some(3 * HOUR);
    phone.server.facts.insert("anna".into(), vec![(1, "20261122-1".into())]);
    phone.log_in("anna");
    phone.command(r#"{"op":"attributes","set":{"city":"深圳","vip":true,"height":1.75}}"#).unwrap();
    phone.order("20261122-1", 4_900);
    phone.page(Some("home"));
    phone.hide();
    phone.settle();
    phone.network.plan.push_back(Fate::Status(400));
    phone.show();
    phone.track("nothing", &[], &[]);
    phone.command(r#"{"op":"sync"}"#).unwrap();
    phone.settle();
    phone.network.then = Fate::Lost;
    phone.close();
    phone.program.names.events[8].dimensions[0].values.push("puer".into());
    phone.log_in("bert");
    for number in 0..12 {
        phone.now_ms += 20 * SECOND;
        let source = format!("source {}", number % 3);
        phone.track("view", &[("category", "puer"), ("source", &source)], &[("price_fen", 990.0), ("weight_kg", 0.25)]);
        phone.settle();
    }
    phone.flow("purchase", "cart");
    phone.now_ms += SECOND;
    phone.track("search", &[], &[("results", 3.0)]);
    phone.settle_writes();
    phone.track("share", &[("channel", "group")], &[]);
    phone.hide();
    phone
}

fn state_json(phone: &mut Phone) -> Value {
    match phone.command(r#"{"op":"state"}"#) {
        Ok(Output::Json(text)) => serde_json::from_str(&text).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A phone that finds the frozen values.
fn loaded(text: &str) -> Phone {
    let mut phone = Phone::with(PROGRAM);
    phone.program.names.events[8].dimensions[0].values.push("puer".into());
    for (key, bytes) in lines(text) {
        phone.storage.values[key.parse::<usize>().unwrap()] = bytes;
    }
    phone.boots = 1_000;
    phone.now_ms += HOUR;
    phone.start();
    phone
}

#[test]
fn a_store_loads_to_the_state_it_held() {
    let text = frozen("store-v1.hex", || {
        let keys = used_phone().storage.values.into_iter().enumerate().filter(|(_, value)| !value.is_empty());
        keys.map(|(key, value)| format!("{key} {}\n", hex(&value))).collect()
    });
    let (_, stored) = Journal::load(&loaded(&text).storage.load());
    assert!(stored.records.len() > 16 && stored.unreadable == 0, "slot, full and working chunks: {:?}", stored.records);
    let found = state_json(&mut loaded(&text));
    let make = || serde_json::to_string_pretty(&found).unwrap() + "\n";
    let mut expected: Value = serde_json::from_str(&frozen("store-v1.json", make)).unwrap();
    let mut found = found;
    // A start has a segment of its own.
    found["segment"].take();
    expected["segment"].take();
    // Stores of then knew no experiments.
    assert_eq!(found["exposures"].take(), Value::Array(Vec::new()));
    expected["exposures"].take();
    assert_eq!(found, expected);
}

#[test]
fn a_stored_phone_goes_on_where_it_stopped() {
    let text = frozen("store-v1.hex", String::new);
    let mut phone = loaded(&text);
    phone.order("20261122-1", 4_900);
    phone.order("20261122-2", 100);
    phone.server.token_of = None;
    phone.send_all();
    let bert = phone.server.sum(Some("bert"));
    assert_eq!(bert.events["view"].by["category"]["puer"], (12, 12 * 990));
    assert_eq!(bert.events["view"].by["source"]["source 1"], (4, 4 * 990));
    assert_eq!(bert.events["view"].numbers["weight_kg"].sum, 12 * 250);
    assert_eq!(bert.flows["purchase"], [1, 1, 1], "the attempt was alive");
    assert_eq!((bert.events["hide"].count, bert.events["share"].by["channel"]["group"].0), (1, 1), "written on hide");
    phone.log_in("anna");
    phone.send_all();
    let anna = phone.server.sum(Some("anna"));
    let found: Vec<(&String, u64)> = anna.events.iter().map(|(name, event)| (name, event.count)).collect();
    assert_eq!(found, [(&"launch".to_owned(), 1)], "what she had not sent yet, and not the refused row");
}

/// A phone whose ledgers hold an answered claim, a fact, and claims that wait, of two people.
fn claiming_phone() -> Phone {
    let mut phone = with_rules(Phone::with(PROGRAM));
    phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    phone.server.books = Some(Books::of(vec![(1, phone.program.rules.clone())]));
    phone.log_in("anna");
    phone.command(CHECK_IN).unwrap();
    let order = Act::OrderPaid { order_id: "20261122-1".into(), paid_fen: 4_900, categories: vec!["green".into()] };
    let at_ms = phone.now_ms;
    phone.server.books.as_mut().unwrap().fact("anna", at_ms, order);
    phone.settle();
    phone.network.then = Fate::Lost;
    phone.now_ms += 24 * HOUR;
    phone.command(CHECK_IN).unwrap();
    phone.settle();
    phone.log_in("bert");
    phone.command(CHECK_IN).unwrap();
    phone.settle();
    phone.log_in("anna");
    phone.settle();
    phone
}

const CHECK_IN: &str = r#"{"op":"check_in"}"#;

fn with_rules(mut phone: Phone) -> Phone {
    phone.program.rules.check_in.daily_points = vec![5];
    phone.program.rules.points.per_yuan = 1;
    phone
}

/// The claims are what must load for ever; a state of an older engine may be asked for again.
#[test]
fn a_stored_ledger_keeps_its_claims() {
    let text = frozen("store-v1-ledger.hex", || {
        let keys = claiming_phone().storage.values.into_iter().enumerate().filter(|(_, value)| !value.is_empty());
        keys.map(|(key, value)| format!("{key} {}\n", hex(&value))).collect()
    });
    let mut phone = with_rules(Phone::with(PROGRAM));
    for (key, bytes) in lines(&text) {
        phone.storage.values[key.parse::<usize>().unwrap()] = bytes;
    }
    phone.server = claiming_phone().server;
    phone.boots = 1_000;
    phone.now_ms += 25 * HOUR;
    phone.start();
    phone.user = "anna".into();
    phone.send_all();
    phone.log_in("bert");
    phone.send_all();
    let books = phone.server.books.as_ref().unwrap();
    assert_eq!((books.counted("anna"), books.counted("bert")), (3, 1));
    assert_eq!(books.state("anna").available(), 5 + 49 + 5);
}

const COLOURS: &str = r#"{"features":{"colour":{"defaultValue":"plain","rules":[{"key":"buy","seed":"buy","hashVersion":2,
    "variations":["grey","red"],"weights":WEIGHTS,"hashAttribute":"id"}]}}}"#;

/// Its only feature is shown under weights that leave one variation.
fn colour(phone: &mut Phone, weights: &str) -> String {
    let at = phone.at();
    phone.engine().load_features(&COLOURS.replace("WEIGHTS", weights), at).unwrap();
    let number = phone.engine().feature(0, at) >> 1;
    phone.engine().feature_value(0, number)
}

/// A phone that remembers an exposure, an assignment, an override and an attribute for targeting.
fn trying_phone() -> Phone {
    let mut phone = Phone::with(PROGRAM);
    phone.start();
    assert_eq!(colour(&mut phone, "[0,1]"), "\"red\"");
    phone.command(r#"{"op":"override","key":"other","variation":"b"}"#).unwrap();
    phone.command(r#"{"op":"attributes","set":{"tags":["vip"]}}"#).unwrap();
    phone.hide();
    phone.settle();
    phone
}

#[test]
fn stored_experiments_are_remembered() {
    let text = frozen("store-v1-trials.hex", || {
        let keys = trying_phone().storage.values.into_iter().enumerate().filter(|(_, value)| !value.is_empty());
        keys.map(|(key, value)| format!("{key} {}\n", hex(&value))).collect()
    });
    let mut phone = loaded(&text);
    assert_eq!(colour(&mut phone, "[1,0]"), "\"red\"", "the assignment");
    phone.command(r#"{"op":"override","key":"buy","variation":null}"#).unwrap();
    let Output::Json(seen) = phone.command(r#"{"op":"exposures"}"#).unwrap() else { panic!("expected a list") };
    assert_eq!(seen, "[]", "the exposure was told then");
    phone.hide();
    let rules = r#"{"features":{"vip":{"defaultValue":false,"rules":[
        {"condition":{"tags":{"$elemMatch":{"$eq":"vip"}}},"force":true}]}}}"#;
    let at = phone.at();
    phone.engine().load_features(rules, at).unwrap();
    let number = phone.engine().feature(0, at) >> 1;
    assert_eq!(phone.engine().feature_value(0, number), "true", "the attribute");
}

/// A phone that knows what its person buys, follows and has in the cart.
fn known_phone() -> Phone {
    let mut phone = Phone::with(PROGRAM);
    phone.start();
    for command in [
        r#"{"op":"browse","item":"tea-1","category":"green"}"#,
        r#"{"op":"order","order_id":"o1","paid_fen":4900,"items":[{"item":"tea-1","category":"green"}]}"#,
        r#"{"op":"follow","item":"pot-1","facts":{"price_fen":9900,"in_stock":false}}"#,
        r#"{"op":"cart","items":[{"item":"cup-1","price_fen":990,"quantity":2}]}"#,
    ] {
        phone.command(command).unwrap();
    }
    phone.hide();
    phone.settle();
    phone
}

#[test]
fn a_stored_portrait_is_remembered() {
    let text = frozen("store-v1-portrait.hex", || {
        let keys = known_phone().storage.values.into_iter().enumerate().filter(|(_, value)| !value.is_empty());
        keys.map(|(key, value)| format!("{key} {}\n", hex(&value))).collect()
    });
    let mut phone = Phone::with(PROGRAM);
    for (key, bytes) in lines(&text) {
        phone.storage.values[key.parse::<usize>().unwrap()] = bytes;
    }
    phone.boots = 1_000;
    phone.now_ms += 30 * HOUR;
    phone.start();
    let mut ask = |op: &str| match phone.command(op) {
        Ok(Output::Json(text)) => serde_json::from_str::<Value>(&text).unwrap(),
        other => panic!("{other:?}"),
    };
    let tea = ask(r#"{"op":"why","id":"tea-1"}"#);
    assert_eq!((tea["bought"].as_u64(), tea["category"].as_str()), (Some(1), Some("green")));
    assert_eq!(ask(r#"{"op":"followed"}"#)[0]["item"], "pot-1");
    let outlook = ask(r#"{"op":"outlook"}"#);
    assert_eq!(outlook["signs"][0]["evidence"]["value_fen"], 1_980, "{outlook}");
}
