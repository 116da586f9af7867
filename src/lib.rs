//! Huitou (回头, from 回头客, "the customer who comes back"): a retention and repurchase engine that runs inside the
//! mini-program. One core decides on the phone as WebAssembly; compiled natively, the same core receives, merges and
//! verifies on the server. Phones send compact summaries, not event streams.
//!
//! The core is pure: no clock, no randomness, no I/O, no globals, no async. Time, zone, ids and seeds arrive with
//! each call, and what must be stored or sent leaves as an effect that the shell carries out.
//!
//! ```text
//! JS call ── command {…, at, offset} ──▶ wasm ──▶ engine ──▶ event (validated, numbered, time clamped)
//!                                                  │
//!                        store ◀── durable image ──┤
//!                                                  ▼
//!                                     insight (session, flow, dwell, rhythm) ──▶ figures ──▶ app
//!                                                  │
//!                                       summary ──▶ sync ──▶ effect: Persist | Send | Wait ──▶ JS shell does it
//! JS shell answers ── persisted / reply ──▶ engine        (the only way back)
//! ```
//!
//! Order of knowledge: `bytes, json, clock, id, error < program < condition < loyalty, experiment < event < insight < journey < summary < store < sync <
//! engine < wasm`. A module names only what stands left of it, and `insight` not `loyalty`: figures and points are folded
//! side by side. `tests/it/tidy.rs` checks that.

pub mod bytes;
pub mod clock;
pub mod condition;
pub mod engine;
pub mod error;
pub mod event;
pub mod experiment;
pub mod id;
pub mod insight;
pub mod journey;
pub mod json;
pub mod loyalty;
pub mod program;
pub mod store;
pub mod summary;
pub mod sync;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
