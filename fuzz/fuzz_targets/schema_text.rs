//! Schema text to generated source.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| runcomfy_tests::fuzz::schema_text(data));
