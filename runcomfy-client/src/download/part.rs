//! A file while it is fetched: under a name of its own, beside the one it is to get.

use std::ffi::OsString;
use std::fs::{self, File as StdFile, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::{Failure, content, out_of_space};
use crate::digest;
use crate::files::{is_named, sync_folder};

/// What exactly the server has: parts of the same can be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// Where it comes from, without what changes from one signature to the next.
    pub(super) address: String,
    /// What the server calls it: a strong `ETag`, or the date of its last change.
    pub(super) mark: String,
    /// Its length in bytes.
    pub(super) total: u64,
}

pub(super) struct Part {
    path: PathBuf,
    /// Locked while it is written.
    file: File,
    pub(super) size: u64,
    /// What it is a part of. Without one, no later try can go on with it.
    pub(super) identity: Option<Identity>,
    end: End,
}

/// What is to happen to the file when this is dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It stays where a later try can go on with it: also where nobody waits for it any more.
    Undecided,
    Remove,
    /// It has its own name by now.
    Named,
}

impl Part {
    /// The part of what is to be saved under `path`. What an earlier try left of the same is gone on
    /// with.
    pub(super) async fn open(path: &Path, identity: Option<Identity>) -> Result<Self, Failure> {
        let part = name(path, identity.as_ref());
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
            Err(error) => return Err(Failure::io("the file cannot be made", error)),
        };
        let file = File::from_std(file);
        Ok(Self { path: part, file, size, identity, end: End::Undecided })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(bytes).await;
        self.checked(written)?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Begins anew.
    pub(super) async fn clear(&mut self) -> Result<(), Failure> {
        let cleared = async {
            self.file.flush().await?;
            self.file.set_len(0).await?;
            self.file.seek(SeekFrom::Start(0)).await
        };
        let cleared = cleared.await;
        self.checked(cleared)?;
        self.size = 0;
        Ok(())
    }

    /// The first bytes of the whole file. Nothing is written after that.
    pub(super) async fn head(&mut self) -> Result<Vec<u8>, Failure> {
        let flushed = self.file.flush().await;
        self.checked(flushed)?;
        let mut head = Vec::new();
        let read = async {
            self.file.seek(SeekFrom::Start(0)).await?;
            (&mut self.file).take(content::HEAD_LEN as u64).read_to_end(&mut head).await
        };
        let read = read.await;
        read.map_err(|error| Failure::new("what was written cannot be read", error))?;
        Ok(head)
    }

    /// A part that a disk has no room for does not stay to take up more of it.
    fn checked<T>(&mut self, written: io::Result<T>) -> Result<T, Failure> {
        written.map_err(|error| {
            if out_of_space(&error).is_some() {
                self.end = End::Remove;
            }
            Failure::io("the file cannot be written", error)
        })
    }

    /// Gives the whole file its own name.
    pub(super) async fn finish(mut self, path: &Path, overwrite: bool) -> Result<u64, Failure> {
        let synced = self.file.sync_all().await;
        self.checked(synced)?;
        self.end = End::Remove;
        let file = self.file.try_clone().await;
        let file = self.checked(file)?.into_std().await;
        let (from, to) = (self.path.clone(), path.to_owned());
        let named = tokio::task::spawn_blocking(move || {
            if !is_named(&file, &from)? {
                return Err(io::Error::other("somebody has taken it away meanwhile"));
            }
            rename(&from, &to, overwrite)?;
            // The file is there; whether its name survives a crash is all that is at stake.
            let _ = sync_folder(&to);
            Ok(())
        });
        match named.await.map_err(io::Error::other).and_then(|named| named) {
            Ok(()) => {
                self.end = End::Named;
                Ok(self.size)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Failure::of("somebody else has made a file of this name meanwhile"))
            }
            Err(error) => Err(Failure::io("the file cannot get its name", error)),
        }
    }

    /// Ends without success: what a later try can go on with stays.
    pub(super) async fn leave(mut self) {
        let flushed = self.file.flush().await;
        // Why it ends is known; this says only whether it stays.
        let _ = self.checked(flushed);
    }

    /// Ends without a trace.
    pub(super) fn remove(mut self) {
        self.end = End::Remove;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let remove = match self.end {
            End::Undecided => self.identity.is_none() || self.size == 0,
            End::Remove => true,
            End::Named => false,
        };
        if remove {
            // That it cannot be removed is of no consequence.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The same for the same identity, so that another process finds it.
fn name(path: &Path, identity: Option<&Identity>) -> PathBuf {
    /// File systems take 255 bytes.
    const LONGEST: usize = 200;
    let file = path.file_name().unwrap_or_default();
    let tag = match identity {
        Some(Identity { address, mark, total }) => {
            let text = format!("{}\n{address}\n{mark}\n{total}", file.to_string_lossy());
            digest::short(&text)
        }
        None => format!("{:016x}", fastrand::u64(..)),
    };
    let mut name = OsString::from(file);
    if name.len() > LONGEST {
        name = OsString::from("download");
    }
    name.push(format!(".{tag}.part"));
    path.with_file_name(name)
}

/// Opens and locks it, and gives its size.
fn open(path: &Path) -> io::Result<(StdFile, u64)> {
    const TRIES: usize = 20;
    for _ in 0..TRIES {
        match fs::symlink_metadata(path) {
            // A link could lead to any file, and opening a pipe could take for ever.
            Ok(found) if !found.is_file() => {
                return Err(io::Error::other("something else than a file is in its place"));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file =
            OpenOptions::new().read(true).create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            // Without locks, two downloads of one file at once are nobody's matter.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Whoever had the lock before may have given it its final name meanwhile.
        if is_named(&file, path)? {
            let size = file.seek(SeekFrom::End(0))?;
            return Ok((file, size));
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}

/// A link fails where the name is taken, at the very moment; a renaming would write over it.
fn rename(part: &Path, path: &Path, overwrite: bool) -> io::Result<()> {
    if overwrite {
        return fs::rename(part, path);
    }
    match fs::hard_link(part, path) {
        Ok(()) => {
            let _ = fs::remove_file(part);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // There are file systems without links.
        Err(_) if fs::exists(path)? => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(part, path),
    }
}
