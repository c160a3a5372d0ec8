//! Generates the models' API from `schemas/`, which lies in the workspace beside this package and
//! travels inside it when it is published.

fn main() -> Result<(), runcomfy_codegen::Error> {
    runcomfy_codegen::Generator::new("schemas")
        .runtime("::runcomfy_types")
        .crate_path("runcomfy_models")
        .build()
}
