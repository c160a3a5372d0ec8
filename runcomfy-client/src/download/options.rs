//! Options for downloads.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use super::Failure;

/// Options for a download.
///
/// ```
/// # extern crate runcomfy_client as runcomfy_models;
/// use runcomfy_models::{DownloadOptions, IfExists};
///
/// let options = DownloadOptions::default()
///     .existing(IfExists::Overwrite)
///     .largest(100 * 1024 * 1024)
///     .on_progress(|progress| println!("{} of {:?}", progress.received, progress.total));
/// # let _ = options;
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until a download takes them"]
pub struct DownloadOptions {
    pub(super) existing: IfExists,
    largest: u64,
    pub(super) timeout: Duration,
    hosts: Vec<String>,
    progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
    pub(super) names: Option<Arc<NameFile>>,
}

/// Makes the path of a file from its index and the number of files.
pub(super) type NameFile = dyn Fn(usize, usize) -> PathBuf + Send + Sync;

/// What to do if the file exists already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IfExists {
    /// Fails.
    #[default]
    Refuse,
    /// Keeps the existing file, and fetches nothing.
    Keep,
    /// Replaces the existing file, once the new one is complete.
    Overwrite,
}

/// The progress of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes received, including those of an earlier attempt.
    pub received: u64,
    /// Bytes of the whole file, if the server says it.
    pub total: Option<u64>,
}

impl Default for DownloadOptions {
    /// Refuses to replace files, to save more than 4 GiB, to use other hosts than RunComfy's, and
    /// to take more than an hour.
    fn default() -> Self {
        Self {
            existing: IfExists::default(),
            largest: 4 * 1024 * 1024 * 1024,
            timeout: Duration::from_secs(60 * 60),
            hosts: Vec::new(),
            progress: None,
            names: None,
        }
    }
}

impl DownloadOptions {
    /// What to do if the file exists already; by default, the download fails.
    pub fn existing(mut self, existing: IfExists) -> Self {
        self.existing = existing;
        self
    }

    /// The maximum size of a file in bytes; 4 GiB by default.
    pub fn largest(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// The maximum duration of the whole download; an hour by default. The client's
    /// [`read_timeout`](crate::ClientBuilder::read_timeout) limits how long the server may send
    /// nothing.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Also allows this host, over `https:`. By default, only RunComfy's hosts and the host of the
    /// base URL are allowed. None of them gets the token.
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        let host = host.into();
        // As in URLs: in lower case, and encoded if it is not ASCII.
        self.hosts.push(Host::parse(&host).map_or(host, |host| host.to_string()));
        self
    }

    /// Calls this for every chunk received. It should return quickly.
    pub fn on_progress(mut self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Names the files of an output, in place of the request id and the URL. `name` gets the index of a
    /// file, from 0, and the number of files, and returns a path below the folder, without an extension: the
    /// file gets that of its type. It must give each file another path. Folders are created.
    ///
    /// A download of a single URL has its path already, and does not use it.
    ///
    /// ```
    /// # extern crate runcomfy_client as runcomfy_models;
    /// use runcomfy_models::DownloadOptions;
    ///
    /// let options = DownloadOptions::default().names(|index, _| format!("night/{index:03}").into());
    /// # let _ = options;
    /// ```
    pub fn names(mut self, name: impl Fn(usize, usize) -> PathBuf + Send + Sync + 'static) -> Self {
        self.names = Some(Arc::new(name));
        self
    }

    pub(super) fn allows(&self, url: &Url) -> bool {
        url.scheme() == "https"
            && url.host_str().is_some_and(|host| self.hosts.iter().any(|allowed| allowed == host))
    }

    pub(super) fn report_progress(&self, received: u64, total: Option<u64>) {
        if let Some(progress) = &self.progress {
            progress(Progress { received, total });
        }
    }

    pub(super) fn overwrites(&self) -> bool {
        self.existing == IfExists::Overwrite
    }

    pub(super) fn check_size(&self, size: u64) -> Result<(), Failure> {
        let largest = self.largest;
        if size <= largest {
            return Ok(());
        }
        Err(Failure::of(format!(
            "the file has at least {size} bytes, and the limit is {largest}; raise it with `DownloadOptions::largest`"
        )))
    }
}

impl fmt::Debug for DownloadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadOptions")
            .field("existing", &self.existing)
            .field("largest", &self.largest)
            .field("timeout", &self.timeout)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
