//! Tests of `rcf schemas diff`.
//!
//! [`cases`] is a table of kinds of change. What `diff` says of each is compared with what the compiler
//! says of an app ([`compiled`]), and with what the judge says of bodies ([`bodies`]).

mod bodies;
mod cases;
mod compiled;
mod corpus;
mod formats;
mod revisions;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::App;
use cases::{CASES, Case, Verdict};

impl Case {
    fn text(schema: &str) -> Option<String> {
        match schema {
            "" => None,
            whole if whole.starts_with("{\"") => Some(whole.to_owned()),
            members => Some(format!("{{\"type\": \"object\", {members}}}")),
        }
    }

    fn old_text(&self) -> Option<String> {
        Self::text(self.old)
    }

    fn new_text(&self) -> Option<String> {
        Self::text(self.new)
    }

    /// The ids, which differ in one case alone: there they give one module.
    fn ids(&self) -> [String; 2] {
        let name = self.name;
        if name == "model_id" {
            return [format!("case/{name}/x-y"), format!("case/{name}/x_y")];
        }
        [format!("case/{name}"), format!("case/{name}")]
    }

    fn module(&self) -> String {
        let end = if self.name == "model_id" { "::x_y" } else { "" };
        format!("case::{}{end}", self.name)
    }
}

/// An app with the new schemas of all cases in `schemas`, and the old ones in `old`.
fn app() -> App {
    let app = App::new();
    for case in CASES {
        let [old, new] = case.ids();
        if let Some(text) = case.old_text() {
            app.write(&format!("../old/{old}.json"), &text);
        }
        if let Some(text) = case.new_text() {
            app.write(&format!("{new}.json"), &text);
        }
    }
    app
}

fn verdict(value: &Value) -> Verdict {
    match value.as_str() {
        Some("breaking") => Verdict::Breaking,
        Some("additive") => Verdict::Additive,
        Some("none") => Verdict::None,
        other => panic!("{other:?} is no verdict"),
    }
}

#[test]
fn changes_have_the_verdicts_of_the_table() {
    let app = app();
    let output = app.rcf(&["diff", "old", "--json"]);
    assert_eq!((output.code, &*output.stderr), (1, ""));
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let mut of_models: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for change in value["changes"].as_array().unwrap() {
        of_models.entry(change["model"].as_str().unwrap()).or_default().push(change);
    }
    let mut wrong = String::new();
    for case in CASES {
        let changes = of_models.remove(&*case.ids()[0]).unwrap_or_default();
        let worst =
            |key| changes.iter().map(|one| verdict(&one[key])).max().unwrap_or(Verdict::None);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut told: Vec<_> =
            changes.iter().map(|one| (text(&one["item"]), text(&one["kind"]))).collect();
        let expected = case.changes.iter().map(|(item, kind)| ((*item).into(), (*kind).into()));
        let mut expected: Vec<(String, String)> = expected.collect();
        told.sort();
        expected.sort();
        if (&told, worst("compile"), worst("run")) != (&expected, case.compile, case.run) {
            wrong += &format!("{}:\n  {expected:?} {:?} {:?}\n", case.name, case.compile, case.run);
            for change in &changes {
                wrong += &format!("    {change}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(of_models.is_empty(), "{of_models:?}");
}

/// Each kind that `diff` can report is in the table.
#[test]
fn the_table_has_every_kind() {
    let mut missing = Vec::new();
    let sources = ["compare.rs", "objects.rs", "models.rs"];
    for source in sources {
        let path = format!("{}/src/schemas/diff/{source}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let words = text.split('"').skip(1).step_by(2).filter(|word| {
            word.contains('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        });
        for word in words {
            if !CASES.iter().any(|case| case.changes.iter().any(|(_, kind)| *kind == word)) {
                missing.push(word.to_owned());
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(CASES.len() >= 40);
}
