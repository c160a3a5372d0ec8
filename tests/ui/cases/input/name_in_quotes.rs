// The name of a field in quotes.
fn main() {
    let prompt = String::from("woman acting");
    let _input = runcomfy_models::input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        video: "https://example.com/drive.mp4",
        positive_prompt: prompt,
        "steps": 12,
    });
}
