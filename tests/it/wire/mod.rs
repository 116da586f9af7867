//! The wire: round trips, sizes, limits, vectors and frozen files.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod cases;
mod deletion;
mod document;
mod frozen;
mod properties;
mod receive;
mod sample;
mod schema;
mod sizes;
mod vectors;
