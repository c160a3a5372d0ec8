//! Files of jobs, and batches of them.

use serde_json::{Value, json};

use crate::run::support::Service;

pub(super) const KLING: &str = "kling/kling-2-1/master/image-to-video";
pub(super) const IMAGE: &str = "https://example.com/a.png";

/// A line of JSON for a job of `KLING`.
pub(super) fn line(prompt: &str) -> String {
    json!({"model": KLING, "prompt": prompt, "image_url": IMAGE}).to_string() + "\n"
}

/// Lines for this many jobs.
pub(super) fn lines(count: usize) -> String {
    (1..=count).map(|number| line(&format!("prompt {number}"))).collect()
}

/// The rows of `results.jsonl`.
pub(super) fn results(service: &Service, folder: &str) -> Vec<Value> {
    let path = service.path().join(folder).join("results.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The prompts of the accepted jobs, sorted.
pub(super) fn accepted_prompts(service: &Service) -> Vec<String> {
    let inputs = service.inputs();
    let mut prompts: Vec<_> =
        inputs.iter().map(|input| input["prompt"].as_str().unwrap().to_owned()).collect();
    prompts.sort();
    prompts
}
