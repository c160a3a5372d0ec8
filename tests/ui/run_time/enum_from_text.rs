// Text that is no value of an enum.
use runcomfy_models::UnknownValue;
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::Resolution;

pub fn main() -> Result<(), UnknownValue> {
    let _resolution: Resolution = "720".parse()?;
    Ok(())
}
