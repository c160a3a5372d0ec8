// An integer for an enum of strings.
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::Input;

fn main() {
    let _ = Input::builder().resolution(720);
}
