// A number is out of range.
use runcomfy_models::input;

fn main() {
    let _input = input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        video: "https://example.com/drive.mp4",
        positive_prompt: "woman acting",
        steps: 25,
    });
}
