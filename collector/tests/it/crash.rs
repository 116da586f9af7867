//! Acknowledged means durable: under load, through kill -9, through an orderly end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::{id, names, token, upload, Client, Place, Server, BINARY};

/// The highest acknowledged revision by (device, segment).
type Acked = BTreeMap<(u64, u64), u32>;

/// One phone: sends revision after revision of segment after segment until told to stop or the server is gone.
fn phone(base: &str, device: u64, first_segment: u64, stop: &AtomicBool) -> Acked {
    let (client, token, names) = (Client::new(base), token("u1"), names());
    let mut acked = Acked::new();
    for turn in 0.. {
        let (segment, revision) = (first_segment + turn / 3, turn as u32 % 3 + 1);
        let body = upload("u1", device, segment, revision).encode(&names);
        let headers = [("Authorization", format!("Bearer {token}")), ("Content-Type", BINARY.to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match client.send(("POST", "/v1/sync"), &headers, &body) {
            Some(answer) if answer.status == 200 => {
                let ack = &answer.json()["acks"][0];
                assert_eq!((&ack["s"], &ack["r"]), (&id(segment).into(), &revision.into()));
                acked.insert((device, segment), revision);
            }
            _ if stop.load(Ordering::Relaxed) => break,
            Some(answer) => panic!("{}", answer.text),
            None => break,
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    acked
}

/// Runs phones against a server for a while, then ends it.
fn under_load(server: Server, phones: u64, first_segment: u64, end: impl FnOnce(Server)) -> Acked {
    let (base, stop) = (&server.base.clone(), &AtomicBool::new(false));
    thread::scope(|scope| {
        let threads: Vec<_> =
            (0..phones).map(|device| scope.spawn(move || phone(base, device, first_segment, stop))).collect();
        thread::sleep(Duration::from_millis(1200));
        stop_and_end(stop, server, end);
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn stop_and_end(stop: &AtomicBool, server: Server, end: impl FnOnce(Server)) {
    end(server);
    stop.store(true, Ordering::Relaxed);
}

fn missing(place: &Place, acked: &Acked) -> Vec<(u64, u64)> {
    let db = place.db();
    let mut held = db.prepare("SELECT revision FROM rows WHERE device = ? AND segment = ?").unwrap();
    let mut lost = |&(&(device, segment), &revision): &(&(u64, u64), &u32)| {
        let found: Result<u32, _> = held.query_row([id(device), id(segment)], |row| row.get(0));
        found.map_or(true, |found| found < revision)
    };
    acked.iter().filter(|entry| lost(entry)).map(|(key, _)| *key).collect()
}

#[test]
fn every_acknowledged_row_survives_kill_9() {
    let place = Place::new();
    let mut acked = Acked::new();
    for round in 0..4 {
        let server = place.serve(&["--rate-per-minute", "0"]);
        assert_eq!(missing(&place, &acked), [], "after kill number {round}");
        acked.extend(under_load(server, 12, round * 1_000_000, Server::kill));
    }
    assert!(acked.len() > 100, "only {} rows were acknowledged: no load", acked.len());
    let server = place.serve(&[]);
    assert_eq!(missing(&place, &acked), []);
    drop(server);
    let (whole, text) = place.run(&["verify", "--db", &place.path("db.sqlite")]);
    assert!(whole, "{text}");
}

#[test]
fn an_orderly_end_answers_what_was_asked() {
    for signal in ["-TERM", "-INT"] {
        let place = Place::new();
        let server = place.serve(&["--rate-per-minute", "0"]);
        let acked = under_load(server, 12, 0, |server| {
            server.signal(signal);
            assert!(server.stop_waiting().success(), "{signal} ends with success");
        });
        // Before anybody opens the file again.
        assert!(!std::path::Path::new(&place.path("db.sqlite-wal")).exists(), "the file alone is the database");
        assert!(!acked.is_empty());
        assert_eq!(missing(&place, &acked), [], "{signal}");
    }
}

#[test]
fn fifty_phones_share_commits() {
    let place = Place::new();
    let server = place.serve(&["--rate-per-minute", "0"]);
    let (base, stop) = (&server.base, &AtomicBool::new(false));
    let acked: Acked = thread::scope(|scope| {
        let threads: Vec<_> = (0..50).map(|device| scope.spawn(move || phone(base, device, 0, stop))).collect();
        thread::sleep(Duration::from_millis(1500));
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(missing(&place, &acked), []);
    assert_eq!(acked.keys().map(|(device, _)| device).collect::<std::collections::BTreeSet<_>>().len(), 50);
    let (jobs, commits) =
        (server.metric("huitou_committed_jobs_total "), server.metric("huitou_commit_seconds_count "));
    // How many share one depends on how fast the disk is.
    assert!(jobs >= 1.2 * commits, "{jobs} uploads in {commits} commits");
    assert_eq!(server.metric("huitou_queued_jobs "), 0.0);
}
