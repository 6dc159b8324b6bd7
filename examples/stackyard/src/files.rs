//! Files.
/// Files.
pub const FILES: &[(&str, &str)] = &[];
