//! Fuzzes [`candor_fuzz::lint`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::lint(bytes));
