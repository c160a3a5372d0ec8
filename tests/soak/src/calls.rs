//! The calls of a soak: numbered, and each with a body of its own, so that what was accepted can be
//! told apart.

use std::collections::HashMap;

use runcomfy_models::Submission;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_sandbox::Accepted;

pub fn input(call: usize) -> Input {
    Input::builder()
        .prompt(format!("call {call}"))
        .image_url("https://example.com/a.png")
        .build()
        .expect("a valid input")
}

/// The call that the sandbox has accepted.
pub fn of_accepted(accepted: &Accepted) -> usize {
    let prompt = accepted.input["prompt"].as_str().expect("a prompt");
    prompt.strip_prefix("call ").expect("a call").parse().expect("a number")
}

/// Finds the call of a submission by the digest of its body.
pub struct Calls {
    by_digest: HashMap<String, usize>,
}

impl Calls {
    /// Of the calls below this number.
    pub fn below(end: usize) -> Self {
        let digest = |call| Submission::digest_of(&input(call)).expect("an input serialises");
        Self { by_digest: (0..end).map(|call| (digest(call), call)).collect() }
    }

    pub fn of(&self, submission: &Submission) -> usize {
        self.by_digest[&submission.body_sha256]
    }
}
