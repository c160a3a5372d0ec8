//! `new`: a file to start from.

use std::io::Write;

use serde_json::json;

use super::tree::Tree;
use super::{ModelId, Project, Written};
use crate::{Error, Result, Status};

const EXAMPLE: &str = "\
Example:
  $ rcf schemas new acme/dream/text-to-image
  created schemas/acme/dream/text-to-image.json";

/// Writes a file to start from, for a model without a page
///
/// The file is a catalog entry with one field of each common kind. Each `$comment` says what to change;
/// comments have no effect, and can stay. The file is valid as it is.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// The model id, which is the path of the file: `<MODEL ID>.json`
    #[arg(value_name = "MODEL ID")]
    pub id: String,
    /// Writes JSON: `id` and `file`
    #[arg(long)]
    pub json: bool,
}

/// The file, without its id.
const STARTER: &str = include_str!("starter.json");

/// Writes the file.
///
/// # Errors
/// If it is there already, or the id cannot be a path.
pub fn run(args: &Args, project: &Project, output: &mut dyn Write) -> Result<Status> {
    let id: ModelId = args.id.parse()?;
    let folder = project.folder_or_empty()?;
    let name = folder.name_of(&id);
    if folder.read(&id)?.is_some() {
        return Err(Error::bad_input(format!(
            "{name} is there already; `import` or `sync` brings it up to date"
        )));
    }
    let mut starter = Tree::parse(STARTER).map_err(Error::bad_input)?;
    if let Tree::Object(members) = &mut starter {
        members.insert(0, ("model_id".to_owned(), Tree::String(id.to_string())));
    }
    let Written::Created = folder.write(&id, &starter.to_file())? else {
        return Err(Error::bad_input(format!("{name} is there already")));
    };
    if args.json {
        writeln!(output, "{:#}", json!({"id": id.as_str(), "file": name}))?;
    } else {
        writeln!(output, "created {name}")?;
        writeln!(output, "  change its fields, and run `rcf schemas check`")?;
    }
    Ok(Status::Done)
}
