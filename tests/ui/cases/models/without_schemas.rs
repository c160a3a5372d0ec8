// Neither a folder nor a file.
mod own {
    runcomfy_models::models!(3);
    runcomfy_models::models!("tests", id = "acme/dream");
}

fn main() {}
