//! Huitou: a retention and repurchase engine that runs inside the mini-program.

pub mod bytes;
pub mod clock;
pub mod error;
pub mod event;
pub mod id;
pub mod insight;
pub mod json;
pub mod program;
pub mod summary;
