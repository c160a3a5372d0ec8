//! `cargo xtask check`: checks the schemas.

use std::path::{Path, PathBuf};

use lexopt::prelude::*;

use crate::Result;

/// Checks the project's schemas, or those of another folder: an app's own.
pub(crate) fn run(
    arguments: &mut lexopt::Parser,
    project: impl FnOnce() -> Result<PathBuf>,
) -> Result<()> {
    let mut folder: Option<PathBuf> = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(path) if folder.is_none() => folder = Some(path.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    match folder {
        None => check(&project()?),
        Some(folder) => {
            print!("{}", runcomfy_codegen::check(folder)?);
            Ok(())
        }
    }
}

/// Checks the project's schemas. Prints the warnings and the models. The errors are one report.
pub(crate) fn check(schemas: &Path) -> Result<()> {
    print!("{}", runcomfy_codegen::check(schemas)?.below("runcomfy_models"));
    Ok(())
}
