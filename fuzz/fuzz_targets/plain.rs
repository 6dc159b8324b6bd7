//! Fuzzes [`candor_fuzz::plain`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::plain(bytes));
