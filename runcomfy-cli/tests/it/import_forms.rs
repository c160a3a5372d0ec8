//! `import` of what is JSON as a whole, and of `curl` commands.

use serde_json::{Value, json};

use crate::support::App;

fn imported(input: &Value, arguments: &[&str]) -> (App, String) {
    let app = App::new();
    app.input("input.json", &input.to_string());
    let output = app.succeed(&[&["import", "input.json"], arguments].concat());
    (app, output)
}

#[test]
fn a_bare_schema_becomes_an_entry() {
    let app = App::new();
    app.input("in", r#"{"x-source": "the page, 2026", "type": "object", "title": "Dream", "properties": {"b": {"multipleOf": 0.10}, "a": {}}}"#);
    app.succeed(&["import", "in", "--id", "acme/m"]);
    let expected = r#"{
  "model_id": "acme/m",
  "x-source": "the page, 2026",
  "input_schema": {
    "type": "object",
    "title": "Dream",
    "properties": {
      "b": {
        "multipleOf": 0.10
      },
      "a": {}
    }
  }
}
"#;
    assert_eq!(app.read("acme/m.json"), expected);
}

#[test]
fn an_entry_keeps_what_belongs_into_the_file() {
    let entry = json!({
        "pricing_note": "n", "model_id": "acme/m", "kind": "model", "display_name": "M", "description": "A thing.",
        "categories": ["text-to-image"], "base_price_usd": 0.1, "inputs": ["a"], "required_inputs": [],
        "output_schema": {"output": {"type": "object", "properties": {"image": {}}}}, "model_url": null,
        "input_schema": {"type": "object", "properties": {"a": {}}},
    });
    let (app, _) = imported(&entry, &[]);
    let file: Value = serde_json::from_str(&app.read("acme/m.json")).unwrap();
    let keys: Vec<_> = file.as_object().unwrap().keys().cloned().collect();
    for key in [
        "model_id",
        "kind",
        "display_name",
        "description",
        "categories",
        "input_schema",
        "output_schema",
    ] {
        assert!(keys.iter().any(|known| known == key), "{keys:?}");
    }
    assert_eq!(keys.len(), 7, "{keys:?}");
    let text = app.read("acme/m.json");
    assert!(
        text.starts_with("{\n  \"model_id\": \"acme/m\",\n  \"display_name\": \"M\","),
        "{text}"
    );
    let error = {
        let app = App::new();
        app.input("in", r#"{"model_id": "acme/m", "inputs": []}"#);
        app.fail(&["import", "in"], 65)
    };
    assert!(error.contains("include_schema=true"), "{error}");
}

#[test]
fn bad_entries_of_a_catalog_answer_keep_none_of_the_others_away() {
    let good = |id: &str| json!({"model_id": id, "input_schema": {"type": "object", "properties": {"a": {}}}});
    let answer = json!({"total": 6, "models": [
        good("acme/a"),
        {"model_id": "acme/none"},
        good("../../outside"),
        {"model_id": "acme/wrong", "input_schema": {"type": "object", "properties": {"a": {"type": "text"}}}},
        good("acme/b"),
        // The module of the first one.
        good("ACME/a"),
    ]});
    let app = App::new();
    app.input("in", &answer.to_string());
    let error = app.fail(&["import", "in"], 65);
    assert_eq!(app.schemas(), ["acme/a.json", "acme/b.json"]);
    for words in [
        "4 were not imported",
        "\"acme/none\" has no input schema",
        "\"../../outside\" is not a model id",
        "schemas/acme/wrong.json is not written",
        "acme/wrong.json:",
        "give one Rust module, `acme::a`",
    ] {
        assert!(error.contains(words), "{words}: {error}");
    }
    assert_eq!(std::fs::read_dir(app.path()).unwrap().count(), 2);

    // One of them.
    let app = App::new();
    app.input("in", &answer.to_string());
    app.succeed(&["import", "in", "--id", "acme/b"]);
    assert_eq!(app.schemas(), ["acme/b.json"]);
    assert!(app.fail(&["import", "in", "--id", "acme/c"], 65).contains("no model \"acme/c\""));
}

#[test]
fn files_are_imported_each_for_itself() {
    let app = App::new();
    let entry = |id: &str| json!({"model_id": id, "input_schema": {"type": "object", "properties": {"a": {}}}});
    app.input("a", &entry("acme/a").to_string());
    app.input("b", "nothing");
    app.input("c", &entry("acme/c").to_string());
    let error = app.fail(&["import", "a", "b", "c"], 65);
    assert!(error.starts_with("error: b: no input schema"), "{error}");
    assert_eq!(app.schemas(), ["acme/a.json", "acme/c.json"]);
}

#[test]
fn a_command_in_a_text_of_a_schema_is_no_command_of_the_page() {
    let example = "Run curl -X POST https://model-api.runcomfy.net/v1/models/acme/other -d '{\"a\": \"it'\\''s\"}'";
    let schema = json!({"type": "object", "description": example, "properties": {"prompt": {"default": "curl https://x.example '"}, "z": {}}});
    let mut document = openapi();
    document["info"]["description"] = json!(example);
    document["components"]["schemas"]["DreamInput"] = schema.clone();
    for (input, id) in [
        (
            json!({"model_id": "acme/m", "description": example, "input_schema": schema})
                .to_string(),
            "acme/m",
        ),
        (document.to_string(), "acme/dream"),
        (
            format!("POST /v1/models/acme/m\n{schema:#}\n{{\"output\": {{\"type\": \"object\"}}}}"),
            "acme/m",
        ),
    ] {
        let app = App::new();
        app.input("in", &input);
        app.succeed(&["import", "in"]);
        let file: Value = serde_json::from_str(&app.read(&format!("{id}.json"))).unwrap();
        assert_eq!(file["input_schema"], schema, "{input}");
    }
}

fn openapi() -> Value {
    json!({
        "openapi": "3.0.4",
        "info": {"title": "x", "version": "1"},
        "paths": {
            "/v1/models/acme/dream": {"post": {
                "operationId": "dream",
                "requestBody": {"$ref": "#/components/requestBodies/Dream"},
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/QueueStatus"}}}}},
            }},
            "/requests/{id}": {"get": {"responses": {}}},
        },
        "components": {
            "requestBodies": {"Dream": {"content": {
                "text/plain": {"schema": {"type": "string"}},
                "application/json; charset=utf-8": {"schema": {"$ref": "#/components/schemas/DreamInput"}},
            }}},
            "schemas": {
                "QueueStatus": {"type": "object", "properties": {"status": {"type": "string"}}},
                "Size": {"type": "object", "properties": {"width": {"type": "integer"}, "unit": {"$ref": "#/components/schemas/Unit"}}},
                "Unit": {"type": "string", "enum": ["px", "cm"]},
                "Unused": {"type": "object"},
                "DreamInput": {"type": "object", "properties": {"prompt": {"type": "string"}, "size": {"$ref": "#/components/schemas/Size"}}},
                "DreamOutput": {"type": "object", "properties": {"video": {"type": "string"}}},
            },
        },
    })
}

#[test]
fn an_openapi_document_gives_the_body_of_its_operation() {
    let (app, output) = imported(&openapi(), &[]);
    assert!(output.contains("input schema: that of POST /v1/models/acme/dream"), "{output}");
    let file: Value = serde_json::from_str(&app.read("acme/dream.json")).unwrap();
    let input = &file["input_schema"];
    assert_eq!(input["properties"]["size"], json!({"$ref": "#/$defs/Size"}));
    let names: Vec<_> = input["$defs"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Size", "Unit"]);
    assert_eq!(file["output_schema"]["properties"]["video"]["type"], "string");
    let names = app.succeed(&["check"]);
    assert!(names.contains("  Size\n"), "{names}");
}

#[test]
fn one_of_several_operations_must_be_chosen() {
    let mut document = openapi();
    document["paths"]["/edit"]["put"] = json!({"operationId": "edit", "requestBody": {"content": {"application/json": {
        "schema": {"type": "object", "properties": {"picture": {"type": "string"}}}}}}});
    let app = App::new();
    app.input("in", &document.to_string());
    let error = app.fail(&["import", "in"], 65);
    assert!(error.contains("--choose \"PUT /edit\"  edit"), "{error}");
    assert!(error.contains("--choose \"POST /v1/models/acme/dream\"  dream"), "{error}");
    assert!(app.schemas().is_empty());
    for choice in ["PUT /edit", "/edit", "edit"] {
        app.succeed(&["import", "in", "--choose", choice, "--id", "acme/edit"]);
        assert!(app.read("acme/edit.json").contains("picture"));
    }
    // Without operations, a schema.
    document["paths"] = json!({});
    app.input("in", &document.to_string());
    let error = app.fail(&["import", "in", "--id", "acme/x"], 65);
    assert!(error.contains("--choose \"QueueStatus\"  status"), "{error}");
    app.succeed(&["import", "in", "--id", "acme/x", "--choose", "DreamInput"]);
    assert!(app.read("acme/x.json").contains("prompt"));
}

#[test]
fn a_recursive_definition_is_kept_once() {
    let document = json!({"openapi": "3.1.0", "paths": {"/models/acme/tree": {"post": {"requestBody": {"content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/a~1b"}}}}}}},
        "components": {"schemas": {"a/b": {"type": "object", "properties": {
            "child": {"$ref": "#/components/schemas/a~1b"}, "name": {"type": "string"}}}}}});
    let (app, _) = imported(&document, &[]);
    let file: Value = serde_json::from_str(&app.read("acme/tree.json")).unwrap();
    assert_eq!(file["input_schema"]["$defs"].as_object().unwrap().len(), 1);
}

#[test]
fn a_request_is_checked_against_the_schema_in_the_folder() {
    let app = App::new();
    app.write("acme/m.json", r#"{"type": "object", "properties": {"149_steps": {"type": "integer", "minimum": 6}}, "required": ["149_steps"]}"#);
    let before = app.read("acme/m.json");
    let curl =
        |body: &str| format!("curl https://model-api.runcomfy.net/v1/models/acme/m -d '{body}'");
    app.input("good", &curl(r#"{"149_steps": 12}"#));
    assert!(app.succeed(&["import", "good"]).contains("the request fits the schema of acme/m"));
    app.input("bad", &curl(r#"{"149_steps": 5, "149_stpes": 1}"#));
    let error = app.fail(&["import", "bad"], 65);
    assert!(error.contains("149_steps") && error.contains("did you mean"), "{error}");
    app.input("broken", &curl(r#"{"149_steps": "#));
    assert!(app.fail(&["import", "broken"], 65).contains("the body is not JSON"));
    app.input("other", &curl("{}").replace("acme/m", "acme/n"));
    let error = app.fail(&["import", "other"], 65);
    assert!(error.contains("rcf schemas sync acme/n"), "{error}");
    app.input("outside", &curl("{}").replace("acme/m", "acme/../../m"));
    assert!(app.fail(&["import", "outside"], 65).contains("is not a model id"));
    assert_eq!(app.read("acme/m.json"), before);
    assert_eq!(app.schemas(), ["acme/m.json"]);
}

#[test]
fn an_error_names_its_file_and_is_in_the_document() {
    let app = App::new();
    app.input("empty.txt", "");
    assert_eq!(app.fail(&["import", "empty.txt"], 65), "error: empty.txt: it is empty\n");
    let error = app.fail(&["import", "missing.txt"], 74);
    assert_eq!(error.matches("missing.txt").count(), 1, "{error}");
    let output = app.rcf(&["import", "missing.txt", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["error"]["exit_code"], 74, "{document}");
    assert_eq!(document["error"]["message"], "cannot read missing.txt");
    assert!(document["errors"][0].as_str().unwrap().contains("os error 2"), "{document}");
}
