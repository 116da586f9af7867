//! Fits a fleet's models from what it did: the parameters that phones score with.
//!
//! Everything random comes from a seed, and everything is judged on people whose data were not fitted, at a later time.

pub mod cycle;
pub mod database;
pub mod days;
pub mod fleet;
pub mod lifetime;
pub mod logistic;
pub mod minimum;
pub mod neighbours;
pub mod picture;
pub mod quality;
pub mod random;
pub mod section;
pub mod spend;
pub mod table;
