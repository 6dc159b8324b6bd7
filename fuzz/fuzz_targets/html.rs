//! Fuzzes [`candor_fuzz::html`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::html(bytes));
