// The result of a function that makes media is passed on.
use runcomfy_models::Media;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

fn main() {
    let _ = Input::builder().image_url(Media::url("https://example.com/lighthouse.png"));
}
