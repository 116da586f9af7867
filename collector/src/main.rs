//! The command `huitou-collector`.

fn main() {}
