//! The engine where a data case says too little: storage, timers, sizes.

use crate::support::network::Fate;
use crate::support::phone::Phone;
use crate::support::storage::Fault;
use crate::support::{DAY, HOUR, MINUTE, SECOND};
use huitou::bytes::Reader;
use huitou::engine::command::Output;
use huitou::engine::room::{IMAGE_BYTES_MAX, ROWS_KEPT_MAX};
use huitou::event::Scalar;
use huitou::insight::State;
use huitou::store::{image, journal::Journal};

const SHOP: &str = r#"{"app":"shop","revision":1,"pages":["home","product","cart"],
    "events":[{"name":"tick","dimensions":[{"name":"n"}],"numbers":[{"name":"price"}]}],
    "caps":{"events_per_day":100000,"labels_per_dimension":1024}}"#;

fn shop() -> Phone {
    let mut phone = Phone::with(SHOP);
    phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    phone
}

/// The state as the next start would find it.
fn stored(phone: &Phone) -> State {
    let (_, loaded) = Journal::load(&phone.storage.load());
    let mut state = image::decode(&mut Reader::new(&loaded.image.unwrap())).unwrap();
    loaded.records.into_iter().for_each(|record| state.apply(record));
    state
}

#[test]
fn what_the_platform_tells_of_itself_is_cut_to_what_receivers_take() {
    let mut phone = shop();
    phone.info = vec![("model".to_owned(), "手".repeat(40)), ("nonsense".to_owned(), "x".to_owned())];
    phone.tick();
    phone.heal();
    let (_, attributes) = phone.server.attributes.first_key_value().unwrap();
    let values: Vec<_> = attributes.values.iter().map(|(name, value)| (name.as_str(), value.0.clone())).collect();
    assert_eq!(values, [("model", Scalar::Text("手".repeat(21)))]);
}

#[test]
fn attributes_set_after_a_rollback_reach_the_receiver() {
    let mut phone = shop();
    phone.program.attributes.push("city".to_owned());
    for (city, rolled_back) in [("A", 0), ("B", 3), ("C", 0)] {
        phone.now_ms += MINUTE;
        phone.command(&format!(r#"{{"op":"attributes","set":{{"city":"{city}"}}}}"#)).unwrap();
        phone.send_all();
        phone.die();
        phone.storage.roll_back(rolled_back);
    }
    let held = phone.server.attributes.values().next().unwrap();
    assert_eq!(held.values["city"].0, Scalar::Text("C".to_owned()));
}

#[test]
fn a_day_over_its_cap_is_still_stored_and_sent_on_hide() {
    let mut phone = shop();
    phone.program.caps.events_per_day = 100;
    for _ in 0..150 {
        phone.track("tick", &[], &[]);
    }
    phone.hide();
    assert_eq!(stored(&phone).epochs[0].rows.len(), 1, "written before hide returned");
    phone.settle();
    assert_eq!((phone.network.sent_bytes.len(), phone.server.sum(None).events["tick"].count), (1, 99));
}

#[test]
fn a_clock_set_back_blocks_neither_writes_nor_requests() {
    let mut phone = shop();
    phone.network.then = Fate::Lost;
    phone.tick();
    phone.hide();
    phone.settle();
    phone.storage.faults = vec![(phone.storage.operations, Fault::Refused)];
    phone.tick();
    phone.settle();
    phone.network.then = Fate::Ok;
    phone.now_ms -= 365 * DAY;
    phone.run();
    phone.settle();
    assert!(phone.storage.faults.iter().all(|&(at, _)| at + 1 < phone.storage.operations), "written again");
    assert_eq!(phone.server.sum(None).events["tick"].count, 2);
}

#[test]
fn a_refused_write_is_tried_again_by_the_timer_alone() {
    let mut phone = shop();
    phone.tick();
    phone.settle();
    let at = phone.storage.operations;
    phone.storage.faults = (at..at + 3).map(|at| (at, Fault::Refused)).collect();
    phone.tick();
    phone.settle();
    assert_eq!(stored(&phone).epochs[0].rows[0].events(), 2, "launch and the first tick");
    phone.pass(2 * MINUTE);
    assert_eq!(stored(&phone).epochs[0].rows[0].events(), 3);
    assert_eq!(phone.storage.operations, at + 4);
}

#[test]
fn a_large_row_is_not_sent_again_and_again() {
    let mut phone = shop();
    phone.program.sync.max_bytes = 600;
    for number in 0..3_000 {
        phone.track("tick", &[("n", &format!("value {}", number % 300))], &[("price", 5.0)]);
        phone.settle();
        phone.now_ms += SECOND;
    }
    let requests = phone.network.sent_bytes.len();
    println!("3,000 events in one row over the size limit: {requests} requests");
    assert!((1..=8).contains(&requests), "{requests} requests");
}

/// Starts without network, one a day, each with an order and a busy hour of labels that nobody else has.
fn months_offline(starts: usize) -> Phone {
    let mut phone = shop();
    phone.network.then = Fate::Lost;
    for start in 0..starts {
        phone.order(&format!("order-{start}"), 100);
        for number in 0..20 {
            phone.track("tick", &[("n", &format!("{start}/{number} a label of some length"))], &[("price", 7.0)]);
        }
        phone.told.clear();
        phone.hide();
        phone.settle();
        phone.close();
        phone.now_ms += DAY;
    }
    phone
}

#[test]
fn detail_goes_before_totals_and_orders_go_last() {
    let mut phone = months_offline(600);
    let state = stored(&phone);
    let rows: Vec<_> = state.epochs.iter().flat_map(|epoch| &epoch.rows).collect();
    assert_eq!(rows.len(), 600, "no row had to go");
    assert!(rows.iter().any(|row| row.coarse) && !rows.last().unwrap().coarse, "oldest first");
    let first_fine = rows.iter().position(|row| !row.coarse).unwrap();
    assert!(rows[first_fine..].iter().all(|row| !row.coarse));
    assert!(phone.storage.values[..2].iter().all(|slot| slot.len() < IMAGE_BYTES_MAX + 2_000));
    phone.network.then = Fate::Ok;
    phone.send_all();
    let sum = phone.server.sum(None);
    assert_eq!((sum.events["tick"].count, sum.events["tick"].numbers["price"].sum), (12_000, 84_000));
    assert_eq!((sum.orders.len(), sum.events["order"].numbers["paid_fen"].sum), (600, 60_000));
    let coarse = rows.iter().filter(|row| row.coarse).count() as u64;
    assert_eq!(sum.drops["coarsened"], coarse, "counted");
    assert!(!sum.drops.contains_key("evicted"));
}

#[test]
fn what_is_given_up_is_counted_to_the_last_event() {
    let starts = ROWS_KEPT_MAX + 100;
    let mut phone = months_offline(starts);
    let state = stored(&phone);
    assert!(state.epochs.iter().map(|epoch| epoch.rows.len()).sum::<usize>() <= ROWS_KEPT_MAX);
    phone.network.then = Fate::Ok;
    phone.send_all();
    let sum = phone.server.sum(None);
    let counted: u64 = sum.events.values().map(|event| event.count).sum();
    // A start has a launch, an order, 20 ticks and a hide; the last sending has a launch of its own.
    assert_eq!(counted + sum.drops["evicted"], starts as u64 * 23 + 1);
    let Ok(Output::Json(stats)) = phone.command(r#"{"op":"stats"}"#) else { panic!() };
    assert!(stats.contains("\"unsent_rows\":0"), "{stats}");
}

#[test]
fn an_hour_in_the_background_writes_and_sends_nothing() {
    let mut phone = shop();
    phone.tick();
    phone.hide();
    phone.settle();
    let (writes, requests) = (phone.storage.operations, phone.network.sent_bytes.len());
    phone.pass(HOUR);
    assert_eq!((phone.storage.operations, phone.network.sent_bytes.len()), (writes, requests));
    assert_eq!(phone.wake_ms, None, "no timer is left");
}
