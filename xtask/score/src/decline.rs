//! Stops and slow-downs put into real streams: how many are found, how soon, and how often there is a false alarm.

use huitou::clock::Day;
use huitou::insight::model::nbd::Nbd;
use huitou::insight::rhythm::Rhythm;
use huitou::insight::sign::silence::silence;
use huitou::insight::sign::slow_down::slow_down;
use huitou_collector::fit::days::Days;
use huitou_collector::fit::random::Random;

/// Days that detectors are watched, up to the end of what is known.
const WATCHED_DAYS: i32 = 140;
/// A stream must have begun so long before that, with so many visits, the latest not longer ago than so.
const BEFORE_DAYS: i32 = 92;
const VISITS_MIN: usize = 8;
const AWAY_DAYS_MAX: i32 = 30;
/// As which day a stream's first is scored.
const FIRST_DAY: i64 = 9_000;

/// One detector's findings in many streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Days from the change to the alarm.
    pub(crate) delays: Vec<i32>,
    pub(crate) streams: usize,
}

impl Found {
    fn note(&mut self, delay: Option<i32>) {
        self.streams += 1;
        self.delays.extend(delay);
    }

    pub(crate) fn share(&self) -> f64 {
        self.delays.len() as f64 / self.streams.max(1) as f64
    }

    pub(crate) fn median_delay(&self) -> i32 {
        let mut sorted = self.delays.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}

/// Streams that can be watched until `cut`.
pub(crate) fn eligible<'a>(streams: impl Iterator<Item = &'a Days>, cut: i32) -> Vec<Vec<i32>> {
    let from = cut - WATCHED_DAYS + 1;
    let fits = |days: &Vec<i32>| {
        let before: Vec<i32> = days.iter().copied().filter(|&day| day < from).collect();
        let ends = before.first().zip(before.last());
        before.len() >= VISITS_MIN
            && ends.is_some_and(|(&first, &last)| from - first >= BEFORE_DAYS && from - last <= AWAY_DAYS_MAX)
    };
    streams.map(|days| days.iter().map(|(day, _)| *day).collect()).filter(fits).collect()
}

/// Visits from the change on happen with the chance `kept` only. Gives what silence and what slow-down found.
pub(crate) fn watch(streams: &[Vec<i32>], cut: i32, (kept, fleet): (f64, &Nbd)) -> [Found; 2] {
    let (mut found, mut random) = ([Found::default(), Found::default()], Random::new(6));
    let from = cut - WATCHED_DAYS + 1;
    for stream in streams {
        let days: Vec<i32> =
            stream.iter().copied().filter(|&day| day <= cut && (day < from || random.uniform() <= kept)).collect();
        let delays = watch_one(&days, from, fleet);
        found.iter_mut().zip(delays).for_each(|(found, delay)| found.note(delay));
    }
    found
}

fn watch_one(days: &[i32], from: i32, fleet: &Nbd) -> [Option<i32>; 2] {
    let first = days.first().copied().unwrap_or(from);
    let as_day = |day: i32| Day::MIN.plus(FIRST_DAY + i64::from(day - first));
    let (mut rhythm, mut delays) = (Rhythm::default(), [None; 2]);
    days.iter().filter(|&&day| day < from).for_each(|&day| {
        rhythm.add(as_day(day));
    });
    for passed in 0..WATCHED_DAYS {
        let (day, today) = (from + passed, as_day(from + passed));
        if days.binary_search(&day).is_ok() {
            rhythm.add(today);
        }
        let scores = [
            silence(&rhythm, today).map(|found| found.score),
            slow_down(&rhythm, today, fleet).map(|found| found.score),
        ];
        for (delay, score) in delays.iter_mut().zip(scores) {
            if delay.is_none() && score.is_some_and(|score| score >= 1.0) {
                *delay = Some(passed);
            }
        }
    }
    delays
}
