//! `cargo xtask soak`: a longer soak than the one in the tests.

use std::process::Command;

use crate::Result;

/// The soak's own text: to ask it would build it first.
pub(crate) const HELP: &str = include_str!("../../tests/soak/help.txt");

pub(crate) fn run(arguments: &mut lexopt::Parser) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "run",
        "--release",
        "--quiet",
        "--package",
        "runcomfy-soak",
        "--bin",
        "soak",
        "--",
    ]);
    let status = cargo.args(arguments.raw_args()?).status()?;
    if status.success() { Ok(()) } else { Err("the soak failed; see its output above".into()) }
}
