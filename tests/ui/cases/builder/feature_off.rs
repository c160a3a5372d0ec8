// A model in a `use` whose vendor has its feature off.
use runcomfy_models::google::veo_3::text_to_video::Input;

fn main() {
    let _input = Input::builder().prompt("a lighthouse");
}
