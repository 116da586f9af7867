//! What the merchant declares.

pub mod names;
