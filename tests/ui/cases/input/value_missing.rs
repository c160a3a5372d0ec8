// Values that are missing.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = input!(own::acme::story {
        prompt: "a lighthouse",
        seed: ,
        camera: { angle: , zoom: 1.5 },
    });
}
