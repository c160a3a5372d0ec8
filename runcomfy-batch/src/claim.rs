//! Which batch a folder of files belongs to: a note in it says so. Files of two batches would take each other's names.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use ulid::Ulid;

use crate::error::Error;
use crate::store::Batch;

/// The note's name.
pub(crate) const NOTE: &str = ".rcf-batch.json";

/// The names of [`Export`](crate::Export).
const RESULTS: [&str; 3] = ["results.jsonl", "results.csv", "index.html"];

/// What the note says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// The batch.
    pub(crate) batch: String,
    /// Its name, for people.
    pub(crate) name: String,
    /// The place itself: workers on two machines may have folders of one path.
    pub(crate) place: String,
}

impl Note {
    pub(crate) fn to_text(&self) -> String {
        let Self { batch, name, place } = self;
        format!("{}\n", json!({"batch": batch, "name": name, "place": place}))
    }

    /// `None` if it is damaged.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let note: Value = serde_json::from_str(text).ok()?;
        let member = |name| Some(note.get(name)?.as_str()?.to_owned());
        Some(Self { batch: member("batch")?, name: member("name")?, place: member("place")? })
    }

    /// The note of the place, if it is that of this batch.
    pub(crate) fn or_refuse(&self, place: &str, found: Option<Self>) -> Result<Self, Error> {
        match found {
            Some(found) if found.batch == self.batch => Ok(found),
            other => Err(Error::OfAnotherBatch {
                place: place.to_owned(),
                batch: other.map(|note| note.name),
            }),
        }
    }
}

impl Batch {
    /// Claims a folder for this batch, and creates it if it is not there. Workers that save files in it do that, too,
    /// but it is better done before jobs are added.
    ///
    /// # Errors
    /// [`Error::OfAnotherBatch`] if it belongs to another one; [`Error::NotSaved`] if it cannot be written, or has a
    /// file with a name of [`Export`](crate::Export) that no batch wrote; failures of the database.
    pub async fn claim_folder(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let (note, folder) = (self.note().await?, folder.as_ref().to_owned());
        if !folder.join(NOTE).exists()
            && let Some(path) =
                RESULTS.map(|name| folder.join(name)).into_iter().find(|path| path.exists())
        {
            let source = io::Error::new(
                io::ErrorKind::AlreadyExists,
                "no batch has this folder, and the file is there",
            );
            return Err(Error::NotSaved { path, source });
        }
        in_folder(note, folder).await.map(drop)
    }

    /// The note that this batch leaves in a place that has none.
    pub(crate) async fn note(&self) -> Result<Note, Error> {
        let (batch, name) = (self.id().await?, self.name().to_owned());
        Ok(Note { batch, name, place: Ulid::generate().to_string() })
    }
}

/// The note of a folder. Leaves this one if there is none.
pub(crate) async fn in_folder(note: Note, folder: PathBuf) -> Result<Note, Error> {
    let path = folder.join(NOTE);
    let not_saved = |source| Error::NotSaved { path: path.clone(), source };
    let shown = folder.display().to_string();
    let (path, text) = (path.clone(), note.to_text());
    let found = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot create the folder: {error}"))
        })?;
        if let Some(found) = read(&path)? {
            return Ok(found);
        }
        // It appears complete, and one that came first stays.
        let mut file = tempfile::Builder::new().prefix(".rcf-").tempfile_in(&folder)?;
        file.write_all(text.as_bytes())?;
        make_readable(file.as_file())?;
        crate::worker::move_to(file.path(), &path).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        })?;
        Ok(read(&path)?.unwrap_or_default())
    });
    let found = found.await.map_err(|error| not_saved(io::Error::other(error)))?;
    note.or_refuse(&shown, Note::read(&found.map_err(not_saved)?))
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Workers of other users may share the folder. Temporary files are for their owner alone.
#[cfg(unix)]
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &File) -> io::Result<()> {
    Ok(())
}
