//! Where a batch is: its database, and the folder of its results.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use runcomfy_batch::{Batch, Store};
use runcomfy_schema::printable::{line, printable};

use super::error::of_batch;
use crate::run::Say;
use crate::service::shell_word;
use crate::{Error, Result};

/// The variable that names a database, for a URL with a password.
const VARIABLE: &str = "RUNCOMFY_BATCH_STORE";

/// The file of the database in the folder of results.
const FILE: &str = "batch.db";

/// The name of the batch that is meant if none is given. Its files are in the folder itself.
const NAME: &str = "batch";

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
    /// The name of the batch: a database can have several. One of another name has a folder of its own below that of
    /// --out, and of --files
    #[arg(long, value_name = "NAME", default_value = NAME)]
    pub name: String,
}

impl Place {
    /// Whether it says where the batch is.
    pub(super) fn check(&self) -> Result<()> {
        self.store().map(drop)
    }

    /// Opens the batch, and creates it if it is not there. With a `worker`, a database that is away is waited for.
    pub(super) async fn create(&self, worker: Option<Say>) -> Result<Batch> {
        let store = self.store()?;
        if let Some(folder) = file_of(&store).and_then(Path::parent)
            && folder != Path::new("")
        {
            let io =
                |error| Error::io(format!("cannot make the folder {}", folder.display()), error);
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        self.open_in(&store, worker).await
    }

    /// Opens a batch that has jobs.
    pub(super) async fn open(&self) -> Result<Batch> {
        self.open_with_jobs(None).await
    }

    /// The same for a worker: a database that is away is waited for.
    pub(super) async fn open_for_work(&self, say: Say) -> Result<Batch> {
        self.open_with_jobs(Some(say)).await
    }

    async fn open_with_jobs(&self, worker: Option<Say>) -> Result<Batch> {
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
        let batch = self.open_in(&store, worker).await?;
        if batch.status().await.map_err(of_batch)?.total() == 0 {
            return Err(none(&format!("this database under the name {}", self.name)));
        }
        Ok(batch)
    }

    async fn open_in(&self, store: &str, worker: Option<Say>) -> Result<Batch> {
        let store = match worker {
            Some(say) => {
                let mut is_told = false;
                let away = |error: &runcomfy_batch::Error| {
                    if !std::mem::replace(&mut is_told, true) {
                        say.note(&format!(
                            "{}; trying again for {} s",
                            told(error),
                            PATIENCE.as_secs()
                        ));
                    }
                };
                Store::open_within(store, PATIENCE, away).await
            }
            None => Store::open(store).await,
        };
        let store = store.map_err(of_batch)?;
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

    /// The folder of files and results, which a command needs.
    pub(super) fn folder(&self) -> Result<PathBuf> {
        self.results().ok_or_else(|| Error::usage("name the folder of results with --out"))
    }

    /// The folder of files and results, if there is one.
    pub(super) fn results(&self) -> Option<PathBuf> {
        let out = self.out.as_ref()?;
        Some(if self.has_own_folder() { out.join(&self.name) } else { out.clone() })
    }

    /// The place of files in object storage at this URL.
    pub(super) fn objects(&self, url: &str) -> String {
        let name = &self.name;
        if self.has_own_folder() {
            format!("{}/{name}", url.trim_end_matches('/'))
        } else {
            url.into()
        }
    }

    fn has_own_folder(&self) -> bool {
        self.name != NAME
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
        if self.has_own_folder() {
            flags += &format!(" --name {}", shell_word(&self.name));
        }
        flags
    }
}

/// How long a worker that begins waits for a database that is away.
const PATIENCE: Duration = Duration::from_secs(60);

/// An error with its cause, on one line.
fn told(error: &runcomfy_batch::Error) -> String {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    line(&format!("{error}{cause}")).to_string()
}

/// The path of a database that is a file.
fn file_of(store: &str) -> Option<&Path> {
    (!store.contains("://")).then(|| Path::new(store))
}
