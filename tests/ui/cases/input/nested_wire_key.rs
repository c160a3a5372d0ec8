// The key of the wire inside an item.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = input!(own::acme::story {
        prompt: "a lighthouse",
        shots: [{ 7_time: 0 }],
    });
}
