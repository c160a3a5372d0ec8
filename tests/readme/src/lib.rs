//! Every block of Rust in the README compiles: each is a test of this crate's documentation.

#![cfg_attr(doctest, doc = include_str!("../../../README.md"))]
