// A literal inside an object that has an expression.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let zoom = 1.5;
    let _input = input!(own::acme::story {
        prompt: "a lighthouse",
        camera: { angle: 120, zoom: zoom },
    });
}
