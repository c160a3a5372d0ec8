//! What a completed job gives.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

/// The output of a completed job: URLs of files, which are fetched without the token.
///
/// Reading it never fails: what is not of the expected form goes into [`other`](Self::other).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Output {
    /// The URL of an image.
    pub image: Option<String>,
    /// The URL of a video.
    pub video: Option<String>,
    /// The URL of a sound.
    pub audio: Option<String>,
    /// The URLs of several images.
    pub images: Vec<String>,
    /// The URLs of several videos.
    pub videos: Vec<String>,
    /// The URLs of several sounds.
    pub audios: Vec<String>,
    /// Whatever else came. An output that is no object stands here under the key `output`.
    pub other: Map<String, Value>,
}

impl Output {
    /// Every URL of the output: those in the known fields, the single ones first, and then whatever
    /// stands anywhere in [`other`](Self::other) as the URL of a file would.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.known_urls().chain(self.other_urls())
    }

    pub(crate) fn known_urls(&self) -> impl Iterator<Item = &str> {
        let single = [&self.image, &self.video, &self.audio].into_iter().flatten();
        let several = [&self.images, &self.videos, &self.audios].into_iter().flatten();
        single.chain(several).map(String::as_str)
    }

    pub(crate) fn other_urls(&self) -> impl Iterator<Item = &str> {
        let mut urls = Vec::new();
        self.other.values().for_each(|value| collect_urls(value, &mut urls));
        urls.into_iter()
    }
}

fn collect_urls<'a>(value: &'a Value, urls: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if text.starts_with("https://") || text.starts_with("http://") => {
            urls.push(text);
        }
        Value::Array(items) => items.iter().for_each(|item| collect_urls(item, urls)),
        Value::Object(members) => members.values().for_each(|member| collect_urls(member, urls)),
        _ => {}
    }
}

impl From<Value> for Output {
    fn from(value: Value) -> Self {
        let mut other = match value {
            Value::Object(members) => members,
            Value::Null => Map::new(),
            value => Map::from_iter([("output".to_owned(), value)]),
        };
        Self {
            image: take(&mut other, "image"),
            video: take(&mut other, "video"),
            audio: take(&mut other, "audio"),
            images: take(&mut other, "images").unwrap_or_default(),
            videos: take(&mut other, "videos").unwrap_or_default(),
            audios: take(&mut other, "audios").unwrap_or_default(),
            other,
        }
    }
}

/// As it came: what is not there is left out.
impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let single = [("image", &self.image), ("video", &self.video), ("audio", &self.audio)];
        for (key, url) in single {
            if let Some(url) = url {
                map.serialize_entry(key, url)?;
            }
        }
        let several =
            [("images", &self.images), ("videos", &self.videos), ("audios", &self.audios)];
        for (key, urls) in several.into_iter().filter(|(_, urls)| !urls.is_empty()) {
            map.serialize_entry(key, urls)?;
        }
        for (key, value) in &self.other {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

/// Takes a member out if it is of the type expected; leaves it where it is otherwise.
pub fn take<T: DeserializeOwned>(members: &mut Map<String, Value>, key: &str) -> Option<T> {
    let taken = T::deserialize(members.get(key)?).ok()?;
    members.remove(key);
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn known_fields_are_read_and_the_rest_is_kept() {
        let output = Output::from(json!({
            "video": "https://a/v.mp4", "images": ["https://a/1.png", "https://a/2.png"],
            "image": 7, "score": 0.5, "mesh": {"files": [{"url": "https://a/m.glb"}, "m.glb"]}
        }));
        assert_eq!(output.video.as_deref(), Some("https://a/v.mp4"));
        assert_eq!(output.images.len(), 2);
        assert_eq!(
            output.other,
            *json!({
                "image": 7, "score": 0.5, "mesh": {"files": [{"url": "https://a/m.glb"}, "m.glb"]}
            })
            .as_object()
            .unwrap()
        );
        let urls: Vec<_> = output.urls().collect();
        assert_eq!(
            urls,
            ["https://a/v.mp4", "https://a/1.png", "https://a/2.png", "https://a/m.glb"]
        );
        let again = serde_json::to_value(&output).unwrap();
        assert_eq!(Output::from(again), output);
    }

    #[test]
    fn an_output_that_is_no_object_is_not_lost() {
        assert_eq!(Output::from(json!("text")).other["output"], json!("text"));
        assert_eq!(Output::from(Value::Null), Output::default());
    }
}
