//! Crashes, torn writes, lost answers: nothing that a write had made durable is lost, and nothing counts twice.

mod consent;
mod controls;
mod crashes;
mod grid;
mod network;
mod script;
