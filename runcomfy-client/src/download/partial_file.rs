//! A file that is being fetched, under a temporary name beside its final one.

use std::ffi::OsString;
use std::fs::{self, File as StdFile, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use runcomfy_journal::digest;
use runcomfy_journal::files::{is_named, sync_folder};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::content;
use super::failure::{Failure, out_of_space};

/// Identifies the content on the server. Only parts with equal identities can be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The URL without its query, which differs from one signature to the next.
    pub(super) address: String,
    /// A strong `ETag`, or `Last-Modified`.
    pub(super) validator: String,
    /// In bytes.
    pub(super) total: u64,
}

pub(super) struct PartialFile {
    path: PathBuf,
    /// Locked as long as it is open.
    file: File,
    pub(super) size: u64,
    /// Without one, no later attempt can resume the part.
    pub(super) identity: Option<Identity>,
    on_drop: OnDrop,
}

/// What dropping a [`PartialFile`] does with its file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OnDrop {
    /// The default, so that a cancelled download can be resumed.
    KeepIfResumable,
    Remove,
    /// The file has its final name.
    Nothing,
}

impl PartialFile {
    /// Opens the part for the file at `path`. A part that an earlier download left is opened again.
    pub(super) async fn open(path: &Path, identity: Option<Identity>) -> Result<Self, Failure> {
        let part = part_path(path, identity.as_ref());
        let opened = {
            let part = part.clone();
            tokio::task::spawn_blocking(move || open_locked(&part)).await
        };
        let opened = opened.map_err(|error| Failure::new("cannot create the file", error))?;
        let (file, size) = match opened {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(Failure::of(
                    "the file is being fetched already, by this or another process; wait for that download",
                ));
            }
            Err(error) => return Err(Failure::io("cannot create the file", error)),
        };
        let file = File::from_std(file);
        Ok(Self { path: part, file, size, identity, on_drop: OnDrop::KeepIfResumable })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(bytes).await;
        self.checked(written)?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Removes all content.
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

    /// The first bytes of the complete file. Do not write after this: it moves the position.
    pub(super) async fn head(&mut self) -> Result<Vec<u8>, Failure> {
        let flushed = self.file.flush().await;
        self.checked(flushed)?;
        let mut head = Vec::new();
        let read = async {
            self.file.seek(SeekFrom::Start(0)).await?;
            (&mut self.file).take(content::HEAD_LEN as u64).read_to_end(&mut head).await
        };
        let read = read.await;
        read.map_err(|error| Failure::new("cannot read the written file", error))?;
        Ok(head)
    }

    /// On a full disk, removes the part to free its space.
    fn checked<T>(&mut self, written: io::Result<T>) -> Result<T, Failure> {
        written.map_err(|error| {
            if out_of_space(&error).is_some() {
                self.on_drop = OnDrop::Remove;
            }
            Failure::io("cannot write the file", error)
        })
    }

    /// Renames the complete file to `path`.
    pub(super) async fn finish(mut self, path: &Path, overwrite: bool) -> Result<u64, Failure> {
        let synced = self.file.sync_all().await;
        self.checked(synced)?;
        self.on_drop = OnDrop::Remove;
        let file = self.file.try_clone().await;
        let file = self.checked(file)?.into_std().await;
        let (from, to) = (self.path.clone(), path.to_owned());
        let named = tokio::task::spawn_blocking(move || {
            if !is_named(&file, &from)? {
                return Err(io::Error::other(
                    "another process removed or replaced the partial file",
                ));
            }
            rename_part(&from, &to, overwrite)?;
            // The file exists; without this, a crash may undo the renaming.
            let _ = sync_folder(&to);
            Ok(())
        });
        match named.await.map_err(io::Error::other).and_then(|named| named) {
            Ok(()) => {
                self.on_drop = OnDrop::Nothing;
                Ok(self.size)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Failure::of(
                "a file of this name was created during the download; choose another name",
            )),
            Err(error) => Err(Failure::io("cannot rename the complete file", error)),
        }
    }

    /// Keeps the part for a later attempt, if one can resume it.
    pub(super) async fn keep(mut self) {
        let flushed = self.file.flush().await;
        // The download has failed already; `checked` removes the part if the disk is full.
        let _ = self.checked(flushed);
    }

    pub(super) fn remove(mut self) {
        self.on_drop = OnDrop::Remove;
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        let remove = match self.on_drop {
            OnDrop::KeepIfResumable => self.identity.is_none() || self.size == 0,
            OnDrop::Remove => true,
            OnDrop::Nothing => false,
        };
        if remove {
            // A leftover part does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The path of the part. It is the same for the same identity, so that another process finds it.
fn part_path(path: &Path, identity: Option<&Identity>) -> PathBuf {
    /// File systems allow 255 bytes; the tag and `.part` need the rest.
    const MAX_NAME_LEN: usize = 200;
    let file = path.file_name().unwrap_or_default();
    let tag = match identity {
        Some(Identity { address, validator, total }) => {
            let text = format!("{}\n{address}\n{validator}\n{total}", file.to_string_lossy());
            digest::short(&text)
        }
        None => format!("{:016x}", fastrand::u64(..)),
    };
    let mut name = OsString::from(file);
    if name.len() > MAX_NAME_LEN {
        name = OsString::from("download");
    }
    name.push(format!(".{tag}.part"));
    path.with_file_name(name)
}

/// Opens and locks a part, and returns its size.
fn open_locked(path: &Path) -> io::Result<(StdFile, u64)> {
    const MAX_TRIES: usize = 20;
    for _ in 0..MAX_TRIES {
        match fs::symlink_metadata(path) {
            // A link may point to any file, and opening a pipe may block.
            Ok(found) if !found.is_file() => {
                return Err(io::Error::other(
                    "something that is not a regular file has the name of the partial file; remove it",
                ));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file =
            OpenOptions::new().read(true).create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            // On a file system without locks, nothing prevents two downloads of one file.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The previous holder of the lock may have renamed the file.
        if is_named(&file, path)? {
            let size = file.seek(SeekFrom::End(0))?;
            return Ok((file, size));
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}

/// Renames a part. A hard link fails if the name exists; renaming would replace the file.
fn rename_part(part: &Path, path: &Path, overwrite: bool) -> io::Result<()> {
    if overwrite {
        return fs::rename(part, path);
    }
    match fs::hard_link(part, path) {
        Ok(()) => {
            let _ = fs::remove_file(part);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Some file systems have no hard links.
        Err(_) if fs::exists(path)? => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(part, path),
    }
}
