//! Generates the models' API from `schemas/`, which lies in the workspace beside this package and
//! travels inside it when it is published. The files of a vendor whose feature is off are not read.

include!("vendors.rs");

fn main() -> Result<(), runcomfy_codegen::Error> {
    let skipped = VENDORS.iter().filter(|(_, is_on)| !is_on).map(|(vendor, _)| *vendor);
    runcomfy_codegen::Generator::new("schemas")
        .skip_vendors(skipped)
        .runtime("::runcomfy_types")
        .crate_path("runcomfy_models")
        .build()
}
