//! The wire: round trips, sizes, limits, vectors and frozen files.

mod properties;
mod sample;
mod sizes;
