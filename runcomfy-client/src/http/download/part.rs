//! A file while it is fetched: under a name of its own, beside the one it is to get.

use std::ffi::OsString;
use std::fs::{File as StdFile, OpenOptions, TryLockError};
use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use tokio::fs::{self, File};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::Failure;

pub(super) struct Part {
    path: PathBuf,
    /// Locked while it is written.
    file: File,
    pub(super) size: u64,
    /// Whether a later try can go on with it.
    keep: bool,
}

impl Part {
    /// The part of a file with this `mark`, which says what exactly the server has there. What an
    /// earlier try left of the same is gone on with. Without a mark nobody can tell, so it is new.
    pub(super) async fn open(path: &Path, mark: Option<&str>) -> Result<Self, Failure> {
        let name = match mark {
            Some(mark) => {
                let digest = digest(&SHA256, mark.as_bytes());
                digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
            }
            None => format!("{:016x}", fastrand::u64(..)),
        };
        let mut part = OsString::from(path);
        part.push(format!(".{name}.part"));
        let part = PathBuf::from(part);
        let opened = {
            let part = part.clone();
            tokio::task::spawn_blocking(move || open(&part)).await
        };
        let opened = opened.map_err(|error| Failure::new("the file cannot be made", error))?;
        let (file, size) = match opened {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(Failure::of("it is being fetched already, by this process or another"));
            }
            Err(error) => return Err(Failure::new("the file cannot be made", error)),
        };
        Ok(Self { path: part, file: File::from_std(file), size, keep: mark.is_some() })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).await.map_err(unwritable)?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Begins anew.
    pub(super) async fn clear(&mut self) -> Result<(), Failure> {
        self.file.flush().await.map_err(unwritable)?;
        self.file.set_len(0).await.map_err(unwritable)?;
        self.file.seek(SeekFrom::Start(0)).await.map_err(unwritable)?;
        self.size = 0;
        Ok(())
    }

    /// Gives the whole file its own name.
    pub(super) async fn finish(mut self, path: &Path, overwrite: bool) -> Result<u64, Failure> {
        self.file.flush().await.map_err(unwritable)?;
        self.file.sync_all().await.map_err(unwritable)?;
        let named = rename(&self.path, path, overwrite).await;
        if let Err(error) = named {
            self.remove().await;
            return Err(if error.kind() == io::ErrorKind::AlreadyExists {
                Failure::of("somebody else has made a file of this name meanwhile")
            } else {
                Failure::new("the file cannot get its name", error)
            });
        }
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            // The file is there; whether its name survives a crash is all that is at stake.
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            if let Ok(folder) = File::open(folder).await {
                let _ = folder.sync_all().await;
            }
        }
        Ok(self.size)
    }

    /// Ends without success: what a later try can go on with stays.
    pub(super) async fn leave(mut self) {
        let _ = self.file.flush().await;
        if !self.keep || self.size == 0 {
            self.remove().await;
        }
    }

    /// Ends without a trace; that it cannot be removed is of no consequence.
    pub(super) async fn remove(self) {
        let _ = fs::remove_file(&self.path).await;
    }
}

fn open(path: &Path) -> io::Result<(StdFile, u64)> {
    use std::io::Seek;
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
        TryLockError::Error(error) => error,
    })?;
    let size = file.seek(SeekFrom::End(0))?;
    Ok((file, size))
}

/// A link fails where the name is taken, at the very moment; a renaming would write over it.
async fn rename(part: &Path, path: &Path, overwrite: bool) -> io::Result<()> {
    if overwrite {
        return fs::rename(part, path).await;
    }
    match fs::hard_link(part, path).await {
        Ok(()) => fs::remove_file(part).await,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // There are file systems without links.
        Err(_) if fs::try_exists(path).await? => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(part, path).await,
    }
}

fn unwritable(error: io::Error) -> Failure {
    Failure::new("the file cannot be written", error)
}
