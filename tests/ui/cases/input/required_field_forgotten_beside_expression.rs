// A required field is missing beside an expression.
fn main() {
    let prompt = "a lighthouse";
    let _input = runcomfy_models::input!(kling::kling_2_1::master::image_to_video { prompt });
}
