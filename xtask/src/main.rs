//! Everything a person types in this repository: `cargo xtask COMMAND`.
fn main() {}
