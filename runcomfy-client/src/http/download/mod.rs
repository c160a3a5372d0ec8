//! Saving the files that a job gives: from the service's hosts, and never with the token.

mod name;
mod options;
mod part;
mod transfer;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use tracing::{Instrument, debug_span, info};
use url::{Host, Url};

use super::client::Client;
use super::error::{Cause, Error};
use super::job::Completed;
use crate::output::Output;

pub use options::{DownloadOptions, Existing, Progress};
use transfer::Transfer;

/// Where the service keeps outputs.
const HOSTS: [&str; 2] = ["runcomfy.net", "runcomfy.com"];

/// A file of an output that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Where it came from.
    pub url: String,
    /// Where it is.
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
}

impl Client {
    /// Saves the file behind an output's URL, and gives its size in bytes.
    ///
    /// It is fetched without the token, and from the service's hosts alone. It is written under
    /// another name beside `path`, flushed to the disk, and gets its own name once it is whole. A
    /// connection that breaks is taken up where it broke, if the server can do that. A file that
    /// exists is not written over.
    ///
    /// # Errors
    /// [`Error::Download`] where the URL is not on a host of the service (or of the base URL), the
    /// file cannot be fetched in full, exists already, or cannot be written.
    pub async fn download(&self, url: &str, path: impl AsRef<Path>) -> Result<u64, Error> {
        self.download_with(url, path, &DownloadOptions::default()).await
    }

    /// The same with options.
    ///
    /// # Errors
    /// As of [`download`](Self::download).
    pub async fn download_with(
        &self,
        url: &str,
        path: impl AsRef<Path>,
        options: &DownloadOptions,
    ) -> Result<u64, Error> {
        let path = path.as_ref();
        let span = debug_span!("download", path = %path.display());
        let saved = Box::pin(self.save(url, path, options)).instrument(span).await;
        saved.map_err(|Failure { reason, source }| Error::Download {
            url: url.to_owned(),
            path: path.to_owned(),
            reason,
            source,
        })
    }

    async fn save(
        &self,
        url: &str,
        path: &Path,
        options: &DownloadOptions,
    ) -> Result<u64, Failure> {
        let url = Url::parse(url).map_err(|error| Failure::new("it is not a URL", error))?;
        self.check_host(&url, options)?;
        if let Some(size) = options.existing_size(path).await? {
            return Ok(size);
        }
        let size = Transfer::new(&self.transport, options, path, url)?
            .run(|url| self.check_host(url, options));
        let size = size.await?;
        info!(size, "saved");
        Ok(size)
    }

    fn check_host(&self, url: &Url, options: &DownloadOptions) -> Result<(), Failure> {
        if self.transport.is_own_host(url) || is_of_the_service(url) || options.allows(url) {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        Err(Failure::of(format!(
            "{host:?} over {:?} is no host of the service, so nothing is fetched from it; allow it with `DownloadOptions::allow_host`",
            url.scheme()
        )))
    }

    pub(super) async fn save_all(
        &self,
        done: Files<'_>,
        folder: &Path,
        options: &DownloadOptions,
    ) -> Result<Vec<Downloaded>, Error> {
        let urls = self.files(done.output, options);
        let names = name::of_files(done.request_id, &urls);
        let unmade = |error: std::io::Error| Error::Download {
            url: urls.first().cloned().unwrap_or_default(),
            path: folder.to_owned(),
            reason: "the folder cannot be made".to_owned(),
            source: Some(error.into()),
        };
        tokio::fs::create_dir_all(folder).await.map_err(unmade)?;
        let mut saved = Vec::new();
        for (url, name) in urls.iter().zip(names) {
            let path = folder.join(name);
            let size = self.download_with(url, &path, options).await?;
            saved.push(Downloaded { url: url.clone(), path, size });
        }
        Ok(saved)
    }

    /// What there is to save, each once. What stands under keys that say nothing of files may be a
    /// link to anything, and is left where it leads elsewhere.
    fn files(&self, output: &Output, options: &DownloadOptions) -> Vec<String> {
        let mut known = HashSet::new();
        let others = output
            .other_urls()
            .filter(|url| Url::parse(url).is_ok_and(|url| self.check_host(&url, options).is_ok()));
        let urls = output.known_urls().chain(others).filter(|url| known.insert(*url));
        urls.map(str::to_owned).collect()
    }
}

/// The files of a completed job.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) request_id: &'a str,
    pub(super) output: &'a Output,
}

impl Completed {
    /// Saves every file of the output into a folder, which is made where it does not exist; each
    /// under a name made of the request id and the last part of its URL. How each is saved, see
    /// [`Client::download`].
    ///
    /// # Errors
    /// [`Error::Download`], for the first that cannot be saved; those before it stay. To go on where
    /// it ended, use [`Existing::Keep`] with [`download_all_with`](Self::download_all_with).
    pub async fn download_all(&self, folder: impl AsRef<Path>) -> Result<Vec<Downloaded>, Error> {
        self.download_all_with(folder, &DownloadOptions::default()).await
    }

    /// The same with options.
    ///
    /// # Errors
    /// As of [`download_all`](Self::download_all).
    pub async fn download_all_with(
        &self,
        folder: impl AsRef<Path>,
        options: &DownloadOptions,
    ) -> Result<Vec<Downloaded>, Error> {
        let files = Files { request_id: &self.request_id, output: &self.output };
        self.client.save_all(files, folder.as_ref(), options).await
    }
}

/// Why a file was not saved.
#[derive(Debug)]
struct Failure {
    reason: String,
    source: Option<Cause>,
}

impl Failure {
    fn of(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: None }
    }

    fn new(reason: &str, source: impl Into<Cause>) -> Self {
        Self { reason: reason.to_owned(), source: Some(source.into()) }
    }
}

fn is_of_the_service(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    let below = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    url.scheme() == "https" && HOSTS.iter().any(|domain| host == *domain || below(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_hosts() {
        let is = |url: &str| is_of_the_service(&Url::parse(url).unwrap());
        for url in
            ["https://playgrounds-storage-public.runcomfy.net/a.mp4", "https://runcomfy.com/a"]
        {
            assert!(is(url), "{url}");
        }
        for url in [
            "http://cdn.runcomfy.net/a.mp4",
            "https://runcomfy.net.evil.example/a",
            "https://evilruncomfy.net/a",
            "https://127.0.0.1/a",
        ] {
            assert!(!is(url), "{url}");
        }
    }
}
