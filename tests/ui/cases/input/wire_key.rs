// The keys of the wire instead of the names in Rust.
fn main() {
    let _input = runcomfy_models::input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        160_video: "https://example.com/drive.mp4",
        positive_prompt: "woman acting",
        149_steps: 12,
    });
}
