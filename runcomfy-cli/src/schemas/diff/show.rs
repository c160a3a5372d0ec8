//! The changes as a table, as Markdown, and as JSON.

use std::io::Write;

use semver::Version;
use serde_json::{Value, json};

use super::change::{Change, Verdict};
use super::models::Differences;
use super::version::{bump, bump_below_one, next};
use crate::Result;

/// What is shown beside the changes.
pub(super) struct About<'a> {
    pub(super) old: &'a str,
    pub(super) new: &'a str,
    /// The module around the generated ones.
    pub(super) module: Option<&'a str>,
    pub(super) version: Option<&'a Version>,
}

/// The worst verdicts of all changes; `None` where nothing changed.
struct Worst {
    compile: Option<Verdict>,
    run: Option<Verdict>,
    /// Of both, and of changes that are none of the API.
    all: Option<Verdict>,
}

fn worst(differences: &Differences) -> Worst {
    let changes = &differences.changes;
    let worst = |of: fn(&Change) -> Verdict| changes.iter().map(of).max();
    // Texts alone change the documentation, and the schemas in the package.
    let is_text = !differences.is_same_text && changes.is_empty();
    let all = worst(Change::worst).or(is_text.then_some(Verdict::None));
    Worst { compile: worst(|one| one.compile), run: worst(|one| one.run), all }
}

fn advice(differences: &Differences, about: &About<'_>) -> String {
    let Worst { all, .. } = worst(differences);
    let Some(verdict) = all else { return "no new version is needed".to_owned() };
    match about.version {
        Some(version) => format!("version {version} -> {}", next(version, verdict)),
        None => {
            let (bump, below) = (bump(all).unwrap_or_default(), bump_below_one(all));
            let below = below.filter(|below| *below != bump);
            let below = below.map(|below| format!(" ({below} below 1.0)")).unwrap_or_default();
            format!("version: a {bump} bump{below}")
        }
    }
}

fn counts(changes: &[Change]) -> String {
    let count = |verdict| changes.iter().filter(|one| one.worst() == verdict).count();
    let (breaking, additive) = (count(Verdict::Breaking), count(Verdict::Additive));
    format!("{breaking} breaking, {additive} additive, {} other", count(Verdict::None))
}

pub(super) fn table(
    differences: &Differences,
    about: &About<'_>,
    output: &mut dyn Write,
) -> Result<()> {
    writeln!(output, "{} -> {}", about.old, about.new)?;
    let changes = &differences.changes;
    if changes.is_empty() {
        let but = if differences.is_same_text { "" } else { ", but the schemas' texts differ" };
        writeln!(output, "no change in the Rust API{but}")?;
    } else {
        let width = changes.iter().map(|one| one.item.chars().count().max(5)).max();
        // A long name does not push the others off the screen.
        let width = width.unwrap_or_default().min(44);
        let mut model = "";
        for change in changes {
            if change.model != model {
                writeln!(output, "\n{}", change.model)?;
                writeln!(output, "  {:<8}  {:<8}  {:<width$}  change", "compile", "run", "item")?;
                model = &change.model;
            }
            let item = if change.item.is_empty() { "model" } else { &change.item };
            let (compile, run) = (change.compile.as_str(), change.run.as_str());
            writeln!(output, "  {compile:<8}  {run:<8}  {item:<width$}  {}", change.text)?;
        }
        writeln!(output, "\n{}", counts(changes))?;
    }
    for note in &differences.notes {
        writeln!(output, "note: {note}")?;
    }
    writeln!(output, "{}", advice(differences, about))?;
    Ok(())
}

pub(super) fn markdown(differences: &Differences, output: &mut dyn Write) -> Result<()> {
    let groups = [
        (Verdict::Breaking, "### Breaking"),
        (Verdict::Additive, "### Added"),
        (Verdict::None, "### Changed"),
    ];
    let mut is_first = true;
    for (verdict, title) in groups {
        let mut changes =
            differences.changes.iter().filter(|one| one.worst() == verdict).peekable();
        if changes.peek().is_none() {
            continue;
        }
        let gap = if is_first { "" } else { "\n" };
        is_first = false;
        writeln!(output, "{gap}{title}\n")?;
        for change in changes {
            let item = match &*change.item {
                "" => String::new(),
                item => format!(" `{item}`"),
            };
            let when = match (change.compile, change.run) {
                (Verdict::Breaking, run) if run != Verdict::Breaking => " (when compiled)",
                (compile, Verdict::Breaking) if compile != Verdict::Breaking => " (at run time)",
                _ => "",
            };
            writeln!(output, "- `{}`{item}: {}{when}", change.model, escape(&change.text))?;
        }
    }
    if is_first {
        writeln!(output, "No change in the Rust API.")?;
    }
    Ok(())
}

/// A text in Markdown. Code is marked already, and a value in quotes may be any text.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    let mut is_code = false;
    for c in text.chars() {
        is_code ^= c == '`';
        if !is_code && "\\*_[]<>|#&~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

pub(super) fn to_json(differences: &Differences, about: &About<'_>) -> Value {
    let Worst { compile, run, all } = worst(differences);
    let word = |verdict: Option<Verdict>| verdict.unwrap_or(Verdict::None).as_str();
    let changes: Value = differences.changes.iter().map(Change::to_json).collect();
    let version = about.version.map(|version| {
        let next = all.map_or_else(|| version.clone(), |verdict| next(version, verdict));
        json!({"current": version.to_string(), "next": next.to_string()})
    });
    json!({
        "old": about.old,
        "new": about.new,
        "module": about.module,
        "changes": changes,
        "compile": word(compile),
        "run": word(run),
        "bump": bump(all),
        "bump_below_1_0": bump_below_one(all),
        "version": version,
        "notes": differences.notes,
    })
}
