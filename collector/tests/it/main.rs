//! The collector from outside: the real program, real SQLite files, a real HTTP client over loopback.

// A test fails by panicking; the helpers of tests do too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod catalogue;
mod crash;
mod deletion;
mod deliveries;
mod delivery_properties;
mod experiments;
mod facts;
mod forgery;
mod insight;
mod journeys;
mod loyalty;
mod mac;
mod migration;
mod overload;
mod pages;
mod phone;
mod program;
mod receiver;
mod statistics;
mod support;
mod sync;
mod tools;
mod wechat;
