// The id of a model instead of the path of its module.
fn main() {
    let _input = runcomfy_models::input!("kling/kling-2-1/master/image-to-video" {
        prompt: "a lighthouse",
    });
}
