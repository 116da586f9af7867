//! Placeholder until the page stands.
