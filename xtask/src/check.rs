//! `cargo xtask check`: checks the schemas.

use std::path::Path;

use runcomfy_codegen::Generator;

use crate::Result;

pub(crate) fn run(arguments: &mut lexopt::Parser, schemas: &Path) -> Result<()> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    check(schemas)
}

/// Prints the warnings and the models. The errors of the schemas are one report.
pub(crate) fn check(schemas: &Path) -> Result<()> {
    let generated = Generator::new(schemas).generate()?;
    for warning in &generated.warnings {
        println!("{warning}\n");
    }
    for model in &generated.models {
        println!("{} -> runcomfy_models::{}", model.id, model.module);
    }
    println!("\n{} models, {} warnings", generated.models.len(), generated.warnings.len());
    Ok(())
}
