//! What an experiment has shown: statistics over sums, without I/O.
//!
//! Everything is computed from a few sums for each variation and metric ([`Sums`]), which a view of the database gives
//! (`experiment_sums`, docs/collector.md). `docs/experiments.md` says how the figures are to be read, and
//! `tests/fixtures/statistics.py` compares them with SciPy, statsmodels and GrowthBook's own engine.

pub mod comparison;
pub mod conclusion;
pub mod crowd;
pub mod cuped;
pub mod design;
pub mod difference;
pub mod estimate;
pub mod lift;
pub mod ratio;
pub mod results;
pub mod sequential;
pub mod simulation;
pub mod sums;

pub use comparison::Comparison;
pub use conclusion::Conclusion;
pub use estimate::{Estimate, Interval};
pub use ratio::Ratio;
pub use results::{Group, Metric, Results};
pub use sums::{Sample, Sums};

/// The share of intervals that may miss the truth: they hold in 95 of 100 experiments.
pub const ALPHA: f64 = 0.05;
