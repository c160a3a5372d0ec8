// Not the form of a call.
use runcomfy_models::input;

fn main() {
    let _nothing = input!();
    let _no_fields = input!(kling::kling_2_1::master::image_to_video);
    let _no_names = input!(kling::kling_2_1::master::image_to_video { "a lighthouse", 5 });
    let _no_value = input!(kling::kling_2_1::master::image_to_video {
        prompt: ,
        image_url: "https://example.com/lighthouse.png",
    });
    let _no_rest = input!(kling::kling_2_1::master::image_to_video { prompt: "x", .. });
}
