// A path or bytes where a file belongs.
use std::path::{Path, PathBuf};

use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

fn main() {
    let _ = Input::builder().image_url(PathBuf::from("face.png"));
    let _ = Input::builder().image_url(Path::new("face.png"));
    let _ = Input::builder().image_url(vec![0x89_u8, b'P', b'N', b'G']);
    let _ = happyhorse::Input::builder().image_url_2(b"\x89PNG");
}
