//! The example in a model's documentation compiles, runs, and makes a body that the model accepts.

use libtest_mimic::Trial;
use runcomfy_tests::{ENTRIES, EXAMPLES, Entry, Example};

use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    assert_eq!(EXAMPLES.len(), ENTRIES.len(), "each model has an example");
    let examples = EXAMPLES.iter().zip(ENTRIES);
    examples
        .map(|((id, example), entry)| {
            assert_eq!(*id, entry.id, "examples and models are in the same order");
            trial(format!("{id}/example"), || run(entry, *example))
        })
        .collect()
}

fn run(entry: &Entry, example: Option<Example>) {
    let example = example.expect("a model has an example");
    let body = example().unwrap_or_else(|errors| panic!("the example is refused: {errors}"));
    assert_eq!((entry.from_json)(&body).as_ref(), Ok(&body));
}
