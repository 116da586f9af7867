//! Experiments: who sees which variation of what, decided on the phone from a GrowthBook payload.

pub mod exposure;
