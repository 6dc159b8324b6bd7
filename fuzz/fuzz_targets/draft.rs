//! Fuzzes [`candor_fuzz::draft`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::draft(bytes));
