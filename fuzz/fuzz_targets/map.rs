//! Fuzzes [`candor_fuzz::map`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::map(bytes));
