//! Any sequence of calls, restarts and faults, held against a model; any cut of the fold; any bytes in storage; any
//! answer of a server.

use crate::support::network::Fate;
use crate::support::phone::{Kept, Landing, Phone};
use crate::support::storage::Fault;
use crate::support::{DAY, HOUR, MINUTE, SECOND};
use huitou::bytes::{crc32, Reader, Writer};
use huitou::clock::{OffsetMin, UnixMs};
use huitou::event::dropped::Dropped;
use huitou::event::{Props, Record, Scalar};
use huitou::id::{DeviceId, EventIx, FlowIx, Label, SegmentId, UserId};
use huitou::insight::State;
use huitou::program::load;
use huitou::store::{image, journal::Journal, journal::KEYS};
use proptest::prelude::*;

fn program(revision: u32) -> String {
    let page = if revision % 2 == 1 { "cart" } else { "basket" };
    format!(
        r#"{{"app":"any","revision":{revision},"pages":["home","{page}"],"day_zone":"event",
        "events":[{{"name":"tick","dimensions":[{{"name":"n"}}],"numbers":[{{"name":"price"}}]}},
                  {{"name":"tap","dimensions":[{{"name":"slot","values":["1"]}},{{"name":"target"}}]}}],
        "flows":[{{"name":"buy","steps":["tick","tap","order"],"window_minutes":60}}],
        "attributes":["city"],"caps":{{"labels_per_dimension":64}}}}"#
    )
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Act {
    Tick(usize),
    Tap(u8),
    Page(Option<u8>),
    Flow(u8),
    Order(u8, u32),
    User(u8),
    City(u8),
    Hide,
    Show,
    Pass(i64),
    Zone(i32),
    Sync,
    Writes,
    Settle,
    Kill(Landing),
    Close,
    Program(u32),
    Network(Fate),
    /// So many operations later.
    Fault(usize, Fault),
    RollBack(usize),
}

fn act() -> impl Strategy<Value = Act> {
    use Landing::{Never, Torn, Vanished, Whole};
    let fates = prop_oneof![
        6 => Just(Fate::Ok),
        1 => Just(Fate::Lost),
        1 => Just(Fate::AckLost),
        1 => Just(Fate::Late),
        1 => Just(Fate::Twice),
        1 => Just(Fate::Portal),
        1 => Just(Fate::Slow(5 * SECOND)),
        1 => prop_oneof![Just(401u16), Just(429), Just(500)].prop_map(Fate::Status),
    ];
    let times = prop_oneof![
        5 => 0..90 * SECOND,
        2 => 29 * MINUTE..31 * MINUTE,
        2 => HOUR..30 * HOUR,
        1 => DAY..70 * DAY,
        1 => -2 * MINUTE..0i64,
        1 => -400 * DAY..0i64,
    ];
    prop_oneof![
        12 => (1..4usize).prop_map(Act::Tick),
        4 => any::<u8>().prop_map(Act::Tap),
        3 => any::<Option<u8>>().prop_map(Act::Page),
        2 => (0..4u8).prop_map(Act::Flow),
        2 => (0..6u8, any::<u32>()).prop_map(|(id, fen)| Act::Order(id, fen)),
        2 => (0..4u8).prop_map(Act::User),
        1 => (0..3u8).prop_map(Act::City),
        4 => Just(Act::Hide),
        3 => Just(Act::Show),
        4 => times.prop_map(Act::Pass),
        1 => (-12..14i32).prop_map(|hours| Act::Zone(hours * 60)),
        2 => Just(Act::Sync),
        5 => Just(Act::Writes),
        6 => Just(Act::Settle),
        3 => prop_oneof![Just(Never), Just(Whole), Just(Torn), Just(Vanished)].prop_map(Act::Kill),
        2 => Just(Act::Close),
        1 => (1..3u32).prop_map(Act::Program),
        3 => fates.prop_map(Act::Network),
        3 => (0..4usize, fault()).prop_map(|(after, fault)| Act::Fault(after, fault)),
        1 => (1..6usize).prop_map(Act::RollBack),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::NotApplied),
        Just(Fault::Unreported),
        Just(Fault::Torn),
        Just(Fault::Vanished),
        Just(Fault::Refused),
        Just(Fault::RefusedTorn)
    ]
}

const USERS: [&str; 4] = ["", "anna", "bert", "cleo"];

fn perform(phone: &mut Phone, act: Act) {
    match act {
        Act::Tick(count) => {
            (0..count).for_each(|_| phone.tick());
            phone.run();
        }
        Act::Tap(target) => phone.track("tap", &[("slot", "1"), ("target", &format!("x{}", target % 80))], &[]),
        Act::Page(None) => phone.page(None),
        Act::Page(Some(page)) => phone.page(Some(["home", "cart", "basket", "else"][usize::from(page % 4)])),
        Act::Flow(step) => phone.flow("buy", ["tick", "tap", "order", "none"][usize::from(step)]),
        Act::Order(id, fen) => drop(phone.order(&format!("order-{id}"), fen.into())),
        Act::User(user) => phone.log_in(USERS[usize::from(user)]),
        Act::City(city) => {
            drop(phone.command(&format!(r#"{{"op":"attributes","set":{{"city":"c{city}","shoe":{city}}}}}"#)));
        }
        Act::Hide => phone.hide(),
        Act::Show => phone.show(),
        Act::Pass(ms) => phone.pass(ms),
        Act::Zone(minutes) => phone.offset_min = minutes,
        Act::Sync => drop(phone.command(r#"{"op":"sync"}"#)),
        Act::Writes => phone.settle_writes(),
        Act::Settle => phone.settle(),
        Act::Kill(landing) => phone.kill(landing),
        Act::Close => phone.close(),
        Act::Program(revision) => phone.program = load(&program(revision)).unwrap().0,
        Act::Network(fate) => phone.network.then = fate,
        Act::Fault(after, fault) => phone.storage.faults = vec![(phone.storage.operations + after, fault)],
        Act::RollBack(writes) => {
            phone.kill(Landing::Never);
            phone.storage.roll_back(writes);
            let all = phone.told.iter_mut().filter(|told| told.kept == Kept::Durable);
            all.for_each(|told| told.kept = Kept::Doubtful);
        }
    }
}

/// How often the receiver counted each thing told.
fn assert_exact(phone: &Phone) {
    for told in &phone.told {
        let sum = phone.server.sum(Some(&told.user));
        let by = sum.events.get("tick").and_then(|event| event.by.get("n")).and_then(|values| values.get(&told.name));
        let counted = by.map_or(0, |&(count, _)| count);
        let least = u64::from(told.kept == Kept::Durable);
        assert!((least..=1).contains(&counted), "{told:?} was counted {counted} times");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_durable_is_lost_and_nothing_counts_twice(acts in prop::collection::vec(act(), 1..40)) {
        let mut phone = Phone::with(&program(1));
        for act in acts {
            perform(&mut phone, act);
        }
        phone.heal();
        assert_exact(&phone);
    }
}

/// Any record, whether it makes sense or not.
fn record() -> impl Strategy<Value = Record> {
    let after_s = prop_oneof![4 => 0..4000u32, 1 => any::<u32>()];
    let label = prop_oneof![4 => (0..8u32).prop_map(Label), 1 => any::<u32>().prop_map(Label)];
    let value = prop_oneof![4 => 0..10_000u64, 1 => any::<u64>()];
    let labels = prop::collection::vec((0..5u8, label.clone()), 0..4);
    let numbers = prop::collection::vec((0..5u8, value.clone()), 0..4);
    let props = (labels, numbers).prop_map(|(labels, numbers)| Props { labels, numbers });
    let segment = (0..4u64).prop_map(SegmentId);
    let day = prop_oneof![4 => 20_779..20_783i32, 1 => any::<i32>()];
    let text = "[a-z]{1,8}";
    prop_oneof![
        8 => (after_s.clone(), 0..12u16, props).prop_map(|(after_s, event, props)| Record::Event { after_s, event: EventIx(event), props }),
        2 => after_s.clone().prop_map(|after_s| Record::Session { after_s }),
        2 => (after_s.clone(), label, value.clone()).prop_map(|(after_s, page, dwell_ms)| Record::Dwell { after_s, page, dwell_ms }),
        3 => (after_s, 0..3u16, prop_oneof![4 => 0..3u8, 1 => any::<u8>()], any::<bool>())
            .prop_map(|(after_s, flow, step, last)| Record::Flow { after_s, flow: FlowIx(flow), step, last }),
        2 => (0..12u16, 0..5u8, text).prop_map(|(event, dimension, text)| Record::Met { event: EventIx(event), dimension, text }),
        1 => (0..Dropped::ALL.len(), any::<u32>()).prop_map(|(reason, count)| Record::Dropped { reason: Dropped::ALL[reason], count }),
        2 => (text, value).prop_map(|(id, paid_fen)| Record::Order { id, paid_fen }),
        2 => (1_795_000_000_000..1_796_000_000_000i64, -20..20i32)
            .prop_map(|(ms, hours)| Record::Clock { instant: UnixMs::new(ms / 1000 * 1000), zone: OffsetMin::new(hours * 60) }),
        2 => (segment.clone(), 0..4usize).prop_map(|(id, user)| Record::Segment { id, user: UserId::new(USERS[user]).unwrap() }),
        1 => any::<i64>().prop_map(|skew_s| Record::Skew { skew_s }),
        1 => (text, prop::option::of(text)).prop_map(|(name, text)| Record::Attribute { name, value: text.map(Scalar::Text) }),
        2 => (segment.clone(), day.clone(), any::<u32>()).prop_map(|(segment, day, revision)| Record::Acknowledged { segment, day, revision }),
        1 => any::<u32>().prop_map(|revision| Record::AttributesAcknowledged { revision }),
        1 => (segment, day).prop_map(|(segment, day)| Record::Quarantined { segment, day }),
        1 => (any::<u32>(), text).prop_map(|(number, order_id)| Record::Fact { number, order_id }),
        1 => Just(Record::Deleted),
    ]
}

fn bytes(state: &State) -> Vec<u8> {
    let mut w = Writer::default();
    image::encode(state, &mut w);
    w.out
}

fn read(bytes: &[u8]) -> State {
    let mut r = Reader::new(bytes);
    let state = image::decode(&mut r).expect("what was written can be read");
    assert!(r.is_empty());
    state
}

fn fold(mut state: State, records: &[Record]) -> State {
    records.iter().for_each(|record| state.apply(record.clone()));
    state
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_into_snapshot_and_tail_gives_the_same_state(records in prop::collection::vec(record(), 0..60), cut in 0..60usize) {
        let names = load(&program(1)).unwrap().0.names;
        let start = State::new(DeviceId(1), names);
        let (before, after) = records.split_at(cut.min(records.len()));
        let whole = bytes(&fold(start.clone(), &records));
        let snapshot = bytes(&fold(start, before));
        let tail: Vec<Record> = after.iter().map(rewritten).collect();
        prop_assert_eq!(&bytes(&fold(read(&snapshot), &tail)), &whole);
        prop_assert_eq!(&bytes(&read(&whole)), &whole);
    }
}

/// A record as it comes back from storage.
fn rewritten(record: &Record) -> Record {
    let mut w = Writer::default();
    record.encode(&mut w);
    let mut r = Reader::new(&w.out);
    let read = Record::decode(&mut r).expect("what was written can be read");
    assert!(r.is_empty() && read == *record);
    read
}

/// What some use leaves in storage.
fn used(acts: Vec<Act>) -> Phone {
    let mut phone = Phone::with(&program(1));
    acts.into_iter().for_each(|act| perform(&mut phone, act));
    phone.settle();
    phone.die();
    phone
}

/// Changes to the bytes of keys: (key, place in thousandths, what happens there).
fn damage() -> impl Strategy<Value = Vec<(u8, usize, u16)>> {
    prop::collection::vec((0..KEYS, 0..1000usize, any::<u16>()), 1..6)
}

fn damaged(value: &[u8], place: usize, how: u16) -> Vec<u8> {
    let mut value = value.to_vec();
    let at = value.len() * place / 1000;
    match how % 5 {
        0 => value.truncate(at),
        1 => value.insert(at, (how >> 8) as u8),
        2 if at < value.len() => drop(value.remove(at)),
        3 if at < value.len() => value[at] ^= (how >> 8) as u8 | 1,
        _ => value = (0..at as u32).map(|n| (n.wrapping_mul(how.into()) >> 3) as u8).collect(),
    }
    value
}

/// The same with a checksum that fits, as a bug or a curious person may leave it.
fn sealed(mut value: Vec<u8>) -> Vec<u8> {
    value.truncate(value.len().saturating_sub(4));
    let crc = crc32(&value);
    value.extend_from_slice(&crc.to_le_bytes());
    value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_in_storage_start_and_later_recording_works(acts in prop::collection::vec(act(), 0..20), damage in damage()) {
        let mut phone = used(acts);
        for (key, place, how) in damage {
            let value = &mut phone.storage.values[usize::from(key)];
            *value = damaged(value, place, how);
        }
        phone.told.iter_mut().for_each(|told| told.kept = Kept::Doubtful);
        phone.tick();
        phone.settle();
        phone.die();
        phone.tick();
        phone.heal();
        assert_exact(&phone);
    }

    #[test]
    fn forged_bytes_in_storage_never_stop_the_engine(acts in prop::collection::vec(act(), 0..20), damage in damage()) {
        let mut phone = used(acts);
        for (key, place, how) in damage {
            let value = &mut phone.storage.values[usize::from(key)];
            *value = sealed(damaged(value, place, how));
        }
        phone.network.plan.clear();
        phone.network.then = Fate::Lost;
        for _ in 0..2 {
            phone.tick();
            phone.page(Some("home"));
            phone.hide();
            phone.settle();
            phone.log_in("bert");
            phone.flow("buy", "tap");
            phone.order("order-9", 1);
            phone.command(r#"{"op":"state"}"#).unwrap();
            phone.command(r#"{"op":"stats"}"#).unwrap();
            phone.pass(2 * DAY);
            phone.die();
        }
        let (_, loaded) = Journal::load(&phone.storage.load());
        prop_assert!(loaded.image.is_some_and(|image| image::decode(&mut Reader::new(&image)).is_some()));
    }
}

/// An answer that nearly fits: what is right of segment, day, revision, and the shape around.
fn answer() -> impl Strategy<Value = ([bool; 3], u8)> {
    (any::<[bool; 3]>(), 0..8u8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_the_exact_echo_acknowledges(fits in answer(), status in prop_oneof![Just(200u16), Just(204), Just(500), any::<u16>()]) {
        let ([segment, day, revision], shape) = fits;
        let (mut phone, request) = waiting();
        let sent = phone.server.peek(&request);
        let (s, d, r) = (&sent.rows[0].segment, &sent.rows[0].day, sent.rows[0].revision);
        let (s, d) = (if segment { s.as_str() } else { "0123456789abcdef" }, if day { d.as_str() } else { "2026-11-21" });
        let r = if revision { r } else { r + 1 };
        let ack = format!(r#"{{"s":"{s}","d":"{d}","r":{r}}}"#);
        let body = match shape {
            0..=3 => format!(r#"{{"acks":[{ack}],"more":{{"x":[1]}}}}"#),
            4 => format!(r#"{{"acks":[7,null,{ack},{{}}],"time":"soon","facts":5}}"#),
            5 => format!(r#"{{"acks":{ack}}}"#),
            6 => ack,
            _ => format!(r#"[{{"acks":[{ack}]}}]"#),
        };
        let acked = phone.answer(status, &body);
        let right = segment && day && revision && shape < 5 && (200..=299).contains(&status);
        prop_assert_eq!(acked, u32::from(right), "{} {}", status, body);
    }

    #[test]
    fn any_answer_is_survived_and_acknowledges_nothing(
        status in prop_oneof![3 => Just(200u16), 1 => any::<u16>()],
        body in prop_oneof![any::<String>(), json()],
        retry_after_s in any::<u32>(),
    ) {
        let (mut phone, _) = waiting();
        prop_assert_eq!(phone.answer(status, &body), 0);
        phone.pass(i64::from(retry_after_s.min(90_000)) * SECOND);
        if ![400, 413, 422].contains(&status) {
            phone.network.then = Fate::Ok;
            phone.heal();
            assert_exact(&phone);
        }
    }
}

/// A phone with one request on its way, whose answer is given by hand.
fn waiting() -> (Phone, Vec<u8>) {
    let mut phone = Phone::with(&program(1));
    phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    phone.tick();
    phone.hide();
    phone.settle_writes();
    let request = phone.take_request().unwrap();
    (phone, request)
}

/// JSON in the words of an answer.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n:e}")),
        "[0-9a-f]{16}".prop_map(|text| format!("\"{text}\"")),
        Just("\"2026-11-22\"".to_owned()),
        Just("1e999".to_owned()),
        Just("\"\\ud800\"".to_owned()),
    ];
    let keys = ["acks", "s", "d", "r", "facts", "n", "kind", "order_id", "paid_fen", "at", "time", "names", "deleted"];
    let key = prop::sample::select(keys.to_vec());
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
