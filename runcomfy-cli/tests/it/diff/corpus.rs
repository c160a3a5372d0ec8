//! The schemas of the project's corpus, compared with each other: whatever two schemas are, no body shows
//! that the verdict is too good.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use runcomfy_codegen::Generator;
use runcomfy_types::DynamicModel;
use serde_json::{Value, json};

use crate::support::App;

fn schemas() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("tests/corpus");
    let mut texts = BTreeMap::new();
    let mut open = vec![root];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                texts.insert(path.clone(), fs::read_to_string(path).unwrap());
            }
        }
    }
    texts.into_values().filter(|text| is_usable(text)).collect()
}

fn is_usable(text: &str) -> bool {
    Generator::from_texts([("m", text)]).generate().is_ok()
}

/// Bodies with the examples of a schema.
fn bodies(text: &str) -> Vec<Value> {
    let schema: Value = serde_json::from_str(text).unwrap();
    let input = schema.get("input_schema").unwrap_or(&schema);
    let mut bodies = vec![json!({}), json!({"prompt": "x"})];
    bodies.extend(input["examples"].as_array().cloned().unwrap_or_default());
    let properties = input["properties"].as_object().cloned().unwrap_or_default();
    for (key, property) in properties {
        for example in property["examples"].as_array().cloned().unwrap_or_default() {
            bodies.push(json!({&*key: example}));
            bodies.push(json!({"prompt": "x", &*key: example}));
        }
    }
    bodies
}

/// The worst verdict of each model, for programs that run.
fn verdicts(app: &App) -> BTreeMap<String, String> {
    let output = app.rcf(&["diff", "old", "--json", "--fail-on", "never"]);
    assert_eq!((output.code, &*output.stderr), (0, ""));
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let mut worst = BTreeMap::new();
    for change in value["changes"].as_array().unwrap() {
        let [model, run] = ["model", "run"].map(|key| change[key].as_str().unwrap().to_owned());
        let known: &mut String = worst.entry(model).or_default();
        let rank =
            |word: &str| ["", "none", "additive", "breaking"].iter().position(|one| *one == word);
        if rank(&run) > rank(known) {
            *known = run;
        }
    }
    worst
}

/// What one keyword of a schema can become: another bound, an entry less, or nothing.
fn places(value: &Value, at: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let texts =
                    ["examples", "title", "description", "$comment", "default", "$schema", "$id"];
                if !texts.contains(&&**key) {
                    let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                    self::places(value, &at, places);
                    places.push(at);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                self::places(item, &format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
}

fn mutated(schema: &Value, place: &str) -> Option<Value> {
    let mut schema = schema.clone();
    let value = schema.pointer_mut(place)?;
    match value {
        Value::Number(number) => *value = json!(number.as_i64()?.checked_add(1)?),
        Value::Bool(flag) => *flag = !*flag,
        Value::Array(items) if items.len() > 1 => _ = items.pop(),
        _ => {
            let (parent, key) = place.rsplit_once('/')?;
            let key = key.replace("~1", "/").replace("~0", "~");
            schema.pointer_mut(parent)?.as_object_mut()?.remove(&key)?;
        }
    }
    Some(schema)
}

/// Each schema with some of its keywords changed, one at a time.
fn variants(text: &str, file: usize) -> Vec<String> {
    const PER_FILE: usize = 4;
    let schema: Value = serde_json::from_str(text).unwrap();
    let mut all = Vec::new();
    places(&schema, "", &mut all);
    let mut variants = Vec::new();
    // Another part of the keywords in each file.
    for index in 0..all.len() {
        let place = &all[(index * 7 + file) % all.len()];
        let variant = mutated(&schema, place).map(|schema| schema.to_string());
        variants.extend(variant.filter(|text| is_usable(text)));
        if variants.len() == PER_FILE {
            break;
        }
    }
    variants
}

#[test]
fn no_body_of_the_corpus_shows_a_worse_verdict() {
    let schemas = schemas();
    assert!(schemas.len() > 200);
    let app = App::new();
    let mut pairs = Vec::new();
    for (index, schema) in schemas.iter().enumerate() {
        let next = &schemas[(index + 1) % schemas.len()];
        pairs.push((format!("m{index}/next"), schema.clone(), next.clone()));
        for (number, variant) in variants(schema, index).into_iter().enumerate() {
            pairs.push((format!("m{index}/to{number}"), schema.clone(), variant.clone()));
            pairs.push((format!("m{index}/from{number}"), variant, schema.clone()));
        }
    }
    for (id, old, new) in &pairs {
        app.write(&format!("../old/{id}.json"), old);
        app.write(&format!("{id}.json"), new);
    }
    let verdicts = verdicts(&app);
    let mut shown = BTreeMap::new();
    let mut wrong = Vec::new();
    for (id, old, new) in &pairs {
        let models = [old, new].map(|text| DynamicModel::parse(id, text).unwrap());
        let verdict = verdicts.get(id).map_or("none", |verdict| verdict.as_str());
        let [mut lost, mut gained] = [None, None];
        for body in bodies(old).into_iter().chain(bodies(new)) {
            match [&models[0], &models[1]].map(|model| model.validate(&body).is_ok()) {
                [true, false] => lost = Some(body),
                [false, true] => gained = Some(body),
                _ => {}
            }
        }
        let is_wrong = match verdict {
            "none" => lost.is_some() || gained.is_some(),
            "additive" => lost.is_some(),
            _ => false,
        };
        if is_wrong {
            wrong.push(format!("{id} {verdict}: {lost:?} {gained:?}\n{old}\n{new}"));
        }
        let is_shown = if lost.is_some() {
            "lost"
        } else if gained.is_some() {
            "gained"
        } else {
            ""
        };
        *shown.entry((verdict, is_shown)).or_insert(0) += 1;
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
    // All verdicts come up, and most that something breaks are right.
    let count = |one| shown.get(&one).copied().unwrap_or(0);
    assert!(count(("breaking", "lost")) > 300, "{shown:?}");
    assert!(count(("additive", "gained")) > 100, "{shown:?}");
}

/// The same schema with its keys sorted and without its texts has the same API.
#[test]
fn another_form_of_a_schema_is_no_change() {
    fn without_texts(value: &mut Value, is_schema: bool) {
        match value {
            Value::Object(members) => {
                for key in ["$comment", "examples"].into_iter().filter(|_| is_schema) {
                    members.remove(key);
                }
                if is_schema && members.get("description").is_some_and(Value::is_string) {
                    members.insert("description".to_owned(), "another text".into());
                }
                for (key, value) in members {
                    let is_map = [
                        "properties",
                        "$defs",
                        "definitions",
                        "patternProperties",
                        "dependentSchemas",
                    ];
                    let is_data = ["enum", "const", "default", "required"];
                    if !is_schema || !is_data.contains(&&**key) {
                        without_texts(value, !is_schema || !is_map.contains(&&**key));
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| without_texts(item, true)),
            _ => {}
        }
    }
    let app = App::new();
    for (index, text) in schemas().iter().enumerate() {
        let mut schema: Value = serde_json::from_str(text).unwrap();
        without_texts(&mut schema, true);
        app.write(&format!("../old/m{index}.json"), text);
        let text = schema.to_string();
        if Generator::from_texts([("m", &*text)]).generate().is_err() {
            fs::remove_file(app.path().join(format!("old/m{index}.json"))).unwrap();
            continue;
        }
        app.write(&format!("m{index}.json"), &text);
    }
    let output = app.rcf(&["diff", "old", "--json", "--fail-on", "never"]);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let changes = value["changes"].as_array().unwrap();
    // The names of fields that clash with setters depend on the order: there, the change is real.
    let is_clash = |one: &&Value| one["item"] == "Input::maybe_maybe_x";
    let wrong: Vec<_> = changes.iter().filter(|one| !is_clash(one)).map(Value::to_string).collect();
    assert_eq!(wrong, Vec::<String>::new());
}
