//! Fuzzes [`candor_fuzz::text`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::text(bytes));
