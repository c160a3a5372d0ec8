//! Saves one file of an output.

use runcomfy_journal::RequestId;
use runcomfy_schema::redact::url_without_secrets;
use runcomfy_types::MediaKind;
use runcomfy_types::data_uri::mime;
use runcomfy_types::media_type::{extension, extension_of_mime};
use runcomfy_types::truncated::Truncated;
use tracing::{Instrument, debug_span, info};
use url::Url;

use super::content::Content;
use super::data_uri::decode;
use super::destination::Destination;
use super::existing::KeptFile;
use super::expected::{Expected, Mismatch};
use super::name::last_segment;
use super::partial_file::PartialFile;
use super::transfer::Transfer;
use super::{DownloadOptions, Downloaded, Failure, host};
use crate::error::Error;
use crate::transport::Transport;

/// A file to save.
pub(super) struct OutputFile<'a> {
    pub(super) url: &'a str,
    pub(super) destination: Destination<'a>,
    /// By the key that the URL has in the output.
    pub(super) kind: Option<MediaKind>,
    pub(super) request_id: Option<&'a RequestId>,
}

/// The location of the content.
enum ContentSource<'a> {
    DataUri(&'a str),
    Remote(Url),
}

/// Saves files through the transport of a client.
pub(super) struct Saver<'a> {
    pub(super) transport: &'a Transport,
    pub(super) options: &'a DownloadOptions,
}

impl Saver<'_> {
    pub(super) async fn save(&self, file: &OutputFile<'_>) -> Result<Downloaded, Failure> {
        let span = debug_span!("download", path = %file.destination.path().display());
        // Boxed: the future of a transfer is large, and callers hold many.
        Box::pin(self.save_file(file)).instrument(span).await
    }

    async fn save_file(&self, file: &OutputFile<'_>) -> Result<Downloaded, Failure> {
        let OutputFile { url, destination, .. } = file;
        let source = self.source(url)?;
        let expected = expected(file, &source);
        if let Some(KeptFile { path, size, head }) = self.options.kept_file(*destination).await? {
            let Content { mime, kind } = Content::of(&head, None, &expected);
            return Ok(Downloaded { url: (*url).to_owned(), path, size, content_type: mime, kind });
        }
        let (mut part, content_type) = self.fetch(source, *destination).await?;
        let head = part.head().await?;
        if let Some(mismatch) = expected.mismatch(&head, content_type.as_deref()) {
            part.remove();
            return Err(self.mismatch_failure(&mismatch, &expected));
        }
        let Content { mime, kind } = Content::of(&head, content_type.as_deref(), &expected);
        let path = destination.for_type(mime.as_deref().and_then(extension_of_mime), kind);
        let size = part.finish(&path, self.options.overwrites()).await?;
        info!(size, "saved");
        Ok(Downloaded { url: (*url).to_owned(), path, size, content_type: mime, kind })
    }

    fn source<'u>(&self, url: &'u str) -> Result<ContentSource<'u>, Failure> {
        if mime(url).is_some() {
            return Ok(ContentSource::DataUri(url));
        }
        let url = Url::parse(url).map_err(|error| Failure::new("the URL is invalid", error))?;
        self.check_host(&url)?;
        Ok(ContentSource::Remote(url))
    }

    /// Writes the content to a temporary file. Returns it with the content type that the source
    /// declares.
    async fn fetch(
        &self,
        source: ContentSource<'_>,
        destination: Destination<'_>,
    ) -> Result<(PartialFile, Option<String>), Failure> {
        match source {
            ContentSource::Remote(url) => {
                let transfer =
                    Transfer::new(self.transport, self.options, destination.path(), url)?;
                transfer.run(|url| self.check_host(url)).await
            }
            ContentSource::DataUri(uri) => {
                let part = self.write_decoded(uri, destination).await?;
                Ok((part, mime(uri).map(str::to_owned)))
            }
        }
    }

    async fn write_decoded(
        &self,
        uri: &str,
        destination: Destination<'_>,
    ) -> Result<PartialFile, Failure> {
        let path = destination.path();
        if path.file_name().is_none() {
            return Err(Failure::of("the path has no file name"));
        }
        let content =
            decode(uri).ok_or_else(|| Failure::of("the `data:` URI holds invalid base64"))?;
        self.options.check_size(content.len() as u64)?;
        let mut part = PartialFile::open(path, None).await?;
        part.write(&content).await?;
        self.options.report_progress(part.size, Some(part.size));
        Ok(part)
    }

    pub(super) fn check_host(&self, url: &Url) -> Result<(), Failure> {
        host::check(url, self.transport, self.options)
    }

    fn mismatch_failure(&self, mismatch: &Mismatch, expected: &Expected) -> Failure {
        let Mismatch { what, message } = mismatch;
        let message = match &**message {
            "" => String::new(),
            message => format!(" ({})", self.transport.excerpt(message, 200)),
        };
        Failure::of(format!(
            "{what} came instead of {}{message}; if the URL has expired, the job's result gives a new one",
            expected.name()
        ))
    }

    pub(super) fn error(&self, file: &OutputFile<'_>, failure: Failure) -> Error {
        let Failure { reason, source, .. } = failure;
        Error::Download {
            url: self.url_for_error(file.url),
            path: file.destination.path().to_owned(),
            reason,
            request_id: file.request_id.cloned(),
            source,
        }
    }

    /// The URL without credentials and query, truncated.
    fn url_for_error(&self, url: &str) -> String {
        if mime(url).is_some() {
            return self.transport.redact(&Truncated(url).to_string());
        }
        let url = self.transport.redact(url);
        Truncated(&url_without_secrets(&url)).to_string()
    }
}

/// The type that the output's key and the names in the URL and the path promise.
fn expected(file: &OutputFile<'_>, source: &ContentSource<'_>) -> Expected {
    let url_name = match source {
        ContentSource::Remote(url) => last_segment(url),
        ContentSource::DataUri(_) => None,
    };
    let names = [url_name, file.destination.file_name()];
    let extensions = names.iter().flatten().filter_map(|name| extension(name));
    Expected { kind: file.kind, extensions: extensions.map(str::to_owned).collect() }
}
