// An object inside the input is not built.
use own::acme::story::{Camera, Input};

mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _ = Input::builder().camera(Camera::builder().angle(30));
}
