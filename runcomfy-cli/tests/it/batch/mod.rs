//! `rcf batch`, against the sandbox.

mod grid;
mod limits;
mod reading;
mod running;
mod sheet;
mod support;
