//! The program `rcf`.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "run")]
    runcomfy_cli::run::completions::answer();
    runcomfy_cli::program::main::<runcomfy_cli::Rcf>(|rcf, output| rcf.run(output))
}
