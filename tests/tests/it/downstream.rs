//! An app in a workspace of its own, with a schema that this project has never seen: what cargo
//! rebuilds, and when.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) const MANIFEST: &str = r#"
[package]
name = "acme-app"
version = "0.0.0"
edition = "2024"

[dependencies]
runcomfy-types = { path = "@ROOT@/runcomfy-types" }
serde_json = "1"

[build-dependencies]
runcomfy-codegen = { path = "@ROOT@/runcomfy-codegen" }

[profile.dev]
debug = "line-tables-only"

[workspace]
"#;

pub(crate) const BUILD: &str = r#"
fn main() -> Result<(), runcomfy_codegen::Error> {
    runcomfy_codegen::Generator::new("schemas").runtime("::runcomfy_types").build()
}
"#;

/// Types with the names of the prelude, and warnings as errors: generated code stands both.
const MAIN: &str = r##"
#![deny(warnings)]
#![deny(clippy::all)]
#![allow(dead_code)]

struct Result;
struct Option;
struct String;
struct Vec;

mod models {
    include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
}

use runcomfy_types::Media;
use models::acme::dream_2_0::text_to_video::{Anchor, CameraMove, Input, KeyframesItem, Layer, Point, Size, Speed};

fn main() {
    for model in models::MODELS {
        println!("{}: {}", model.id, model.fields.iter().map(|field| field.name).collect::<std::vec::Vec<_>>().join(" "));
    }
    let input = Input::builder()
        .prompt("a lighthouse at dusk")
        .ghost(true)
        .images([Media::hosted("a.png").expect("a name"), Media::url("https://example.com/b.png").expect("a URL")])
        .maybe_seed_149(Some(18_446_744_073_709_551_615))
        .seed_602(7)
        .static_(CameraMove::Self_.as_str())
        .camera_move(CameraMove::_16_9)
        .size(Size::builder().width(640).height(360).build().expect("a size"))
        .keyframes([KeyframesItem::builder().time(0.5).build().expect("a keyframe")])
        .anchor("centre")
        .maybe_anchor(std::option::Option::Some(Anchor::from(Point::builder().x(1).y(2.5).build().expect("a point"))))
        .path([Point::builder().x(0).y(0).build().expect("a point")])
        .speed(Speed::_0_5)
        .tone([1, 2, 3])
        .layer(Layer::builder().below(Layer::builder().opacity(0.5).build().expect("a layer")).build().expect("a layer"))
        .build()
        .expect("a valid input");
    println!("{}", serde_json::to_string(&input).expect("JSON"));
    let wrong = Input::builder()
        .prompt("")
        .ghost(1)
        .images(std::vec::Vec::<&str>::new())
        .keyframes([KeyframesItem::builder().time(-1).build().unwrap_or_else(|error| {
            println!("{error}");
            KeyframesItem::builder().time(1).build().expect("a keyframe")
        })])
        .build();
    println!("{}", wrong.expect_err("violations"));
    println!("{}", Input::from_json(r#"{"prompt": "x", "ghost": 1, "images": ["a.png"], "keyframes": [{"time": 1}, {"time": 2, "tim": 3}]}"#).expect_err("violations"));
    println!("{}", Input::from_json(r#"{"prompt": "x", "ghost": 1, "images": ["a.png"], "const": "b", "open": {}, "pick": {"w": "x"}}"#).expect_err("violations"));
    println!("{:?}", Input::from_json(r#"{"prompt": "x", "ghost": 1, "images": ["a.png"], "pick": {"w": 1}, "open": {"width": null, "x": 1}, "files": [{}]}"#));
}
"##;

const SCHEMA: &str = r##"{
  "model_id": "acme/dream-2.0/text-to-video",
  "display_name": "Dream 2.0",
  "description": "Makes videos of dreams. <b>Not</b> [of] *nightmares*.",
  "input_schema": {
    "type": "Object",
    "required": ["prompt", "images", "ghost"],
    "properties": {
      "prompt": {"type": "STRING", "minLength": 1},
      "images": {"type": "array", "format": "image_uris", "minItems": 1, "maxItems": 3},
      "149_seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615},
      "602_seed": {"type": "integer", "minimum": -1, "maximum": 4294967295},
      "static": {"type": "string"},
      "camera_move": {"type": "string", "enum": ["zoom in", "zoom-in", "self", "16:9"]},
      "size": {
        "type": "object", "required": ["width", "height"],
        "properties": {"width": {"type": "integer", "multipleOf": 8}, "height": {"type": "integer"}}
      },
      "keyframes": {
        "type": "array",
        "items": {"type": "object", "required": ["time"], "properties": {"time": {"type": "float", "minimum": 0}}}
      },
      "result": {"type": "string", "enum": ["one", "１６：９", "９：１６", "٤"], "description": "\u2067bidi\u2069 \u0007"},
      "odd\r\n`key`": {"type": "string", "title": "Odd"},
      "const": {"const": "a", "enum": ["a", "b"]},
      "open": {"type": "object", "required": ["width"], "additionalProperties": true},
      "pick": {"type": "object", "enum": [{"w": 1}, {"w": "x"}], "properties": {"w": {"type": "integer"}}},
      "files": {"type": "array"},
      "anchor": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "string", "enum": ["centre", "top"]}, {"type": "null"}]},
      "path": {"type": "array", "items": {"$ref": "#/$defs/Point"}},
      "speed": {"enum": ["auto", 0.5, 1, 2]},
      "tone": {"anyOf": [{"type": "string", "pattern": "^#[0-9a-f]{6}$"}, {"type": "array", "items": {"type": "integer"}, "minItems": 3, "maxItems": 3}, {"type": "boolean"}]},
      "layer": {"$ref": "#/$defs/Layer"},
      "option": {"type": "string", "enum": ["one"]},
      "input": {"type": "string", "enum": ["one"]},
      "build": {"type": "boolean", "deprecated": true},
      "clone": {"type": "boolean"},
      "new": {"type": "boolean"},
      "builder": {"type": "boolean"}
    },
    "$defs": {
      "Point": {"type": "object", "required": ["x", "y"], "properties": {"x": {"type": "number"}, "y": {"type": "number"}}},
      "Layer": {"type": "object", "properties": {"below": {"$ref": "#/$defs/Layer"}, "opacity": {"type": "number", "maximum": 1}}}
    },
    "dependentRequired": {"path": ["speed"]}
  },
  "output_schema": {"output": {"type": "object", "properties": {"video": {"type": "string"}, "score": {"type": "number"}}}}
}"##;

const FIFTH: &str = r#"{"type": "object", "properties": {"strength": {"type": "float", "minimum": 0, "maximum": 1}}}"#;

struct App {
    folder: tempfile::TempDir,
    target: PathBuf,
}

impl App {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let app = Self {
            folder: tempfile::tempdir().unwrap(),
            target: Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream"),
        };
        app.write("Cargo.toml", &MANIFEST.replace("@ROOT@", &root.display().to_string()));
        app.write("build.rs", BUILD);
        app.write("src/main.rs", MAIN);
        app.write("schemas/acme/dream-2.0/text-to-video.json", SCHEMA);
        // The versions that are tested are those of this project.
        fs::copy(root.join("Cargo.lock"), app.folder.path().join("Cargo.lock")).unwrap();
        app
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap()
    }

    /// What the app prints, and what cargo says.
    fn run(&self) -> (String, String) {
        let output = self.cargo(&["run"]);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert!(output.status.success(), "{stdout}\n{stderr}");
        (stdout, stderr)
    }
}

#[test]
fn an_app_with_schemas_of_its_own() {
    let app = App::new();
    let (stdout, stderr) = app.run();
    let expected = [
        "acme/dream-2.0/text-to-video: prompt images ghost seed_149 seed_602 static_ camera_move size keyframes result odd_key const_ open pick files anchor path speed tone layer option input build_ clone_ new builder_",
        r#"{"prompt":"a lighthouse at dusk","images":["a.png","https://example.com/b.png"],"ghost":true,"149_seed":18446744073709551615,"602_seed":7,"static":"self","camera_move":"16:9","size":{"width":640,"height":360},"keyframes":[{"time":0.5}],"anchor":{"x":1,"y":2.5},"path":[{"x":0,"y":0}],"speed":0.5,"tone":[1,2,3],"layer":{"below":{"opacity":0.5}}}"#,
        "time: -1 is less than the minimum 0",
        "prompt: has 0 characters, but needs at least 1",
        "images: has 0 items, but needs at least 1",
        "keyframes[1].tim: is not a field; did you mean \"time\"?",
        "const_ (const): \"b\" is not \"a\"",
        "open.width: is required, but missing",
        "pick.w: \"x\" is not an integer",
        "Ok(Input { prompt: \"x\", ghost: 1, images: [\"a.png\"], pick: { w: 1 }, open: { width: null, \"x\": 1 }, files: [{}] })",
    ];
    assert_eq!(stdout.lines().collect::<Vec<_>>(), expected);
    assert!(stderr.contains("`required` names \"ghost\""), "{stderr}");

    // Nothing changed, so nothing is built.
    let (_, stderr) = app.run();
    assert!(!stderr.contains("Compiling"), "{stderr}");

    // A new file adds a model, an edit changes it, and without its file it is gone.
    app.write("schemas/acme/dream-2.0/text-to-video/draft.json", FIFTH);
    let (stdout, stderr) = app.run();
    assert!(
        stdout.contains("acme/dream-2.0/text-to-video/draft: strength\n"),
        "{stdout}\n{stderr}"
    );
    app.write(
        "schemas/acme/dream-2.0/text-to-video/draft.json",
        &FIFTH.replace("strength", "force"),
    );
    let (stdout, _) = app.run();
    assert!(stdout.contains("acme/dream-2.0/text-to-video/draft: force\n"), "{stdout}");
    fs::remove_file(app.folder.path().join("schemas/acme/dream-2.0/text-to-video/draft.json"))
        .unwrap();
    let (stdout, _) = app.run();
    assert!(!stdout.contains("draft"), "{stdout}");

    // Bad schemas fail the build with the report.
    app.write(
        "schemas/acme/bad.json",
        "{\"type\": \"object\",\n \"properties\": {\"a\": {\"type\": \"text\"}}}",
    );
    let output = app.cargo(&["build"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    let place = Path::new("schemas").join("acme/bad.json");
    let place = format!("{}:2:31\n", place.display());
    for part in ["error: the type \"text\" is unknown\n", &place] {
        assert!(stderr.contains(part), "{stderr}");
    }
}
