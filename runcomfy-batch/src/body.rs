//! The body of a job without the content of its files, which is kept once however many jobs use it.

use std::collections::HashMap;

use runcomfy_journal::digest::sha256;
use runcomfy_schema::Json;
use runcomfy_types::{AnyInput, MediaKind, ModelId, Output, Request};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Shorter strings stay in the body.
const MIN_LEN: usize = 256;

/// A body without files.
#[derive(Debug)]
pub(crate) struct Body {
    /// JSON text.
    pub(crate) text: String,
    /// Where files belong, as JSON; see [`places`].
    pub(crate) media: String,
}

/// Takes the files out of a body. `contents` gets the content of each, a `data:` URI, by its digest.
pub(crate) fn split(
    input: &AnyInput,
    contents: &mut HashMap<String, String>,
) -> serde_json::Result<Body> {
    let mut json = read(&serde_json::to_string(input)?)?;
    let mut places = Vec::new();
    take(&mut json, &mut Vec::new(), &mut |path, uri| {
        let digest = sha256([uri.as_bytes()]);
        places.push((path.to_vec(), digest.clone()));
        contents.entry(digest).or_insert_with(|| uri.to_owned());
    });
    let media = serde_json::to_string(&places)?;
    Ok(Body { text: serde_json::to_string(&json)?, media })
}

fn read(text: &str) -> serde_json::Result<Json> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Ok(runcomfy_schema::json::deserialize(&[], &mut reader)?.json)
}

fn take(json: &mut Json, path: &mut Vec<String>, found: &mut impl FnMut(&[String], &str)) {
    match json {
        Json::String(text) if text.len() >= MIN_LEN && text.starts_with("data:") => {
            found(path, text);
            *json = Json::String(LEFT_OUT.to_owned().into());
        }
        Json::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                path.push(index.to_string());
                take(item, path, found);
                path.pop();
            }
        }
        Json::Object(members) => {
            for (key, value) in members {
                path.push(key.to_string());
                take(value, path, found);
                path.pop();
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::NotFinite(_) | Json::String(_) => {}
    }
}

/// What stands in the place of a file.
const LEFT_OUT: &str = "data:";

/// The places of files in a body: the keys and indices that lead there, and the digest of the content.
pub(crate) fn places(media: &str) -> serde_json::Result<Vec<(Vec<String>, String)>> {
    serde_json::from_str(media)
}

/// An input that was checked when it was added.
#[derive(Debug)]
pub(crate) struct StoredInput {
    model_id: ModelId,
    output_kind: Option<MediaKind>,
    body: Json,
}

impl StoredInput {
    /// Puts the files back. `content` gives the content with a digest.
    pub(crate) fn join(
        model_id: ModelId,
        output_kind: Option<MediaKind>,
        text: &str,
        media: &str,
        mut content: impl FnMut(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut body = read(text).map_err(|error| format!("a body that is not JSON: {error}"))?;
        let places =
            places(media).map_err(|error| format!("places of files that are not JSON: {error}"))?;
        for (path, sha256) in places {
            let place = path.iter().try_fold(&mut body, |json, step| match json {
                Json::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
                Json::Object(members) => {
                    members.iter_mut().find(|(key, _)| key == step).map(|(_, value)| value)
                }
                _ => None,
            });
            let (Some(place), Some(uri)) = (place, content(&sha256)) else {
                return Err(format!("no file for {}", path.join("/")));
            };
            *place = Json::String(uri.into());
        }
        Ok(Self { model_id, output_kind, body })
    }
}

impl Serialize for StoredInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}

impl Request for StoredInput {
    type Output = Output;

    const MODEL_ID: &'static str = "";

    fn model_id(&self) -> &str {
        self.model_id.as_str()
    }

    fn output_kind(&self) -> Option<MediaKind> {
        self.output_kind
    }
}

/// The key of a job in its batch: of two jobs with one key, the second is known already.
pub(crate) fn key(
    model_id: &ModelId,
    text: &str,
    media: &str,
    given: Option<&str>,
    number: u32,
) -> String {
    let canonical = read(text).ok().and_then(|json| runcomfy_journal::canonical_sha256(&json).ok());
    let body = sha256([canonical.unwrap_or_else(|| text.to_owned()).as_bytes(), media.as_bytes()]);
    runcomfy_journal::claim(model_id, &body, given, number)
}

/// What is shown of an input if [`NewJob::shown`](crate::NewJob::shown) does not say it.
pub(crate) fn shown(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
