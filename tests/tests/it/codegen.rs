//! The generator's messages about bad schemas, and that equal schemas give equal source.

use std::fs;
use std::path::Path;

use runcomfy_codegen::{Generated, Generator, Severity};

fn generate(files: &[(&str, &str)]) -> Result<Generated, runcomfy_codegen::Error> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Generator::new(folder.path()).generate()
}

/// `line:column pointer message`, one per line, of all problems with one file.
fn problems(text: &str) -> String {
    let found = match generate(&[("acme/m.json", text)]) {
        Ok(generated) => generated.warnings,
        Err(error) => {
            assert!(error.problems().iter().any(|one| one.severity() == Severity::Error));
            error.problems().to_vec()
        }
    };
    let lines = found.iter().map(|problem| {
        assert!(problem.file().ends_with("acme/m.json"));
        assert!(!problem.help().is_empty());
        let severity = if problem.severity() == Severity::Error { "" } else { "warning " };
        let (line, column) = (problem.line().unwrap(), problem.column().unwrap());
        format!("{severity}{line}:{column} {} {}", problem.pointer(), problem.message())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A schema with one property `a`.
fn property(schema: &str) -> String {
    format!("{{\"type\": \"object\", \"properties\": {{\n\"a\": {schema}\n}}}}")
}

#[test]
fn every_mistake_is_reported_with_its_location() {
    for (schema, expected) in [
        (
            r#"{"type": "integer", "minimum": 6, "maximum": 5}"#,
            "2:37 /properties/a/minimum `minimum` 6 is above `maximum` 5",
        ),
        (
            r#"{"type": "integer", "exclusiveMinimum": 5, "maximum": 5}"#,
            "2:46 /properties/a/exclusiveMinimum `exclusiveMinimum` and `maximum` are both 5, so no value is left",
        ),
        (
            r#"{"type": "string", "minLength": 6, "maxLength": 5}"#,
            "2:38 /properties/a/minLength `minLength` 6 is above `maxLength` 5",
        ),
        (
            r#"{"type": "array", "minItems": 6, "maxItems": 5}"#,
            "2:36 /properties/a/minItems `minItems` 6 is above `maxItems` 5",
        ),
        (
            r#"{"type": "integer", "enum": [81, "141"]}"#,
            "2:39 /properties/a/enum/1 the enum entry \"141\" is not of the type integer",
        ),
        (
            r#"{"const": "a", "enum": ["b"]}"#,
            "2:29 /properties/a/enum `enum` and `const` have no value in common",
        ),
        (
            r#"{"type": "string", "enum": []}"#,
            "2:33 /properties/a/enum the enum is empty, so no value can satisfy it",
        ),
        (r#"{"enum": 5}"#, "2:15 /properties/a/enum `enum` is 5, which is not an array"),
        (
            r#"{"type": "integer", "title": "A", "type": "string"}"#,
            "2:40 /properties/a/type the key \"type\" is repeated",
        ),
        (r#"{"type": "text"}"#, "2:15 /properties/a/type the type \"text\" is unknown"),
        (
            r#"{"type": 5}"#,
            "2:15 /properties/a/type `type` is 5, which is not the name of a type, or a list of names",
        ),
        (
            r#"{"minimum": "6"}"#,
            "2:18 /properties/a/minimum `minimum` is \"6\", which is not a number",
        ),
        (
            r#"{"maxLength": -1}"#,
            "2:20 /properties/a/maxLength `maxLength` is -1, which is not a whole number from 0",
        ),
        (
            r#"{"multipleOf": 0}"#,
            "2:21 /properties/a/multipleOf `multipleOf` is 0, which is not a number above 0",
        ),
        (r#"{"title": 5}"#, "2:16 /properties/a/title `title` is 5, which is not a string"),
        ("5", "2:6 /properties/a 5 is not a schema"),
        ("false", "warning 2:6 /properties/a no value of \"a\" is valid: its schema is `false`"),
        (
            r#"{"type": "object", "extends": {}}"#,
            "2:25 /properties/a/extends the keyword `extends` is not enforced by the generated API\n\
             warning 2:6 /properties/a an object without `properties` takes no members at all",
        ),
        (
            r#"{"type": "string", "pattern": "^(a"}"#,
            "2:36 /properties/a/pattern `pattern` \"^(a\" is not a regular expression: Unbalanced parenthesis",
        ),
        (
            r#"{"patternProperties": {"[": true}}"#,
            "2:29 /properties/a/patternProperties/[ `patternProperties` \"[\" is not a regular expression: Unbalanced bracket",
        ),
        (
            r#"{"anyOf": []}"#,
            "2:16 /properties/a/anyOf `anyOf` is [], which is not a list of one schema or more",
        ),
        (
            r##"{"$ref": "#/$defs/none"}"##,
            "2:15 /properties/a/$ref `$ref` \"#/$defs/none\" has no target in the file",
        ),
        (
            r#"{"$ref": "other.json#/a"}"#,
            "2:15 /properties/a/$ref `$ref` \"other.json#/a\" refers to another file",
        ),
        (
            r##"{"$ref": "#/properties/a"}"##,
            "2:15 /properties/a/$ref `$ref` refers back to itself without a step into the value",
        ),
        (
            r##"{"anyOf": [{"type": "null"}, {"$ref": "#/properties/a"}]}"##,
            "2:44 /properties/a/anyOf/1/$ref `$ref` refers back to itself without a step into the value",
        ),
        (
            r#"{"$id": "https://example.com/a", "type": "string"}"#,
            "2:7 /properties/a/$id a schema inside the file has its own `$id`, which changes the base of its references",
        ),
        (
            r#"{"type": "array", "contains": {}, "minContains": 2, "maxContains": 1}"#,
            "2:55 /properties/a/minContains `minContains` 2 is above `maxContains` 1",
        ),
        (
            r#"{"dependentRequired": {"b": "c"}}"#,
            "2:34 /properties/a/dependentRequired/b `dependentRequired` is \"c\", which is not an array of keys",
        ),
        (
            r#"{"type": "string", "validations": [{"validation_rule": "bitrate<", "validation_value": 3}]}"#,
            "warning 2:41 /properties/a/validations/0 the rule {\"validation_rule\":\"bitrate<\",\"validation_value\":3} is not understood, and is left to the service",
        ),
        (
            r##"{"$ref": "#/properties/b", "nullable": true}"##,
            "2:15 /properties/a/$ref `$ref` \"#/properties/b\" has no target in the file\n\
             warning 2:45 /properties/a/nullable `nullable` has no effect without a `type` beside it: `$ref` decides",
        ),
        (
            r#"{"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}"#,
            "warning 2:71 /properties/a/nullable `nullable` has no effect without a `type` beside it: `anyOf` decides",
        ),
        (r#"{"anyOf": [{"type": "string"}, {"type": "null"}], "nullable": true}"#, ""),
        (
            r#"{"x-rust-name": "2-b"}"#,
            "2:22 /properties/a/x-rust-name `x-rust-name` \"2-b\" is not a Rust name",
        ),
        (
            r#"{"type": "integer", "enum": [1, 2], "minimum": 5}"#,
            "2:35 /properties/a/enum/0 the other keywords refuse every entry of the enum\n\
             warning 2:35 /properties/a/enum/0 the enum entry 1 is refused by the keywords beside it; it gets no variant\n\
             warning 2:38 /properties/a/enum/1 the enum entry 2 is refused by the keywords beside it; it gets no variant",
        ),
    ] {
        let mut found: Vec<_> = problems(&property(schema)).lines().map(str::to_owned).collect();
        let mut expected: Vec<_> = expected.lines().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{schema}");
    }
}

#[test]
fn non_object_schema_is_reported() {
    for text in ["[]", "5", "{}", r#"{"type": "string"}"#, r#"{"input_schema": {"type": "array"}}"#]
    {
        assert!(
            problems(text).contains("not the schema of an object"),
            "{text}: {}",
            problems(text)
        );
    }
    for (text, expected) in [
        ("", "1:1  not JSON: EOF while parsing a value"),
        ("{\n\"type\": object}", "2:9  not JSON: expected value"),
        ("{\"a\": 1,}", "1:9  not JSON: trailing comma"),
        ("<html>", "1:1  not JSON: expected value"),
    ] {
        assert_eq!(problems(text), expected);
    }
    let deep = "[".repeat(100_000);
    assert!(problems(&deep).contains("recursion limit"));
    let balanced =
        property(&format!("{{\"default\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000)));
    assert!(problems(&balanced).contains("nested more than 256 deep"));
    let long = format!("{{\"title\": \"{}\"}}", "a".repeat(5_000_000));
    assert!(problems(&long).contains("too many for a schema"));
}

#[test]
fn problems_of_all_files_are_in_one_report() {
    let bad = property(r#"{"type": "text", "minimum": 2, "maximum": 1}"#);
    let files = [("acme/a.json", "{"), ("acme/b.json", &*bad), ("acme/c.json", "[]")];
    let error = generate(&files).unwrap_err();
    assert_eq!(error.problems().len(), 4);
    let report = format!("{error:?}");
    assert!(report.starts_with("no API generated, 4 errors in the schemas\n\nerror: "), "{report}");
    for part in [
        "\nerror: the type \"text\" is unknown\n --> ",
        "/acme/b.json:2:15\n  |\n2 | \"a\": {\"type\": \"text\", ",
        "\n  |               ^^^^^^\n  |\n  = at /properties/a/type\n  = help: the types are",
        "\nerror: not the schema of an object\n --> ",
        "/acme/c.json:1:1\n  |\n1 | []\n  | ^^\n  |\n  = help: ",
    ] {
        assert!(report.contains(part), "{report}");
    }
}

#[test]
fn one_mistake_neither_hides_nor_causes_another() {
    let text = r#"{"type": "object", "properties": {
        "a": {"type": "text", "enum": ["x"]},
        "b": {"type": "integer", "enum": [1], "minimum": 5}
    }}"#;
    let found: Vec<_> = problems(text).lines().map(str::to_owned).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].ends_with("the type \"text\" is unknown"));
    let refused = "the other keywords refuse every entry of the enum";
    assert!(found.iter().any(|line| line.ends_with(refused)), "{found:?}");
}

#[test]
fn recoverable_mistakes_are_warnings() {
    let text = r#"{"type": "object",
        "required": ["prompt", "ghost"],
        "properties": {
            "prompt": {"type": "string"},
            "steps": {"type": "integer", "maximum": 20, "default": 25},
            "mode": {"type": "string", "enum": ["a", "b", "a"], "default": "c"}
        }}"#;
    assert_eq!(
        problems(text),
        "warning 2:32 /required/1 `required` names \"ghost\", which `properties` does not have\n\
         warning 5:68 /properties/steps/default the default 25 is refused by the schema itself\n\
         warning 6:59 /properties/mode/enum/2 \"a\" is in the enum twice\n\
         warning 6:76 /properties/mode/default the default \"c\" is refused by the schema itself"
    );
}

#[test]
fn unenforced_keyword_is_accepted_when_listed() {
    let schema = property(r#"{"type": "string", "extends": {}, "x-unenforced": ["extends"]}"#);
    assert_eq!(problems(&schema), "");
}

#[test]
fn enum_on_the_root_is_reported() {
    let text = r#"{"type": "object", "properties": {"a": {}}, "enum": [{"a": 1}]}"#;
    assert!(
        problems(text).contains("the whole input cannot be one of a list"),
        "{}",
        problems(text)
    );
}

/// The help of the only problem with a schema.
fn help(text: &str) -> String {
    let found = match generate(&[("acme/m.json", text)]) {
        Ok(generated) => generated.warnings,
        Err(error) => error.problems().to_vec(),
    };
    let [one] = found.as_slice() else { panic!("{found:?}") };
    one.help().to_owned()
}

#[test]
fn misspelt_names_are_answered_with_the_right_one() {
    let required = r#"{"type": "object", "required": ["promt"], "properties": {"prompt": {}}}"#;
    assert!(help(required).starts_with("did you mean \"prompt\"? "), "{}", help(required));
    let ghost = r#"{"type": "object", "required": ["ghost"], "properties": {"prompt": {}}}"#;
    assert!(help(ghost).starts_with("It becomes a required field"), "{}", help(ghost));
    let defs = r##"{"type": "object", "properties": {"a": {"$ref": "#/$defs/sise"}}, "$defs": {"size": {}}}"##;
    assert_eq!(help(defs), "did you mean \"#/$defs/size\"?");
    let far = defs.replace("sise", "other");
    assert_eq!(help(&far), "write a JSON pointer into the file, as in \"#/$defs/name\"");
}

#[test]
fn every_kind_of_reference_is_called_by_its_name() {
    for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
        let of = |target: &str| {
            format!(
                "{{\"type\": \"object\", \"properties\": {{\"a\": {{\"{keyword}\": \"{target}\"}}}}, \
                 \"$defs\": {{\"b\": {{\"{keyword}\": \"#/$defs/b\"}}}}}}"
            )
        };
        let found = problems(&of("#/$defs/none"));
        assert!(
            found.ends_with(&format!("`{keyword}` \"#/$defs/none\" has no target in the file")),
            "{found}"
        );
        let endless = problems(&of("#/$defs/b"));
        let expected = format!("`{keyword}` refers back to itself without a step into the value");
        assert!(endless.ends_with(&expected), "{endless}");
        assert!(help(&of("#/$defs/b")).ends_with(&format!("or remove the `{keyword}`")));
        let elsewhere = problems(&of("other.json"));
        assert!(
            elsewhere.ends_with(&format!("`{keyword}` \"other.json\" refers to another file")),
            "{elsewhere}"
        );
    }
}

#[test]
fn names_that_would_clash_are_reported_with_what_they_became() {
    let fields = r#"{"type": "object", "properties": {
        "149_steps": {"type": "integer"}, "602_steps": {"type": "integer"}, "cfg": {"type": "number"}}}"#;
    assert_eq!(
        problems(fields),
        "warning 2:56 /properties/602_steps the keys \"149_steps\" and \"602_steps\" would give one Rust name; the fields are called `steps_149` and `steps_602`"
    );
    assert!(help(fields).contains("\"x-rust-name\""), "{}", help(fields));
    // Names that are given by hand are used as they are.
    let one = fields.replace(r#""602_steps": {"#, r#""602_steps": {"x-rust-name": "more_steps", "#);
    assert_eq!(problems(&one), "");
    let taken = fields.replace(r#""602_steps": {"#, r#""602_steps": {"x-rust-name": "steps", "#);
    assert!(
        problems(&taken).ends_with("the fields are called `steps_149` and `steps`"),
        "{}",
        problems(&taken)
    );
    let variants = property(r#"{"type": "string", "enum": ["a b", "c", "a-b"]}"#);
    assert_eq!(
        problems(&variants),
        "warning 2:46 /properties/a/enum/2 the enum entries \"a b\" and \"a-b\" would give one variant; the variants are `AB_he2bca18b` and `AB_he27efb9a`"
    );
    // A long list is cut.
    let entries: Vec<_> =
        ["+", "-", "*", "/", "%", "&", "|", "!"].map(|one| format!("{one:?}")).into();
    let many = problems(&property(&format!("{{\"enum\": [{}]}}", entries.join(", "))));
    assert!(many.contains("\"%\" and 3 more would give one variant"), "{many}");
}

#[test]
fn clashes_name_both_sides() {
    let clash = r#"{"type": "object", "properties": {"7_a": {}, "7_A": {}, "日": {}}}"#;
    let found = problems(clash);
    assert!(found.contains(r#"the keys "7_a" and "7_A" give one Rust name"#), "{found}");
    let found = problems(r#"{"type": "object", "properties": {"日": {}}}"#);
    assert!(found.contains("no Rust name can be made of the key \"日\""), "{found}");
    let found = problems(r#"{"type": "object", "properties": {"prompt": {}, "": {}}}"#);
    assert_eq!(found, "1:53 /properties/ no Rust name can be made of the key \"\" or its title");
    let schema = property("{}");
    let error = generate(&[("acme/4k.json", &schema), ("acme/4K.json", &schema)]).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(r#""acme/4K" and "acme/4k" give one Rust module, `acme::_4k`"#),
        "{text}"
    );
    let error = generate(&[("acme/a b.json", &schema)]).unwrap_err().to_string();
    assert!(error.contains("\"acme/a b\" is not a model id"), "{error}");
    let entry =
        r#"{"model_id": "acme/other", "input_schema": {"type": "object", "properties": {}}}"#;
    assert!(problems(entry).contains("the catalog entry of \"acme/other\""));
}

/// Everything in the generated source but the comments and texts.
fn names_of(source: &str) -> Vec<String> {
    let is_name = |line: &&str| {
        ["pub fn ", "pub struct ", "pub enum ", "name: ", "key: ", "Self::"]
            .iter()
            .any(|start| line.trim_start().starts_with(start))
    };
    source.lines().filter(is_name).map(str::to_owned).collect()
}

#[test]
fn a_page_in_another_language_gives_the_same_names() {
    let page = |title: &str, prompt: &str, ratio: &str, image: &str| {
        let text = format!(
            r#"{{"type": "object", "title": "{title}", "required": ["image_url_1", "149_prompt"],
            "properties": {{
                "image_url_1": {{"title": "{image}", "type": "string"}},
                "149_prompt": {{"title": "{prompt}", "description": "{ratio}", "type": "string"}},
                "aspect_ratio": {{"title": "{ratio}", "type": "string", "enum": ["16:9", "9:16"]}},
                "169_valuex170_value": {{"title": "Resolution (W:H)", "type": "string", "enum": ["480x480 (1:1)"]}}
            }}}}"#
        );
        let generated = generate(&[("acme/m.json", &text)]).unwrap();
        (names_of(&generated.models[0].source), generated.index)
    };
    let korean = page("입력 스키마", "프롬프트", "종횡비(W:H)", "참고 이미지 1(문자 1)");
    let german = page("Eingabeschema", "Eingabetext", "Seitenverhältnis (B:H)", "Referenzbild 1");
    assert_eq!(korean, german);
    assert!(korean.0.len() > 20, "{korean:?}");
}

#[test]
fn the_same_schemas_give_the_same_bytes_and_rewrite_nothing() {
    let schemas = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas");
    let [first, second] = [(), ()].map(|()| Generator::new(schemas).generate().unwrap());
    let folder = tempfile::tempdir().unwrap();
    first.write(folder.path()).unwrap();
    let stamps = || -> Vec<_> {
        let models = fs::read_dir(folder.path().join("runcomfy")).unwrap();
        let paths = models.map(|entry| entry.unwrap().path());
        let mut all: Vec<_> = paths.chain([folder.path().join("runcomfy.rs")]).collect();
        all.sort();
        all.into_iter()
            .map(|path| (fs::metadata(&path).unwrap().modified().unwrap(), fs::read(path).unwrap()))
            .collect()
    };
    let before = stamps();
    assert_eq!(before.len(), first.models.len() + 1);
    let stale = "// @generated by runcomfy-codegen from the schema of acme/gone.";
    fs::write(folder.path().join("runcomfy/stale.rs"), stale).unwrap();
    assert!(second.write(folder.path()).unwrap().warnings.is_empty());
    assert_eq!(stamps(), before);
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let mut files: Vec<(String, String)> = runcomfy_tests::ENTRIES
        .iter()
        .filter(|entry| entry.id.starts_with("corpus/"))
        .map(|entry| (entry.id.to_owned(), runcomfy_tests::schema(entry.id).to_string()))
        .collect();
    let sources = |generated: Generated| -> Vec<String> {
        let models = generated.models.into_iter().map(|model| model.source);
        models.chain([generated.index]).collect()
    };
    let sorted = sources(Generator::from_texts(files.clone()).generate().unwrap());
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..2 {
        random.shuffle(&mut files);
        let folder = tempfile::tempdir().unwrap();
        for (id, text) in &files {
            let path = folder.path().join(format!("{id}.json"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(sources(Generator::new(folder.path()).generate().unwrap()), sorted);
        assert_eq!(sources(Generator::from_texts(files.clone()).generate().unwrap()), sorted);
    }
}

#[test]
fn a_missing_folder_is_an_error_that_names_it() {
    let error = Generator::new("no/such/folder").generate().unwrap_err().to_string();
    assert!(
        error.contains("cannot read the folder") && error.contains("no/such/folder\n"),
        "{error}"
    );
    assert!(!Path::new("no/such/folder").exists());
}

#[test]
fn invalid_rust_paths_are_refused() {
    let schema = property("{}");
    for path in ["", "::", "a b", "a;", "a::{b}", "a\n```\n<script>", "fn", "::a::", "r#a", "ä"] {
        let generator = || Generator::from_texts([("acme/m", schema.as_str())]);
        let runtime = generator().runtime(path).generate().unwrap_err().to_string();
        assert!(runtime.contains(&format!("{path:?} is not a path to the runtime")), "{runtime}");
        let models = generator().crate_path(path).generate().unwrap_err().to_string();
        assert!(models.contains(&format!("{path:?} is not a path to the generated")), "{models}");
    }
}

#[test]
fn ids_too_long_for_a_file_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let schema = property("{}");
    // As long as the name of a module can get.
    let id = "aB".repeat(55);
    let generated = Generator::from_texts([(id.clone(), schema.as_str())]).generate().unwrap();
    generated.write(folder.path()).unwrap();
    let error = Generator::from_texts([(id + "a", schema)]).generate().unwrap_err().to_string();
    assert!(error.contains("the model id has 111 bytes; at most 110 are allowed"), "{error}");
}

#[test]
fn misspelt_keyword_is_a_warning() {
    for (schema, expected) in [
        (r#"{"type": "integer", "minimun": 3}"#, "did you mean \"minimum\"?"),
        (r#"{"type": "string", "choices": ["a", "b"]}"#, "did you mean \"enum\"?"),
        (r#"{"type": "string", "max_length": 5}"#, "did you mean \"maxLength\"?"),
        (r#"{"type": "string", "format": "email-address"}"#, "did you mean \"email\"?"),
        (r#"{"type": "string", "format": "image-uri"}"#, "did you mean \"image_uri\"?"),
    ] {
        let generated = generate(&[("acme/m.json", &property(schema))]).unwrap();
        let help: Vec<_> = generated.warnings.iter().map(|one| one.help()).collect();
        assert_eq!(help, [expected], "{schema}");
    }
    // Annotations, and the keywords of a form.
    let plain = property(
        r#"{"type": "string", "examples": ["a"], "readOnly": true, "order": 3, "widget": "x", "x-min": 1, "group": "a"}"#,
    );
    assert_eq!(problems(&plain), "");
}

#[test]
fn contradicting_rules_are_reported() {
    for (text, expected) in [
        (
            r#"{"type": "object", "properties": {"a": {"type": "string"}}, "minProperties": 3}"#,
            "`minProperties` 3 requires more members than the 1 that the object takes",
        ),
        (
            r#"{"type": "object", "properties": {"a": {}}, "required": ["zz"], "additionalProperties": false}"#,
            "`required` names \"zz\", which `additionalProperties: false` of the root forbids",
        ),
        (
            r#"{"type": "object", "properties": {"prompt": {}}, "required": ["promt"], "additionalProperties": false}"#,
            "`required` names \"promt\", which `additionalProperties: false` of the root forbids; did you mean \"prompt\"?",
        ),
        (
            r#"{"type": "object", "required": ["a"], "properties": {"a": {"allOf": [{"type": "string"}, {"type": "integer"}]}}}"#,
            "/properties/a no value is a string and an integer",
        ),
        (
            r#"{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 65, "maximum": 100, "multipleOf": 64}}}"#,
            "/properties/a there is no multiple of 64 from 65 to 100",
        ),
        (
            r#"{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "anyOf": [{"type": "string"}, {"type": "null"}]}}}"#,
            "no form of `anyOf` can be satisfied: (1) no value is an integer and a string; (2) no value is an integer and null",
        ),
    ] {
        let found = problems(text);
        let error = found.lines().find(|line| line.contains(expected));
        assert!(error.is_some_and(|line| !line.starts_with("warning")), "{text}: {found}");
    }
    // A field that a body can leave out may be impossible.
    let found = problems(&property(r#"{"type": "integer", "minimum": 1.2, "maximum": 1.8}"#));
    assert_eq!(found, "warning 2:6 /properties/a there is no integer from 1.2 to 1.8");
}

#[test]
fn required_on_a_property_is_reported_with_the_list_to_write() {
    let error = generate(&[("acme/m.json", &property(r#"{"type": "string", "required": true}"#))]);
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains(r#"add "a" to the list of the surrounding object: "required": ["a"]"#),
        "{error}"
    );
}

#[test]
fn a_summary_is_one_sentence_on_one_line() {
    for (description, summary) in [
        ("A video from a text prompt.", "A video from a text prompt."),
        ("A video. From a prompt.", "A video."),
        ("A video\nfrom\r\n a prompt.\n\nIt costs more.", "A video from a prompt."),
        ("A video\r\n\r\nIt costs more", "A video"),
        ("FLUX 2.1 (v1.5), fast", "FLUX 2.1 (v1.5), fast"),
        ("a | b <i>", "a \\| b \\<i\\>"),
        (" \n\n ", "It takes `prompt` and 1 optional field."),
    ] {
        let entry = serde_json::json!({
            "description": description,
            "input_schema": {"type": "object", "required": ["prompt"], "properties": {"prompt": {}, "seed": {}}},
        });
        let generated = generate(&[("acme/m.json", &entry.to_string())]).unwrap();
        let [model] = generated.models.as_slice() else { panic!("{description}") };
        assert_eq!(model.summary, summary, "{description}");
        let fields = model.objects[0].fields.iter();
        let fields: Vec<_> = fields.map(|field| (field.name.as_str(), field.is_required)).collect();
        assert_eq!(fields, [("prompt", true), ("seed", false)]);
        let line = format!("//! | [`m`](mod@self::m) | {summary} |\n");
        assert!(generated.index.contains(&line), "{}", generated.index);
    }
}

/// The values beyond the limits have a type that says little, so the build tells.
#[test]
fn values_without_a_type_of_their_own_are_warned_of_once() {
    let fields: Vec<_> = (0..700).map(|n| format!("\"f{n}\": {{\"type\": \"integer\"}}")).collect();
    let object = format!("{{\"type\": \"object\", \"properties\": {{{}}}}}", fields.join(","));
    let many = format!(
        "{{\"type\": \"object\", \"properties\": {{\n\"a\": {object},\n\"b\": {object},\n\"c\": {object}}}}}"
    );
    let found = problems(&many);
    let message = "the schema describes more than 2000 values: this one, and those after it, have the type `Value`";
    assert!(found.starts_with("warning 4:"), "{found}");
    assert!(found.ends_with(&format!(" /properties/c/properties/f597 {message}")), "{found}");
    assert_eq!(found.lines().count(), 1, "{found}");

    let list = "{\"type\": \"array\", \"items\": ";
    let deep = format!("{}{{\"type\": \"integer\"}}{}", list.repeat(200), "}".repeat(200));
    let both =
        format!("{{\"type\": \"object\", \"properties\": {{\n\"a\": {deep},\n\"b\": {deep}}}}}");
    let found = problems(&both);
    let pointer = format!("/properties/a{}", "/items".repeat(128));
    let message = "this value is nested too deeply for a type of its own: it has the type `Value`";
    assert!(found.starts_with("warning 2:"), "{found}");
    assert!(found.ends_with(&format!(" {pointer} {message}")), "{found}");
    assert_eq!(found.lines().count(), 1, "{found}");
}

#[test]
fn a_discriminator_without_constants_is_reported() {
    let schema = |cat: &str| {
        format!(
            r##"{{"type": "object", "properties": {{
"pet": {{"oneOf": [{{"$ref": "#/$defs/Cat"}}, {{"$ref": "#/$defs/Dog"}}], "discriminator": {{"propertyName": "kind"}}}}}},
"$defs": {{"Cat": {{"type": "object", "properties": {{"kind": {cat}, "lives": {{"type": "integer"}}}}}},
"Dog": {{"type": "object", "properties": {{"kind": {{"const": "dog"}}}}}}}}}}"##
        )
    };
    assert_eq!(
        problems(&schema(r#"{"type": "string"}"#)),
        "warning 2:104 /properties/pet/discriminator/propertyName `discriminator` names the key \"kind\", but the form \"#/$defs/Cat\" takes any value of it"
    );
    assert_eq!(problems(&schema(r#"{"const": "cat"}"#)), "");
}
