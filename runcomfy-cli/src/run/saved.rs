//! The files of a job in a folder. What is there under a file's name is kept; it counts as the job's only if
//! it has the same content.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use runcomfy_client::{
    Client, Completed, DownloadOptions, Downloaded, Error as ClientError, IfExists, RequestId,
};
use tempfile::{TempDir, TempPath};

/// A file of a job.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) file: Downloaded,
    /// It was there already.
    pub(super) is_kept: bool,
    /// The other file that has its name.
    pub(super) beside: Option<PathBuf>,
}

/// Saves the files of a job into a folder.
///
/// # Errors
/// Those of the downloads, and if a file that is there cannot be compared.
pub(super) async fn save(
    done: &Completed,
    client: &Client,
    folder: &Path,
    options: &DownloadOptions,
) -> Result<Vec<Saved>, ClientError> {
    let before = names(folder);
    let options = options.clone().existing(IfExists::Keep);
    let mut saved = Vec::new();
    for file in done.download_all_with(folder, &options).await? {
        let was_there = file.path.file_name().is_some_and(|name| before.contains(&folded(name)));
        saved.push(match was_there {
            true => compared(file, &done.request_id, client, folder, &options).await?,
            false => Saved { file, is_kept: false, beside: None },
        });
    }
    Ok(saved)
}

/// The names in a folder. Some file systems do not tell upper case from lower case.
fn names(folder: &Path) -> HashSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| folded(&entry.file_name())).collect()
}

fn folded(name: &std::ffi::OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}

/// Fetches a file whose name was taken, and compares the two. Another file stays, and the job's is saved
/// beside it.
async fn compared(
    mut file: Downloaded,
    request_id: &RequestId,
    client: &Client,
    folder: &Path,
    options: &DownloadOptions,
) -> Result<Saved, ClientError> {
    let path = file.path.clone();
    // The user knows the file by its own path.
    let of_file = |error| match error {
        ClientError::Download { url, reason, source, .. } => ClientError::Download {
            url,
            path: path.clone(),
            reason,
            request_id: Some(request_id.clone()),
            source,
        },
        error => error,
    };
    let failed = |error: io::Error| {
        of_file(ClientError::Download {
            url: if file.url.starts_with("data:") { String::new() } else { file.url.clone() },
            path: path.clone(),
            reason: "cannot compare it with the file of this name".to_owned(),
            request_id: Some(request_id.clone()),
            source: Some(error.into()),
        })
    };
    let fetched_in = TempDir::with_prefix_in(".rcf-", folder).map_err(failed)?;
    let fetched = fetched_in.path().join(path.file_name().unwrap_or_default());
    let size = client.download_with(&file.url, &fetched, options).await.map_err(of_file)?;
    let place = {
        let path = path.clone();
        let placed = tokio::task::spawn_blocking(move || place(&fetched, &path)).await;
        placed.map_err(io::Error::other).and_then(|placed| placed).map_err(failed)?
    };
    let beside = (place.path != path).then_some(path);
    file.path = place.path;
    file.size = size;
    Ok(Saved { file, is_kept: place.is_kept, beside })
}

struct Place {
    path: PathBuf,
    is_kept: bool,
}

/// Finds a file with the content of the fetched one, under the wanted name or one beside it. Else gives the
/// fetched one the first name that is free.
fn place(fetched: &Path, wanted: &Path) -> io::Result<Place> {
    let mut fetched_path = TempPath::try_from_path(fetched)?;
    for number in 1_u32.. {
        let path = numbered(wanted, number);
        if fs::symlink_metadata(&path).is_ok() {
            if is_same(fetched, &path)? {
                return Ok(Place { path, is_kept: true });
            }
            continue;
        }
        match fetched_path.persist_noclobber(&path) {
            Ok(()) => {
                // The journal forgets the job next, so its file must survive a crash.
                sync_folder_of(&path);
                return Ok(Place { path, is_kept: false });
            }
            // Another process was faster.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                fetched_path = error.path;
            }
            Err(error) => return Err(error.error),
        }
    }
    Err(io::Error::other("no name is free"))
}

fn sync_folder_of(path: &Path) {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        // Some file systems cannot.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// `video-2.mp4`
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Whether two files have the same content.
fn is_same(fetched: &Path, other: &Path) -> io::Result<bool> {
    let metadata = match fs::metadata(other) {
        Ok(metadata) => metadata,
        // A link that leads nowhere.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    // Opening a pipe may block.
    if !metadata.is_file() || metadata.len() != fs::metadata(fetched)?.len() {
        return Ok(false);
    }
    let open = |path| File::open(path).map(|file| BufReader::with_capacity(1 << 16, file));
    let (mut one, mut two) = (open(fetched)?, open(other)?);
    loop {
        let (left, right) = (one.fill_buf()?, two.fill_buf()?);
        let len = left.len().min(right.len());
        if left.get(..len) != right.get(..len) {
            return Ok(false);
        }
        if len == 0 {
            return Ok(left.len() == right.len());
        }
        one.consume(len);
        two.consume(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_name_is_beside_the_wanted_one() {
        for (name, second) in
            [("a/v.mp4", "a/v-2.mp4"), ("a/v", "a/v-2"), ("v.tar.gz", "v.tar-2.gz")]
        {
            assert_eq!(numbered(Path::new(name), 2), Path::new(second));
            assert_eq!(numbered(Path::new(name), 1), Path::new(name));
        }
    }

    #[test]
    fn only_the_same_content_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let long = vec![7; 200_000];
        let mut other = long.clone();
        other[150_000] = 8;
        for (name, content) in
            [("a", &long), ("same", &long), ("other", &other), ("short", &vec![7])]
        {
            fs::write(path(name), content).unwrap();
        }
        fs::create_dir(path("folder")).unwrap();
        for (name, expected) in
            [("same", true), ("other", false), ("short", false), ("folder", false), ("none", false)]
        {
            assert_eq!(is_same(&path("a"), &path(name)).unwrap(), expected, "{name}");
        }
    }
}
