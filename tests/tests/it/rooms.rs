//! `docs/rooms.md` is the map of each crate: it names every file and folder, and none that is gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const MAP: &str = "docs/rooms.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The crates that the map has a section for, or should have.
fn crates() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("runcomfy-") || name == "xtask")
        .filter(|name| root().join(name).join("src").is_dir())
        .collect();
    names.sort();
    names
}

/// The files and folders in a folder. A folder ends in `/`.
fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() { name + "/" } else { name }
        })
        .filter(|name| name.ends_with('/') || name.ends_with(".rs"))
        .collect();
    names.sort();
    names
}

/// All files and folders inside a folder, by their paths.
fn paths_in(folder: &Path, prefix: &str, paths: &mut Vec<String>) {
    for name in names_in(folder) {
        let path = format!("{prefix}/{name}");
        if let Some(inside) = path.strip_suffix('/') {
            paths_in(&folder.join(&name), inside, paths);
        }
        paths.push(path);
    }
}

#[test]
fn every_file_of_a_crate_is_on_the_map() {
    let map = fs::read_to_string(root().join(MAP)).unwrap();
    let sections: BTreeMap<&str, &str> = map
        .split("\n## ")
        .filter_map(|section| section.split_once('\n'))
        .map(|(heading, text)| (heading.trim_matches('`'), text))
        .collect();
    let mut missing = String::new();
    for name in crates() {
        let section = sections.get(&*name).copied().unwrap_or_default();
        for part in names_in(&root().join(&name).join("src")) {
            let is_root = ["lib.rs", "main.rs"].contains(&&*part);
            // A folder may be named by a file in it.
            if !is_root && !section.contains(&format!("`{part}")) {
                missing.push_str(&format!("\n  ## `{name}`: `{part}`"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "{MAP} does not name these; add each to the section of its crate, with a few words on what it is:{missing}"
    );
}

#[test]
fn nothing_on_the_map_is_gone() {
    let mut paths = Vec::new();
    for name in crates() {
        paths_in(&root().join(&name).join("src"), &format!("{name}/src"), &mut paths);
    }
    let map = fs::read_to_string(root().join(MAP)).unwrap();
    let named = map.split('`').skip(1).step_by(2);
    let gone: Vec<_> = named
        .filter(|name| name.ends_with(".rs") || name.ends_with('/'))
        .filter(|name| !paths.iter().any(|path| format!("/{path}").ends_with(&format!("/{name}"))))
        .collect();
    assert!(gone.is_empty(), "{MAP} names what is no file or folder of a crate: {gone:?}");
}
