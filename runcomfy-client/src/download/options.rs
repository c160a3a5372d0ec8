//! How a file is to be saved.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::fs;
use tokio::io::AsyncReadExt;
use url::{Host, Url};

use super::name::Destination;
use super::{Failure, content};

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
    largest: u64,
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

    pub(super) fn check_size(&self, size: u64) -> Result<(), Failure> {
        let largest = self.largest;
        if size <= largest {
            return Ok(());
        }
        Err(Failure::of(format!(
            "it has {size} bytes or more, and {largest} are allowed; see `DownloadOptions::largest`"
        )))
    }

    /// A file that exists and is to be kept: where it is, its size, and its first bytes.
    pub(super) async fn kept_file(
        &self,
        destination: Destination<'_>,
    ) -> Result<Option<(PathBuf, u64, Vec<u8>)>, Failure> {
        for path in destination.candidates() {
            let Ok(found) = fs::symlink_metadata(&path).await else { continue };
            if found.is_dir() {
                return Err(Failure::of("there is a folder of this name"));
            }
            match self.existing {
                Existing::Overwrite => {}
                Existing::Keep => {
                    let file = size_and_head(&path).await;
                    let (size, head) =
                        file.map_err(|error| Failure::new("what is there is no file", error))?;
                    return Ok(Some((path, size, head)));
                }
                Existing::Refuse => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    return Err(Failure::of(format!(
                        "the file exists already, as {name:?}; choose another name, or say what to do with `DownloadOptions::existing`"
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
    // Opening a pipe could take for ever.
    if found.is_file() {
        let file = fs::File::open(path).await?;
        file.take(content::HEAD_LEN as u64).read_to_end(&mut head).await?;
    }
    Ok((found.len(), head))
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
