//! Prints `{"fold_us", "replay_per_s", "ordinary_per_s", "bytes_per_act"}`: medians over rounds of the CPU time of one
//! thread, so that a busy machine disturbs little.

use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use huitou_fold_bench::Year;

const ROUNDS: usize = 15;
const TIMES: u32 = 200;

fn main() -> ExitCode {
    let (Some(busy), Some(ordinary)) = (Year::new(), Year::ordinary()) else {
        eprintln!("error: the bench's program is none");
        return ExitCode::FAILURE;
    };
    let fold_us = median_s(|| drop(black_box(busy.fold()))) * 1e6;
    let [replay_per_s, ordinary_per_s] = [&busy, &ordinary].map(|year| {
        let arrivals = year.arrivals();
        1.0 / median_s(|| drop(black_box(year.replay(black_box(&arrivals)))))
    });
    let bytes_per_act = busy.ledger_bytes() as f64 / busy.acts() as f64;
    println!(
        r#"{{"fold_us":{fold_us:.1},"replay_per_s":{replay_per_s:.0},"ordinary_per_s":{ordinary_per_s:.0},"ordinary_acts":{},"bytes_per_act":{bytes_per_act:.2}}}"#,
        ordinary.acts()
    );
    ExitCode::SUCCESS
}

/// Seconds that one takes.
fn median_s(mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    let cpu_s = || cpu_s().unwrap_or_else(|| began.elapsed().as_secs_f64());
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let before_s = cpu_s();
            (0..TIMES).for_each(|_| work());
            (cpu_s() - before_s) / f64::from(TIMES)
        })
        .collect();
    rounds.sort_unstable_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// Seconds that this thread has run, where the system says it.
fn cpu_s() -> Option<f64> {
    let ran_ns: u64 = fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()?;
    Some(ran_ns as f64 / 1e9)
}
