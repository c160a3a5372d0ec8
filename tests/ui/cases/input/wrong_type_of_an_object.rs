// An object where a number belongs.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = input!(own::acme::story {
        prompt: "a lighthouse",
        seed: { value: 5 },
        camera: 30,
    });
}
