// A URL that only your own network knows.
use runcomfy_models::input;

fn main() {
    let _input = input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        positive_prompt: "woman acting",
        video: "https://localhost/drive.mp4",
    });
}
