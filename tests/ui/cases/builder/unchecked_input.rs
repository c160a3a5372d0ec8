// An input made without a builder.
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

fn main() {
    let _ = Input { prompt: "a lighthouse at dusk" };
    let _ = Input("{}");
}
