//! A schema that is read at run time gives the verdicts of the generated type, in the same words.

use libtest_mimic::Trial;
use runcomfy_tests::{ENTRIES, Entry, schema, schema_text};
use runcomfy_types::DynamicModel;
use serde_json::json;

use crate::instances::Maker;
use crate::trial;
use crate::verdicts::{input_schema, validator};

pub(crate) fn trials() -> Vec<Trial> {
    let files = ENTRIES.iter().filter(|entry| !entry.id.starts_with("suite/"));
    files.map(|entry| trial(format!("{}/at-run-time", entry.id), || compare(entry))).collect()
}

fn compare(entry: &Entry) {
    let text = schema_text(entry.id);
    let source = input_schema(schema(entry.id));
    // A catalog entry names its own model.
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let id = file["model_id"].as_str().unwrap_or(entry.id);
    let dynamic = DynamicModel::parse(id, text).unwrap();
    let mut compared = 0;
    let bodies =
        Maker::new(&source).bodies(&mut fastrand::Rng::with_seed(9), &validator(&json!(true)));
    for body in bodies {
        let generated = (entry.from_json)(&body.to_string()).map(drop);
        let read = dynamic.validate(&body);
        assert_eq!(
            read.as_ref().map_err(ToString::to_string),
            generated.as_ref().map_err(ToString::to_string),
            "{body}"
        );
        compared += 1;
    }
    assert!(compared >= 50, "too few bodies: {compared}");
}
