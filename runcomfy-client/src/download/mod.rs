//! Downloads of output files: only from RunComfy's hosts, and never with the token.

mod content;
mod data_uri;
mod destination;
mod existing;
mod expected;
mod failure;
mod host;
mod markup;
mod name;
mod options;
mod partial_file;
mod range;
mod save;
mod save_all;
mod transfer;

use std::fmt;
use std::path::{Path, PathBuf};

use runcomfy_types::truncated::Truncated;
use runcomfy_types::{MediaKind, OutputFiles};

use crate::client::Client;
use crate::error::Error;
use crate::job::Completed;

use destination::Destination;
use failure::Failure;
pub use options::{DownloadOptions, IfExists, Progress};
use save::{OutputFile, Saver};

/// A saved output file.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// The URL or `data:` URI that it came from.
    pub url: String,
    /// The path that it was saved under.
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    /// Its MIME type, by its first bytes; if they do not tell, by the server's `Content-Type` or by
    /// its name.
    pub content_type: Option<String>,
    /// Whether it is an image, a video or audio; `None` for other files.
    pub kind: Option<MediaKind>,
}

impl Client {
    /// Saves the file behind an output's URL, and returns its size in bytes.
    ///
    /// The file is fetched without the token, and only from RunComfy's hosts. It is written under a
    /// temporary name beside `path`, flushed to the disk, and renamed once it is complete. If the
    /// connection breaks, the download resumes where it broke, if the server supports that. An
    /// existing file is not overwritten. The content of a `data:` URI is written the same way.
    ///
    /// # Errors
    /// [`Error::Download`] if the URL is not on a RunComfy host (or the host of the base URL), if
    /// the file cannot be fetched completely, exists already, or cannot be written; and if a web
    /// page or an error message came although the URL or the path names another type of file.
    pub async fn download(&self, url: &str, path: impl AsRef<Path>) -> Result<u64, Error> {
        self.download_with(url, path, &DownloadOptions::default()).await
    }

    /// Like [`download`](Self::download), with options.
    ///
    /// # Errors
    /// Like [`download`](Self::download).
    pub async fn download_with(
        &self,
        url: &str,
        path: impl AsRef<Path>,
        options: &DownloadOptions,
    ) -> Result<u64, Error> {
        let destination = Destination::Exactly(path.as_ref());
        let file = OutputFile { url, destination, kind: None, request_id: None };
        let saver = Saver { transport: &self.core.transport, options };
        let saved = saver.save(&file).await;
        saved.map(|saved| saved.size).map_err(|failure| saver.error(&file, failure))
    }
}

impl<O: OutputFiles> Completed<O> {
    /// Saves every file of the output into a folder, which is created if it does not exist. Each
    /// name consists of the request id and the last segment of the URL; without an extension there,
    /// the file gets the one of its type. Each file is saved as by [`Client::download`].
    ///
    /// # Errors
    /// [`Error::Download`] for the first file that cannot be saved. The other files are still
    /// saved, unless the disk is full. To continue later, use [`IfExists::Keep`] with
    /// [`download_all_with`](Self::download_all_with).
    pub async fn download_all(&self, folder: impl AsRef<Path>) -> Result<Vec<Downloaded>, Error> {
        self.download_all_with(folder, &DownloadOptions::default()).await
    }

    /// Like [`download_all`](Self::download_all), with options.
    ///
    /// # Errors
    /// Like [`download_all`](Self::download_all).
    pub async fn download_all_with(
        &self,
        folder: impl AsRef<Path>,
        options: &DownloadOptions,
    ) -> Result<Vec<Downloaded>, Error> {
        self.client.save_all(self, folder.as_ref(), options).await
    }
}

impl Client {
    /// Saves every file of a job's output.
    pub(crate) async fn save_all<O: OutputFiles, C>(
        &self,
        done: &Completed<O, C>,
        folder: &Path,
        options: &DownloadOptions,
    ) -> Result<Vec<Downloaded>, Error> {
        let saver = Saver { transport: &self.core.transport, options };
        saver.save_all(&done.request_id, &done.output.as_output(), folder).await
    }
}

/// Leaves out the content of a `data:` URI.
impl fmt::Debug for Downloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloaded")
            .field("url", &Truncated(&self.url))
            .field("path", &self.path)
            .field("size", &self.size)
            .field("content_type", &self.content_type)
            .field("kind", &self.kind)
            .finish()
    }
}
