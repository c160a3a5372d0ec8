// Fields that the model does not have.
fn main() {
    let _input = runcomfy_models::input!(kling::kling_2_1::master::image_to_video {
        promt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
        fps: 24,
    });
}
