//! `load`: many phones at once against a running collector; counts only answers that acknowledge the row.

mod client;
mod phone;

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Stopwatch;
use crate::error::Failure;
use client::{Client, Target};
use phone::Phone;

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Base address of a collector started with `--demo`.
    pub url: String,
    /// Phones that send at the same time.
    pub clients: usize,
    /// For how long.
    pub seconds: u64,
}

/// What was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measured {
    /// Phones.
    pub clients: usize,
    /// Seconds.
    pub seconds: f64,
    /// Uploads whose row was acknowledged.
    pub acked: u64,
    /// Uploads answered otherwise, or not at all.
    pub failed: u64,
    /// Acknowledged uploads a second.
    pub acked_per_s: f64,
    /// Half of the answers came within this.
    pub p50_ms: f64,
    /// 99 of 100 answers came within this.
    pub p99_ms: f64,
    /// The slowest answer.
    pub max_ms: f64,
    /// Bytes of one body.
    pub body_bytes: usize,
    /// Memory of the server before, at half time and at the end.
    pub server_mib: [f64; 3],
}

/// What one client brings home.
#[derive(Default)]
struct Tally {
    acked_us: Vec<u64>,
    failed: u64,
}

/// Runs the plan.
pub fn run(plan: &Plan) -> Result<Measured, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(format!("could not start the runtime: {e}")))?;
    runtime.block_on(measure(plan))
}

async fn measure(plan: &Plan) -> Result<Measured, Failure> {
    let target = Target::parse(&plan.url)?;
    let names = phone::names(&target.get("/v1/program").await?)?;
    let before = server_mib(&target).await?;
    let mut clients = tokio::task::JoinSet::new();
    let length = Duration::from_secs(plan.seconds.max(1));
    let watch = Stopwatch::start();
    let mut body_bytes = 0;
    for number in 0..plan.clients.max(1) {
        let phone = Phone::new(number, names.clone(), target.login(number).await?);
        body_bytes = phone.body().len();
        let client = Client::connect(&target).await?;
        clients.spawn(send_until(client, phone, watch, length));
    }
    tokio::time::sleep(length / 2).await;
    let half = server_mib(&target).await?;
    let mut tally = Tally::default();
    while let Some(found) = clients.join_next().await {
        let found = found.map_err(|e| Failure::new(format!("a client ended: {e}")))?;
        tally.acked_us.extend(found.acked_us);
        tally.failed += found.failed;
    }
    let seconds = watch.elapsed().as_secs_f64();
    let measured = tally.measured(seconds);
    let server_mib = [before, half, server_mib(&target).await?];
    Ok(Measured { clients: plan.clients, body_bytes, server_mib, ..measured })
}

async fn send_until(mut client: Client, mut phone: Phone, watch: Stopwatch, length: Duration) -> Tally {
    let mut tally = Tally::default();
    while watch.elapsed() < length {
        let body = phone.next_body();
        let sent = Stopwatch::start();
        match client.post(&phone.token, body).await {
            Ok(answer) if phone.is_acked_by(&answer) => tally.acked_us.push(sent.elapsed().as_micros() as u64),
            _ => tally.failed += 1,
        }
    }
    tally
}

impl Tally {
    fn measured(mut self, seconds: f64) -> Measured {
        self.acked_us.sort_unstable();
        let at = |permille: usize| {
            let place = (self.acked_us.len() * permille / 1000).min(self.acked_us.len().saturating_sub(1));
            self.acked_us.get(place).copied().unwrap_or(0) as f64 / 1000.0
        };
        Measured {
            seconds,
            acked: self.acked_us.len() as u64,
            failed: self.failed,
            acked_per_s: self.acked_us.len() as f64 / seconds,
            p50_ms: at(500),
            p99_ms: at(990),
            max_ms: at(1000),
            ..Measured::default()
        }
    }
}

async fn server_mib(target: &Target) -> Result<f64, Failure> {
    let metrics = target.get("/metrics").await?;
    let line = metrics.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
    Ok(line.and_then(|bytes| bytes.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0 / 1024.0)
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} clients, {:.1} s, bodies of {} B", self.clients, self.seconds, self.body_bytes)?;
        writeln!(f, "{} acknowledged, {} failed: {:.0} a second", self.acked, self.failed, self.acked_per_s)?;
        writeln!(f, "p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms", self.p50_ms, self.p99_ms, self.max_ms)?;
        let [before, half, end] = self.server_mib;
        write!(f, "server: {before:.1} MiB before, {half:.1} at half time, {end:.1} at the end")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let tally = Tally { acked_us: (1..=1000).rev().map(|ms| ms * 1000).collect(), failed: 2 };
        let measured = tally.measured(10.0);
        assert_eq!((measured.p50_ms, measured.p99_ms, measured.max_ms), (501.0, 991.0, 1000.0));
        assert_eq!((measured.acked, measured.failed), (1000, 2));
        assert!((measured.acked_per_s - 100.0).abs() < 1e-9);
        assert_eq!(Tally::default().measured(1.0).max_ms, 0.0);
    }
}
