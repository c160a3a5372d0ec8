//! Saves all files of an output.
//!
//! A file that cannot be saved does not stop the others; the first failure is returned at the end.

use std::collections::HashSet;
use std::path::Path;

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
        let names = name::of_files(request_id, &files, |name| self.transport.redact(name));
        let request_id = Some(request_id);
        if let Err(error) = tokio::fs::create_dir_all(folder).await {
            let url = files.first().map_or("", |(url, _)| url);
            let destination = Destination::Exactly(folder);
            let file = OutputFile { url, destination, kind: None, request_id };
            return Err(self.error(&file, Failure::io("cannot create the folder", error)));
        }
        let mut saved = Vec::new();
        let mut first_error = None;
        for ((url, kind), FileName { name, needs_extension }) in files.iter().zip(names) {
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
