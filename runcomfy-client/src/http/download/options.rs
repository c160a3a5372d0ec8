//! How a file is to be saved.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::fs;
use url::{Host, Url};

use super::Failure;

/// How a file is to be saved.
///
/// ```
/// use runcomfy_client::{DownloadOptions, Existing};
///
/// let options = DownloadOptions::default()
///     .existing(Existing::Overwrite)
///     .largest(100 * 1024 * 1024)
///     .on_progress(|progress| println!("{} of {:?}", progress.received, progress.total));
/// # let _ = options;
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until a download takes them"]
pub struct DownloadOptions {
    existing: Existing,
    pub(super) largest: u64,
    pub(super) timeout: Duration,
    hosts: Vec<String>,
    progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

/// What to do where the file exists already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Existing {
    /// It is an error.
    #[default]
    Refuse,
    /// It stays, and nothing is fetched.
    Keep,
    /// The new one takes its place, once it is whole.
    Overwrite,
}

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes that are there, with those of an earlier try.
    pub received: u64,
    /// Bytes of the whole, where the server says.
    pub total: Option<u64>,
}

impl Default for DownloadOptions {
    /// Refuses what exists, more than 4 GiB, and other hosts than the service's; an hour at most.
    fn default() -> Self {
        Self {
            existing: Existing::default(),
            largest: 4 * 1024 * 1024 * 1024,
            timeout: Duration::from_secs(60 * 60),
            hosts: Vec::new(),
            progress: None,
        }
    }
}

impl DownloadOptions {
    /// What to do where the file exists already: refuse, unless said otherwise.
    pub fn existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }

    /// The largest file that is taken, in bytes: 4 GiB unless said otherwise.
    pub fn largest(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// How long the whole may take: an hour unless said otherwise. How long it may stand still is the
    /// client's [`read_timeout`](crate::ClientBuilder::read_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Fetches from this host too, over `https:`. Without it, only the service's hosts and that of
    /// the base URL are asked. The token goes to none of them.
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        let host = host.into();
        // As URLs write it: in small letters, and encoded where it is not ASCII.
        self.hosts.push(Host::parse(&host).map_or(host, |host| host.to_string()));
        self
    }

    /// Is told of every piece that has come. It should be quick.
    pub fn on_progress(mut self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    pub(super) fn allows(&self, url: &Url) -> bool {
        url.scheme() == "https"
            && url.host_str().is_some_and(|host| self.hosts.iter().any(|allowed| allowed == host))
    }

    pub(super) fn tell(&self, received: u64, total: Option<u64>) {
        if let Some(progress) = &self.progress {
            progress(Progress { received, total });
        }
    }

    pub(super) fn overwrites(&self) -> bool {
        self.existing == Existing::Overwrite
    }

    /// The size of a file that exists and is to be kept.
    pub(super) async fn existing_size(&self, path: &Path) -> Result<Option<u64>, Failure> {
        let Ok(found) = fs::symlink_metadata(path).await else { return Ok(None) };
        if found.is_dir() {
            return Err(Failure::of("there is a folder of this name"));
        }
        match self.existing {
            Existing::Overwrite => Ok(None),
            Existing::Keep => {
                let file = fs::metadata(path).await;
                let file = file.map_err(|error| Failure::new("what is there is no file", error))?;
                Ok(Some(file.len()))
            }
            Existing::Refuse => Err(Failure::of(
                "the file exists already; choose another name, or say what to do with `DownloadOptions::existing`",
            )),
        }
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
