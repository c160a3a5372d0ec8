// A value inside an object.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = input!(own::acme::story {
        prompt: "a lighthouse",
        camera: { angle: 120 },
    });
}
