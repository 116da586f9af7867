//! A database that is slow or fails: phones are told to come back, and nothing is acknowledged.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitou_collector::experiment::results::Observed;
use huitou_collector::ledger::export::PhoneLine;
use huitou_collector::ledger::{Body, Entry};
use huitou_collector::metrics::Metrics;
use huitou_collector::storage::{view, Done, FactDone, FactJob, Job, Storage, StorageError};
use huitou_collector::writer::{self, Limits, Unwritten};

/// Fails jobs of the order "bad"; takes its time for the order "slow".
#[derive(Default)]
struct Moody {
    batches: Mutex<Vec<Vec<String>>>,
}

impl Storage for Moody {
    fn experiments(&self, _: &str) -> Result<Vec<Observed>, StorageError> {
        Ok(Vec::new())
    }

    fn commit(&self, jobs: &[Job]) -> Result<Vec<Done>, StorageError> {
        let orders: Vec<String> = jobs.iter().map(order).collect();
        if orders.iter().any(|order| order == "slow") {
            std::thread::sleep(Duration::from_millis(300));
        }
        self.batches.lock().unwrap().push(orders.clone());
        for (mood, of_job) in [("bad", true), ("down", false)] {
            if orders.iter().any(|order| order == mood) {
                return Err(StorageError { message: mood.into(), of_job });
            }
        }
        Ok(jobs.iter().map(|_| Done::Fact(FactDone::Kept(1))).collect())
    }

    fn dictionaries(&self) -> Result<Vec<(u32, Vec<u8>)>, StorageError> {
        Ok(Vec::new())
    }

    fn overview(&self, _: &str) -> Result<view::Overview, StorageError> {
        Ok(view::Overview::default())
    }

    fn person(&self, _: &str, _: &str) -> Result<Option<view::Person>, StorageError> {
        Ok(None)
    }

    fn ledger(&self, _: &str, _: &str) -> Result<(Vec<Entry>, Vec<PhoneLine>), StorageError> {
        Ok(Default::default())
    }

    fn programs(&self, _: &str) -> Result<Vec<(u32, String)>, StorageError> {
        Ok(Vec::new())
    }

    fn has_due(&self, _: &str, _: i64) -> Result<bool, StorageError> {
        Ok(false)
    }

    fn insight(&self, _: &str) -> Result<view::Insight, StorageError> {
        Ok(view::Insight::default())
    }

    fn journeys(&self, _: &str) -> Result<view::Journeys, StorageError> {
        Ok(view::Journeys::default())
    }

    fn user_key(&self, _: &str, _: &str, _: u32) -> Result<Option<(Vec<u8>, i64)>, StorageError> {
        Ok(None)
    }
}

fn order(job: &Job) -> String {
    match job {
        Job::Fact(fact) => fact.body.order_id().to_owned(),
        _ => panic!("only facts here"),
    }
}

fn fact(order: &str) -> Job {
    let body = Body::Refund { order_id: order.to_owned(), refund_fen: 1 };
    Job::Fact(FactJob { body, ..FactJob::default() })
}

/// Writes the first order alone, and the others while the first is being written; gives their answers and the batches.
fn write(queue: usize, orders: &[&str]) -> (Vec<Result<Done, Unwritten>>, Vec<Vec<String>>) {
    let storage = Arc::new(Moody::default());
    let limits = Limits { queue, batch: 100 };
    let (sender, thread) = writer::start(storage.clone(), limits, Arc::new(Metrics::default())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answers = runtime.block_on(async {
        let mut waiting = Vec::new();
        for (at, order) in orders.iter().enumerate() {
            let (sender, job) = (sender.clone(), fact(order));
            waiting.push(tokio::spawn(async move { sender.write(job).await }));
            tokio::time::sleep(Duration::from_millis(if at == 0 { 100 } else { 0 })).await;
        }
        let mut answers = Vec::new();
        for answer in waiting {
            answers.push(answer.await.unwrap());
        }
        answers
    });
    drop(sender);
    thread.join().unwrap();
    let batches = storage.batches.lock().unwrap().clone();
    (answers, batches)
}

const KEPT: Result<Done, Unwritten> = Ok(Done::Fact(FactDone::Kept(1)));

#[test]
fn what_waits_goes_in_one_commit() {
    let (answers, batches) = write(100, &["slow", "a", "b", "c"]);
    assert_eq!(answers, [KEPT, KEPT, KEPT, KEPT]);
    assert_eq!(batches, [vec!["slow"], vec!["a", "b", "c"]]);
}

#[test]
fn a_full_queue_refuses_at_once() {
    let (answers, _) = write(2, &["slow", "a", "b", "c", "d"]);
    assert_eq!(answers, [KEPT, KEPT, KEPT, Err(Unwritten::Busy), Err(Unwritten::Busy)]);
}

#[test]
fn one_bad_job_does_not_take_others_down() {
    let (answers, batches) = write(100, &["slow", "a", "bad", "c"]);
    assert_eq!(answers, [KEPT, KEPT, Err(Unwritten::Failed), KEPT]);
    assert_eq!(batches.len(), 5, "one batch, then its three jobs one by one: {batches:?}");
}

#[test]
fn a_failing_database_fails_the_batch_without_hammering_it() {
    let (answers, batches) = write(100, &["slow", "a", "down", "c"]);
    let failed = Err(Unwritten::Failed);
    assert_eq!(answers, [KEPT, failed.clone(), failed.clone(), failed]);
    assert_eq!(batches.len(), 2, "{batches:?}");
}

#[test]
fn a_locked_database_is_no_acknowledgement() {
    use crate::support::{report, row, token, Place, JSON};
    let place = Place::new();
    let server = place.serve(&[]);
    let other = rusqlite::Connection::open(place.path("db.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = report("u1", 1, serde_json::json!([row(1, 1, 1)])).to_string();
    let answer = server.client.sync(&token("u1"), JSON, body.as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (503, "not_written"));
    assert_eq!(answer.header("retry-after"), "1");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(server.client.sync(&token("u1"), JSON, body.as_bytes()).status, 200, "and then it works again");
    assert_eq!(place.one::<i64>("SELECT count(*) FROM rows"), 1);
}
