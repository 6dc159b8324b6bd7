//! Fuzzes [`candor_fuzz::diff`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::diff(bytes));
