//! Saves all files of an output.
//!
//! A file that cannot be saved does not stop the others; the first failure is returned at the end.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use runcomfy_journal::RequestId;
use runcomfy_types::data_uri::mime;
use runcomfy_types::{MediaKind, OutputRef};
use tracing::warn;
use url::Url;

use super::destination::Destination;
use super::name::{self, FileName};
use super::save::{OutputFile, Saver};
use super::{Downloaded, Failure};
use crate::error::Error;

impl Saver<'_> {
    pub(super) async fn save_all(
        &self,
        request_id: &RequestId,
        output: &OutputRef<'_>,
        folder: &Path,
    ) -> Result<Vec<Downloaded>, Error> {
        let files = self.files(output);
        // Paths below the folder, and whether they lack an extension.
        let names: Vec<(PathBuf, bool)> = match &self.options.names {
            None => name::of_files(request_id, &files, |name| self.transport.redact(name))
                .into_iter()
                .map(|FileName { name, needs_extension }| (name.into(), needs_extension))
                .collect(),
            Some(name) => (0..files.len()).map(|index| (name(index, files.len()), true)).collect(),
        };
        let request_id = Some(request_id);
        if let Err((folder, error)) = create_folders(folder, &names).await {
            let folder = &folder;
            let url = files.first().map_or("", |(url, _)| url);
            let destination = Destination::Exactly(folder);
            let file = OutputFile { url, destination, kind: None, request_id };
            return Err(self.error(&file, Failure::io("cannot create the folder", error)));
        }
        let mut saved = Vec::new();
        let mut first_error = None;
        for ((url, kind), (name, needs_extension)) in files.iter().zip(names) {
            let path = folder.join(name);
            let destination = if needs_extension {
                Destination::Stem(&path)
            } else {
                Destination::Exactly(&path)
            };
            let file = OutputFile { url, destination, kind: *kind, request_id };
            match self.save(&file).await {
                Ok(downloaded) => saved.push(downloaded),
                Err(failure) => {
                    let stops_all = failure.stops_all;
                    let error = self.error(&file, failure);
                    warn!(error = &error as &(dyn std::error::Error + 'static), "not saved");
                    first_error.get_or_insert(error);
                    if stops_all {
                        break;
                    }
                }
            }
        }
        first_error.map_or(Ok(saved), Err)
    }

    /// The URLs to save, each once. A URL under a key that does not name a file may be a link to
    /// any page, so it is skipped unless its host is allowed.
    fn files<'o>(&self, output: &'o OutputRef<'_>) -> Vec<(&'o str, Option<MediaKind>)> {
        let mut seen = HashSet::new();
        let is_allowed = |url: &str| {
            mime(url).is_some() || Url::parse(url).is_ok_and(|url| self.check_host(&url).is_ok())
        };
        let others = output.urls().filter(|url| is_allowed(url)).map(|url| (url, None));
        output.file_urls().chain(others).filter(|(url, _)| seen.insert(*url)).collect()
    }
}

/// Creates the folder, and those that the names of files are in. The error names the one that failed.
async fn create_folders(
    folder: &Path,
    names: &[(PathBuf, bool)],
) -> Result<(), (PathBuf, io::Error)> {
    let mut folders: HashSet<PathBuf> = HashSet::from([folder.to_owned()]);
    folders.extend(
        names.iter().filter_map(|(name, _)| folder.join(name).parent().map(Path::to_owned)),
    );
    for folder in folders {
        tokio::fs::create_dir_all(&folder).await.map_err(|error| (folder, error))?;
    }
    Ok(())
}
