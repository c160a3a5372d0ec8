//! `import` of the pages of models.

use serde_json::Value;

use crate::pages::LANGUAGES;
use crate::support::{App, rcf_with_input};

const FILE: &str = "acme/dream-2.5/image-to-video.json";

/// The file without what is written in some language.
fn without_texts(text: &str) -> String {
    let texts = ["\"title\": ", "\"description\": ", "\"display_name\": "];
    let lines = text.lines().filter(|line| !texts.iter().any(|key| line.trim().starts_with(key)));
    lines.map(|line| line.trim_end_matches(',')).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_page_gives_the_same_file_in_any_language_and_form() {
    let mut first: Option<String> = None;
    for language in &LANGUAGES {
        for (form, page) in
            [("text", language.text()), ("packed", language.packed()), ("html", language.html())]
        {
            let app = App::new();
            app.input("page", &page);
            let output = app.succeed(&["import", "page"]);
            let about = format!("{} {form}: {output}", language.code);
            assert!(
                output.contains("created schemas/acme/dream-2.5/image-to-video.json"),
                "{about}"
            );
            assert!(output.contains("5 fields, 2 required"), "{about}");
            assert!(output.contains("its example fits the schema"), "{about}");
            assert_eq!(app.schemas(), [FILE], "{about}");
            let text = app.read(FILE);
            let file: Value = serde_json::from_str(&text).unwrap();
            let expected: Value = serde_json::from_str(&language.input_schema()).unwrap();
            assert_eq!(file["input_schema"]["properties"], expected["properties"], "{about}");
            assert_eq!(file["output_schema"]["output"]["properties"]["video"]["format"], "uri");
            // The heading of the page is no title of the schema.
            assert_eq!(file["input_schema"].get("title"), None, "{about}");
            // Digits and order are as on the page.
            assert!(text.contains("\"minimum\": 0.30,\n"), "{text}");
            assert!(text.find("12_prompt\": {") < text.find("\"image_url\": {"), "{text}");
            let bare = without_texts(&text);
            assert_eq!(*first.get_or_insert_with(|| bare.clone()), bare, "{about}");
        }
    }
}

#[test]
fn name_and_description_are_those_beside_the_id() {
    for language in LANGUAGES.iter().filter(|language| language.code != "none") {
        for page in [language.text(), language.html()] {
            let app = App::new();
            app.input("page", &page);
            app.succeed(&["import", "page"]);
            let file: Value = serde_json::from_str(&app.read(FILE)).unwrap();
            assert_eq!(file["display_name"], "Dream 2.5", "{page}");
            let about = file["description"].as_str().unwrap();
            assert!(page.contains(about) && about.ends_with(['.', '。']), "{about}");
        }
    }
}

#[test]
fn the_standard_input_is_read() {
    let app = App::new();
    let arguments = ["schemas", "import", "-"];
    let output = rcf_with_input(app.path(), &arguments, &LANGUAGES[1].text());
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.starts_with("the standard input: a model's page\n"), "{}", output.stdout);
    assert_eq!(app.schemas(), [FILE]);
}

#[test]
fn the_schema_of_the_model_is_taken_and_no_other_object() {
    const URL: &str = "POST https://model-api.runcomfy.net/v1/models/acme/m\n";
    let curl = |body: &str| {
        format!("curl --url https://model-api.runcomfy.net/v1/models/acme/m --data '{body}'\n")
    };
    for (about, page, expected) in [
        (
            "no root type, and a nested object that looks like a schema",
            format!(
                r#"{URL}{{"properties": {{"prompt": {{}}, "size": {{"type": "object", "properties": {{"width": {{}}}}}}}}, "required": ["prompt"]}}"#
            ),
            &["prompt", "size"][..],
        ),
        (
            "a root reference",
            format!(
                r##"{URL}{{"$ref": "#/$defs/In", "$defs": {{"Size": {{"type": "object", "properties": {{"w": {{}}}}}}, "In": {{"type": "object", "properties": {{"prompt": {{}}}}}}}}}}"##
            ),
            &["prompt"],
        ),
        (
            "the output schema first",
            format!(
                r#"{URL}Output schema {{"type": "object", "properties": {{"video": {{}}}}}} Input schema {{"type": "object", "properties": {{"prompt": {{}}}}}}"#
            ),
            &["prompt"],
        ),
        (
            "the output schema first, without headings; the request tells them apart",
            format!(
                r#"{}{{"type": "object", "properties": {{"video": {{}}}}}}
{{"type": "object", "properties": {{"prompt": {{}}, "seed": {{}}}}}}"#,
                curl(r#"{"prompt": "a"}"#)
            ),
            &["prompt", "seed"],
        ),
        (
            "an entry with a list of types",
            r#"{"model_id": "acme/m", "output_schema": {"type": "object", "properties": {"video": {}}}, "input_schema": {"type": ["object", "null"], "properties": {"prompt": {}}}}"#
                .to_owned(),
            &["prompt"],
        ),
        (
            "an example in the text",
            format!(
                r#"{URL}An answer: {{"type": "job", "output": {{"type": "object", "video": "x"}}}} Input schema: {{"properties": {{"prompt": {{}}}}}}"#
            ),
            &["prompt"],
        ),
        (
            "a union of objects",
            format!(
                r#"{URL}{{"oneOf": [{{"type": "object", "properties": {{"a": {{}}}}}}, {{"type": "object", "properties": {{"b": {{}}}}}}]}}"#
            ),
            &[],
        ),
        (
            "the same schema twice",
            format!(
                r#"{URL}{{"type": "object", "properties": {{"a": {{}}, "b": {{}}}}}} {{"properties": {{"b": {{}}, "a": {{}}}}, "type": "object"}}"#
            ),
            &["a", "b"],
        ),
    ] {
        let app = App::new();
        app.input("page", &page);
        let output = app.succeed(&["import", "page", "--json"]);
        let output: Value = serde_json::from_str(&output).unwrap();
        assert_eq!(output["models"][0]["id"], "acme/m", "{about}");
        let checked: Value = serde_json::from_str(&app.succeed(&["check", "--json"])).unwrap();
        let fields = checked["models"][0]["objects"][0]["fields"].as_array();
        let keys: Vec<_> =
            fields.into_iter().flatten().map(|field| field["key"].as_str().unwrap()).collect();
        if expected.is_empty() {
            assert!(app.read("acme/m.json").contains("\"oneOf\""), "{about}");
        } else {
            assert_eq!(keys, expected, "{about}");
        }
    }
}

#[test]
fn several_candidates_are_listed_and_nothing_is_written() {
    let page = "https://model-api.runcomfy.net/v1/models/acme/m\n\
        {\"type\": \"object\", \"properties\": {\"status\": {}}}\n\n\
        {\"type\": \"object\", \"properties\": {\"prompt\": {}, \"seed\": {}}}\n";
    let app = App::new();
    app.input("page", page);
    let error = app.fail(&["import", "page"], 65);
    assert!(error.contains("--choose \"2\"  the fields status\n"), "{error}");
    assert!(error.contains("--choose \"4\"  the fields prompt, seed\n"), "{error}");
    assert!(app.schemas().is_empty());
    assert!(app.fail(&["import", "page", "--choose", "3"], 65).contains("--choose \"4\""));
    app.succeed(&["import", "page", "--choose", "4"]);
    assert!(app.read("acme/m.json").contains("seed"));

    let app = App::new();
    app.input(
        "page",
        "/v1/models/acme/a /v1/models/acme/b {\"type\": \"object\", \"properties\": {}}",
    );
    let error = app.fail(&["import", "page"], 65);
    assert!(error.contains("--id acme/a  (line 1)") && error.contains("--id acme/b"), "{error}");
    assert!(app.schemas().is_empty());
}

#[test]
fn pages_without_a_schema_say_what_is_missing() {
    const URL: &str = "https://model-api.runcomfy.net/v1/models/acme/m\n";
    for (page, words) in [
        (String::new(), "it is empty"),
        ("Just words.".to_owned(), "no input schema is in it"),
        (format!("{URL}{{\"request_id\": \"a\"}}"), "no input schema is in it"),
        (format!("{URL}Output schema\n{{\"type\": \"object\", \"properties\": {{\"video\": {{}}}}}}"), "only that of the output (line 3)"),
        (format!("{URL}{{\"output\": {{\"type\": \"object\"}}}}"), "only that of the output (line 2)"),
        // A schema that is cut, or not quite JSON: its parts are not taken for it.
        (
            format!("{URL}{{\"properties\": {{\"size\": {{\"type\": \"object\", \"properties\": {{\"w\": {{}}}}}}"),
            "at line 2 is not complete or not JSON (line 2: EOF",
        ),
        (
            format!("{URL}{{\"type\": \"object\",\n\"properties\": {{\"size\": {{\"type\": \"object\", \"properties\": {{}}}},}}}}"),
            "at line 2 is not complete or not JSON (line 3: trailing comma",
        ),
        (
            format!("{URL}{{\"type\" \"object\", \"properties\": {{\"size\": {{\"type\": \"object\", \"properties\": {{}}}}}}}}"),
            "at line 2 is not complete or not JSON (line 2: expected `:`",
        ),
        // The only schema is that of another thing than the request.
        (
            "curl https://model-api.runcomfy.net/v1/models/acme/m -d '{\"prompt\": \"a\"}'\n{\"properties\": {\"video\": {}}}".to_owned(),
            "has none of the fields that the page's request sends",
        ),
        ("From: <Saved by Blink>\nContent-Type: multipart/related\n".to_owned(), "web archive (MHTML)"),
        ("openapi: 3.1.0\npaths: {}\n".to_owned(), "convert it to JSON"),
    ] {
        let app = App::new();
        app.input("page", &page);
        let error = app.fail(&["import", "page"], 65);
        assert!(error.contains(words), "{page}\n=> {error}");
        assert!(!app.path().join("schemas").exists(), "{page}");
    }
    let app = App::new();
    app.input("page", "{\"type\": \"object\", \"properties\": {}}");
    assert!(app.fail(&["import", "page"], 65).contains("give it with --id"));
    assert!(app.fail(&["import", "no-such-file"], 74).contains("cannot read no-such-file"));
    std::fs::write(app.path().join("bytes"), b"\xff\xfe{").unwrap();
    assert!(app.fail(&["import", "bytes"], 65).contains("not UTF-8"));
}

#[test]
fn a_page_that_draws_itself_has_its_schema_in_a_script() {
    let entry = r#"{"model_id":"acme/m","input_schema":{"type":"object","properties":{"prompt":{},"size":{"type":"object","properties":{"w":{}}}}}}"#;
    let streamed = |text: &str| serde_json::to_string(text).unwrap();
    let (start, end) = entry.split_at(40);
    for scripts in [
        format!("<script id=\"__NEXT_DATA__\" type=\"application/json\">{{\"props\":{{\"model\":{entry}}}}}</script>"),
        format!(
            "<script>self.__next_f.push([1,{}])</script><script>self.__next_f.push([1,{}])</script>",
            streamed(&format!("5:[\"$\",\"$L1\",null,{{\"model\":{start}")),
            streamed(&format!("{end}}}]\n"))
        ),
        "<script type=\"application/json\">[{\"modelId\":\"acme/m\",\"inputSchema\":{\"properties\":{\"prompt\":{},\"size\":{}}}}]</script>".to_owned(),
    ] {
        let app = App::new();
        app.input("page", &format!("<html><body><p>Loading</p>{scripts}</body></html>"));
        app.succeed(&["import", "page"]);
        let file: Value = serde_json::from_str(&app.read("acme/m.json")).unwrap();
        assert_eq!(file["input_schema"]["properties"].as_object().unwrap().len(), 2);
    }
}
