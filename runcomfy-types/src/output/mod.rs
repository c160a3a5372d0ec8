//! The output of a completed job.
//!
//! `video` is set if there is exactly one video; `videos` holds only what came as a list, so that
//! an output serialises as it came. A member of another form stays in `other` under its key, and so
//! does an object that says more than its URL.

mod error;
mod files;
mod generated;
mod write;

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

pub use error::OutputError;
pub use files::{OutputFiles, OutputRef};
pub use generated::{put, take};
pub use write::serialize_output;

use crate::media::MediaKind;
use crate::media_type::kind_of_url;
use crate::truncated::Truncated;

/// The output of a completed job: URLs of files, which need no token, or `data:` URIs, which contain
/// the files.
///
/// The service sends an object with the fields below, or one URL, or a list of URLs; each URL may be
/// an object `{"url": "..."}`. All these forms fill the same fields:
///
/// - A URL under a key (`image`, `videos`, ...) is of that kind. A URL without a key is of the kind
///   that its file name or MIME type says.
/// - A list goes into [`images`](Self::images), [`videos`](Self::videos), [`audios`](Self::audios).
/// - If there is exactly one image, [`image`](Self::image) is its URL, even if it came in a list. The
///   same holds for [`video`](Self::video) and [`audio`](Self::audio). If a list holds several, and
///   none of them is marked as the main one, they are `None`.
///
/// Reading never fails: a member of another form goes into [`other`](Self::other), and does not affect
/// the rest.
///
/// ```
/// # extern crate runcomfy_types as runcomfy_models;
/// use runcomfy_models::Output;
/// use serde_json::json;
///
/// let url = "https://cdn.runcomfy.net/v.mp4";
/// for form in [json!({"video": url}), json!(url), json!([url]), json!([{"url": url}])] {
///     assert_eq!(Output::from(form).video.as_deref(), Some(url));
/// }
/// ```
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Output {
    /// The URL of the image, if there is exactly one.
    pub image: Option<String>,
    /// The URL of the video, if there is exactly one.
    pub video: Option<String>,
    /// The URL of the audio file, if there is exactly one.
    pub audio: Option<String>,
    /// The URLs of a list of images.
    pub images: Vec<String>,
    /// The URLs of a list of videos.
    pub videos: Vec<String>,
    /// The URLs of a list of audio files.
    pub audios: Vec<String>,
    /// Everything else, under its own key: members with other keys, members of the fields above that
    /// are not URLs, and objects with more than a URL. A value without a key and of unknown kind is
    /// under `output`.
    pub other: Map<String, Value>,
}

/// A key for one URL, the key for a list, and the kind.
const KEYS: [(&str, &str, MediaKind); 3] = [
    ("image", "images", MediaKind::Image),
    ("video", "videos", MediaKind::Video),
    ("audio", "audios", MediaKind::Audio),
];

/// The key of values that came without one.
const UNKEYED: &str = "output";
const URL: &str = "url";

impl Output {
    /// The URL of the image, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several images, or none.
    pub fn image(&self) -> Result<&str, OutputError> {
        self.as_output().image()
    }

    /// The URL of the video, if there is exactly one.
    ///
    /// ```
    /// # extern crate runcomfy_types as runcomfy_models;
    /// use runcomfy_models::Output;
    /// use serde_json::json;
    ///
    /// let output = Output::from(json!({"images": ["https://a.runcomfy.net/1.png"], "seed": 7}));
    /// assert_eq!(output.image()?, "https://a.runcomfy.net/1.png");
    /// let error = output.video().unwrap_err();
    /// assert_eq!(error.to_string(), "the output has no video, but 1 image and 1 other member: `seed`");
    /// # Ok::<(), runcomfy_models::OutputError>(())
    /// ```
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several videos, or none.
    pub fn video(&self) -> Result<&str, OutputError> {
        self.as_output().video()
    }

    /// The URL of the audio file, if there is exactly one.
    ///
    /// # Errors
    /// [`OutputError`] says what came instead: several audio files, or none.
    pub fn audio(&self) -> Result<&str, OutputError> {
        self.as_output().audio()
    }

    /// Every URL of the output, each once: those of the known fields, single ones first, then every
    /// string anywhere in [`other`](Self::other) that looks like the URL of a file.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        files::each_once(self.as_output().known_urls(), self.other.values())
    }

    fn has_urls(&self) -> bool {
        KEYS.into_iter().any(|(_, _, kind)| {
            let (single, several) = self.fields(kind);
            single.is_some() || !several.is_empty()
        })
    }

    fn fields(&self, kind: MediaKind) -> (&Option<String>, &Vec<String>) {
        kind.pick(
            (&self.image, &self.images),
            (&self.video, &self.videos),
            (&self.audio, &self.audios),
        )
    }

    fn fields_mut(&mut self, kind: MediaKind) -> (&mut Option<String>, &mut Vec<String>) {
        kind.pick(
            (&mut self.image, &mut self.images),
            (&mut self.video, &mut self.videos),
            (&mut self.audio, &mut self.audios),
        )
    }
}

impl From<Value> for Output {
    fn from(value: Value) -> Self {
        let mut output = Self::default();
        match value {
            Value::Object(members) => {
                output.other = members;
                KEYS.into_iter().for_each(|key| output.read_keys(key));
                output.read_lone_url();
            }
            value => {
                let is_list = value.is_array();
                let (urls, rest) = read(value, kind_of_url);
                for (url, kind) in urls {
                    let (single, several) = output.fields_mut(kind);
                    if is_list { several.push(url) } else { *single = Some(url) }
                }
                output.keep(UNKEYED, rest);
            }
        }
        for (_, _, kind) in KEYS {
            let (single, several) = output.fields_mut(kind);
            if let (None, [one]) = (&single, &**several) {
                *single = Some(one.clone());
            }
        }
        output
    }
}

impl Output {
    /// Takes the two keys of a kind out of `other`.
    fn read_keys(&mut self, (single_key, list_key, kind): (&str, &str, MediaKind)) {
        let mut list = self.other.remove(list_key).unwrap_or_default();
        let mut one = self.other.remove(single_key).unwrap_or_default();
        // A list under the key for one URL.
        if one.as_array().is_some_and(|items| items.iter().filter_map(url_of).nth(1).is_some()) {
            let mut both = items(list);
            both.extend(items(one.take()));
            list = both.into();
        }
        let (urls, rest) = read(list, |_| Some(kind));
        *self.fields_mut(kind).1 = urls.into_iter().map(|(url, _)| url).collect();
        self.keep(list_key, rest);
        let (urls, rest) = read(one, |_| Some(kind));
        *self.fields_mut(kind).0 = urls.into_iter().map(|(url, _)| url).next();
        self.keep(single_key, rest);
    }

    /// Reads `{"url": "..."}`, if the object has no other member.
    fn read_lone_url(&mut self) {
        if self.has_urls() || self.other.keys().any(|key| is_key(key)) {
            return;
        }
        let Some(url) = self.other.get(URL).and_then(url_of) else { return };
        let (url, Some(kind)) = (url.to_owned(), kind_of_url(url)) else { return };
        *self.fields_mut(kind).0 = Some(url);
    }

    fn keep(&mut self, key: &str, rest: Option<Value>) {
        if let Some(rest) = rest {
            self.other.insert(key.to_owned(), rest);
        }
    }
}

/// The URLs of a value, then its objects with more than a URL, then everything that is not a URL or of
/// unknown kind.
fn read(
    value: Value,
    kind_of: impl Fn(&str) -> Option<MediaKind>,
) -> (Vec<(String, MediaKind)>, Option<Value>) {
    let is_list = value.is_array();
    let (mut urls, mut details, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for item in items(value) {
        let url = url_of(&item).and_then(|url| Some((url.to_owned(), kind_of(url)?)));
        match url {
            Some(url) => {
                urls.push(url);
                if says_more(&item) {
                    details.push(item);
                }
            }
            None => others.push(item),
        }
    }
    details.append(&mut others);
    let rest = if is_list { (!details.is_empty()).then(|| details.into()) } else { details.pop() };
    (urls, rest)
}

/// Whether a key belongs to a known field.
fn is_key(key: &str) -> bool {
    KEYS.iter().any(|(single, list, _)| [*single, *list].contains(&key))
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        value => vec![value],
    }
}

fn url_of(value: &Value) -> Option<&str> {
    let text = match value {
        Value::Object(members) => members.get(URL)?,
        value => value,
    };
    text.as_str().filter(|url| !url.is_empty())
}

/// Whether an object has more than a URL.
fn says_more(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.len() > 1)
}

/// Serialises as it came: missing fields are left out, and the only URL of a list is not repeated as
/// the single one. Reading it again gives an equal output.
impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_output().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

/// Long strings are truncated, and the content of `data:` URIs is left out.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Output");
        for (single_key, list_key, kind) in KEYS {
            let (single, several) = self.fields(kind);
            shown.field(single_key, &single.as_deref().map(Truncated));
            shown.field(list_key, &several.iter().map(|url| Truncated(url)).collect::<Vec<_>>());
        }
        shown.field("other", &ShownMembers(&self.other)).finish()
    }
}

/// A value in the form of `Debug`, with its strings truncated.
struct ShownValue<'a>(&'a Value);

struct ShownMembers<'a>(&'a Map<String, Value>);

impl fmt::Debug for ShownValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(text) => Truncated(text).fmt(f),
            Value::Array(items) => f.debug_list().entries(items.iter().map(ShownValue)).finish(),
            Value::Object(members) => ShownMembers(members).fmt(f),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Debug for ShownMembers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.0.iter().map(|(key, value)| (Truncated(key), ShownValue(value)));
        f.debug_map().entries(members).finish()
    }
}
