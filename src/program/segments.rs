//! Section `segments`: groups of people, as conditions over what the phone knows.

use super::features::PayloadPart;
use super::macros::config;
use super::read::Keyed;

/// The most segments.
pub const SEGMENTS_MAX: usize = 32;

config! {
    /// One group. What its condition means is read where conditions are.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Segment {
        /// What it is called.
        name: String [1..=32],
        /// Who is in it.
        when: PayloadPart,
        /// Of a group's segments the one with the highest counts.
        priority: u32 [0..=1000] = 0,
        /// At most one of the segments of a group holds; empty for one that goes with all.
        group: String [0..=32] = (String::new()),
    }
}

impl Keyed for Segment {
    fn key(&self) -> &str {
        &self.name
    }
}
