//! The guide's `rcf` commands do what the guide says.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by a panic")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use runcomfy_cli::Rcf;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The code blocks of a page, with their languages.
fn blocks(page: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(page).expect("a page");
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new(&text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                open = Some((language.into_string(), String::new()));
            }
            Event::Text(words) => {
                if let Some((_, code)) = &mut open {
                    code.push_str(&words);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

fn parse(command: &str) -> Rcf {
    Rcf::try_parse_from(command.split_whitespace())
        .unwrap_or_else(|error| panic!("{command}: {error}"))
}

#[test]
fn the_page_from_a_page_to_an_app_does_what_it_says() {
    let page = root().join("docs/guide/src/from-a-page.md");
    let blocks = blocks(&page);
    let (_, sample) = blocks
        .iter()
        .find(|(_, code)| code.contains("Eingabeschema"))
        .expect("a block with the text of a page");
    let folder = tempfile::tempdir().expect("a folder");
    // The only test of this process that depends on the current folder.
    std::env::set_current_dir(folder.path()).expect("the folder");
    fs::write("page.txt", sample).expect("a file");
    let request = sample.lines().skip_while(|line| !line.starts_with("curl")).take(3);
    fs::write("request.txt", request.collect::<Vec<_>>().join("\n")).expect("a file");
    let mut commands = 0;
    for (_, code) in blocks.iter().filter(|(language, _)| language == "console") {
        let (command, expected) = code.split_once('\n').expect("a command and its output");
        let command = command.strip_prefix("$ ").expect("a prompt");
        let mut output = Vec::new();
        let _ = parse(command).run(&mut output).expect("a command that goes well");
        assert_eq!(String::from_utf8_lossy(&output), expected, "{command}");
        commands += 1;
    }
    assert_eq!(commands, 2);
    // The page's program is compiled with this file.
    let file = "schemas/acme/dream-2.0/text-to-video.json";
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    assert_eq!(fs::read_to_string(file).ok(), fs::read_to_string(ours).ok());
}

/// The programs of the page are compiled with the file.
#[test]
fn the_page_on_nested_values_shows_the_schema_of_its_programs() {
    let blocks = blocks(&root().join("docs/guide/src/nested.md"));
    let shown = blocks.iter().find(|(language, _)| language == "json").map(|(_, code)| &**code);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/acme/story.json");
    assert_eq!(shown, fs::read_to_string(file).ok().as_deref());
}

#[test]
fn every_command_is_one() {
    let guide = root().join("docs/guide/src");
    let mut pages = vec![root().join("README.md")];
    pages.extend(fs::read_dir(guide).expect("a folder").map(|page| page.expect("a page").path()));
    let mut count = 0;
    for page in pages.iter().filter(|page| page.extension().is_some_and(|ending| ending == "md")) {
        for (_, code) in blocks(page) {
            for line in code.lines() {
                let command = line.strip_prefix("$ ").unwrap_or(line);
                if command.starts_with("rcf ") {
                    let _ = parse(command.split(" #").next().unwrap_or_default());
                    count += 1;
                }
            }
        }
    }
    assert!(count >= 3, "{count}");
}
