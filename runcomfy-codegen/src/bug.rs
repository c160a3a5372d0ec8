//! Panics, which are bugs of the generator: reported with the model and its file, beside the problems of
//! all other files.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::report::{Problem, file_problem};
use crate::source::SchemaFile;

/// What the user can do about a bug.
const HELP: &str =
    "please report it with this file; until it is mended, take the file out of the folder";

/// Runs a step for one model. A panic becomes a problem of its file.
///
/// The step's own state is not used after a panic.
pub(crate) fn caught<T>(source: &SchemaFile, step: impl FnOnce() -> T) -> Result<T, Box<Problem>> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|panic| {
        let message = format!(
            "this is a bug of runcomfy-codegen {}: it cannot generate the model {:?}: {}",
            env!("CARGO_PKG_VERSION"),
            source.id,
            message(&*panic)
        );
        Box::new(file_problem(&source.path, message, HELP))
    })
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_is_reported_as_a_bug_with_model_and_file() {
        let source =
            SchemaFile::new("acme/dream".to_owned(), "schemas/acme/dream.json".into(), "{}");
        assert_eq!(caught(&source, || 5).unwrap(), 5);
        let steps: [(&str, fn()); 3] = [
            ("no way", || panic!("no {}", "way")),
            ("no\\nway", || panic!("no\nway")),
            ("it panicked", || std::panic::panic_any(5)),
        ];
        for (why, step) in steps {
            let problem = caught(&source, step).unwrap_err();
            let expected = format!(
                "error: this is a bug of runcomfy-codegen {}: it cannot generate the model \"acme/dream\": {why}\n\
                 \x20--> schemas/acme/dream.json\n  = help: please report it",
                env!("CARGO_PKG_VERSION")
            );
            assert!(problem.to_string().starts_with(&expected), "{problem}");
        }
    }
}
