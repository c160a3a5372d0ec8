//! Generates the models of the corpus, of the shapes in `expected/`, of the catalog entries in
//! `entries/`, and of the JSON Schema Test Suite with each of its schemas as a property, in one go.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use runcomfy_codegen::Generator;
use serde_json::{Value, json};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let schemas = out.join("schemas");
    let _ = fs::remove_dir_all(&schemas);
    println!("cargo::rerun-if-changed=corpus");
    println!("cargo::rerun-if-changed=entries");
    println!("cargo::rerun-if-changed=expected");
    println!("cargo::rerun-if-changed=json-schema-test-suite");
    let mut refused = Vec::new();
    for (id, text) in ["corpus", "entries", "expected"].into_iter().flat_map(texts).chain(suite()) {
        if let Some(messages) = refusal(&id, &text) {
            refused.push((id, messages));
            continue;
        }
        let path = schemas.join(format!("{id}.json"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let generated = Generator::new(&schemas)
        .runtime("::runcomfy_types")
        .crate_path("crate::models")
        .generate()
        .unwrap();
    generated.write(&out).unwrap();
    let examples: Vec<String> = generated
        .models
        .iter()
        .map(|model| format!("    ({:?}, {}),\n", model.id, example(&model.source)))
        .collect();
    fs::write(out.join("examples.rs"), format!("&[\n{}]", examples.concat())).unwrap();
    let mut table = String::from("&[\n");
    for model in &generated.models {
        let (id, module) = (&model.id, &model.module);
        writeln!(
            table,
            "    Entry {{ id: {id:?}, from_json: from_json::<models::{module}::Input>, \
             json_schema: json_schema::<models::{module}::Input>, \
             getters: |text| {{ let input = text.parse::<models::{module}::Input>()?; \
             same(&input, &input.to_builder().build()?); Ok(vec![{}]) }} }},",
            getters(&model.source)
        )
        .unwrap();
    }
    table.push(']');
    fs::write(out.join("entries.rs"), table).unwrap();
    fs::write(out.join("refused.rs"), format!("&{refused:?}")).unwrap();
}

/// Calls of the getters of a model's input, each with the key of its field.
fn getters(source: &str) -> String {
    let (_, input) = source.split_once("impl Input {").unwrap();
    let (input, _) = input.split_once("\n}\n").unwrap();
    let mut calls = String::new();
    for (signature, body) in input.lines().zip(input.lines().skip(1)) {
        let name =
            signature.trim().strip_prefix("pub fn ").and_then(|rest| rest.split_once("(&self)"));
        let key = body.trim().strip_prefix("self.0.get(").and_then(|rest| rest.strip_suffix(')'));
        if let (Some((name, _)), Some(key)) = (name, key) {
            write!(calls, "({key}, value(input.{name}())), ").unwrap();
        }
    }
    calls
}

/// A function that runs a model's example and gives the body that it makes; `None` where there is none.
fn example(source: &str) -> String {
    let comments = source.lines().map_while(|line| {
        let is_struct = line.starts_with("pub struct Input(");
        (!is_struct)
            .then(|| line.strip_prefix("///").map(|line| line.strip_prefix(' ').unwrap_or(line)))
    });
    let lines: Vec<&str> = comments
        .flatten()
        .skip_while(|line| *line != "```")
        .skip(1)
        .take_while(|line| *line != "```")
        .collect();
    if lines.is_empty() {
        return "None".to_owned();
    }
    let code = lines.iter().filter(|line| !line.starts_with("# "));
    let code: Vec<&str> = code.copied().collect();
    format!("Some(|| {{ {}\n Ok(serde_json::to_string(&input).unwrap()) }})", code.join("\n"))
}

/// The schemas of a folder, by model id.
fn texts(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(folder);
    let mut files = Vec::new();
    walk(root, &mut files);
    files.sort();
    let text = |file: PathBuf| {
        let id = file.with_extension("").to_str().unwrap().to_owned();
        (id, fs::read_to_string(file).unwrap())
    };
    files.into_iter().map(text).collect()
}

/// The groups of the suite, each with its schema as the property `value`.
fn suite() -> Vec<(String, String)> {
    let mut schemas = Vec::new();
    for (file, text) in texts("json-schema-test-suite") {
        let name = file.trim_start_matches("json-schema-test-suite/").to_lowercase();
        let groups: Value = serde_json::from_str(&text).unwrap();
        for (index, group) in groups.as_array().unwrap().iter().enumerate() {
            let schema = wrapped(&group["schema"], name.starts_with("draft7")).to_string();
            schemas.push((format!("suite/{name}/g{index}"), schema));
        }
    }
    schemas
}

/// Why the generator refuses a schema, if it does. One that is refused fails its own test, and leaves the
/// other models to theirs.
fn refusal(id: &str, text: &str) -> Option<String> {
    let error = Generator::from_texts([(id, text)]).generate().err()?;
    let problems = error.problems().iter();
    let errors = problems.filter(|one| one.severity() == runcomfy_codegen::Severity::Error);
    let messages: Vec<_> = errors.map(|one| one.message()).collect();
    Some(messages.join("; "))
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

/// An input with the schema as its property `value`.
fn wrapped(schema: &Value, is_draft_7: bool) -> Value {
    let mut root = json!({"type": "object", "properties": {"value": moved(schema)}});
    if is_draft_7 {
        root["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    }
    root
}

/// The schema one level down: its references start from there, and its objects are open, since it
/// does not speak the service's dialect.
fn moved(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let mut moved_members = serde_json::Map::new();
    for (keyword, value) in members {
        let value = match (keyword.as_str(), value) {
            ("$ref", Value::String(text)) if text == "#" || text.starts_with("#/") => {
                format!("#/properties/value{}", &text[1..]).into()
            }
            ("enum" | "const" | "default" | "examples", value) => value.clone(),
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                | "dependencies",
                Value::Object(named),
            ) => named.iter().map(|(key, schema)| (key.clone(), moved(schema))).collect(),
            (_, Value::Array(all)) => all.iter().map(moved).collect(),
            ("$id", _) => continue,
            (_, value) => moved(value),
        };
        moved_members.insert(keyword.clone(), value);
    }
    let is_object = match members.get("type") {
        Some(Value::Array(names)) => names.contains(&json!("object")),
        Some(name) => name == "object",
        None => false,
    };
    if is_object {
        moved_members.entry("additionalProperties").or_insert(Value::Bool(true));
    }
    Value::Object(moved_members)
}
