// Two required fields are missing.
fn main() {
    let _input = runcomfy_models::input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
    });
}
