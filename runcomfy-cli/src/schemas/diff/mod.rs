//! `diff`: what changed in the Rust API.
//!
//! Both folders are generated, and the APIs compared as data: `pair` has both, `compare` the types, `objects`
//! and `fields` their fields, and `accepts` the values. Titles, descriptions, the order of keys, and how a schema is written
//! are no part of an API.
//!
//! Semantic versioning of Rust exempts what code can avoid: a new name that a `use module::*` brings in,
//! or a value whose type is inferred no more. The order of an enum's entries is exempt here too: it decides
//! the order of `ALL` and of `Ord`. The order of `required` is not, since it is that of the type parameters
//! of a builder.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use runcomfy_schema::printable::line;
use runcomfy_schema::validate::on_large_stack;
use semver::Version;
use serde_json::json;

use super::{Folder, ModelId, Project};
use crate::{Error, ErrorKind, Result, Status};

mod accepts;
mod change;
mod compare;
mod fields;
mod git;
mod known;
pub(in crate::schemas) mod limits;
mod models;
mod objects;
mod pair;
mod show;
mod version;
mod walk;

pub use change::{Change, Verdict};
use git::Repository;
use models::Texts;

const EXAMPLE: &str = "\
Examples:
  $ rcf schemas diff
  $ rcf schemas diff v1.2.0 --current-version 1.2.0
  $ rcf schemas diff HEAD~1 --format markdown >> CHANGELOG.md
  $ rcf schemas diff ../other/schemas --fail-on change

A change has two verdicts. `compile` is for the source of an app, built with the new schemas.
`run` is for a program that was built with the old ones, and for bodies that it stored: whether
the new schemas accept them, and read its output. A narrowed range breaks at run time alone.

The exit code is 1 if there is a change of the kind that --fail-on names, else 0.";

/// Says what changed in the Rust API since a git revision, and whether it breaks an app
///
/// Titles, descriptions, the order of keys, and how a schema is written are no change: `$ref` or in place,
/// `allOf` or one object.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// A git revision to compare with, or a folder of schemas. A folder of this name takes precedence
    ///
    /// Without it: HEAD, if the schemas differ from those there; else its parent. Nothing is written into
    /// the repository, and its files are not touched.
    #[arg(value_name = "REVISION|FOLDER")]
    pub old: Option<String>,
    /// How the changes are written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Writes JSON: `changes`, each with `compile` and `run`, and the `bump`. The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Which changes give exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    pub fail_on: FailOn,
    /// The version that the package has: says which one is next
    #[arg(long, value_name = "VERSION")]
    pub current_version: Option<Version>,
}

/// How changes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// A table for the terminal.
    #[default]
    Table,
    /// Lists for a changelog.
    Markdown,
    /// JSON for programs.
    Json,
}

/// Which changes give exit code 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum FailOn {
    /// Those that break an app, when it is compiled or when it runs.
    #[default]
    Breaking,
    /// Those that break the source of an app.
    Compile,
    /// Those that break an app, or add to the API.
    Additive,
    /// All changes of the API.
    Change,
    /// None.
    Never,
}

/// Compares the schemas.
///
/// # Errors
/// If there is no such revision, or a new schema has an error.
pub fn run(args: &Args, project: &Project, output: &mut dyn Write) -> Result<Status> {
    let folder = project.folder_or_empty()?;
    let new = texts(&folder)?;
    let is_json = args.json || args.format == Format::Json;
    let name = line(&project.schemas.display().to_string());
    let Some((old_name, old)) = old(args, &folder, &new)? else {
        let note = "nothing to compare with: HEAD has no parent here; in a shallow clone, fetch it, or \
                    name a folder";
        if is_json {
            let value = json!({"old": null, "new": name, "changes": [], "notes": [note]});
            writeln!(output, "{value:#}")?;
        } else {
            writeln!(output, "{note}")?;
        }
        return Ok(Status::Done);
    };
    // Rules nest as deeply as schemas do.
    let differences = on_large_stack(|| models::between(&old, &new)).unwrap_or_else(|| {
        let message = "the system gives no thread to compare the schemas in; free some memory";
        Err(Error::new(ErrorKind::TryAgain, message))
    })?;
    let about = show::About {
        old: &old_name,
        new: &name,
        module: project.module.as_deref(),
        version: args.current_version.as_ref(),
    };
    match args.format {
        _ if is_json => writeln!(output, "{:#}", show::to_json(&differences, &about))?,
        Format::Markdown => show::markdown(&differences, output)?,
        _ => show::table(&differences, &about, output)?,
    }
    let fails = |change: &Change| match args.fail_on {
        FailOn::Breaking => change.worst() == Verdict::Breaking,
        FailOn::Compile => change.compile == Verdict::Breaking,
        FailOn::Additive => change.worst() >= Verdict::Additive,
        FailOn::Change => true,
        FailOn::Never => false,
    };
    Ok(if differences.changes.iter().any(fails) { Status::Differs } else { Status::Done })
}

/// The schemas of a folder.
fn texts(folder: &Folder) -> Result<Texts> {
    let mut texts = Texts::new();
    for id in folder.ids()? {
        if let Some(text) = folder.read(&id)? {
            texts.insert(id, text);
        }
    }
    Ok(texts)
}

/// The schemas to compare with, and their name. `None` if there is nothing to compare with.
fn old(args: &Args, folder: &Folder, new: &Texts) -> Result<Option<(String, Texts)>> {
    if let Some(other) = args.old.as_ref().map(PathBuf::from).filter(|path| path.is_dir()) {
        let texts = texts(&Folder::open(&other)?)?;
        return Ok(Some((line(&other.display().to_string()), texts)));
    }
    let repository = Repository::around(folder)?;
    let read = |commit: &str| repository.schemas(commit);
    if let Some(revision) = &args.old {
        let Some(commit) = repository.commit(revision)? else {
            let revision = line(&format!("{revision:?}"));
            return Err(Error::bad_input(format!(
                "{revision} is neither a folder nor a revision that this repository has; `git fetch` gets \
                 those that it does not have yet"
            )));
        };
        return Ok(Some((line(revision), read(&commit)?)));
    }
    let Some(head) = repository.commit("HEAD")? else {
        return Err(Error::bad_input(
            "the repository has no commit yet; name a folder to compare with",
        ));
    };
    let texts = read(&head)?;
    if !is_same(&texts, new) {
        return Ok(Some(("HEAD".to_owned(), texts)));
    }
    match repository.commit("HEAD^")? {
        Some(parent) => Ok(Some(("HEAD^".to_owned(), read(&parent)?))),
        None => Ok(None),
    }
}

/// Whether two folders have the same schemas. Git may have written other ends of lines into the files.
fn is_same(one: &Texts, other: &Texts) -> bool {
    let lines = |(id, text): (&ModelId, &String)| (id.clone(), text.replace("\r\n", "\n"));
    one.len() == other.len() && one.iter().map(lines).eq(other.iter().map(lines))
}
