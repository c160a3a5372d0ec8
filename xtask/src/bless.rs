//! Rewrites the files that tests compare whole: generated sources, and messages.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// A part of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The generated sources in tests/expected/
    Sources,
    /// The messages in tests/ui/, and docs/messages.md
    Messages,
}

/// Rewrites files that tests compare
///
/// Without a part, rewrites all of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    parts: Vec<Part>,
}

/// Writes the parts that are named, or all, and lists the files that changed.
pub(crate) fn run(args: &Args, root: &Path) -> Result<()> {
    let has = |part| args.parts.is_empty() || args.parts.contains(&part);
    let mut changed = Vec::new();
    if has(Part::Sources) {
        changed.extend(runcomfy_expected::bless()?);
    }
    if has(Part::Messages) {
        changed.extend(messages(root)?);
    }
    for file in &changed {
        let file = file.strip_prefix(root).unwrap_or(file);
        let verb = if root.join(file).exists() { "wrote" } else { "removed" };
        println!("{verb} {}", file.display());
    }
    if changed.is_empty() {
        println!("no expected file has changed");
    } else {
        println!("\nread the difference before you commit it: `git diff tests docs`");
    }
    Ok(())
}

/// The tests that write the messages of the gallery.
const TESTS: [&[&str]; 3] = [
    &["-p", "runcomfy-ui", "--test", "compile"],
    &["-p", "runcomfy-ui", "--test", "gallery", "reports"],
    &["-p", "runcomfy-tests", "--test", "it", "gallery::"],
];

/// Writes the messages, and renders the gallery.
fn messages(root: &Path) -> Result<Vec<PathBuf>> {
    let before = runcomfy_ui::messages()?;
    for test in TESTS {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["test", "--quiet"])
            .args(test)
            .current_dir(root)
            .env("BLESS", "1")
            .env("TRYBUILD", "overwrite")
            .status()?;
        if !status.success() {
            return Err(format!("`cargo test {}` failed", test.join(" ")).into());
        }
    }
    let after = runcomfy_ui::messages()?;
    let is_new = |(file, text): &(&PathBuf, &String)| before.get(*file) != Some(*text);
    let mut changed: Vec<_> = after.iter().filter(is_new).map(|(file, _)| file.clone()).collect();
    changed.extend(runcomfy_ui::bless()?);
    Ok(changed)
}
