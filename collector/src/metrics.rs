//! Counters, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::storage::SyncDone;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Reads.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper bounds of the buckets of [`Metrics::commit_ms`].
const BOUNDS_MS: [u64; 9] = [1, 2, 5, 10, 20, 50, 100, 500, 2000];

/// Everything counted since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    answers: Mutex<BTreeMap<(String, u16), u64>>,
    /// Bytes of accepted binary bodies.
    pub binary_bytes: Counter,
    /// Bytes of accepted JSON bodies.
    pub json_bytes: Counter,
    rows_taken: Counter,
    rows_held: Counter,
    rows_quarantined: Counter,
    rows_discarded: Counter,
    facts_sent: Counter,
    /// Transactions of users that were done.
    pub spends: Counter,
    /// Transactions of users that were refused.
    pub spends_refused: Counter,
    claims: Mutex<BTreeMap<String, u64>>,
    resets: Mutex<BTreeMap<&'static str, u64>>,
    deliveries: Mutex<BTreeMap<&'static str, u64>>,
    commits: [Counter; BOUNDS_MS.len()],
    commits_all: Counter,
    commit_us: Counter,
    batched: Counter,
    /// Jobs waiting for the writer.
    pub queued: AtomicI64,
    /// Open connections.
    pub connections: AtomicI64,
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, route: &str, status: u16) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        match answers.get_mut(&(route.to_owned(), status)) {
            Some(count) => *count += 1,
            None => drop(answers.insert((route.to_owned(), status), 1)),
        }
    }

    /// Counts what became of an upload.
    pub fn synced(&self, done: &SyncDone) {
        self.rows_taken.add(done.taken as u64);
        self.rows_held.add(done.held as u64);
        self.rows_quarantined.add(done.quarantined as u64);
        self.rows_discarded.add(done.discarded as u64);
        self.facts_sent.add(done.facts.len() as u64);
        if let Some(ledger) = &done.ledger {
            let verdicts = ledger.fresh.iter().map(|verdict| verdict.clone().unwrap_or_else(|| "counted".to_owned()));
            verdicts.for_each(|verdict| bump(&self.claims, verdict));
            ledger.reset.into_iter().for_each(|reason| bump(&self.resets, reason));
        }
    }

    /// Counts one try to do what a plan asks for.
    pub fn delivered(&self, outcome: &'static str) {
        bump(&self.deliveries, outcome);
    }

    /// Counts one commit of a batch.
    pub fn committed(&self, batch: usize, took: Duration) {
        self.batched.add(batch as u64);
        self.commits_all.add(1);
        self.commit_us.add(took.as_micros() as u64);
        let buckets = BOUNDS_MS.iter().zip(&self.commits);
        buckets.filter(|(&bound, _)| took <= Duration::from_millis(bound)).for_each(|(_, bucket)| bucket.add(1));
    }

    /// Writes them all.
    pub fn render(&self) -> String {
        let mut page = Page::default();
        self.render_answers(&mut page);
        let rows = [
            ("result=\"taken\"", &self.rows_taken),
            ("result=\"held\"", &self.rows_held),
            ("result=\"quarantined\"", &self.rows_quarantined),
            ("result=\"discarded\"", &self.rows_discarded),
        ];
        page.family("huitou_rows_total", "counter", "Rows of uploads, by what became of them.");
        rows.iter().for_each(|(label, count)| page.line("huitou_rows_total", label, count.get()));
        let bytes = [("profile=\"binary\"", &self.binary_bytes), ("profile=\"json\"", &self.json_bytes)];
        page.family("huitou_upload_bytes_total", "counter", "Bytes of accepted upload bodies.");
        bytes.iter().for_each(|(label, count)| page.line("huitou_upload_bytes_total", label, count.get()));
        page.family("huitou_facts_sent_total", "counter", "Facts in answers, repetitions included.");
        page.line("huitou_facts_sent_total", "", self.facts_sent.get());
        self.render_ledger(&mut page);
        self.render_commits(&mut page);
        self.render_gauges(&mut page);
        page.text
    }

    fn render_answers(&self, page: &mut Page) {
        page.family("huitou_answers_total", "counter", "HTTP answers by route and status.");
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, status), &count) in answers.iter() {
            page.line("huitou_answers_total", &format!("route=\"{route}\",status=\"{status}\""), count);
        }
    }

    fn render_ledger(&self, page: &mut Page) {
        page.family("huitou_claims_total", "counter", "Claims of phones, by what became of them.");
        let claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        claims.iter().for_each(|(code, n)| page.line("huitou_claims_total", &format!("result=\"{code}\""), n));
        page.family("huitou_ledger_resets_total", "counter", "Phones that had to start anew, by reason.");
        let resets = self.resets.lock().unwrap_or_else(PoisonError::into_inner);
        resets.iter().for_each(|(code, n)| page.line("huitou_ledger_resets_total", &format!("reason=\"{code}\""), n));
        page.family("huitou_deliveries_total", "counter", "Tries to do what plans ask for, by outcome.");
        let tries = self.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.iter().for_each(|(code, n)| page.line("huitou_deliveries_total", &format!("result=\"{code}\""), n));
        page.family("huitou_spends_total", "counter", "Redemptions, draws and grants that users asked for.");
        page.line("huitou_spends_total", "result=\"done\"", self.spends.get());
        page.line("huitou_spends_total", "result=\"refused\"", self.spends_refused.get());
    }

    fn render_commits(&self, page: &mut Page) {
        page.family("huitou_commit_seconds", "histogram", "Time of one commit, waiting for the disk included.");
        for (&bound, bucket) in BOUNDS_MS.iter().zip(&self.commits) {
            let label = format!("le=\"{}\"", bound as f64 / 1000.0);
            page.line("huitou_commit_seconds_bucket", &label, bucket.get());
        }
        page.line("huitou_commit_seconds_bucket", "le=\"+Inf\"", self.commits_all.get());
        page.line("huitou_commit_seconds_sum", "", self.commit_us.get() as f64 / 1e6);
        page.line("huitou_commit_seconds_count", "", self.commits_all.get());
        page.family("huitou_committed_jobs_total", "counter", "Jobs in those commits.");
        page.line("huitou_committed_jobs_total", "", self.batched.get());
    }

    fn render_gauges(&self, page: &mut Page) {
        page.family("huitou_queued_jobs", "gauge", "Jobs waiting for the writer.");
        page.line("huitou_queued_jobs", "", self.queued.load(Ordering::Relaxed));
        page.family("huitou_connections", "gauge", "Open connections.");
        page.line("huitou_connections", "", self.connections.load(Ordering::Relaxed));
        if let Some(bytes) = resident_bytes() {
            page.family("process_resident_memory_bytes", "gauge", "Memory of the process.");
            page.line("process_resident_memory_bytes", "", bytes);
        }
    }
}

fn bump<K: Ord>(counts: &Mutex<BTreeMap<K, u64>>, key: K) {
    *counts.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String can't fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = match labels {
            "" => writeln!(self.text, "{name} {value}"),
            _ => writeln!(self.text, "{name}{{{labels}}} {value}"),
        };
    }
}

/// Memory of this process; `None` where the system does not tell.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_a_type_for_every_family_and_cumulative_buckets() {
        let metrics = Metrics::default();
        metrics.answered("/v1/sync", 200);
        metrics.answered("/v1/sync", 200);
        metrics.committed(7, Duration::from_millis(4));
        metrics.synced(&SyncDone { taken: 3, ..SyncDone::default() });
        let text = metrics.render();
        for line in [
            "huitou_answers_total{route=\"/v1/sync\",status=\"200\"} 2",
            "huitou_rows_total{result=\"taken\"} 3",
            "huitou_commit_seconds_bucket{le=\"0.002\"} 0",
            "huitou_commit_seconds_bucket{le=\"0.005\"} 1",
            "huitou_commit_seconds_bucket{le=\"2\"} 1",
            "huitou_commit_seconds_bucket{le=\"+Inf\"} 1",
            "huitou_commit_seconds_sum 0.004",
            "huitou_committed_jobs_total 7",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let name = line.split(['{', ' ']).next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(text.contains(&format!("# TYPE {family} ")), "{family}");
        }
    }
}
