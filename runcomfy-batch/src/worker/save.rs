//! Where the files of jobs are saved, and by which names.
//!
//! Files are fetched under names that nobody else has, and get their own when all are complete. The row of the job has
//! its names before that. So if a worker dies, the next one knows whether a file with such a name is one of this job.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runcomfy_client::{Completed, DownloadOptions, Downloaded, IfExists};

use super::{NotEnded, Work, leftover};
use crate::claim;
use crate::error::Error;
use crate::job::{JobRecord, SavedFile};
#[cfg(feature = "object-storage")]
use crate::objects::Objects;
use crate::store::{Batch, Paths};

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

/// Why files were not saved.
pub(super) enum NotSaved {
    /// The reason says what to do.
    Because(String),
    /// Another worker has the job.
    NotOurs,
    NotEnded(NotEnded),
}

impl From<NotEnded> for NotSaved {
    fn from(error: NotEnded) -> Self {
        Self::NotEnded(error)
    }
}

impl From<String> for NotSaved {
    fn from(reason: String) -> Self {
        Self::Because(reason)
    }
}

/// A file that is fetched.
struct Fetched {
    file: Downloaded,
    /// With its dot.
    extension: String,
}

impl Save {
    /// Makes sure that files can be saved, before money is spent. Removes what killed workers left there.
    pub(super) async fn prepare(&self, batch: &Batch) -> Result<(), Error> {
        match self.place.claim(batch).await {
            // The disk may be full, and a folder may come later. Jobs wait for that.
            Err(Error::NotSaved { .. }) => return Ok(()),
            claimed => drop(claimed?),
        }
        match &self.place {
            Place::Folder(folder) => leftover::remove_all(folder, batch).await,
            #[cfg(feature = "object-storage")]
            Place::Objects(_) => {}
        }
        Ok(())
    }

    /// Saves the files of a completed job.
    pub(super) async fn save(
        &self,
        work: &Work,
        record: &JobRecord,
        done: &Completed,
    ) -> Result<Vec<SavedFile>, NotSaved> {
        let number = record.number;
        let id = work.place.get_or_try_init(|| self.place.claim(&work.batch)).await;
        let id = id.map_err(|error| because(&error))?;
        let temporary = self.place.temporary(record)?;
        let fetched = self.fetch(done, temporary.path()).await?;
        // If this worker was silent for long, another one has the job, and saves its files.
        let Some(known) = work.patiently(|| work.batch.paths(number, &work.worker)).await? else {
            let job = work.patiently(|| work.batch.job(number)).await?;
            if job.state.is_final() {
                temporary.remove();
            }
            return Err(NotSaved::NotOurs);
        };
        let known = known.filter(|known| known.place == *id && known.paths.len() == fetched.len());
        let paths = match known {
            Some(known) => known.paths,
            None => {
                let paths = self.free_paths(record, &fetched).await?;
                let chosen = Paths { place: id.clone(), paths };
                let is_ours =
                    work.patiently(|| work.batch.set_paths(number, &work.worker, &chosen)).await?;
                if !is_ours {
                    return Err(NotSaved::NotOurs);
                }
                chosen.paths
            }
        };
        let mut saved = Vec::new();
        for (Fetched { file, .. }, path) in fetched.iter().zip(paths) {
            self.place.put(&file.path, &path).await?;
            saved.push(saved_file(file, path, self.place.url()));
        }
        temporary.remove();
        Ok(saved)
    }

    async fn fetch(&self, done: &Completed, folder: &Path) -> Result<Vec<Fetched>, String> {
        let name = |index: usize, _| PathBuf::from(index.to_string());
        let options = self.options.clone().existing(IfExists::Keep).names(name);
        let files = done.download_all_with(folder, &options).await;
        let fetched = files.map_err(|error| error.to_string())?.into_iter().map(|file| {
            let extension = file.path.extension().unwrap_or_default().to_string_lossy();
            let extension =
                if extension.is_empty() { String::new() } else { format!(".{extension}") };
            Fetched { file, extension }
        });
        Ok(fetched.collect())
    }

    /// Free paths for the files of a job: those of its name, or with a number behind it.
    async fn free_paths(
        &self,
        record: &JobRecord,
        fetched: &[Fetched],
    ) -> Result<Vec<String>, String> {
        /// A number of more digits could make it the name of another job.
        const MAX_NUMBER: u32 = 9_999;
        let count = fetched.len();
        'number: for number in 1..=MAX_NUMBER {
            let end = if number == 1 { String::new() } else { format!("_{number}") };
            let path = |(index, fetched): (usize, &Fetched)| {
                let name = (self.name)(record, index, count);
                format!("{}{end}{}", name.to_string_lossy(), fetched.extension)
            };
            let paths: Vec<String> = fetched.iter().enumerate().map(path).collect();
            for path in &paths {
                if self.place.has(path).await? {
                    continue 'number;
                }
            }
            return Ok(paths);
        }
        Err(format!("{MAX_NUMBER} files have its name already"))
    }
}

/// Where files are fetched to.
enum Temporary {
    /// Kept if the job is not saved: the next attempt goes on with it.
    Folder(PathBuf),
    #[cfg(feature = "object-storage")]
    Elsewhere(tempfile::TempDir),
}

impl Temporary {
    fn path(&self) -> &Path {
        match self {
            Self::Folder(path) => path,
            #[cfg(feature = "object-storage")]
            Self::Elsewhere(folder) => folder.path(),
        }
    }

    /// Nobody needs it any more.
    fn remove(self) {
        match self {
            Self::Folder(path) => drop(std::fs::remove_dir_all(path)),
            #[cfg(feature = "object-storage")]
            Self::Elsewhere(folder) => drop(folder),
        }
    }
}

impl Place {
    /// Makes it the place of the batch. Returns its id.
    async fn claim(&self, batch: &Batch) -> Result<String, Error> {
        let note = batch.note().await?;
        let note = match self {
            Self::Folder(folder) => claim::in_folder(note, folder.clone()).await?,
            #[cfg(feature = "object-storage")]
            Self::Objects(objects) => objects.claim(note).await?,
        };
        Ok(note.place)
    }

    /// The URL of the object storage.
    fn url(&self) -> Option<&str> {
        match self {
            Self::Folder(_) => None,
            #[cfg(feature = "object-storage")]
            Self::Objects(objects) => Some(objects.url()),
        }
    }

    /// Of this job alone.
    fn temporary(&self, record: &JobRecord) -> Result<Temporary, String> {
        match self {
            Self::Folder(folder) => {
                let id = record.request_id.as_ref().map(ToString::to_string).unwrap_or_default();
                Ok(Temporary::Folder(folder.join(leftover::name(record.number, &id))))
            }
            #[cfg(feature = "object-storage")]
            Self::Objects(_) => tempfile::tempdir()
                .map(Temporary::Elsewhere)
                .map_err(|error| format!("cannot make a temporary folder: {error}")),
        }
    }

    /// Whether something is there.
    async fn has(&self, path: &str) -> Result<bool, String> {
        match self {
            Self::Folder(folder) => match tokio::fs::symlink_metadata(folder.join(path)).await {
                Ok(_) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                Err(error) => Err(format!("cannot look for {path}: {error}")),
            },
            #[cfg(feature = "object-storage")]
            Self::Objects(objects) => objects.has(path).await,
        }
    }

    /// Puts a file at a path of this job. What is there already is that file.
    async fn put(&self, file: &Path, path: &str) -> Result<(), String> {
        match self {
            Self::Folder(folder) => {
                let (from, to) = (file.to_owned(), folder.join(path));
                let shown = to.display().to_string();
                let put = tokio::task::spawn_blocking(move || {
                    if let Some(folder) = to.parent() {
                        std::fs::create_dir_all(folder)?;
                    }
                    match move_to(&from, &to) {
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                            std::fs::remove_file(&from)
                        }
                        moved => moved,
                    }
                });
                let put = put.await.map_err(io::Error::other).and_then(|put| put);
                put.map_err(|error| format!("cannot save {shown}: {error}"))
            }
            #[cfg(feature = "object-storage")]
            Self::Objects(objects) => objects.put(file, path).await,
        }
    }
}

/// Gives a complete file its name, unless something has it.
pub(crate) fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Some file systems have no links.
        Err(_) if std::fs::symlink_metadata(to).is_ok() => {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Err(_) => std::fs::rename(from, to)?,
    }
    // The file is there; without this, a crash may undo its name.
    let _ = runcomfy_journal::files::sync_folder(to);
    Ok(())
}

fn because(error: &Error) -> NotSaved {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    NotSaved::Because(format!("{error}{}", cause.unwrap_or_default()))
}

fn saved_file(file: &Downloaded, path: String, place: Option<&str>) -> SavedFile {
    let Downloaded { url, size, content_type, .. } = file;
    let url = if url.starts_with("data:") { "data:".to_owned() } else { url.clone() };
    let (content_type, place) = (content_type.clone(), place.map(str::to_owned));
    SavedFile { url, path, size: *size, content_type, place }
}
