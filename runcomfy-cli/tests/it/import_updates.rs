//! `import` onto files that are there.

use serde_json::Value;

use crate::support::App;

const OLD: &str = r#"{
  "model_id": "acme/m",
  "display_name": "My name",
  "x-source": "the page, May",
  "x-team": "video",
  "input_schema": {
    "type": "object",
    "required": [
      "21_value"
    ],
    "properties": {
      "21_value": {
        "x-rust-name": "style",
        "title": "My title",
        "type": "string"
      },
      "strength": {
        "type": "float",
        "minimum": 0.50,
        "x-note": "measured"
      },
      "layers": {
        "type": "array",
        "items": {
          "type": "string",
          "x-media": "image"
        }
      }
    }
  }
}
"#;

const NEW: &str = r#"{"model_id": "acme/m", "description": "Makes a thing.", "input_schema": {"type": "object",
    "properties": {"layers": {"items": {"type": "string"}, "type": "array", "maxItems": 4}, "seed": {"type": "integer"},
    "21_value": {"title": "スタイル", "type": "string"}, "strength": {"type": "float", "minimum": 0.5, "maximum": 2}},
    "required": ["21_value"]}}"#;

#[test]
fn own_keys_stay_and_changes_are_listed() {
    let app = App::new();
    app.write("acme/m.json", OLD);
    app.input("new", NEW);
    let output = app.succeed(&["import", "new"]);
    let expected = r#"{
  "model_id": "acme/m",
  "description": "Makes a thing.",
  "display_name": "My name",
  "x-source": "the page, May",
  "x-team": "video",
  "input_schema": {
    "type": "object",
    "required": [
      "21_value"
    ],
    "properties": {
      "21_value": {
        "x-rust-name": "style",
        "title": "スタイル",
        "type": "string"
      },
      "strength": {
        "type": "float",
        "minimum": 0.50,
        "maximum": 2,
        "x-note": "measured"
      },
      "layers": {
        "type": "array",
        "maxItems": 4,
        "items": {
          "type": "string",
          "x-media": "image"
        }
      },
      "seed": {
        "type": "integer"
      }
    }
  }
}
"#;
    assert_eq!(app.read("acme/m.json"), expected);
    for line in [
        "updated schemas/acme/m.json\n",
        "  + /input_schema/properties/strength/maximum: 2\n",
        "  + /input_schema/properties/layers/maxItems: 4\n",
        "  + /input_schema/properties/seed: {\"type\": \"integer\"}\n",
        "  ~ 2 titles or descriptions (--keep-texts keeps those of the file)\n",
    ] {
        assert!(output.contains(line), "{line}{output}");
    }
    assert!(app.succeed(&["import", "new"]).contains("unchanged schemas/acme/m.json"));
    assert_eq!(app.read("acme/m.json"), expected);
    let output: Value = serde_json::from_str(&app.succeed(&["import", "new", "--json"])).unwrap();
    assert_eq!(output["models"][0]["status"], "unchanged");
}

#[test]
fn texts_and_sources_are_as_the_keeper_says() {
    let app = App::new();
    app.write("acme/m.json", OLD);
    app.input("new", NEW);
    let output = app.succeed(&["import", "new", "--keep-texts", "--dry-run"]);
    assert!(output.contains("schemas/acme/m.json would be updated\n"), "{output}");
    assert_eq!(app.read("acme/m.json"), OLD);
    app.succeed(&["import", "new", "--keep-texts", "--source", "the catalog, June"]);
    let text = app.read("acme/m.json");
    assert!(
        text.contains("\"title\": \"My title\"") && text.contains("\"the catalog, June\""),
        "{text}"
    );
}

#[test]
fn a_field_that_is_renamed_by_its_title_is_reported() {
    let app = App::new();
    let schema = |title: &str| {
        format!(
            r#"{{"type": "object", "properties": {{"21_value": {{"title": "{title}", "type": "string"}}}}}}"#
        )
    };
    app.write("acme/m.json", &schema("Style"));
    app.input("new", &schema("スタイル"));
    let output = app.succeed(&["import", "new", "--id", "acme/m"]);
    assert!(output.contains("Input: \"21_value\" was `style`, and is `_21_value`"), "{output}");
    assert!(output.contains("\"x-rust-name\": \"style\" keeps it"), "{output}");
}

#[test]
fn what_a_build_would_refuse_is_not_written() {
    let app = App::new();
    app.write("acme/m.json", OLD);
    app.input("new", "{\"type\": \"object\", \"properties\": {\n\"a\": {\"minimum\": 2, \"maximum\": 1, \"type\": \"integer\"}}}");
    let error = app.fail(&["import", "new", "--id", "acme/m"], 65);
    assert!(error.contains("schemas/acme/m.json is not written"), "{error}");
    assert!(error.contains("`minimum` 2 is above `maximum` 1") && error.contains('^'), "{error}");
    assert_eq!(app.read("acme/m.json"), OLD);
    // Repeated keys are not repaired in silence.
    app.input("new", r#"{"type": "object", "properties": {"a": {}, "a": {"type": "string"}}}"#);
    assert!(app.fail(&["import", "new", "--id", "acme/m"], 65).contains("is repeated"));
    app.write("acme/broken.json", "{");
    app.input("new", r#"{"type": "object", "properties": {"a": {}}}"#);
    let error = app.fail(&["import", "new", "--id", "acme/broken"], 65);
    assert!(error.contains("schemas/acme/broken.json is not JSON"), "{error}");
    assert_eq!(app.read("acme/broken.json"), "{");
    // The other file's error is no reason to refuse this one.
    app.succeed(&["import", "new", "--id", "acme/n"]);
}

#[test]
fn nothing_outside_the_folder_is_touched() {
    let app = App::new();
    app.write("acme/m.json", OLD);
    for id in ["../x", "/tmp/x", "a\\..\\..\\b", "C:b", "a/../../b", "", "nul", "a/./b", ".hidden"]
    {
        app.input("new", r#"{"type": "object", "properties": {"a": {}}}"#);
        let error = app.fail(&["import", "new", "--id", id], 65);
        assert!(error.contains("is not a model id"), "{id}: {error}");
        let entry = serde_json::json!({"model_id": id, "input_schema": {"type": "object", "properties": {"a": {}}}});
        app.input("new", &entry.to_string());
        assert!(app.fail(&["import", "new"], 65).contains("is not a model id"), "{id}");
    }
    assert_eq!(app.schemas(), ["acme/m.json"]);
    let names: Vec<_> =
        std::fs::read_dir(app.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
