//! `check`: checks the schemas of a folder.

use std::io::Write;
use std::path::PathBuf;

use runcomfy_codegen::{GeneratedField, GeneratedModel, NameOrigin, Problem, Severity};
use runcomfy_schema::counted::counted;
use serde_json::{Value, json};

use super::Project;
use super::problems::{to_json, to_text};
use crate::report::with_error;
use crate::{Error, Result, Status};

const EXAMPLE: &str = "\
Example:
  $ rcf schemas check
  error: `minimum` 20 is above `maximum` 6
   --> schemas/acme/dream.json:12:20
  $ rcf schemas check --json | jq '.models[].id'";

/// Checks the schemas: lists errors and warnings, and where each name comes from
///
/// The schemas are checked as a build checks them. Each error and warning has its line in the file. If
/// there is no error, the models are listed with their modules and types, and with what the name of each
/// field was made from.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// Another folder to check, instead of --folder
    #[arg(value_name = "FOLDER")]
    pub other: Option<PathBuf>,
    /// Writes JSON: `models` and `problems`
    #[arg(long)]
    pub json: bool,
}

/// Checks the schemas.
///
/// # Errors
/// If one of the schemas has an error, or the folder cannot be read.
pub fn run(args: &Args, project: &Project, output: &mut dyn Write) -> Result<Status> {
    let project = project.in_folder(args.other.as_deref());
    match runcomfy_codegen::check(&project.schemas) {
        Ok(checked) if args.json => {
            let models: Value =
                checked.models.iter().map(|one| model_json(one, &project)).collect();
            let value = json!({"models": models, "problems": to_json(&checked.warnings)});
            writeln!(output, "{value:#}")?;
        }
        Ok(mut checked) => {
            if let Some(module) = &project.module {
                checked = checked.below(module);
            }
            let warnings = to_text(&checked.warnings, &std::io::stdout());
            write!(output, "{warnings}{}", checked.names())?;
        }
        Err(error) => {
            let problems = error.problems();
            if args.json {
                let mut value = json!({"models": [], "problems": to_json(problems)});
                with_error(&mut value, Some(&Error::bad_input(errors_in_the_schemas(problems))));
                writeln!(output, "{value:#}")?;
            }
            return Err(refusal(problems));
        }
    }
    Ok(Status::Done)
}

/// The error of schemas with these problems.
pub(super) fn refusal(problems: &[Problem]) -> Error {
    let text = to_text(problems, &std::io::stderr());
    Error::bad_input(format!("{}\n\n{}", errors_in_the_schemas(problems), text.trim_end()))
}

fn errors_in_the_schemas(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|one| one.severity() == Severity::Error).count();
    format!("{} in the schemas", counted(errors, "error"))
}

fn model_json(model: &GeneratedModel, project: &Project) -> Value {
    let module = match &project.module {
        Some(above) => format!("{above}::{}", model.module),
        None => model.module.clone(),
    };
    let field = |field: &GeneratedField| {
        let origin = match field.origin {
            NameOrigin::RustName => "x-rust-name",
            NameOrigin::Key => "key",
            NameOrigin::Title => "title",
            _ => "other",
        };
        json!({
            "name": field.name,
            "key": field.key,
            "title": field.title,
            "required": field.is_required,
            "origin": origin,
        })
    };
    let objects: Value = model
        .objects
        .iter()
        .map(|object| {
            let fields: Value = object.fields.iter().map(field).collect();
            json!({"name": object.name, "fields": fields})
        })
        .collect();
    json!({
        "id": model.id,
        "file": model.schema.display().to_string(),
        "module": module,
        "title": model.title,
        "summary": model.summary,
        "objects": objects,
    })
}
