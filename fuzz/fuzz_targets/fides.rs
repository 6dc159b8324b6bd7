//! Fuzzes [`candor_fuzz::fides`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::fides(bytes));
