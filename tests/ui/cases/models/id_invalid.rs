// An id that is none.
mod own {
    runcomfy_models::models!("schemas/odd/acme/dream.json", id = "a b");
}

fn main() {}
