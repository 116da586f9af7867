//! Observations folded into bounded statistics.

pub mod sketch;
pub mod stats;
