//! `rcf batch`, against the sandbox.

mod folders;
mod grid;
mod limits;
mod machines;
mod reading;
mod running;
mod sheet;
mod support;
mod words;
