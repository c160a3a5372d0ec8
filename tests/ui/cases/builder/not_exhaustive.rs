// A `match` without a wildcard.
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::Resolution;

fn main() {
    match Resolution::_720P {
        Resolution::_720P => {}
        Resolution::_1080P => {}
    }
}
