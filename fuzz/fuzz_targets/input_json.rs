//! JSON text to an `Input`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| runcomfy_tests::fuzz::input_json(data));
