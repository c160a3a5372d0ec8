//! Links between the documents lead somewhere.
#![allow(clippy::expect_used, reason = "a test fails by a panic")]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn markdown_in(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect()
}

fn links(text: &str) -> Vec<String> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.into_string())
            }
            _ => None,
        })
        .collect()
}

/// The anchors of a page's headings: lower case, words joined by `-`, other characters left out.
fn anchors(text: &str) -> HashSet<String> {
    let mut anchors = HashSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let kept = heading.take().unwrap_or_default().to_lowercase().replace(' ', "-");
                anchors.insert(
                    kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect(),
                );
            }
            _ => {}
        }
    }
    anchors
}

#[test]
fn relative_links_lead_to_files_and_headings() {
    let (root, guide) = (root(), root().join("docs/guide/src"));
    let pages: Vec<_> = [&root, &root.join("docs"), &guide]
        .into_iter()
        .flat_map(|folder| markdown_in(folder))
        .collect();
    let mut checked = 0;
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.with_file_name(file),
            };
            let shown = page.strip_prefix(&root).expect("a page of the repository").display();
            assert!(target.exists(), "{shown}: {link} leads to no file");
            if !anchor.is_empty() {
                let target = fs::read_to_string(&target).expect("a page");
                assert!(anchors(&target).contains(anchor), "{shown}: {link} leads to no heading");
            }
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} links");
}

#[test]
fn every_page_of_the_guide_is_in_its_summary() {
    let guide = root().join("docs/guide/src");
    let summary = fs::read_to_string(guide.join("SUMMARY.md")).expect("the summary");
    let listed: HashSet<_> = links(&summary).into_iter().collect();
    for page in markdown_in(&guide) {
        let name = page.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name == "SUMMARY.md" || listed.contains(&name), "{name} is not in SUMMARY.md");
    }
}

#[test]
fn every_error_is_explained() {
    let source = fs::read_to_string(root().join("runcomfy-client/src/error/mod.rs"));
    let page = fs::read_to_string(root().join("docs/guide/src/errors.md")).expect("a page");
    let source = source.expect("the source of the errors");
    let (_, after) = source.split_once("pub enum Error {\n").expect("the enum");
    let (variants, _) = after.split_once("\n}\n").expect("its end");
    let name = |line: &str| {
        let name = line.strip_prefix("    ").filter(|name| name.starts_with(char::is_uppercase))?;
        Some(name.split(|c: char| !c.is_alphanumeric()).next()?.to_owned())
    };
    let names: Vec<_> = variants.lines().filter_map(name).collect();
    assert!(names.len() > 20, "{names:?}");
    let missing: Vec<_> =
        names.iter().filter(|name| !page.contains(&format!("`Error::{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Apps depend on `runcomfy-models`, whose documentation shows these examples.
#[test]
fn examples_of_the_crates_below_name_the_one_of_apps() {
    for name in ["client", "types", "journal"] {
        let mut folders = vec![root().join(format!("runcomfy-{name}/src"))];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("a file").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).expect("a source");
                let shown = text.lines().map(str::trim_start).filter_map(|line| {
                    line.strip_prefix("/// ").or_else(|| line.strip_prefix("//! "))
                });
                let other = format!("runcomfy_{name}::");
                let wrong: Vec<_> = shown.filter(|line| line.contains(&other)).collect();
                assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
            }
        }
    }
}
