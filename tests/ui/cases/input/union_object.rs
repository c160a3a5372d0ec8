// An object that fits no form of a union.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = input!(own::acme::story {
        prompt: "a lighthouse",
        size: { width: 16, height: 16 },
    });
}
