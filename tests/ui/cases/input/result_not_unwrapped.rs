// A call with expressions is a `Result`.
use runcomfy_models::input;

// Literals alone are an `Input`; with an expression it is a `Result`.
fn main() {
    let literal = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let prompt = "a storm";
    let input: runcomfy_models::kling::kling_2_1::master::image_to_video::Input =
        input!(kling::kling_2_1::master::image_to_video { prompt, ..literal });
    drop(input);
}
