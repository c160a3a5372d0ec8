// A list of the wrong type.
mod own {
    runcomfy_models::models!("schemas/story");
}

fn main() {
    let _ = own::acme::story::Input::builder().tags([1, 2]).tags("sea");
}
