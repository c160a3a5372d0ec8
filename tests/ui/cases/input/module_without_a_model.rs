// A module that holds models, but is none.
mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = runcomfy_models::input!(own::acme { prompt: "a lighthouse" });
}
