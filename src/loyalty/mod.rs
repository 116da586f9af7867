//! Points, streaks, tiers and rewards: `state = fold(acts)`, integers only, the same on the phone and on the server.

pub mod act;

pub use act::{Act, Refusal, Stamp};
