//! Signs that something has changed, one file a sign: what it looks at, when it says so, and what was measured for it.
//!
//! Two detectors of change are needed, because a stop and a slow-down look different. Measured by `cargo xtask quality` on
//! 1,579 real streams of store visits into which changes were put, at thresholds where 5 % of untouched streams alarm
//! within 140 days (there are real declines among those, so the figures are low ones): the share found, and the median
//! delay in days of what was found; for comparison, on 900 of these streams, "more than 61 days away".
//!
//! | visits drop by | silence | slow-down | more than 61 days away |
//! |---|---|---|---|
//! | 100 % | 1.00, 49 | 0.96, 75 | 1.00, 58 |
//! | 80 % | 0.50, 60 | 0.69, 87 | 0.49, 68 |
//! | 50 % | 0.14, 72 | 0.23, 99 | 0.17, 81 |
//!
//! Nobody can tell from one person's visits that they have halved, not at so few false alarms.

mod cart;
mod dwell;
mod errors;
mod flow;
mod inactive;
mod lapse;
mod prompts;
pub mod show;
pub mod silence;
pub mod slow_down;
mod slowed;
mod stop;
mod taps;
