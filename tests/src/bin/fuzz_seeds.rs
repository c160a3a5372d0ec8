//! Writes what fuzzing starts from: `fuzz/corpus/schema_text` with every schema of the tests,
//! `fuzz/corpus/input_json` with bodies for every model, and `fuzz/schema.dict` with the words that
//! schemas are made of.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use runcomfy_tests::{ENTRIES, EXAMPLES, schema, schema_text};
use serde_json::{Map, Value, json};

/// A longer one takes the fuzzer longer than it is worth.
const MAX_LEN: usize = 16_000;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fuzz = root.join("../fuzz");
    let (schemas, bodies) = (fuzz.join("corpus/schema_text"), fuzz.join("corpus/input_json"));
    fs::create_dir_all(&schemas)?;
    fs::create_dir_all(&bodies)?;
    let instances = instances(&root.join("json-schema-test-suite"))?;
    let mut words = BTreeSet::new();
    let mut written = [0, 0];
    for (index, entry) in ENTRIES.iter().enumerate() {
        let name = entry.id.replace('/', "_");
        let text = schema_text(entry.id);
        if text.len() <= MAX_LEN {
            fs::write(schemas.join(&name), text)?;
            written[0] += 1;
        }
        collect_words(&schema(entry.id), &mut words);
        let mut given = vec!["{}".to_owned()];
        let example = EXAMPLES.iter().find(|(id, _)| *id == entry.id).and_then(|(_, make)| *make);
        given.extend(example.and_then(|make| make().ok()));
        given.extend(instances.get(entry.id).into_iter().flat_map(|values| {
            let values = values.as_array().into_iter().flatten();
            values.map(|value| json!({"value": value}).to_string()).collect::<Vec<_>>()
        }));
        // As `fuzz::input_json` reads it: the model's number, then the body.
        let number = u16::try_from(index).map_err(io::Error::other)?.to_le_bytes();
        for (number_of_body, body) in given.into_iter().enumerate() {
            let data = [&number[..], body.as_bytes()].concat();
            fs::write(bodies.join(format!("{name}_{number_of_body}")), data)?;
            written[1] += 1;
        }
    }
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("\"{}\"\n", word.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    fs::write(fuzz.join("schema.dict"), words.concat())?;
    println!("{} schemas, {} bodies, {} words", written[0], written[1], words.len());
    Ok(())
}

/// The test suite's instances, by the id of the model that is made of their schema.
fn instances(suite: &Path) -> io::Result<Map<String, Value>> {
    let mut all = Map::new();
    let mut folders = vec![suite.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(groups) = serde_json::from_slice::<Value>(&fs::read(&path)?) else { continue };
            let name = path.strip_prefix(suite).map_err(io::Error::other)?.with_extension("");
            let name = name.to_string_lossy().to_lowercase();
            for (index, group) in groups.as_array().into_iter().flatten().enumerate() {
                let tests = group["tests"].as_array().into_iter().flatten();
                let values: Vec<Value> = tests.map(|test| test["data"].clone()).collect();
                all.insert(format!("suite/{name}/g{index}"), values.into());
            }
        }
    }
    Ok(all)
}

/// Keys, and short strings, that a dictionary can hold.
fn collect_words(value: &Value, words: &mut BTreeSet<String>) {
    let mut add = |word: &str| {
        if (2..=24).contains(&word.len()) && word.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        {
            words.insert(word.to_owned());
        }
    };
    match value {
        Value::String(text) => add(text),
        Value::Array(items) => items.iter().for_each(|item| collect_words(item, words)),
        Value::Object(members) => {
            members.keys().for_each(|key| add(key));
            members.values().for_each(|value| collect_words(value, words));
        }
        _ => {}
    }
}
