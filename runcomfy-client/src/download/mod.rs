//! Saving the files that a job gives: from the service's hosts, and never with the token.

mod content;
mod data_uri;
mod name;
mod options;
mod part;
mod transfer;

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use runcomfy_schema::redact::url_without_secrets;
use runcomfy_types::data_uri::mime;
use runcomfy_types::media_type::{extension, extension_of_mime};
use runcomfy_types::truncated::Truncated;
use runcomfy_types::{MediaKind, Output};
use tracing::{Instrument, debug_span, info, warn};
use url::{Host, Url};

use crate::client::Client;
use crate::error::{Cause, Error};
use crate::job::Completed;
use crate::request_id::RequestId;

use content::{Content, Expected};
use data_uri::decode;
use name::{Destination, FileName};
pub use options::{DownloadOptions, Existing, Progress};
use part::Part;
use transfer::Transfer;

/// Where the service keeps outputs.
const HOSTS: [&str; 2] = ["runcomfy.net", "runcomfy.com"];

/// A file of an output that was saved.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Where it came from: a URL, or a `data:` URI.
    pub url: String,
    /// Where it is.
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    /// Its MIME type, by its first bytes; where they do not tell, by what the server says and by its
    /// name.
    pub content_type: Option<String>,
    /// What kind of media it is, where it is of any.
    pub kind: Option<MediaKind>,
}

/// A file to save.
struct Request<'a> {
    url: &'a str,
    destination: Destination<'a>,
    /// What the output says of it.
    kind: Option<MediaKind>,
    request_id: Option<&'a RequestId>,
}

impl Client {
    /// Saves the file behind an output's URL, and gives its size in bytes.
    ///
    /// It is fetched without the token, and from the service's hosts alone. It is written under
    /// another name beside `path`, flushed to the disk, and gets its own name once it is whole. A
    /// connection that breaks is taken up where it broke, if the server can do that. A file that
    /// exists is not written over. The content of a `data:` URI is written the same way.
    ///
    /// # Errors
    /// [`Error::Download`] where the URL is not on a host of the service (or of the base URL), the
    /// file cannot be fetched in full, exists already, or cannot be written; and where a web page or
    /// an error message came, though the URL or the path is named as something else.
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
        let destination = Destination::Exactly(path.as_ref());
        let request = Request { url, destination, kind: None, request_id: None };
        match self.save(&request, options).await {
            Ok(saved) => Ok(saved.size),
            Err(failure) => Err(self.download_error(&request, failure)),
        }
    }

    async fn save(
        &self,
        request: &Request<'_>,
        options: &DownloadOptions,
    ) -> Result<Downloaded, Failure> {
        let path = request.destination.path();
        let span = debug_span!("download", path = %path.display());
        Box::pin(self.save_file(request, options)).instrument(span).await
    }

    async fn save_file(
        &self,
        request: &Request<'_>,
        options: &DownloadOptions,
    ) -> Result<Downloaded, Failure> {
        let Request { url, destination, kind, .. } = request;
        let is_data = mime(url).is_some();
        let address = match is_data {
            true => None,
            false => {
                let url =
                    Url::parse(url).map_err(|error| Failure::new("it is not a URL", error))?;
                self.check_host(&url, options)?;
                Some(url)
            }
        };
        let names = [address.as_ref().and_then(name::last_segment), destination.file_name()];
        let extensions = names.iter().flatten().filter_map(|name| extension(name));
        let expected =
            Expected { kind: *kind, extensions: extensions.map(str::to_owned).collect() };
        if let Some((path, size, head)) = options.kept_file(*destination).await? {
            let Content { mime, kind } = Content::of(&head, None, &expected);
            return Ok(Downloaded { url: (*url).to_owned(), path, size, content_type: mime, kind });
        }
        let (mut part, header) = match address {
            Some(address) => {
                let transfer =
                    Transfer::new(&self.transport, options, destination.path(), address)?;
                transfer.run(|url| self.check_host(url, options)).await?
            }
            None => {
                let part = decoded(url, destination.path(), options).await?;
                (part, mime(url).map(str::to_owned))
            }
        };
        let head = part.head().await?;
        if let Some((what, words)) = expected.excuse(&head, header.as_deref()) {
            part.remove();
            let words = match &*words {
                "" => String::new(),
                words => format!(" ({})", self.transport.excerpt(words, 200)),
            };
            return Err(Failure::of(format!(
                "{what} came instead of {}{words}; where the URL has expired, the job's result gives a new one",
                expected.name()
            )));
        }
        let Content { mime, kind } = Content::of(&head, header.as_deref(), &expected);
        let path = destination.named(mime.as_deref().and_then(extension_of_mime), kind);
        let size = part.finish(&path, options.overwrites()).await?;
        info!(size, "saved");
        Ok(Downloaded { url: (*url).to_owned(), path, size, content_type: mime, kind })
    }

    fn download_error(&self, request: &Request<'_>, failure: Failure) -> Error {
        let Failure { reason, source, .. } = failure;
        Error::Download {
            url: self.shown_url(request.url),
            path: request.destination.path().to_owned(),
            reason,
            request_id: request.request_id.cloned(),
            source,
        }
    }

    /// A URL as an error shows it: without what grants access, and not too long.
    fn shown_url(&self, url: &str) -> String {
        if mime(url).is_some() {
            return self.transport.redact(&Truncated(url).to_string());
        }
        let url = self.transport.redact(url);
        Truncated(&url_without_secrets(&url)).to_string()
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

    pub(crate) async fn save_all(
        &self,
        done: Files<'_>,
        folder: &Path,
        options: &DownloadOptions,
    ) -> Result<Vec<Downloaded>, Error> {
        let files = self.files(done.output, options);
        let names = name::of_files(done.request_id, &files, |name| self.transport.redact(name));
        let request_id = Some(done.request_id);
        if let Err(error) = tokio::fs::create_dir_all(folder).await {
            let url = files.first().map_or("", |(url, _)| url);
            let destination = Destination::Exactly(folder);
            let request = Request { url, destination, kind: None, request_id };
            let failure = Failure::io("the folder cannot be made", error);
            return Err(self.download_error(&request, failure));
        }
        let mut saved = Vec::new();
        let mut first_error = None;
        for ((url, kind), FileName { name, is_open }) in files.iter().zip(names) {
            let path = folder.join(name);
            let destination =
                if is_open { Destination::Stem(&path) } else { Destination::Exactly(&path) };
            let request = Request { url, destination, kind: *kind, request_id };
            match self.save(&request, options).await {
                Ok(file) => saved.push(file),
                Err(failure) => {
                    let is_hopeless = failure.is_hopeless;
                    let error = self.download_error(&request, failure);
                    warn!(error = &error as &(dyn std::error::Error + 'static), "not saved");
                    first_error.get_or_insert(error);
                    if is_hopeless {
                        break;
                    }
                }
            }
        }
        first_error.map_or(Ok(saved), Err)
    }

    /// What there is to save, each once. What stands under keys that say nothing of files may be a
    /// link to anything, and is left where it leads elsewhere.
    fn files<'a>(
        &self,
        output: &'a Output,
        options: &DownloadOptions,
    ) -> Vec<(&'a str, Option<MediaKind>)> {
        let mut known = HashSet::new();
        let is_allowed = |url: &str| {
            mime(url).is_some()
                || Url::parse(url).is_ok_and(|url| self.check_host(&url, options).is_ok())
        };
        let others = output.urls().filter(|url| is_allowed(url)).map(|url| (url, None));
        output.file_urls().chain(others).filter(|(url, _)| known.insert(*url)).collect()
    }
}

/// The content of a `data:` URI, as a file that is written but has no name yet.
async fn decoded(uri: &str, path: &Path, options: &DownloadOptions) -> Result<Part, Failure> {
    if path.file_name().is_none() {
        return Err(Failure::of("the path has no file name"));
    }
    let content = decode(uri);
    let content = content.ok_or_else(|| Failure::of("its base64 content is broken"))?;
    options.check_size(content.len() as u64)?;
    let mut part = Part::open(path, None).await?;
    part.write(&content).await?;
    options.tell(part.size, Some(part.size));
    Ok(part)
}

/// The files of a completed job.
#[derive(Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(crate) request_id: &'a RequestId,
    pub(crate) output: &'a Output,
}

impl Completed {
    /// Saves every file of the output into a folder, which is made where it does not exist; each
    /// under a name made of the request id and the last part of its URL. Where that has no extension,
    /// the file gets the one of its type. How each is saved, see [`Client::download`].
    ///
    /// # Errors
    /// [`Error::Download`], for the first that cannot be saved. The others are saved all the same, unless
    /// the disk is full. To go on where it ended, use [`Existing::Keep`] with
    /// [`download_all_with`](Self::download_all_with).
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
    /// Whether no other file can be saved either.
    is_hopeless: bool,
}

impl Failure {
    fn of(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: None, is_hopeless: false }
    }

    fn new(reason: &str, source: impl Into<Cause>) -> Self {
        Self { source: Some(source.into()), ..Self::of(reason) }
    }

    /// A failure of the disk.
    fn io(reason: &str, error: io::Error) -> Self {
        match out_of_space(&error) {
            Some(why) => {
                let is_hopeless = error.kind() != io::ErrorKind::FileTooLarge;
                Self { is_hopeless, ..Self::new(why, error) }
            }
            None => Self::new(reason, error),
        }
    }
}

/// What to say where there is no room for a file.
fn out_of_space(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            Some("the disk is full; make room on it, or choose another folder")
        }
        io::ErrorKind::QuotaExceeded => {
            Some("the disk quota is used up; make room, or choose another folder")
        }
        io::ErrorKind::FileTooLarge => Some(
            "it is larger than the file system, or a limit of this process, lets a file be; choose another folder, or raise the limit",
        ),
        _ => None,
    }
}

/// The content of a `data:` URI is left out.
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

fn is_of_the_service(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    let below = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    url.scheme() == "https" && HOSTS.iter().any(|domain| host == *domain || below(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_room_is_named_and_ends_it_all() {
        use io::ErrorKind::{FileTooLarge, PermissionDenied, QuotaExceeded, StorageFull};
        for (kind, words, is_hopeless) in [
            (StorageFull, "the disk is full", true),
            (QuotaExceeded, "quota is used up", true),
            (FileTooLarge, "larger than the file system", false),
            (PermissionDenied, "cannot be written", false),
        ] {
            let failure = Failure::io("the file cannot be written", kind.into());
            assert!(failure.reason.contains(words), "{failure:?}");
            assert_eq!(failure.is_hopeless, is_hopeless, "{failure:?}");
        }
    }

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
