//! The path that a file is saved under.
//!
//! A file whose name has no extension gets that of its content. Before it is fetched again, it is
//! looked for under every known extension.

use std::path::{Path, PathBuf};

use runcomfy_types::MediaKind;
use runcomfy_types::media_type;

use super::name::split_extension;

#[derive(Clone, Copy, Debug)]
pub(super) enum Destination<'a> {
    Exactly(&'a Path),
    /// The path without extension; the file gets the extension of its type.
    Stem(&'a Path),
}

impl<'a> Destination<'a> {
    pub(super) fn path(self) -> &'a Path {
        match self {
            Self::Exactly(path) | Self::Stem(path) => path,
        }
    }

    pub(super) fn file_name(self) -> Option<String> {
        self.path().file_name().map(|name| name.to_string_lossy().into_owned())
    }

    /// Every path that the file may have already.
    pub(super) fn candidates(self) -> Vec<PathBuf> {
        let mut paths = vec![self.path().to_owned()];
        if let Self::Stem(path) = self {
            let extensions = media_type::extensions();
            paths.extend(extensions.map(|extension| with_extension(path, extension)));
        }
        paths
    }

    /// The path of a file of this type.
    pub(super) fn for_type(self, extension: Option<&str>, kind: Option<MediaKind>) -> PathBuf {
        let Self::Stem(path) = self else { return self.path().to_owned() };
        // Keep an unknown extension of a file that is not media: it may be right.
        let has_one = self.file_name().is_some_and(|name| !split_extension(&name).1.is_empty());
        match extension {
            Some(extension) if kind.is_some() || !has_one => with_extension(path, extension),
            _ => path.to_owned(),
        }
    }
}

/// Appends the extension. `Path::with_extension` would replace the end of `a.v2`.
fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(extension);
    path.with_file_name(name)
}
