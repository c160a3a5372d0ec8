//! Lists the pages of the guide, so that a new page is tested without a line here.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let root = Path::new(&package).join("../..").canonicalize()?;
    let guide = root.join("docs/guide/src");
    println!("cargo::rerun-if-changed={}", guide.display());
    let mut pages = vec![root.join("README.md")];
    for page in fs::read_dir(&guide)? {
        pages.push(page?.path());
    }
    pages.sort();
    let mut modules = String::new();
    for page in pages.iter().filter(|page| page.extension().is_some_and(|ending| ending == "md")) {
        let name = page.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase().replace('-', "_");
        // `include_str` makes cargo see a change of the page.
        writeln!(
            modules,
            "#[doc = include_str!({:?})] pub mod {name} {{}}",
            page.display().to_string()
        )
        .map_err(io::Error::other)?;
    }
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("pages.rs"), modules)
}
