//! Experiments: who sees which variation of what, decided on the phone from a GrowthBook payload (specification 0.12.0),
//! offline and without flicker.

pub mod bucket;
#[cfg(any(not(target_arch = "wasm32"), feature = "decrypt"))]
pub mod decrypt;
pub mod evaluate;
mod explain;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod exported;
pub mod exposure;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
mod group_refs;
pub mod launch;
pub mod payload;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod prune;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod reduce;
pub mod rule;
pub mod sticky;
pub mod trials;
