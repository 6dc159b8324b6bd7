//! The candor binary.
fn main() {}
