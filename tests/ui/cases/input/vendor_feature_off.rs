// A model of a vendor whose feature is off.
fn main() {
    let _input = runcomfy_models::input!(google::veo_3::text_to_video { prompt: "a lighthouse" });
}
