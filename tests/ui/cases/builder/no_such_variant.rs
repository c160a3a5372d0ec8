// A variant that the enum does not have.
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::Resolution;

fn main() {
    let _ = Resolution::_480P;
}
