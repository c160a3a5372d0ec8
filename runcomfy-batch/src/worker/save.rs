//! Where the files of jobs are saved, and by which names.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runcomfy_client::{Completed, DownloadOptions, Downloaded, Error as ClientError, IfExists};

use crate::error::Error;
use crate::job::{JobRecord, SavedFile};
#[cfg(feature = "object-storage")]
use crate::objects::Objects;

/// Saves the files of jobs.
#[derive(Clone)]
pub(super) struct Save {
    pub(super) place: Place,
    pub(super) name: Arc<NameFile>,
    pub(super) options: DownloadOptions,
}

/// The path of a file, without extension: of its job, its index, and the number of files.
pub(super) type NameFile = dyn Fn(&JobRecord, usize, usize) -> PathBuf + Send + Sync;

/// Where files are saved.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Folder(PathBuf),
    #[cfg(feature = "object-storage")]
    Objects(Objects),
}

impl fmt::Debug for Save {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Save {
    /// Sees to it that files can be saved, before money is spent.
    pub(super) async fn check(&self) -> Result<(), Error> {
        match &self.place {
            // It is created, and a full disk comes later.
            Place::Folder(_) => Ok(()),
            #[cfg(feature = "object-storage")]
            Place::Objects(objects) => objects.check().await,
        }
    }

    /// Saves the files of a completed job. The error says what to do.
    pub(super) async fn save(
        &self,
        record: &JobRecord,
        done: &Completed,
    ) -> Result<Vec<SavedFile>, String> {
        match &self.place {
            Place::Folder(folder) => {
                let files = self.download(record, done, folder).await;
                let saved = |file: &Downloaded| saved(file, path_below(folder, file));
                Ok(files.map_err(|error| error.to_string())?.iter().map(saved).collect())
            }
            #[cfg(feature = "object-storage")]
            Place::Objects(objects) => {
                let folder = tempfile::tempdir()
                    .map_err(|error| format!("cannot make a temporary folder: {error}"))?;
                let files = self.download(record, done, folder.path()).await;
                let mut all = Vec::new();
                for file in files.map_err(|error| error.to_string())? {
                    let path = path_below(folder.path(), &file);
                    objects.put(&file.path, &path).await?;
                    all.push(saved(&file, path));
                }
                Ok(all)
            }
        }
    }

    async fn download(
        &self,
        record: &JobRecord,
        done: &Completed,
        folder: &Path,
    ) -> Result<Vec<Downloaded>, ClientError> {
        let (name, record) = (Arc::clone(&self.name), record.clone());
        let options = self
            .options
            .clone()
            .existing(IfExists::Keep)
            .names(move |index, count| name(&record, index, count));
        done.download_all_with(folder, &options).await
    }
}

fn path_below(folder: &Path, file: &Downloaded) -> String {
    let path = file.path.strip_prefix(folder).unwrap_or(&file.path);
    path.to_string_lossy().into_owned()
}

fn saved(file: &Downloaded, path: String) -> SavedFile {
    let Downloaded { url, size, content_type, .. } = file;
    let url = if url.starts_with("data:") { "data:".to_owned() } else { url.clone() };
    SavedFile { url, path, size: *size, content_type: content_type.clone() }
}
