//! Texts of a schema stay texts on rustdoc's pages: they make no markup, no link and no HTML.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag};
use runcomfy_codegen::Generator;
use serde_json::{Value, json};

/// Markup and HTML of every sort, each with a word that the test looks for.
const HOSTILE: &str = "x `` [HACKED](https://hacked.example) ![HACKED](https://hacked.example/a.png) <script>hacked()</script> \
                       ``` <img src=hacked onerror=hacked()> ` <b title=hacked> [`String`] [Input](https://hacked.example) \
                       *hacked* <https://hacked.example> &lt;hacked&gt; --> <!-- hacked --";

/// A schema with the text in every place that takes one.
fn schema(text: &str) -> Value {
    let described = |mut schema: Value| {
        schema["title"] = text.into();
        schema["description"] =
            format!("{text}\n\n    {text}\n\n```\n{text}\n```\n\n1. {text}\n# {text}").into();
        schema
    };
    let key = |key: &str| format!("{key} {text}");
    let properties = json!({
        key("text"): described(json!({"type": "string", "default": text, "x-rust-name": "text"})),
        key("pattern"): described(json!({"type": "string", "pattern": format!("^({text})?[a-z]$"), "x-rust-name": "pattern"})),
        key("choice"): described(json!({"enum": [text, format!("{text}`"), "z"], "default": text, "x-rust-name": "choice"})),
        key("mixed"): described(json!({"enum": [text, 5, 0.5], "default": text, "x-rust-name": "mixed"})),
        key("any"): described(json!({"default": {text: [text]}, "x-rust-name": "any"})),
        key("inner"): described(json!({"type": "object", "x-rust-name": "inner", "required": [key("a")], "properties": {
            key("a"): described(json!({"enum": [text], "x-rust-name": "a"})),
        }})),
        key("list"): described(json!({"type": "array", "items": described(json!({"$ref": "#/$defs/Part"})), "x-rust-name": "list"})),
        key("either"): described(json!({"anyOf": [{"$ref": "#/$defs/Part"}, {"const": text}], "x-rust-name": "either"})),
        "file": described(json!({"type": "string", "format": "image_uri", "default": text, "validations": [
            {"validation_rule": "file_size_mb<", "validation_value": 30, "validation_error": text},
        ]})),
    });
    json!({
        "display_name": text,
        "description": text,
        "x-source": text,
        "input_schema": described(json!({
            "type": "object",
            "required": [key("text"), key("inner")],
            "properties": properties,
            "$defs": {"Part": described(json!({"type": "object", "properties": {"n": described(json!({"type": "integer"}))}}))},
        })),
        "output_schema": {"output": described(json!({"type": "object", "properties": {
            key("score"): described(json!({"type": "number", "x-rust-name": "score"})),
        }}))},
    })
}

/// Fields, and types named after them, with names that rustdoc knows from elsewhere.
fn names() -> Value {
    let names = [
        "hash",
        "eq",
        "debug",
        "clone",
        "copy",
        "default",
        "fmt",
        "build",
        "builder",
        "new",
        "from",
        "into",
        "drop",
        "cmp",
        "ord",
        "partial_eq",
        "partial_ord",
        "to_owned",
        "borrow",
        "try_from",
        "type_id",
        "option",
        "vec",
        "box",
        "string",
        "send",
        "result",
        "ok",
        "some",
        "u8",
        "str",
        "bool",
        "derive",
        "test",
        "assert",
        "println",
        "std",
        "core",
        "input",
        "output",
        "media",
        "doc",
        "self",
        "never",
        "slice",
        "char",
        "mod",
    ];
    let schema = |index: usize, name: &str| match index % 4 {
        0 => json!({"enum": ["a", "b"]}),
        1 => json!({"type": "object", "properties": {name: {"enum": ["a"]}}}),
        2 => json!({"type": ["integer", "null"]}),
        _ => {
            json!({"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "object", "properties": {}}]}})
        }
    };
    let properties: serde_json::Map<_, _> = names
        .iter()
        .enumerate()
        .map(|(index, name)| ((*name).to_owned(), schema(index, name)))
        .collect();
    let required: Vec<_> = names.iter().step_by(3).collect();
    json!({"type": "object", "required": required, "properties": properties})
}

/// The doc comments of generated source, each as Markdown.
fn docs(source: &str) -> Vec<String> {
    let mut docs = vec![String::new()];
    for line in source.lines() {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        match (doc, docs.last_mut()) {
            (Some(text), Some(last)) => {
                last.push_str(text.strip_prefix(' ').unwrap_or(text));
                last.push('\n');
            }
            (_, Some(last)) if !last.is_empty() => docs.push(String::new()),
            _ => {}
        }
    }
    docs
}

#[test]
fn no_text_of_a_schema_is_markup() {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let texts =
        [HOSTILE, "``<b>", "`", "1. a", "- [ ] a", "| a |\n|-|\n| b |", "a\n===", "# a", "[a]: b"];
    for text in texts {
        let generated = Generator::from_texts([("acme/m", schema(text).to_string())]);
        let generated = generated.crate_path("acme").generate().unwrap();
        let docs =
            docs(&generated.models[0].source).into_iter().chain(self::docs(&generated.index));
        let mut seen = 0;
        for doc in docs {
            // Code in a block is run by `cargo test`.
            let is_fence = |line: &&str| {
                line.starts_with("```") && !line.trim_start_matches('`').contains('`')
            };
            let blocks = doc.lines().filter(is_fence).collect::<Vec<_>>();
            let is_example = ["```", "```no_run"].contains(blocks.first().unwrap_or(&""))
                && blocks.len() == 2
                && doc.contains("\nuse acme::acme::m::");
            assert!(blocks.is_empty() || is_example, "{doc}");
            // The list of models has a row for each, and no more.
            let is_list = doc.contains("| Module | What it makes |");
            let rows = Parser::new_ext(&doc, options)
                .filter(|event| matches!(event, Event::Start(Tag::TableRow)));
            assert!(!is_list || rows.count() == generated.models.len(), "{doc}");
            // As rustdoc does, which looks for a type of that name.
            let found =
                |link: BrokenLink<'_>| Some((CowStr::from(link.reference.to_string()), "".into()));
            for event in Parser::new_with_broken_link_callback(&doc, options, Some(found)) {
                let is_ours = match &event {
                    Event::Start(Tag::Link { dest_url, .. }) => {
                        let target = dest_url.trim_matches('`');
                        let name = [
                            "type@",
                            "method@Self::",
                            "method@InputBuilder::",
                            "InputBuilder::",
                            "mod@self::",
                        ]
                        .iter()
                        .find_map(|start| target.strip_prefix(start));
                        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                        name.is_some_and(|name| name.chars().all(is_word))
                            || target == "https://www.runcomfy.com/models/acme/m"
                    }
                    Event::Start(Tag::Paragraph | Tag::CodeBlock(_))
                    | Event::End(_)
                    | Event::Text(_) => true,
                    Event::Code(code) => {
                        seen += usize::from(code.contains(text.trim()));
                        true
                    }
                    Event::SoftBreak => true,
                    // What generated docs have of their own.
                    Event::Start(Tag::Heading { .. }) => doc.contains("# Errors\n"),
                    Event::Start(
                        Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell,
                    ) => doc.contains("| Field | Wire key |") || is_list,
                    _ => false,
                };
                assert!(is_ours, "{event:?} in {doc}");
            }
        }
        // It is there, as code.
        assert!(seen > 5 || text.contains('\n'), "{text}: {seen}");
    }
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn no_text_of_a_schema_is_html_or_a_link_on_the_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let manifest = crate::downstream::MANIFEST.replace("acme-app", "acme-docs");
    write("Cargo.toml", &manifest.replace("@ROOT@", &root.display().to_string()));
    write("build.rs", crate::downstream::BUILD);
    let include = "include!(concat!(env!(\"OUT_DIR\"), \"/runcomfy.rs\"));";
    write("src/lib.rs", &format!("//! Models.\n#![deny(warnings)]\n{include}\n"));
    write("schemas/acme/hostile.json", &schema(HOSTILE).to_string());
    write("schemas/acme/names.json", &names().to_string());
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream");
    let _ = fs::remove_dir_all(target.join("doc"));
    let output = Command::new(env!("CARGO"))
        .args(["doc", "--no-deps", "--lib"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTDOCFLAGS", "-D warnings")
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");

    let mut pages = Vec::new();
    files(&target.join("doc"), &mut pages);
    let mut seen = 0;
    for path in pages {
        let Ok(page) = fs::read_to_string(&path) else { continue };
        let page = page.to_lowercase();
        for html in ["<script>hacked", "<em>hacked", "<!-- hacked", "&lt;hacked&gt; --&gt;"] {
            assert!(!page.contains(html), "{}: {html}", path.display());
        }
        if path.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        seen += page.matches("hacked").count();
        for (start, _) in page.match_indices('<') {
            let end = page[start..].find('>').map_or(page.len(), |end| start + end);
            let tag = &page[start..end];
            // The description of a page is a quoted text; quotes inside are escaped.
            let is_quoted = tag.starts_with("<meta name=\"description\" content=\"");
            // Variants are named after what they stand for, by its letters alone.
            let is_markup =
                ["hacked(", "hacked.example", "=hacked"].iter().any(|html| tag.contains(html));
            assert!(is_quoted || !is_markup, "{}: {tag}>", path.display());
        }
    }
    assert!(seen > 100, "{seen}");

    // Links lead to the setters and types that they are about.
    let page = |name: &str| {
        fs::read_to_string(target.join("doc/acme_docs/acme/names").join(name)).unwrap()
    };
    let builder = page("struct.InputBuilder.html");
    for name in ["eq_", "debug", "fmt_", "from_", "borrow_", "type_id_"] {
        let link =
            format!("Sets <a href=\"struct.InputBuilder.html#method.{name}\" title=\"method");
        assert!(builder.contains(&link), "{name}");
    }
    for (name, file) in
        [("Hash", "enum.Hash.html"), ("Eq", "struct.Eq.html"), ("Copy", "enum.Copy.html")]
    {
        assert!(builder.contains(&format!("href=\"{file}\" title=\"")), "{name}");
    }
}
