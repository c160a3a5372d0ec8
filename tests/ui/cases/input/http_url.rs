// A URL without TLS.
use runcomfy_models::input;

fn main() {
    let _input = input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        positive_prompt: "woman acting",
        video: "http://example.com/drive.mp4",
    });
}
