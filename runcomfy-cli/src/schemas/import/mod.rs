//! `import`: adds a model from what a person has at hand.
//!
//! `html.rs` makes text of a saved page, `shell.rs` finds the requests in it, `blocks.rs` the JSON
//! objects, and `page.rs` says which of them is the input schema. `document.rs` and `openapi.rs` read what
//! is JSON as a whole.

mod blocks;
mod document;
mod found;
mod html;
mod ids;
mod labels;
mod openapi;
mod page;
mod scripts;
mod shell;

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use runcomfy_schema::printable::line;
use serde_json::{Value, json};

use self::found::{Content, Found};
use self::page::Hints;
use super::tree::{Members, Tree};
use super::update::{Planner, Update};
use super::violations::violations;
use super::{Folder, ModelId, Project, merge};
use crate::report::with_error;
use crate::{Error, ErrorKind, Result, Status};

const EXAMPLE: &str = "\
Examples:
  $ rcf schemas import page.html
  created schemas/kling/kling-2-1/master/image-to-video.json
  $ pbpaste | rcf schemas import -
  $ rcf schemas import openapi.json --choose 'POST /dream' --id acme/dream";

/// Adds models: from a saved page, a schema, a catalog entry or answer, or an OpenAPI document
///
/// Takes the page of a model, saved as HTML or copied as text, in any language; its input schema; its
/// catalog entry; a whole answer of the catalog; or an OpenAPI document. Finds the model id and the
/// schemas, writes `<model id>.json`, and says what it found and what changed. Keys that begin with `x-`
/// stay in a file that is there. Writes nothing that a build would refuse.
///
/// A `curl` command with its body is checked against the schema in the folder, and nothing is written.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// The files to read; `-` is the standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The model id, if it is not in the file, or is another one there. Of a catalog answer, the model to
    /// take
    #[arg(long, value_name = "MODEL ID")]
    pub id: Option<String>,
    /// What to take if several things could be meant: an operation, a name, or the number of a line
    #[arg(long, value_name = "WHICH")]
    pub choose: Option<String>,
    /// Where the facts are from, and as of when. It becomes `x-source`, which rustdoc shows
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// Keeps the titles and descriptions of a file that is there
    #[arg(long)]
    pub keep_texts: bool,
    /// Writes no file
    #[arg(long)]
    pub dry_run: bool,
    /// Writes JSON: `models`, `requests` and `errors`
    #[arg(long)]
    pub json: bool,
}

/// Imports the files.
///
/// # Errors
/// If a file cannot be used. The others are imported nevertheless.
pub fn run(args: &Args, project: &Project, output: &mut dyn Write) -> Result<Status> {
    let folder = project.folder_or_empty()?;
    let options = merge::Options { keeps_texts: args.keep_texts, source: args.source.clone() };
    let planner = Planner::new(&folder, options)?;
    let mut import = Import { args, project, folder: &folder, planner, report: Report::default() };
    for file in &args.files {
        if let Err(error) = import.file(file, output) {
            let error = if args.files.len() > 1 {
                Error::new(error.kind(), format!("{}: {error:?}", shown(file)))
            } else {
                error.named(&shown(file))
            };
            import.report.errors.push(error);
        }
    }
    import.report.end(args.json, output)
}

struct Import<'a> {
    args: &'a Args,
    project: &'a Project,
    folder: &'a Folder,
    planner: Planner<'a>,
    report: Report,
}

impl Import<'_> {
    fn file(&mut self, file: &Path, output: &mut dyn Write) -> Result<()> {
        let text = read(file)?;
        let hints = Hints { id: self.args.id.as_deref(), choice: self.args.choose.as_deref() };
        match content(&text, hints).map_err(Error::bad_input)? {
            Content::Request { id, body } => {
                let id = self.args.id.clone().unwrap_or(id);
                self.request(&id, &body, output)
            }
            Content::Models { kind, models } => {
                let is_list = models.len() > 1;
                let about = format!("{}: {kind}", shown(file));
                if is_list && !self.args.json {
                    writeln!(output, "{about}")?;
                }
                for model in models {
                    let done = model
                        .map_err(Error::bad_input)
                        .and_then(|found| self.model(found, &about, is_list, output));
                    match done {
                        // One bad entry keeps none of the others away.
                        Err(error) if is_list => self.report.errors.push(error),
                        done => done?,
                    }
                }
                Ok(())
            }
        }
    }

    fn model(
        &mut self,
        found: Found,
        about: &str,
        is_list: bool,
        output: &mut dyn Write,
    ) -> Result<()> {
        let Found { id, entry, body, notes } = found;
        let given = self.args.id.clone().filter(|_| !is_list);
        let id: ModelId = given
            .or(id)
            .ok_or_else(|| {
                Error::bad_input("the file does not say the model id; give it with --id")
            })?
            .parse()?;
        let update = self.planner.plan(&id, entry)?;
        if !self.args.dry_run {
            update.write(self.folder)?;
        }
        if self.args.json {
            self.report.models.push(update.to_json(self.args.dry_run));
            return Ok(());
        }
        if !is_list {
            writeln!(output, "{about}")?;
            for note in &notes {
                writeln!(output, "  {}", line(note))?;
            }
            if let Some(body) = &body {
                writeln!(output, "  {}", example(&update, body))?;
            }
        }
        update.show(self.project.module.as_deref(), self.args.dry_run, output)
    }

    /// Checks a request against the schema of its model.
    fn request(&mut self, id: &str, body: &Tree, output: &mut dyn Write) -> Result<()> {
        let id: ModelId = id.parse()?;
        let text = self.folder.read(&id)?.ok_or_else(|| {
            Error::bad_input(format!(
                "this is a request to {id}, whose schema is not in {}; \
                 import its page, or run `rcf schemas sync {id}`",
                self.folder.path().display()
            ))
        })?;
        let violations = violations(&id, &text, body)?;
        if self.args.json {
            self.report.requests.push(json!({"id": id.as_str(), "violations": violations}));
        }
        if violations.is_empty() {
            if !self.args.json {
                writeln!(output, "the request fits the schema of {id}; nothing is written")?;
            }
            return Ok(());
        }
        Err(Error::bad_input(format!(
            "the request does not fit the schema of {id}:\n  {}",
            violations.join("\n  ")
        )))
    }
}

/// What the command says at its end.
#[derive(Default)]
struct Report {
    models: Vec<Value>,
    requests: Vec<Value>,
    errors: Vec<Error>,
}

impl Report {
    fn end(self, is_json: bool, output: &mut dyn Write) -> Result<Status> {
        let texts: Vec<_> = self.errors.iter().map(|error| format!("{error:?}")).collect();
        let ended = Self::status(self.errors);
        if is_json {
            let mut value =
                json!({"models": self.models, "requests": self.requests, "errors": texts});
            with_error(&mut value, ended.as_ref().err());
            writeln!(output, "{value:#}")?;
        }
        ended
    }

    fn status(mut errors: Vec<Error>) -> Result<Status> {
        match errors.len() {
            0 => Ok(Status::Done),
            1 => Err(errors.remove(0)),
            count => {
                let kind = errors.first().map_or(ErrorKind::BadInput, Error::kind);
                let lines: Vec<_> = errors.iter().map(|error| format!("{error:?}")).collect();
                Err(Error::new(
                    kind,
                    format!("{count} were not imported\n\n{}", lines.join("\n\n")),
                ))
            }
        }
    }
}

/// The id in a catalog entry, and the members that a schema file has.
///
/// # Errors
/// If it has no input schema.
pub(super) fn entry_of(entry: &Tree) -> Result<(Option<String>, Members)> {
    document::entry(entry).map(|found| (found.id, found.entry)).map_err(Error::bad_input)
}

/// Says whether the example of a page fits the schema. Many do not: they are placeholders.
fn example(update: &Update, body: &Tree) -> String {
    match update.violations(body) {
        Ok(violations) if violations.is_empty() => "its example fits the schema".to_owned(),
        Ok(violations) => format!("its example does not fit the schema: {}", violations.join("; ")),
        Err(error) => format!("its example was not checked: {error}"),
    }
}

/// Reads a file, or the standard input.
fn read(file: &Path) -> Result<String> {
    /// An answer of the catalog with all schemas has a few MiB.
    const MAX_LEN: u64 = 32 << 20;
    let failed = |error| Error::io(format!("cannot read {}", shown(file)), error);
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(MAX_LEN + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let file = std::fs::File::open(file).map_err(failed)?;
        file.take(MAX_LEN + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > MAX_LEN {
        return Err(Error::bad_input(format!("{} is too long for a page", shown(file))));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        Error::bad_input(format!("{} is not UTF-8 text; save it as UTF-8", shown(file)))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn shown(file: &Path) -> String {
    match file.to_str() {
        Some("-") => "the standard input".to_owned(),
        _ => line(&file.display().to_string()),
    }
}

/// Finds models in a text.
fn content(text: &str, hints: Hints<'_>) -> std::result::Result<Content, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.trim_start().get(..1000).unwrap_or(text).contains("multipart/related") {
        return Err(
            "it is a web archive (MHTML); save the page as HTML, or copy its text".to_owned()
        );
    }
    if text.lines().take(20).any(|line| line.starts_with("openapi:")) {
        return Err("it is an OpenAPI document in YAML; convert it to JSON".to_owned());
    }
    if !html::is_html(text) {
        return page::read(&with_plain_spaces(text), hints);
    }
    let page = html::read(text);
    let visible = with_plain_spaces(&page.text);
    let read = page::read(&visible, hints);
    if matches!(read, Ok(Content::Models { .. })) {
        return read;
    }
    // A page that shows its schema only when a reader opens it has it in its scripts.
    let entries = scripts::entries(&page.scripts);
    match &*entries {
        [] => read,
        [entry] => {
            let mut found = document::entry(entry)?;
            if found.id.is_none() {
                let mut ids = ids::find(&visible).into_iter().map(|(_, id)| id);
                found.id = ids.next().filter(|_| ids.next().is_none());
            }
            Ok(Content::one("a model's page, with its schema in a script", found))
        }
        _ => document::catalog(&Tree::Array(entries), hints.id),
    }
}

/// The text with plain spaces where a browser or an editor put others that JSON does not know.
fn with_plain_spaces(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let rest =
            line.trim_start_matches([' ', '\t', '\u{a0}', '\u{3000}', '\u{200b}', '\u{feff}']);
        plain.extend(std::iter::repeat_n(' ', line[..line.len() - rest.len()].chars().count()));
        // Some highlighters write every space so. Between a key and its value it is no part of a text.
        plain.push_str(&rest.replace("\":\u{a0}", "\": "));
    }
    plain
}
