//! Experiments: who sees which variation of what, decided on the phone from a GrowthBook payload (specification 0.12.0),
//! offline and without flicker.

pub mod bucket;
pub mod evaluate;
mod explain;
pub mod exposure;
pub mod launch;
pub mod payload;
pub mod rule;
pub mod sticky;
pub mod trials;
