//! Every block of Rust in the README and the guide is a test of this crate's documentation.

#[cfg(doctest)]
include!(concat!(env!("OUT_DIR"), "/pages.rs"));
