//! The files of a job: saved ones, or else those at the service.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use runcomfy_types::media_type::{kind_of_mime, kind_of_url, mime_of_extension};
use runcomfy_types::{MediaKind, Output};

use crate::job::{JobRecord, SavedFile};

/// An output file.
pub(super) struct OutputFile {
    /// Its path, relative to the folder of results, if it is saved.
    pub(super) path: Option<String>,
    /// Its URL at the service.
    pub(super) url: Option<String>,
    pub(super) kind: Option<MediaKind>,
    pub(super) size: Option<u64>,
}

/// The output files of a job.
pub(super) fn of(job: &JobRecord) -> Vec<OutputFile> {
    if !job.files.is_empty() {
        return job.files.iter().map(saved).collect();
    }
    let Some(output) = &job.output else { return Vec::new() };
    let output = Output::from(output.clone());
    let urls = output.urls().filter(|url| is_web(url));
    urls.map(|url| OutputFile {
        path: None,
        url: Some(url.to_owned()),
        kind: kind_of(&output, url),
        size: None,
    })
    .collect()
}

fn saved(file: &SavedFile) -> OutputFile {
    let extension = || mime_of_extension(Path::new(&file.path).extension()?.to_str()?);
    let mime = file.content_type.as_deref().or_else(extension);
    OutputFile {
        path: Some(file.path.clone()),
        url: is_web(&file.url).then(|| file.url.clone()),
        kind: mime.and_then(kind_of_mime),
        size: Some(file.size),
    }
}

impl OutputFile {
    /// Where a page in the folder of results finds the file: there, or else at the service.
    pub(super) fn link(&self, folder: &Path) -> Option<String> {
        let is_there = |path: &&String| folder.join(path).is_file();
        match self.path.as_ref().filter(is_there).and_then(|path| relative_url(path)) {
            Some(path) => Some(path),
            None => self.url.clone(),
        }
    }

    /// The name to show.
    pub(super) fn name(&self) -> &str {
        let url = self.url.as_deref().unwrap_or_default();
        match &self.path {
            Some(path) => path,
            None => {
                url.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or(url)
            }
        }
    }
}

/// The kind of a file at a URL of the output: by its key, else by its name.
fn kind_of(output: &Output, url: &str) -> Option<MediaKind> {
    let lists = [
        (&output.image, &output.images, MediaKind::Image),
        (&output.video, &output.videos, MediaKind::Video),
        (&output.audio, &output.audios, MediaKind::Audio),
    ];
    let is_in = |(one, all, _): &(&Option<String>, &Vec<String>, MediaKind)| {
        one.as_deref() == Some(url) || all.iter().any(|other| other == url)
    };
    let by_key = lists.iter().find(|list| is_in(list)).map(|(.., kind)| *kind);
    by_key.or_else(|| kind_of_url(url))
}

/// Whether a link may lead there. It may not lead to a script.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// What a URL's path may have as it stands.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path below the folder of results as a URL. `None` for a path that leads elsewhere.
fn relative_url(path: &str) -> Option<String> {
    let segments = path.split('/').map(|segment| {
        let is_name = !matches!(segment, "" | "." | "..");
        is_name.then(|| utf8_percent_encode(segment, PLAIN).to_string())
    });
    segments.collect::<Option<Vec<_>>>().map(|segments| segments.join("/"))
}
