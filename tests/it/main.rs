//! What the crate promises to those who use it, in one binary: one link, one report.

// A test says no with a panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod day;
mod engine;
mod experiments;
mod faults;
mod features;
mod formats;
mod insight;
mod journeys;
mod json;
mod judged;
mod ledger;
mod loyalty_properties;
mod model;
mod payloads;
mod portrait;
mod program;
mod program_docs;
mod support;
mod tidy;
mod tracking;
mod wire;
mod worst_case;
mod zones;
