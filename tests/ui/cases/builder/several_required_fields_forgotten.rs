// Several required fields are missing.
use runcomfy_models::community::fantasy_portrait::image_to_video::Input;

fn main() {
    let _ = Input::builder().video("https://a.com/drive.mp4").steps(12).build();
}
