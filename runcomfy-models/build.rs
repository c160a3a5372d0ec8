//! Generates the models' API from `schemas/`, which lies in the workspace beside this package and
//! travels inside it when it is published. The files of a vendor whose feature is off are not read.

include!("vendors.rs");

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let skipped = || VENDORS.iter().filter(|(_, is_on)| !is_on).map(|(vendor, _)| *vendor);
    runcomfy_codegen::Generator::new("schemas")
        .skip_vendors(skipped())
        .runtime("::runcomfy_types")
        .crate_path("runcomfy_models")
        .build()?;
    let off: String = skipped().map(module_that_is_off).collect();
    let out = std::env::var_os("OUT_DIR").ok_or("the variable OUT_DIR is not set")?;
    Ok(std::fs::write(Path::new(&out).join("vendors_off.rs"), off)?)
}

/// A module that is not there because of its feature: so the compiler names the feature where an app uses
/// the module.
fn module_that_is_off(vendor: &str) -> String {
    let module = vendor.replace('-', "_");
    format!("#[cfg(feature = {vendor:?})]\npub mod {module} {{}}\n")
}
