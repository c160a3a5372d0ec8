//! Files that exist before a download.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::AsyncReadExt;

use super::destination::Destination;
use super::{DownloadOptions, Failure, IfExists, content};

/// A file that is kept instead of a download.
pub(super) struct KeptFile {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    /// Its first bytes.
    pub(super) head: Vec<u8>,
}

impl DownloadOptions {
    /// The file that is kept, if there is one; an error if the options refuse existing files.
    pub(super) async fn kept_file(
        &self,
        destination: Destination<'_>,
    ) -> Result<Option<KeptFile>, Failure> {
        for path in destination.candidates() {
            let Ok(found) = fs::symlink_metadata(&path).await else { continue };
            if found.is_dir() {
                return Err(Failure::of("there is a folder of this name; choose another name"));
            }
            match self.existing {
                IfExists::Overwrite => {}
                IfExists::Keep => {
                    let file = size_and_head(&path).await;
                    let (size, head) =
                        file.map_err(|error| Failure::new("cannot read the existing file", error))?;
                    return Ok(Some(KeptFile { path, size, head }));
                }
                IfExists::Refuse => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    return Err(Failure::of(format!(
                        "the file exists already, as {name:?}; choose another name, or set `DownloadOptions::existing`"
                    )));
                }
            }
        }
        Ok(None)
    }
}

/// The size and the first bytes of a file.
async fn size_and_head(path: &Path) -> io::Result<(u64, Vec<u8>)> {
    let found = fs::metadata(path).await?;
    let mut head = Vec::new();
    // Opening a pipe may block.
    if found.is_file() {
        let file = fs::File::open(path).await?;
        file.take(content::HEAD_LEN as u64).read_to_end(&mut head).await?;
    }
    Ok((found.len(), head))
}
