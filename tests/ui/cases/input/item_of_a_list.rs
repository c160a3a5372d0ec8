// A value inside an item of a list.
use runcomfy_models::input;

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _input = input!(own::acme::story {
        prompt: "a lighthouse",
        shots: [{ time: 0 }, { time: -1, effect: "fde" }],
    });
}
