// The folder does not exist.
mod own {
    runcomfy_models::models!("schemas/dreams");
}

fn main() {}
