//! The files of an output, of any type.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Output, OutputError, UNKEYED, URL};
use crate::data_uri;
use crate::media::MediaKind;

/// An output with files: the common [`Output`], and the output of every generated model. In generic
/// code it is the bound for `done.video()` and `done.download_all(..)`; see
/// [`Request`](crate::Request#generic-code).
///
/// For an output type of your own that contains the common one, delegate:
///
/// ```
/// # extern crate runcomfy_types as runcomfy_models;
/// use runcomfy_models::{Output, OutputFiles, OutputRef};
///
/// struct Mine {
///     common: Output,
/// }
///
/// impl From<Output> for Mine {
///     fn from(common: Output) -> Self {
///         Self { common }
///     }
/// }
///
/// impl OutputFiles for Mine {
///     fn as_output(&self) -> OutputRef<'_> {
///         self.common.as_output()
///     }
/// }
/// # assert!(Mine::from(Output::default()).video().is_err());
/// ```
pub trait OutputFiles {
    /// The output in its common form, borrowed.
    fn as_output(&self) -> OutputRef<'_>;

    /// The URL of the image, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several images, or none.
    fn image(&self) -> Result<&str, OutputError> {
        self.as_output().image()
    }

    /// The URL of the video, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several videos, or none.
    fn video(&self) -> Result<&str, OutputError> {
        self.as_output().video()
    }

    /// The URL of the audio file, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several audio files, or none.
    fn audio(&self) -> Result<&str, OutputError> {
        self.as_output().audio()
    }
}

impl<O: OutputFiles + ?Sized> OutputFiles for &O {
    fn as_output(&self) -> OutputRef<'_> {
        (**self).as_output()
    }
}

impl OutputFiles for Output {
    fn as_output(&self) -> OutputRef<'_> {
        let Self { image, video, audio, images, videos, audios, other } = self;
        OutputRef::new([image, video, audio], [images, videos, audios], other, Vec::new())
    }
}

/// An output in its common form, borrowed from an output of any type.
#[derive(Clone)]
pub struct OutputRef<'a> {
    image: Option<&'a str>,
    video: Option<&'a str>,
    audio: Option<&'a str>,
    images: &'a [String],
    videos: &'a [String],
    audios: &'a [String],
    other: &'a Map<String, Value>,
    /// The members that a generated type has fields for.
    typed: Vec<(&'static str, Value)>,
}

impl<'a> OutputRef<'a> {
    /// For generated code. `single` and `several` are in the order image, video, audio.
    #[doc(hidden)]
    #[must_use]
    pub fn new(
        [image, video, audio]: [&'a Option<String>; 3],
        [images, videos, audios]: [&'a Vec<String>; 3],
        other: &'a Map<String, Value>,
        typed: Vec<(&'static str, Value)>,
    ) -> Self {
        let (image, video, audio) = (image.as_deref(), video.as_deref(), audio.as_deref());
        Self { image, video, audio, images, videos, audios, other, typed }
    }

    /// The URL of the image, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several images, or none.
    pub fn image(&self) -> Result<&'a str, OutputError> {
        self.only(MediaKind::Image)
    }

    /// The URL of the video, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several videos, or none.
    pub fn video(&self) -> Result<&'a str, OutputError> {
        self.only(MediaKind::Video)
    }

    /// The URL of the audio file, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several audio files, or none.
    pub fn audio(&self) -> Result<&'a str, OutputError> {
        self.only(MediaKind::Audio)
    }

    fn only(&self, kind: MediaKind) -> Result<&'a str, OutputError> {
        self.fields(kind).0.ok_or_else(|| OutputError::of(self, kind))
    }

    /// Every URL of the output, each once; see [`Output::urls`].
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        each_once(self.known_urls(), self.members().map(|(_, value)| value))
    }

    /// The URLs of files: those of the known fields, each with its kind, and those that came without a
    /// key.
    #[doc(hidden)]
    pub fn file_urls(&self) -> impl Iterator<Item = (&str, Option<MediaKind>)> {
        let mut others = Vec::new();
        let unkeyed = [UNKEYED, URL].into_iter().filter_map(|key| self.member(key));
        unkeyed.for_each(|value| collect_urls(value, &mut others));
        let known = self.known_urls().map(|(url, kind)| (url, Some(kind)));
        known.chain(others.into_iter().map(|url| (url, None)))
    }

    /// The URLs of the known fields, single ones first.
    pub(super) fn known_urls(&self) -> impl Iterator<Item = (&'a str, MediaKind)> + use<'a> {
        let fields = [MediaKind::Image, MediaKind::Video, MediaKind::Audio].map(|kind| {
            let (single, several) = self.fields(kind);
            (single, several, kind)
        });
        let single = fields.map(|(url, _, kind)| url.map(|url| (url, kind)));
        let several = fields.map(|(_, urls, kind)| urls.iter().map(move |url| (&**url, kind)));
        single.into_iter().flatten().chain(several.into_iter().flatten())
    }

    pub(super) fn fields(&self, kind: MediaKind) -> (Option<&'a str>, &'a [String]) {
        kind.pick((self.image, self.images), (self.video, self.videos), (self.audio, self.audios))
    }

    /// The members besides the known fields.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        let typed = self.typed.iter().map(|(key, value)| (*key, value));
        typed.chain(self.other.iter().map(|(key, value)| (&**key, value)))
    }

    pub(super) fn member(&self, key: &str) -> Option<&Value> {
        let typed = self.typed.iter().find(|(typed, _)| *typed == key);
        typed.map(|(_, value)| value).or_else(|| self.other.get(key))
    }
}

impl std::fmt::Debug for OutputRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.urls().map(crate::truncated::Truncated)).finish()
    }
}

/// The known URLs, then those anywhere in other values, each once.
pub(super) fn each_once<'a>(
    known: impl Iterator<Item = (&'a str, MediaKind)>,
    values: impl Iterator<Item = &'a Value>,
) -> impl Iterator<Item = &'a str> {
    let mut others = Vec::new();
    values.for_each(|value| collect_urls(value, &mut others));
    let mut seen = HashSet::new();
    known.map(|(url, _)| url).chain(others).filter(move |url| seen.insert(*url))
}

/// The URLs anywhere in a value.
fn collect_urls<'a>(value: &'a Value, urls: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if is_url(text) => urls.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_urls(item, urls)),
        Value::Object(members) => members.values().for_each(|member| collect_urls(member, urls)),
        _ => {}
    }
}

fn is_url(text: &str) -> bool {
    let begins = |scheme: &str| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins("https://") || begins("http://") || data_uri::mime(text).is_some()
}
