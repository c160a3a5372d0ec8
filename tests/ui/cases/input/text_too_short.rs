// A text that is too short.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = input!(own::acme::story {
        prompt: "a"
    });
}
