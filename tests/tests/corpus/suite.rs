//! The groups of the JSON Schema Test Suite. Those that the generated API does not follow are listed in
//! `known-differences.txt`, each with its reason; a group that is listed must differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use libtest_mimic::Trial;
use runcomfy_tests::{ENTRIES, Entry, REFUSED};
use serde_json::{Value, json};

use crate::trial;
use crate::verdicts::validator;

/// The reason for every group that is not followed, by the id of its model.
static KNOWN: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let text = include_str!("../../known-differences.txt");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(": ").unwrap()).collect()
});

pub(crate) fn trials() -> Vec<Trial> {
    let groups = ENTRIES.iter().filter(|entry| entry.id.starts_with("suite/"));
    let mut trials: Vec<_> =
        groups.map(|entry| trial(format!("{}/cases", entry.id), || follow(entry))).collect();
    trials.extend(REFUSED.iter().map(|(id, messages)| {
        trial(format!("{id}/refused"), move || {
            assert!(KNOWN.contains_key(id), "the generator refuses the schema: {messages}");
        })
    }));
    trials.push(trial("suite/known-differences".to_owned(), known_differences));
    trials.push(trial("suite/is-whole".to_owned(), is_whole));
    trials
}

fn follow(entry: &Entry) {
    let group = group(entry.id);
    let exported = validator(&(entry.json_schema)());
    let mut differing = Vec::new();
    for case in group["tests"].as_array().unwrap() {
        let body = json!({"value": case["data"]});
        let result = (entry.from_json)(&body.to_string());
        let expected = case["valid"].as_bool().unwrap();
        // A fraction of more digits than a float has is judged as it is sent: as the nearest one.
        let is_rounded = cfg!(feature = "unified") && entry.id.contains("/optional/bignum/");
        if is_rounded && body.to_string().contains('.') {
            continue;
        }
        let by_export = exported.is_valid(&body);
        if result.is_ok() != expected || by_export != expected {
            let (group, case) = (&group["description"], &case["description"]);
            differing
                .push(format!("{group} / {case}: {body}: {result:?}, by schema_for! {by_export}"));
        }
    }
    match KNOWN.get(entry.id) {
        None => assert!(differing.is_empty(), "{}", differing.join("\n")),
        Some(reason) => {
            assert!(!differing.is_empty(), "listed as different, but followed: {reason}");
        }
    }
}

/// Every group that is listed is one of the suite's: the tests of those see whether it differs.
fn known_differences() {
    let refused = REFUSED.iter().map(|(id, _)| *id);
    let groups: BTreeSet<_> = ENTRIES.iter().map(|entry| entry.id).chain(refused).collect();
    let unknown: Vec<_> = KNOWN.keys().filter(|id| !groups.contains(*id)).collect();
    assert!(unknown.is_empty(), "no such groups: {unknown:?}");
}

fn is_whole() {
    let groups = ENTRIES.iter().filter(|entry| entry.id.starts_with("suite/"));
    let cases: usize = groups.map(|entry| group(entry.id)["tests"].as_array().unwrap().len()).sum();
    assert!(cases > 1200, "{cases} cases are run, fewer than there were");
}

/// The group that a model was made of. Ids are in lower case, the suite's files are not.
fn group(id: &str) -> Value {
    let (file, index) = id["suite/".len()..].rsplit_once("/g").unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("json-schema-test-suite").join(file);
    let name = path.file_name().unwrap();
    let entries = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let found = entries
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_file() && path.file_stem().unwrap().to_ascii_lowercase() == name);
    let mut groups: Value =
        serde_json::from_slice(&std::fs::read(found.unwrap()).unwrap()).unwrap();
    groups[index.parse::<usize>().unwrap()].take()
}
