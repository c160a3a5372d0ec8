//! Where a batch is: its database, and the folder of its results.

use std::path::{Path, PathBuf};

use runcomfy_batch::{Batch, Store};
use runcomfy_schema::printable::printable;

use super::error::of_batch;
use crate::service::shell_word;
use crate::{Error, Result};

/// The variable that names a database, for a URL with a password.
const VARIABLE: &str = "RUNCOMFY_BATCH_STORE";

/// The file of the database in the folder of results.
const FILE: &str = "batch.db";

/// Where a batch is.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Batch")]
#[non_exhaustive]
pub struct Place {
    /// The folder of the batch: output files, results, and its database `batch.db`
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Another database: the path of a SQLite file, or postgres://user@host/database for workers on many
    /// machines. The variable RUNCOMFY_BATCH_STORE names one, too
    #[arg(long, value_name = "DATABASE")]
    pub store: Option<String>,
    /// The name of the batch: a database can have several
    #[arg(long, value_name = "NAME", default_value = "batch")]
    pub name: String,
}

impl Place {
    /// Whether it says where the batch is.
    pub(super) fn check(&self) -> Result<()> {
        self.store().map(drop)
    }

    /// Opens the batch, and creates it if it is not there.
    pub(super) async fn create(&self) -> Result<Batch> {
        let store = self.store()?;
        if let Some(folder) = file_of(&store).and_then(Path::parent)
            && folder != Path::new("")
        {
            let io =
                |error| Error::io(format!("cannot make the folder {}", folder.display()), error);
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        self.open_in(&store).await
    }

    /// Opens a batch that has jobs.
    pub(super) async fn open(&self) -> Result<Batch> {
        let store = self.store()?;
        let none = |place: &str| {
            Error::bad_input(format!(
                "there is no batch in {}; `rcf batch add FILE{}` makes one",
                printable(place),
                self.flags()
            ))
        };
        if let Some(file) = file_of(&store)
            && !file.exists()
        {
            return Err(none(&file.display().to_string()));
        }
        let batch = self.open_in(&store).await?;
        if batch.status().await.map_err(of_batch)?.total() == 0 {
            return Err(none(&format!("this database under the name {}", self.name)));
        }
        Ok(batch)
    }

    async fn open_in(&self, store: &str) -> Result<Batch> {
        let store = Store::open(store).await.map_err(of_batch)?;
        store.batch(&self.name).await.map_err(of_batch)
    }

    fn store(&self) -> Result<String> {
        let variable = || std::env::var(VARIABLE).ok().filter(|store| !store.is_empty());
        if let Some(store) = self.store.clone().or_else(variable) {
            return Ok(store);
        }
        let out = self.out.as_ref().ok_or_else(|| {
            Error::usage("name the folder of the batch with --out, or its database with --store")
        })?;
        let path = out.join(FILE);
        path.to_str().map(str::to_owned).ok_or_else(|| {
            Error::usage(format!(
                "the path {} is not UTF-8; name a database with --store",
                path.display()
            ))
        })
    }

    /// The folder of results, which a command needs.
    pub(super) fn folder(&self) -> Result<&Path> {
        self.out.as_deref().ok_or_else(|| Error::usage("name the folder of results with --out"))
    }

    /// The flags that name this batch, with a space before each.
    pub(super) fn flags(&self) -> String {
        let mut flags = String::new();
        if let Some(out) = &self.out {
            flags += &format!(" --out {}", shell_word(&out.to_string_lossy()));
        }
        // A URL may have a password.
        if let Some(store) = &self.store {
            let store =
                if file_of(store).is_some() { shell_word(store) } else { "DATABASE".into() };
            flags += &format!(" --store {store}");
        }
        if self.name != "batch" {
            flags += &format!(" --name {}", shell_word(&self.name));
        }
        flags
    }
}

/// The path of a database that is a file.
fn file_of(store: &str) -> Option<&Path> {
    (!store.contains("://")).then(|| Path::new(store))
}
