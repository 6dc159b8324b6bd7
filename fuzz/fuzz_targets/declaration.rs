//! Fuzzes [`candor_fuzz::declaration`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::declaration(bytes));
