//! `rcf schemas`: the tools of a schema keeper.

use std::io::Write;
use std::path::PathBuf;

pub mod catalog;
mod changes;
pub mod check;
pub mod diff;
mod folder;
pub mod import;
mod merge;
mod model_id;
pub mod new;
mod place;
mod problems;
mod project;
pub mod sync;
mod tree;
mod update;
mod violations;

pub use folder::{Folder, Written};
pub use model_id::ModelId;
pub use project::Project;

use crate::{Result, Status};

/// `rcf schemas`, with the folder that its commands work on.
#[derive(Clone, Debug, clap::Args)]
#[command(disable_help_subcommand = true)]
#[non_exhaustive]
pub struct Schemas {
    /// The folder of the schemas. The path of each file in it is the model id: `<model id>.json`
    #[arg(long, global = true, value_name = "FOLDER", default_value = "schemas")]
    pub folder: PathBuf,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands on a folder of schemas. Each is documented with its arguments: a text here would
/// replace that one in `--help`.
#[derive(Clone, Debug, clap::Subcommand)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented with its arguments")]
pub enum Command {
    Catalog(catalog::Args),
    Check(check::Args),
    Diff(diff::Args),
    Import(import::Args),
    New(new::Args),
    Sync(sync::Args),
}

impl Schemas {
    /// Runs the command on the folder.
    ///
    /// # Errors
    /// Those of the command.
    pub fn run(&self, output: &mut dyn Write) -> Result<Status> {
        self.command.run(&Project::new(&self.folder), output)
    }
}

impl Command {
    /// Whether the command, as it was called, may write schemas.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self {
            Self::Catalog(_) | Self::Check(_) | Self::Diff(_) => false,
            Self::Import(args) => !args.dry_run,
            Self::New(_) => true,
            Self::Sync(args) => !args.check,
        }
    }

    /// Runs the command on a project's schemas.
    ///
    /// # Errors
    /// Those of the command.
    pub fn run(&self, project: &Project, output: &mut dyn Write) -> Result<Status> {
        match self {
            Self::Catalog(args) => catalog::run(args, project, output),
            Self::Check(args) => check::run(args, project, output),
            Self::Diff(args) => diff::run(args, project, output),
            Self::Import(args) => import::run(args, project, output),
            Self::New(args) => new::run(args, project, output),
            Self::Sync(args) => sync::run(args, project, output),
        }
    }
}
