//! The durable image: what is written where, and how it is read back after any crash.

pub mod image;
pub mod journal;
