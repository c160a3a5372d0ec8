// A form that a union does not have.
mod own {
    runcomfy_models::models!("schemas/story");
}
use own::acme::story::{Camera, Input};

fn main() {
    let input = Input::from_json(r#"{"prompt": "a lighthouse", "size": "wide"}"#).unwrap();
    let _camera = input.size().unwrap().form::<Camera>();
}
