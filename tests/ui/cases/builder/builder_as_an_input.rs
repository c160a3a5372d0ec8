// A builder, or the result of `build`, is submitted instead of an input.
use runcomfy_models::Request;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

fn submit(_: &impl Request) {}

fn main() {
    let builder = Input::builder().prompt("a lighthouse").image_url("https://example.com/a.png");
    submit(&builder);
    let result = builder.build();
    submit(&result);
    submit(&Input::builder().prompt("a lighthouse"));
}
