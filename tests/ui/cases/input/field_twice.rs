// A field is given twice.
fn main() {
    let _input = runcomfy_models::input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
        prompt: "a storm",
    });
}
