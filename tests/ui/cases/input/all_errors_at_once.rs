// All errors of one call.
use runcomfy_models::input;

fn main() {
    let _input = input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        video: "http://example.com/drive.mp4",
        positive_prompt: "woman acting",
        steps: 25,
        resolution: "720x1280",
        number_of_frames: 100,
        cfg: "high",
    });
}
