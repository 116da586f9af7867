//! Prints `{"fold_us", "replay_per_s", "bytes_per_act"}` of a busy year: medians over rounds, on one thread.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use huitou_fold_bench::Year;

const ROUNDS: usize = 15;
const TIMES: u32 = 400;

fn main() -> ExitCode {
    let Some(year) = Year::new() else {
        eprintln!("error: the bench's program is none");
        return ExitCode::FAILURE;
    };
    let arrivals = year.arrivals();
    let fold = median(|| drop(black_box(year.fold())));
    let replay = median(|| drop(black_box(year.replay(black_box(&arrivals)))));
    let bytes = year.ledger_bytes() as f64 / year.acts() as f64;
    let (fold_us, per_s) = (fold.as_secs_f64() * 1e6, 1.0 / replay.as_secs_f64());
    println!(r#"{{"fold_us":{fold_us:.1},"replay_per_s":{per_s:.0},"bytes_per_act":{bytes:.2}}}"#);
    ExitCode::SUCCESS
}

/// How long one takes.
fn median(mut work: impl FnMut()) -> Duration {
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            (0..TIMES).for_each(|_| work());
            began.elapsed() / TIMES
        })
        .collect();
    rounds.sort_unstable();
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}
