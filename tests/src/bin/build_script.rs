//! What a build script is, as a program that tests can start: the folder of schemas is its argument.

use runcomfy_codegen::{Error, Generator};

fn main() -> Result<(), Error> {
    Generator::new(std::env::args_os().nth(1).unwrap_or_default()).build()
}
