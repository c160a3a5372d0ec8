//! `catalog`: the page as a file, as HTML, and in a browser.

pub(crate) mod browser;
pub(crate) mod document;

use std::path::Path;

use runcomfy_types::DynamicModel;
use serde_json::{Value, json};

use crate::support::{App, rcf};
use document::Document;

/// A schema of every kind of field, whose texts want to be markup, scripts, and another direction.
const HOSTILE: &str = include_str!("hostile.json");
const ID: &str = "acme/dream/video";

fn hostile() -> App {
    let app = App::new();
    app.write("acme/dream/video.json", HOSTILE);
    app
}

/// The page of the folder's models.
fn page(app: &App) -> String {
    app.succeed(&["catalog", "--out", "-"])
}

/// The page of the project's own models.
pub(crate) fn own_page() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let folder = folder.to_str().unwrap();
    let output = rcf(Path::new("."), &["schemas", "--folder", folder, "catalog", "--out", "-"]);
    assert_eq!((output.code, &*output.stderr), (0, ""));
    output.stdout
}

#[test]
fn page_is_written_whole_or_not_at_all() {
    let app = hostile();
    assert_eq!(app.succeed(&["catalog"]), "wrote models.html: 1 model\n");
    let file = app.path().join("models.html");
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written, page(&app));
    app.write("acme/wrong.json", "{");
    let error = app.fail(&["catalog"], 65);
    assert!(error.contains("schemas/acme/wrong.json"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
    app.write("acme/wrong.json", r#"{"type": "object", "properties": {}}"#);
    let json = app.succeed(&["catalog", "--json", "--out", "other.html"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["file"], &json["models"]), (&json!("other.html"), &json!(2)));
    let error = app.fail(&["catalog", "--out", "schemas"], 65);
    assert!(error.contains("schemas is a folder"), "{error}");
    app.succeed(&["catalog", "--out", "none/yet/models.html"]);
    assert!(app.path().join("none/yet/models.html").is_file());
    // Where a folder would be, there is a file.
    let error = app.fail(&["catalog", "--out", "other.html/models.html"], 74);
    assert!(error.starts_with("error: cannot write other.html/models.html\n"), "{error}");
    assert!(!error.contains(".rcf-"), "{error}");
    app.fail(&["catalog", "--out", "-", "--json"], 64);
    assert!(app.succeed(&["catalog", "--help"]).contains("$ rcf schemas catalog"));
    assert_eq!(app.schemas(), ["acme/dream/video.json", "acme/wrong.json"]);
}

#[test]
fn page_is_sound_html_that_loads_nothing() {
    for page in [page(&hostile()), own_page()] {
        let document = Document::parse(&page);
        assert_eq!(document.errors, [""; 0]);
        let mut scripts = 0;
        for element in document.elements() {
            let name = element.name();
            scripts += usize::from(name == "script");
            assert!(!["link", "img", "iframe", "object", "base", "svg"].contains(&&*name));
            for (attribute, value) in element.attributes() {
                assert!(!attribute.starts_with("on"), "{name} {attribute}");
                match &*attribute {
                    "href" => {
                        assert_eq!(name, "a");
                        assert!(value.starts_with('#') || value.starts_with("https://"), "{value}");
                    }
                    "style" => {
                        let is_plain = |c: char| c.is_ascii_alphanumeric() || ":.%-".contains(c);
                        assert!(value.chars().all(is_plain), "{value}");
                    }
                    "src" | "srcset" | "action" | "data" | "poster" | "xlink:href" => {
                        panic!("{name} {attribute}")
                    }
                    _ => {}
                }
            }
        }
        assert_eq!(scripts, 1);
        let css = document.first("style").text();
        assert!(!css.contains("url(") && !css.contains("@import"));
        let hidden = |c: &char| runcomfy_schema::printable::is_hidden(*c) && *c != '\n';
        assert_eq!(page.chars().find(hidden), None);
    }
}

/// A thousand models are a page of 5 MB, which a browser opens in a second.
#[test]
fn model_takes_few_bytes() {
    let page = own_page();
    let models = page.matches("<details class=\"model\"").count();
    assert!(models > 90 && page.len() / models < 5_000, "{} bytes, {models} models", page.len());
}

#[test]
fn each_id_is_that_of_one_element() {
    let page = own_page();
    let document = Document::parse(&page);
    let mut ids: Vec<_> = document.elements().filter_map(|one| one.attribute("id")).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
    // Reading needs no script: what only a script can do is not shown without one.
    for element in document.elements().filter(|one| ["form", "button"].contains(&&*one.name())) {
        let is_in_form = element.attribute("data-kind").is_some();
        assert!(is_in_form || element.attribute("hidden").is_some(), "{}", element.text());
    }
}

/// What stands beside a field: its words, and the descriptions of its pictures.
fn field(document: &Document, name: &str) -> (String, Vec<String>) {
    let model = document.by_id(ID);
    let is_it = |one: &document::Element| {
        one.attribute("class").as_deref() == Some("field")
            && one.elements().any(|code| {
                code.attribute("class").as_deref() == Some("name") && code.text() == name
            })
    };
    // The innermost: an object contains the fields inside it.
    let found = model.elements().filter(is_it).last().unwrap_or_else(|| panic!("{name}"));
    let pictures = found.elements().filter_map(|one| one.attribute("aria-label")).collect();
    (found.text(), pictures)
}

#[test]
fn fields_say_what_they_take() {
    let page = page(&hostile());
    let document = Document::parse(&page);
    for (name, words, picture) in [
        ("prompt", "required", None),
        ("prompt", "text, 1 to 5000 characters", None),
        ("steps", "sent as 149_steps", Some("integer from 6 to 20, default 6")),
        ("strength", "default 0.75", Some("number above 0 and up to 1, default 0.75")),
        ("guide", "number above 0 and below 30", Some("number above 0 and below 30")),
        ("seed", "integer from -1 up", Some("integer from -1 up, default -1")),
        ("seed2", "logarithmic", Some("integer from 0 to 4,294,967,295, default 42")),
        ("cap", "number up to 30", Some("number up to 30, default 12")),
        ("free", "integer, default 1,234,567", None),
        (
            "frame_width",
            "a multiple of 8",
            Some("integer from 64 to 128, a multiple of 8, default 96"),
        ),
        ("voice", "v3 default", None),
        ("voice", "4 more values", None),
        ("voice", "</li>\\u{202e}", None),
        ("loud", "false default", None),
        ("images", "list of 1 to 4 items", None),
        ("images", "image an https: URL", None),
        ("size", "one of 3 forms, for example auto", None),
        ("size", "object SizeObject", Some("integer from 1 to 100")),
        ("size", "number from 0 to 2", Some("integer from 1 up")),
        ("shots", "list of at least 1 item", None),
        ("seconds", "default 5", Some("number from 0.5 to 10, default 5")),
        ("text", "Said in the shot.", None),
        ("children", "object Node, as above", None),
        ("colour", "matching ^#[0-9a-f]{6}$", None),
        ("anything", "any JSON value", None),
    ] {
        let (text, pictures) = field(&document, name);
        assert!(text.contains(words), "{name}: {text}");
        if let Some(picture) = picture {
            assert!(pictures.iter().any(|one| one == picture), "{name}: {pictures:?}");
        }
    }
    assert_eq!(field(&document, "free").1, [""; 0]);
}

#[test]
fn texts_stay_texts() {
    let page = page(&hostile());
    let document = Document::parse(&page);
    let model = document.by_id(ID).text();
    for text in [
        "Dream <b>bold</b> </script><script>document.title='owned'</script> \\u{202e}evil",
        "A video & \"more\" <img src=x onerror=document.title='owned'>",
        "What happens. On two lines. </pre></code></details>",
    ] {
        assert!(model.contains(text), "{text} in {model}");
    }
    let links = |id: &str, url: &str| {
        let app = App::new();
        let schema = json!({"type": "object", "properties": {}});
        let entry = json!({"model_id": id, "model_url": url, "input_schema": schema});
        app.write(&format!("{id}.json"), &entry.to_string());
        // The parts of a document end with it.
        let document = Document::parse(&self::page(&app));
        let links = document.by_id(id).elements();
        links.filter_map(|one| one.attribute("href")).collect::<Vec<_>>()
    };
    assert_eq!(
        links("acme/m", "https://example.com/?a=\"'&b"),
        ["#acme/m", "https://example.com/?a=\"'&b"]
    );
    // A link to a script is none.
    assert_eq!(links("acme/m", "javascript:alert(1)"), ["#acme/m"]);
}

/// The samples of a model: Rust, curl, rcf.
pub(crate) fn samples(document: &Document, id: &str) -> Vec<String> {
    let figures = document.by_id(id);
    figures.elements().filter(|one| one.name() == "pre").map(|one| one.text()).collect()
}

/// The words of a command, as a shell reads them.
pub(crate) fn shell_words(command: &str) -> Vec<String> {
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", &format!("printf '%s\\0' {command}")]).output().unwrap();
    assert!(output.status.success(), "{command}");
    let words = String::from_utf8(output.stdout).unwrap();
    words.trim_end_matches('\0').split('\0').map(str::to_owned).collect()
}

#[test]
fn samples_are_valid_calls() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let page = own_page();
    let document = Document::parse(&page);
    let generated = runcomfy_codegen::Generator::new(&folder).crate_path("crate::models");
    let generated = generated.generate().unwrap();
    assert!(generated.models.len() > 90);
    for model in &generated.models {
        let samples = samples(&document, &model.id);
        let [rust, curl, rcf] = samples.as_slice() else { panic!("{}: {samples:?}", model.id) };
        // What the documentation shows, where it is compiled.
        let documented = rust.lines().all(|line| generated.index.contains(line));
        assert!(documented && rust.contains("::builder()"), "{}: {rust}", model.id);
        let words = shell_words(curl);
        let url = format!("https://model-api.runcomfy.net/v1/models/{}", model.id);
        assert_eq!(words[..4], ["curl", "-X", "POST", &url]);
        let body: Value = serde_json::from_str(words.last().unwrap()).unwrap();
        let schema = std::fs::read_to_string(&model.schema).unwrap();
        let dynamic = DynamicModel::parse(&model.id, schema).unwrap();
        dynamic.validate(&body).unwrap();
        // The same request, by the names of its fields.
        let words = shell_words(rcf);
        assert_eq!(words[..3], ["rcf", "run", &model.id]);
        let fields = &model.objects[0].fields;
        let mut sent = serde_json::Map::new();
        let mut words = words[3..].iter();
        while let Some(flag) = words.next() {
            let (name, text) = match flag.strip_prefix("--set") {
                Some(_) => words.next().unwrap().split_once('=').unwrap(),
                None => match flag.split_once('=') {
                    Some((flag, value)) => (flag, value),
                    None => (&**flag, &**words.next().unwrap()),
                },
            };
            let name = name.trim_start_matches("--").replace('-', "_");
            let field = fields.iter().find(|field| field.name.trim_matches('_') == name);
            let field = field.unwrap_or_else(|| panic!("{}: {name} in {rcf}", model.id));
            let is_same = |value: &Value| {
                value == text || serde_json::from_str::<Value>(text).is_ok_and(|one| one == *value)
            };
            assert!(is_same(&body[&field.key]), "{}: {flag} {text}", model.id);
            sent.insert(field.key.clone(), body[&field.key].clone());
        }
        assert_eq!(Value::from(sent), body, "{}", model.id);
    }
}

#[test]
fn shell_reads_hostile_values_as_they_are() {
    let app = App::new();
    let value = "-it's \"$HOME\" `id` \\ \u{202e}<b>";
    let schema = json!({
        "type": "object",
        "required": ["say", "out", "count", "plain"],
        "properties": {
            "say": {"type": "string", "enum": [value]},
            "out": {"type": "string", "enum": ["x y"]},
            "count": {"type": "integer", "maximum": -3, "default": -3},
            "plain": {"type": "string", "enum": ["-it's $HOME"]},
        },
    });
    app.write("acme/m.json", &schema.to_string());
    let page = page(&app);
    let document = Document::parse(&page);
    let samples = samples(&document, "acme/m");
    let curl = shell_words(&samples[1]);
    let body: Value = serde_json::from_str(curl.last().unwrap()).unwrap();
    assert_eq!(body["say"], value);
    let words = shell_words(&samples[2]);
    let say = words.iter().find_map(|word| word.strip_prefix("say=")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(say).unwrap(), value);
    // `--out` is a flag of `rcf run` itself.
    assert!(words.contains(&"out=\"x y\"".to_owned()), "{words:?}");
    assert!(words.contains(&"--count=-3".to_owned()), "{words:?}");
    assert!(words.contains(&"--plain=-it's $HOME".to_owned()), "{words:?}");
}

#[test]
fn hosted_files_are_told_from_paths() {
    let app = App::new();
    // No URL obeys the pattern, so that the example has the name.
    let hosted = json!({"type": "string", "pattern": "^[a-z.]+$", "default": "a.png", "format": "image_uri"});
    let schema = json!({
        "type": "object",
        "required": ["image", "images", "shots"],
        "properties": {
            "image": hosted,
            "images": {"type": "array", "minItems": 1, "items": hosted},
            "shots": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["start_image", "text"],
                "properties": {"start_image": hosted, "text": {"type": "string", "enum": ["e.png"]}}}},
        },
    });
    app.write("acme/m.json", &schema.to_string());
    let page = page(&app);
    let samples = samples(&Document::parse(&page), "acme/m");
    let words = shell_words(&samples[2]);
    let expected = [
        "rcf",
        "run",
        "acme/m",
        "--image",
        "hosted:a.png",
        "--set",
        r#"images=["hosted:a.png"]"#,
        "--set",
        r#"shots=[{"start_image":"hosted:a.png","text":"e.png"}]"#,
    ];
    assert_eq!(words, expected);
    // The body of a call is as it was.
    assert!(samples[1].contains(r#""image": "a.png""#), "{}", samples[1]);
}

#[test]
fn objects_inside_each_other_end() {
    // Each level refers twice to the next: written out, there would be 2^40 of the last.
    let app = App::new();
    let mut definitions = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/l{}", level + 1)});
        let properties = json!({"a": next, "b": next});
        definitions
            .insert(format!("l{level}"), json!({"type": "object", "properties": properties}));
    }
    definitions.insert("l40".to_owned(), json!({"type": "string"}));
    let schema = json!({
        "type": "object", "$defs": definitions, "properties": {"top": {"$ref": "#/$defs/l0"}},
    });
    app.write("acme/m.json", &schema.to_string());
    assert!(page(&app).len() < 200_000);
}
