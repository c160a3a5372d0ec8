//! The output of a completed job.
//!
//! `video` is set if there is exactly one video; `videos` holds only what came as a list, so that
//! an output serialises as it came. A member of another form stays in `other` under its key, and so
//! does an object that says more than its URL.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::data_uri;
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
/// use runcomfy_types::Output;
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
    /// Every URL of the output, each once: those of the known fields, single ones first, then every
    /// string anywhere in [`other`](Self::other) that looks like the URL of a file.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        let mut others = Vec::new();
        self.other.values().for_each(|value| collect_urls(value, &mut others));
        let mut known = HashSet::new();
        self.known_urls().map(|(url, _)| url).chain(others).filter(move |url| known.insert(*url))
    }

    /// The URLs of the known fields, single ones first.
    fn known_urls(&self) -> impl Iterator<Item = (&str, MediaKind)> {
        let fields = [
            (&self.image, &self.images, MediaKind::Image),
            (&self.video, &self.videos, MediaKind::Video),
            (&self.audio, &self.audios, MediaKind::Audio),
        ];
        let single = fields.map(|(url, _, kind)| url.iter().map(move |url| (&**url, kind)));
        let several = fields.map(|(_, urls, kind)| urls.iter().map(move |url| (&**url, kind)));
        single.into_iter().flatten().chain(several.into_iter().flatten())
    }

    /// The URLs of files: those of the known fields, each with its kind, and those that came without a
    /// key.
    #[doc(hidden)]
    pub fn file_urls(&self) -> impl Iterator<Item = (&str, Option<MediaKind>)> {
        let mut others = Vec::new();
        let unkeyed = [UNKEYED, URL].into_iter().filter_map(|key| self.other.get(key));
        unkeyed.for_each(|value| collect_urls(value, &mut others));
        let known = self.known_urls().map(|(url, kind)| (url, Some(kind)));
        known.chain(others.into_iter().map(|url| (url, None)))
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
        if self.known_urls().next().is_some() || self.other.keys().any(|key| is_key(key)) {
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
        let mut map = serializer.serialize_map(None)?;
        for (single_key, list_key, kind) in KEYS {
            let (single, several) = self.fields(kind);
            let is_repeated = several.len() == 1 && single.as_ref() == several.first();
            let single = if is_repeated { &[] } else { single.as_slice() };
            let value = match (single, self.other.get(single_key)) {
                ([url], None) => Some(url.as_str().into()),
                (urls, rest) => write(urls, rest),
            };
            if let Some(value) = value {
                map.serialize_entry(single_key, &value)?;
            }
            if let Some(value) = write(several, self.other.get(list_key)) {
                map.serialize_entry(list_key, &value)?;
            }
        }
        for (key, value) in self.other.iter().filter(|(key, _)| !is_key(key)) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// The value of a key: its URLs, and the objects that came with them.
fn write(urls: &[String], rest: Option<&Value>) -> Option<Value> {
    let rest = match (urls, rest) {
        ([], rest) => return rest.cloned(),
        ([url], Some(object @ Value::Object(_))) if url_of(object) == Some(url) => {
            return Some(object.clone());
        }
        (_, Some(Value::Array(items))) => items.as_slice(),
        (_, Some(other)) => std::slice::from_ref(other),
        (_, None) => &[],
    };
    // Objects with more than a URL replace that URL.
    let mut details: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (index, item) in rest.iter().enumerate().filter(|(_, item)| item.is_object()) {
        if let Some(url) = url_of(item) {
            details.entry(url).or_default().push_back(index);
        }
    }
    let mut is_written = vec![false; rest.len()];
    let mut written: Vec<Value> = Vec::with_capacity(urls.len() + rest.len());
    for url in urls {
        let detail = details.get_mut(url.as_str()).and_then(VecDeque::pop_front);
        written.push(match detail.and_then(|index| rest.get(index).map(|item| (index, item))) {
            Some((index, item)) => {
                is_written[index] = true;
                item.clone()
            }
            None => url.as_str().into(),
        });
    }
    let left = rest.iter().zip(is_written).filter(|(_, is_written)| !is_written);
    written.extend(left.map(|(item, _)| item.clone()));
    Some(written.into())
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
        shown.field("other", &Members(&self.other)).finish()
    }
}

/// A value in the form of `Debug`, with its strings truncated.
struct Shown<'a>(&'a Value);

struct Members<'a>(&'a Map<String, Value>);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(text) => Truncated(text).fmt(f),
            Value::Array(items) => f.debug_list().entries(items.iter().map(Shown)).finish(),
            Value::Object(members) => Members(members).fmt(f),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.0.iter().map(|(key, value)| (Truncated(key), Shown(value)));
        f.debug_map().entries(members).finish()
    }
}

/// Removes a member if it has the expected type; leaves it in place otherwise.
pub fn take<T: DeserializeOwned>(members: &mut Map<String, Value>, key: &str) -> Option<T> {
    let taken = T::deserialize(members.get(key)?).ok()?;
    members.remove(key);
    Some(taken)
}
