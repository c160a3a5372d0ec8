//! `catalog`: one page of all models.

mod facts;
mod field;
mod page;
mod sample;
mod scale;
mod text;

use std::io::Write;
use std::path::{Path, PathBuf};

use runcomfy_codegen::Generator;
use serde_json::json;

use super::check::refusal;
use super::folder::replace;
use super::problems::to_json;
use super::{ModelId, Project};
use crate::{Error, Result, Status};
use page::Entry;

const EXAMPLE: &str = "\
Examples:
  $ rcf schemas catalog
  wrote models.html: 98 models
  $ rcf schemas catalog --out - | gzip > models.html.gz

The page needs no network, and no other file. It can be read without JavaScript; with it, models
can be searched. The address `models.html#q=kling+video` is that of a search.";

/// Writes one HTML page of all models, to search, read and copy from
///
/// Each model has its fields, with their ranges and values, and a valid call in Rust, as a `curl` command and
/// as an `rcf` command.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// The file to write; `-` is the standard output
    #[arg(long, value_name = "FILE", default_value = "models.html")]
    pub out: PathBuf,
    /// Writes JSON: `file`, `models` (their number), `bytes` and `problems`
    #[arg(long)]
    pub json: bool,
}

/// Writes the page.
///
/// # Errors
/// If one of the schemas has an error, or a file cannot be read or written.
pub fn run(args: &Args, project: &Project, output: &mut dyn Write) -> Result<Status> {
    let to_stdout = args.out == Path::new("-");
    if to_stdout && args.json {
        return Err(Error::usage("`--json` and `--out -` both want the standard output"));
    }
    let folder = project.folder()?;
    let module = project.module.as_deref().unwrap_or(OWN_MODULE);
    let generator = Generator::new(folder.path()).crate_path(module);
    let generated = generator.generate().map_err(|error| refusal(error.problems()))?;
    let mut entries = Vec::new();
    for model in &generated.models {
        let id: ModelId = model.id.parse()?;
        // It was there a moment ago, and says nothing that the page needs if it is not.
        let text = folder.read(&id)?.unwrap_or_default();
        entries.push(Entry::of(model, &text));
    }
    let page = page::page(&entries);
    if to_stdout {
        output.write_all(page.as_bytes())?;
        return Ok(Status::Done);
    }
    write(&args.out, &page)?;
    let file = args.out.display().to_string();
    if args.json {
        let problems = to_json(&generated.warnings);
        let (models, bytes) = (entries.len(), page.len());
        let value = json!({"file": file, "models": models, "bytes": bytes, "problems": problems});
        writeln!(output, "{value:#}")?;
    } else {
        let models = runcomfy_schema::counted::counted(entries.len(), "model");
        writeln!(output, "wrote {}: {models}", runcomfy_schema::printable::printable(&file))?;
    }
    Ok(Status::Done)
}

/// The module that the documentation suggests for an app's own models.
const OWN_MODULE: &str = "crate::models";

fn write(path: &Path, text: &str) -> Result<()> {
    let name = path.display();
    if path.is_dir() {
        return Err(Error::bad_input(format!("{name} is a folder; name a file with --out")));
    }
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let written = std::fs::create_dir_all(parent).and_then(|()| replace(parent, path, text));
    written.map_err(|error| Error::io(format!("cannot write {name}"), error))
}
