// A literal of the wrong type.
use runcomfy_models::input;

fn main() {
    let _input = input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        video: "https://example.com/drive.mp4",
        positive_prompt: "woman acting",
        steps: 12.5,
        cfg: "high",
        seed: true,
    });
}
