//! Where the files of jobs are saved, and by which names.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runcomfy_client::{
    Client, Completed, DownloadOptions, Downloaded, Error as ClientError, IfExists,
};

use crate::error::Error;
use crate::job::{JobRecord, SavedFile};
#[cfg(feature = "object-storage")]
use crate::objects::Objects;
use crate::store::Batch;

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
                let saved = |file: &Downloaded| saved(file, path_below(folder, file), None);
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
                    all.push(saved(&file, path, Some(objects.url())));
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

impl Batch {
    /// Saves the files of a done job again that are [missing](JobRecord::missing_files) below a folder, each at its
    /// old path. The service is asked for the result; nothing is submitted, and the job stays as it is.
    ///
    /// # Errors
    /// [`Error::NoJob`]; [`Error::Client`], also if the service does not have the result or a file any more;
    /// [`Error::NotSaved`]; failures of the database.
    pub async fn save_again(
        &self,
        client: &Client,
        number: u64,
        folder: &Path,
    ) -> Result<(), Error> {
        let job = self.job(number).await?;
        let missing: Vec<PathBuf> =
            job.missing_files(folder).map(|file| folder.join(&file.path)).collect();
        let (Some(request_id), false) = (&job.request_id, missing.is_empty()) else {
            return Ok(());
        };
        let done = client.job_json(request_id)?.result().await?;
        let paths: Vec<PathBuf> = job.files.iter().map(|file| file.path.clone().into()).collect();
        // A file that the service has made since has a name of its own.
        let name = move |index: usize, _| match paths.get(index) {
            Some(path) => path.with_extension(""),
            None => format!("{number}-{index}").into(),
        };
        let options = DownloadOptions::default().existing(IfExists::Keep).names(name);
        let files = done.download_all_with(folder, &options).await?;
        for (file, saved) in files.iter().zip(&job.files) {
            let path = folder.join(&saved.path);
            // What stands behind the last dot of its name was no extension.
            if missing.contains(&path) && file.path != path {
                std::fs::rename(&file.path, &path)
                    .map_err(|source| Error::NotSaved { path: path.clone(), source })?;
            }
        }
        Ok(())
    }
}

fn path_below(folder: &Path, file: &Downloaded) -> String {
    let path = file.path.strip_prefix(folder).unwrap_or(&file.path);
    path.to_string_lossy().into_owned()
}

fn saved(file: &Downloaded, path: String, place: Option<&str>) -> SavedFile {
    let Downloaded { url, size, content_type, .. } = file;
    let url = if url.starts_with("data:") { "data:".to_owned() } else { url.clone() };
    let (content_type, place) = (content_type.clone(), place.map(str::to_owned));
    SavedFile { url, path, size: *size, content_type, place }
}
