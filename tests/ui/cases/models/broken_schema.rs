// A schema with errors: each is shown in its file.
mod own {
    runcomfy_models::models!("schemas/broken");
}

fn main() {}
