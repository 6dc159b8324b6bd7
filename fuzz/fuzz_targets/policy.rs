//! Fuzzes [`candor_fuzz::policy`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::policy(bytes));
