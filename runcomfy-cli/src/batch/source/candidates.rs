//! What a shell completes after `--model`, `--set` and `--vary`.

use std::ffi::OsString;

use clap_complete::CompletionCandidate;

use crate::request::Model;

/// The ids that this program knows.
pub(super) fn models() -> Vec<CompletionCandidate> {
    runcomfy_models::MODELS.iter().map(|model| CompletionCandidate::new(model.id)).collect()
}

/// `duration=` for each field of the model that the shell's words name with `--model`.
pub(super) fn fields() -> Vec<CompletionCandidate> {
    // After the program's own `--` come the words of the command line.
    let words: Vec<_> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let Some(model) = model_of(&words).and_then(|id| runcomfy_models::model(&id)) else {
        return Vec::new();
    };
    let model = Model::BuiltIn(model);
    let fields = model.fields();
    fields.iter().map(|field| CompletionCandidate::new(format!("{}=", field.name))).collect()
}

fn model_of(words: &[OsString]) -> Option<String> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if word == "--model" {
            return words.next().map(str::to_owned);
        }
        if let Some(id) = word.strip_prefix("--model=") {
            return Some(id.to_owned());
        }
    }
    None
}
