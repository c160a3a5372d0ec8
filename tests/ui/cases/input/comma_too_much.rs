// A comma too much.
fn main() {
    let _input = runcomfy_models::input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png", ,
        video: "https://example.com/drive.mp4",
        positive_prompt: "woman acting",
    });
}
