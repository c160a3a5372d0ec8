//! The program `rcf`.

use std::process::ExitCode;

fn main() -> ExitCode {
    runcomfy_cli::program::main::<runcomfy_cli::Rcf>(|rcf, output| rcf.run(output))
}
