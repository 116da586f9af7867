//! Group commit: one thread writes whatever has queued up in one transaction, and answers after it is durable.

use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Stopwatch;
use crate::metrics::Metrics;
use crate::storage::{Done, Job, Storage, StorageError};

/// How much may wait, and how much goes into one transaction.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Jobs that may wait; more are refused.
    pub queue: usize,
    /// Jobs in one transaction.
    pub batch: usize,
}

/// Why a job was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritten {
    /// Too many are waiting, or the program is ending.
    Busy,
    /// The database refused.
    Failed,
}

struct Waiting {
    job: Job,
    answer: oneshot::Sender<Result<Done, Unwritten>>,
}

/// The way to the writing thread. When the last clone is gone, the thread writes the rest and ends.
#[derive(Clone, Debug)]
pub struct Queue {
    sender: mpsc::Sender<Waiting>,
    metrics: Arc<Metrics>,
}

impl Queue {
    /// Returns when the writing thread has ended, which it does by itself only if it panicked.
    pub async fn closed(&self) {
        self.sender.closed().await;
    }

    /// Waits until the job is durable.
    pub async fn write(&self, job: Job) -> Result<Done, Unwritten> {
        let (answer, done) = oneshot::channel();
        self.sender.try_send(Waiting { job, answer }).map_err(|_| Unwritten::Busy)?;
        self.metrics.queued.fetch_add(1, Ordering::Relaxed);
        done.await.unwrap_or(Err(Unwritten::Failed))
    }
}

/// Starts the writing thread.
pub fn start(
    storage: Arc<dyn Storage>,
    limits: Limits,
    metrics: Arc<Metrics>,
) -> std::io::Result<(Queue, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel(limits.queue.max(1));
    let queue = Queue { sender, metrics: metrics.clone() };
    let writer = Writer { storage, receiver, batch: limits.batch.max(1), metrics };
    let thread = std::thread::Builder::new().name("writer".into()).spawn(move || writer.run())?;
    Ok((queue, thread))
}

struct Writer {
    storage: Arc<dyn Storage>,
    receiver: mpsc::Receiver<Waiting>,
    batch: usize,
    metrics: Arc<Metrics>,
}

impl Writer {
    fn run(mut self) {
        while let Some(first) = self.receiver.blocking_recv() {
            let (mut jobs, mut answers) = (vec![first.job], vec![first.answer]);
            while jobs.len() < self.batch {
                let Ok(next) = self.receiver.try_recv() else { break };
                jobs.push(next.job);
                answers.push(next.answer);
            }
            self.metrics.queued.fetch_sub(i64::try_from(jobs.len()).unwrap_or(0), Ordering::Relaxed);
            for (answer, done) in answers.into_iter().zip(self.commit(&jobs)) {
                // A client that went away does not need its answer.
                let _ = answer.send(done);
            }
        }
    }

    /// One job that the database refuses must not take the others down: they are then tried one by one.
    fn commit(&self, jobs: &[Job]) -> Vec<Result<Done, Unwritten>> {
        match self.timed(jobs) {
            Ok(done) => done.into_iter().map(Ok).collect(),
            Err(error) if error.of_job && jobs.len() > 1 => {
                tracing::warn!(%error, jobs = jobs.len(), "a batch was not written; trying its jobs one by one");
                jobs.iter().flat_map(|job| self.commit(std::slice::from_ref(job))).collect()
            }
            Err(error) => {
                tracing::error!(%error, jobs = jobs.len(), "not written");
                jobs.iter().map(|_| Err(Unwritten::Failed)).collect()
            }
        }
    }

    fn timed(&self, jobs: &[Job]) -> Result<Vec<Done>, StorageError> {
        let watch = Stopwatch::start();
        let done = self.storage.commit(jobs)?;
        self.metrics.committed(jobs.len(), watch.elapsed());
        Ok(done)
    }
}
