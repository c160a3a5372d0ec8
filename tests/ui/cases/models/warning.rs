// A schema with a warning.
#![deny(deprecated)]

mod own {
    runcomfy_models::models!("schemas/odd");
}

fn main() {}
