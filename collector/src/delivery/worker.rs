//! Looks for what is due, every second, and has it done: several at a time, no faster than asked, never by a clock that
//! has just jumped.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use super::courier::Couriers;
use super::guide::Guide;
use super::{Action, Attempt, Tried};
use crate::clock::{self, Stopwatch};
use crate::metrics::Metrics;
use crate::storage::{ClaimJob, Done, Job, SettleJob, Storage};
use crate::writer::Queue;

/// How often is looked.
const TICK: Duration = Duration::from_secs(1);
/// Actions claimed in one transaction.
const BATCH: usize = 256;
/// Actions handed over side by side.
const AT_A_TIME: usize = 32;
/// The clock may run so much faster or slower than the time that has passed.
const JUMP_MS_MAX: u64 = 60_000;
/// Kinds of actions, as plans name them.
const KINDS: [&str; 3] = ["message", "coupon", "points"];

/// Everything that doing needs.
#[derive(Debug)]
pub struct Worker<S: ?Sized> {
    /// Asked whether anything is due.
    pub storage: Arc<S>,
    /// The way to the writer.
    pub queue: Queue,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What each app's program says.
    pub guides: Vec<(String, Arc<Guide>)>,
    /// Who does which kind.
    pub couriers: Couriers,
    /// The most actions of an app in a second; 0: no limit.
    pub per_second: usize,
}

impl<S: Storage + ?Sized + 'static> Worker<S> {
    /// Works until `stop` says so; what was begun is finished.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut watch = JumpWatch::new(clock::now_ms());
        loop {
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                _ = stop.changed() => return,
            }
            let now_ms = clock::now_ms();
            if watch.has_jumped(watch.since.elapsed(), now_ms) {
                tracing::warn!("the clock has jumped: nothing is sent before it runs evenly for a second");
                continue;
            }
            for (app, guide) in &self.guides {
                while self.once((app, ""), guide, now_ms).await >= AT_A_TIME && self.per_second == 0 && !*stop.borrow()
                {
                }
            }
        }
    }

    /// Does what is due of one person as of some moment: for a demonstration, where every phone has its own time.
    pub async fn run_for(&self, (app, user): (&str, &str), now_ms: i64) {
        for (name, guide) in &self.guides {
            if name == app {
                self.once((app, user), guide, now_ms).await;
            }
        }
    }

    /// Claims, does and settles once; how many that were.
    async fn once(&self, (app, user): (&str, &str), guide: &Arc<Guide>, now_ms: i64) -> usize {
        if !self.is_due(app, now_ms).await {
            return 0;
        }
        let (kinds, repeatable) = self.kinds();
        // What was claimed and never tried is lost with the process where nobody could tell a repetition: not many then.
        let batch = if kinds.len() == repeatable.len() { BATCH } else { AT_A_TIME };
        let limit = if self.per_second == 0 { batch } else { self.per_second.min(batch) };
        let (app, user, guide) = (app.to_owned(), user.to_owned(), guide.clone());
        let job = ClaimJob { app, user, guide: guide.clone(), kinds, repeatable, now_ms, limit };
        let Ok(Done::Claimed(actions)) = self.queue.write(Job::Claim(job)).await else { return 0 };
        let count = actions.len();
        if count > 0 {
            let tried = self.deliver(actions, &guide, now_ms).await;
            self.settle(tried, now_ms).await;
        }
        count
    }

    async fn is_due(&self, app: &str, now_ms: i64) -> bool {
        let (storage, app) = (self.storage.clone(), app.to_owned());
        match tokio::task::spawn_blocking(move || storage.has_due(&app, now_ms)).await {
            Ok(Ok(is_due)) => is_due,
            Ok(Err(error)) => {
                tracing::error!(%error, "could not look for what is due");
                false
            }
            Err(_) => false,
        }
    }

    fn kinds(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let of = |kind: &&'static str| self.couriers.of(kind);
        let kinds = KINDS.into_iter().filter(|kind| of(kind).is_some()).collect();
        let repeatable = KINDS.into_iter().filter(|kind| of(kind).is_some_and(|courier| courier.is_repeatable()));
        (kinds, repeatable.collect())
    }

    /// At most [`AT_A_TIME`] side by side.
    async fn deliver(&self, actions: Vec<Action>, guide: &Arc<Guide>, now_ms: i64) -> Vec<Tried> {
        let (mut tries, mut tried) = (JoinSet::new(), Vec::new());
        // One that panicked stays 'sending' until the next start.
        let told = |one: Result<Tried, JoinError>| one.inspect_err(|error| tracing::error!(%error, "a try panicked"));
        for action in actions {
            let Some(courier) = self.couriers.of(&action.kind).cloned() else { continue };
            if tries.len() >= AT_A_TIME {
                tried.extend(tries.join_next().await.and_then(|one| told(one).ok()));
            }
            let guide = guide.clone();
            tries.spawn_blocking(move || Tried { attempt: courier.deliver(&action, &guide, now_ms), action });
        }
        while let Some(one) = tries.join_next().await {
            tried.extend(told(one));
        }
        tried
    }

    /// What can't be written down now is tried until it is: nothing else may be claimed meanwhile.
    async fn settle(&self, tried: Vec<Tried>, now_ms: i64) {
        for one in &tried {
            self.metrics.delivered(word(&one.attempt));
            if let Attempt::Broken(why) = &one.attempt {
                let Action { app, journey, step, .. } = &one.action;
                tracing::warn!(app, journey, step, why, "a dead letter");
            }
        }
        while self.queue.write(Job::Settle(SettleJob { tried: tried.clone(), now_ms })).await.is_err() {
            tokio::time::sleep(TICK).await;
        }
    }
}

fn word(attempt: &Attempt) -> &'static str {
    match attempt {
        Attempt::Sent => "sent",
        Attempt::Unknown(_) => "unknown",
        Attempt::Refused(_) => "refused",
        Attempt::NoQuota(_) => "no_quota",
        Attempt::Again(..) => "again",
        Attempt::Broken(_) => "dead",
    }
}

/// Compares the clock with the time that has passed.
struct JumpWatch {
    since: Stopwatch,
    clock_ms: i64,
}

impl JumpWatch {
    fn new(clock_ms: i64) -> JumpWatch {
        JumpWatch { since: Stopwatch::start(), clock_ms }
    }

    /// True if the clock has not run as it should since the last look.
    fn has_jumped(&mut self, passed: Duration, now_ms: i64) -> bool {
        let passed_ms = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        let expected_ms = self.clock_ms.saturating_add(passed_ms);
        *self = JumpWatch::new(now_ms);
        now_ms.abs_diff(expected_ms) > JUMP_MS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_is_not_believed_at_once() {
        let mut watch = JumpWatch::new(1_000_000);
        let second = Duration::from_secs(1);
        assert!(!watch.has_jumped(second, 1_001_000));
        assert!(watch.has_jumped(second, 90_000_000), "ahead");
        assert!(!watch.has_jumped(second, 90_001_000), "it stays there");
        assert!(watch.has_jumped(second, 1_004_000), "and back");
        assert!(!watch.has_jumped(600 * second, 1_604_000), "a long pause is none");
    }
}
