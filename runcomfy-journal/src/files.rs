//! What files have in common that must be on the disk under the right name.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Whether this open file is the one of this name.
#[cfg(unix)]
pub fn is_named(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let open = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (open.dev(), open.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere, an open file keeps its name.
#[cfg(not(unix))]
pub fn is_named(_: &File, path: &Path) -> io::Result<bool> {
    fs::exists(path)
}

/// Flushes the names in a file's folder to the disk, where folders are flushed at all.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    let _ = path;
    Ok(())
}

/// Only the owner may read or write a new file.
pub fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
