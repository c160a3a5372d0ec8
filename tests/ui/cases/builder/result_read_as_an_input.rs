// The result of `build` is read like an input.
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

fn main() {
    let input = Input::builder()
        .prompt("a lighthouse")
        .image_url("https://example.com/lighthouse.png")
        .build();
    println!("{}", input.prompt());
}
