// A model that its vendor does not have.
fn main() {
    let _input = runcomfy_models::input!(kling::dream { prompt: "a lighthouse" });
}
