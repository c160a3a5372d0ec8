// The name of a local file.
fn main() {
    let _input = runcomfy_models::input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "face.png",
    });
}
