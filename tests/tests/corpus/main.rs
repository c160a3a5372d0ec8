//! One test per schema file and check, named after the file, so that one failure does not hide others:
//! `cargo test -p runcomfy-tests --test corpus -- array/tuple` runs those of some files, and
//! `-- /verdicts` runs one check on all of them.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

mod at_run_time;
mod example;
mod getters;
#[path = "../it/instances.rs"]
mod instances;
mod suite;
mod verdicts;

fn main() -> ExitCode {
    let mut trials = verdicts::trials();
    trials.extend(at_run_time::trials());
    trials.extend(example::trials());
    trials.extend(getters::trials());
    trials.extend(suite::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A check that panics where it fails.
fn trial(name: String, check: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        check();
        Ok::<(), Failed>(())
    })
}
