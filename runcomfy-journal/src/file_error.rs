//! The errors of a journal's file.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// An error of a journal's file.
#[derive(Debug)]
pub(crate) enum FileError {
    Io { what: &'static str, path: PathBuf, source: io::Error },
    NotAJournal { path: PathBuf, line: String },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { what, path, source } => write!(
                f,
                "cannot {what} the journal {}: {source}{}",
                path.display(),
                advice(source)
            ),
            Self::NotAJournal { path, line } => write!(
                f,
                "{} is not a journal: its first line is {line:?}, not an entry; give it a file of its own",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// What to do, if the error itself does not say so.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound
        | ErrorKind::InvalidInput
        | ErrorKind::IsADirectory
        | ErrorKind::NotADirectory => "; give it a file of its own, in a folder that exists",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "; give it a file that can be written, in a folder where files can be made"
        }
        ErrorKind::InvalidFilename => "; give it a shorter name",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; make room on the disk",
        ErrorKind::WouldBlock => "; try again in a moment",
        _ => "",
    }
}

/// The error if the path now names another file.
pub(crate) fn gone() -> io::Error {
    io::Error::other("it was removed or replaced; open it anew")
}
