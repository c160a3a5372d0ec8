// Two files give the same module.
mod own {
    runcomfy_models::models!("schemas/twins");
}

fn main() {}
