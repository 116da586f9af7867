//! Bad hours of the network: nothing lost, nothing doubled, and few requests.

use super::script::program;
use crate::support::network::Fate;
use crate::support::phone::Phone;
use crate::support::{DAY, HOUR, MINUTE, SECOND};

/// A phone in use; its ticks share 16 names, and the receiver knows its dictionary.
fn phone(then: Fate) -> Phone {
    let mut phone = Phone::new(program(1).clone());
    phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    phone.names = 16;
    phone.network.then = then;
    phone
}

/// An hour with 900 events, hidden for a minute after every 150 of them.
fn busy_hour(phone: &mut Phone) {
    for number in 1..=900 {
        phone.tick();
        phone.settle();
        phone.pass(3_600);
        if number % 150 == 0 {
            away(phone);
        }
    }
    phone.hide();
    phone.settle();
}

fn away(phone: &mut Phone) {
    phone.hide();
    phone.settle();
    phone.pass(MINUTE);
    phone.show();
    phone.settle();
}

/// Every tick reached the receiver exactly once: as many, and the sum of their own numbers.
fn assert_exact(phone: &mut Phone, name: &str) {
    phone.heal();
    let ticks = phone.told.len() as u64;
    let sum = phone.server.sum(None);
    let counted = sum.events["tick"].clone();
    let (requests, bytes) = (phone.network.sent_bytes.len(), phone.network.sent_bytes.iter().sum::<usize>());
    println!("{name}: {ticks} ticks, {requests} requests, {bytes} B");
    assert_eq!((counted.count, counted.numbers["price"].sum), (ticks, ticks * (ticks - 1) / 2), "{name}");
    let by_name: u64 = counted.by["n"].values().map(|&(count, _)| count).sum();
    assert_eq!(by_name, ticks, "{name}");
}

fn survives(name: &str, then: Fate) -> usize {
    let mut phone = phone(then);
    busy_hour(&mut phone);
    let requests = phone.network.sent_bytes.len();
    assert!(phone.server.rows.is_empty() || !matches!(then, Fate::Lost | Fate::Status(_)));
    phone.command(r#"{"op":"online","online":false}"#).unwrap();
    phone.command(r#"{"op":"online","online":true}"#).unwrap();
    phone.settle();
    assert_exact(&mut phone, name);
    requests
}

#[test]
fn an_hour_without_network_loses_nothing() {
    let requests = survives("offline for an hour", Fate::Lost);
    assert!(requests <= 12, "{requests} requests in vain");
}

#[test]
fn an_hour_of_errors_loses_nothing() {
    for status in [500, 502, 503, 404, 408, 301] {
        let requests = survives(&format!("an hour of {status}"), Fate::Status(status));
        assert!(requests <= 12, "{requests} requests in vain");
    }
}

#[test]
fn slow_answers_double_nothing() {
    for after_ms in [4 * SECOND, 5 * SECOND, 6 * SECOND, 30 * SECOND] {
        survives("slow answers", Fate::Slow(after_ms));
        survives("slow answers that are lost", Fate::SlowLost(after_ms));
    }
}

#[test]
fn late_and_repeated_requests_double_nothing() {
    survives("requests that arrive last", Fate::Late);
    survives("requests that arrive twice", Fate::Twice);
    survives("answers that are lost", Fate::AckLost);
    let mut phone = phone(Fate::Ok);
    phone.network.plan.extend([Fate::Late, Fate::AckLost, Fate::Twice, Fate::Late, Fate::Ok, Fate::Late]);
    busy_hour(&mut phone);
    assert_exact(&mut phone, "late, lost, twice in turn");
}

#[test]
fn a_captive_portal_acknowledges_nothing() {
    survives("captive portal", Fate::Portal);
    let mut phone = phone(Fate::Portal);
    phone.tick();
    phone.hide();
    phone.settle();
    phone.heal();
    assert!(phone.server.sum(None).drops["bad_answer"] >= 1);
}

#[test]
fn retry_after_is_obeyed() {
    let mut phone = phone(Fate::Limited(600));
    phone.tick();
    phone.hide();
    phone.settle();
    phone.pass(599 * SECOND);
    assert_eq!(phone.network.sent_bytes.len(), 1, "asked again too early");
    phone.network.then = Fate::Ok;
    phone.pass(2 * SECOND);
    assert_eq!(phone.network.sent_bytes.len(), 2, "asked again when the time had come, by the timer alone");
    assert_exact(&mut phone, "429");
}

/// Rows of so many days without network.
fn old_rows(days: usize) -> Phone {
    let mut phone = phone(Fate::Lost);
    for _ in 0..days {
        phone.tick();
        phone.hide();
        phone.close();
        phone.now_ms += DAY;
    }
    phone
}

#[test]
fn too_large_bodies_are_halved() {
    for limit in [250, 700, 2_000] {
        let mut phone = old_rows(40);
        let before = phone.network.sent_bytes.len();
        phone.network.then = Fate::TooLarge(limit);
        phone.boot();
        phone.settle();
        phone.pass(DAY);
        let requests = phone.network.sent_bytes.len() - before;
        println!("413 above {limit} B: {requests} requests for 40 rows");
        assert!(requests < 120, "{requests} requests");
        assert_eq!(phone.server.rows.iter().filter(|(_, row)| row.stats.events.contains_key("tick")).count(), 40);
        assert_exact(&mut phone, "413");
    }
}

#[test]
fn a_refused_row_is_kept_aside_and_the_others_go() {
    let mut phone = old_rows(20);
    phone.server.refused_day = Some("2026-11-25".to_owned());
    let before = phone.network.sent_bytes.len();
    phone.boot();
    phone.network.then = Fate::Ok;
    phone.command(r#"{"op":"sync"}"#).unwrap();
    phone.settle();
    let requests = phone.network.sent_bytes.len() - before;
    assert!(requests < 40, "{requests} requests");
    assert_eq!(phone.server.sum(None).events["tick"].count, 19);
    phone.heal();
    let sum = phone.server.sum(None);
    assert_eq!((sum.events["tick"].count, sum.drops["quarantined"]), (19, 1));
}

#[test]
fn a_backend_that_refuses_everything_is_not_flooded() {
    let mut phone = old_rows(60);
    let before = phone.network.sent_bytes.len();
    phone.network.then = Fate::Status(400);
    phone.boot();
    phone.settle();
    phone.pass(HOUR);
    let requests = phone.network.sent_bytes.len() - before;
    println!("an hour of 400 with 60 rows: {requests} requests");
    assert!(requests <= 80, "{requests} requests");
}

#[test]
fn a_stale_token_costs_one_request() {
    let mut phone = phone(Fate::Ok);
    phone.network.plan.extend([Fate::Status(401), Fate::Ok]);
    phone.tick();
    phone.hide();
    phone.settle();
    assert!(phone.received[0].need_token && !phone.received[1].need_token);
    assert_eq!(phone.network.sent_bytes.len(), 2);
    assert_exact(&mut phone, "401 once");
}

#[test]
fn a_token_that_stays_refused_is_backed_off() {
    let mut phone = phone(Fate::Status(401));
    phone.tick();
    phone.hide();
    phone.settle();
    phone.pass(HOUR);
    let requests = phone.network.sent_bytes.len();
    assert!((2..=20).contains(&requests), "{requests} requests in an hour of 401");
    assert_exact(&mut phone, "401 for an hour");
}

#[test]
fn a_session_makes_one_request_whatever_happens_meanwhile() {
    let mut phone = phone(Fate::Ok);
    for _ in 0..20 {
        phone.tick();
    }
    phone.settle_writes();
    phone.hide();
    phone.pass(SECOND);
    phone.show();
    for _ in 0..5 {
        phone.tick();
        phone.settle_writes();
    }
    phone.settle();
    phone.hide();
    phone.settle();
    assert_eq!(phone.network.sent_bytes.len(), 1);
    assert_exact(&mut phone, "events while the answer is on its way");
}

#[test]
fn an_account_waits_for_its_own_token() {
    let mut phone = phone(Fate::Lost);
    phone.log_in("anna");
    phone.tick();
    phone.hide();
    phone.settle();
    phone.show();
    phone.log_in("bert");
    phone.tick();
    phone.network.then = Fate::Ok;
    phone.server.token_of = Some("bert".to_owned());
    phone.send_all();
    assert!(phone.server.rows.keys().all(|key| key.user != "anna"));
    assert_eq!(phone.server.sum(Some("bert")).events["tick"].count, 1);
    phone.server.token_of = Some("anna".to_owned());
    phone.log_in("anna");
    phone.send_all();
    assert_eq!(phone.server.sum(Some("anna")).events["tick"].count, 1);
}
