//! An output as JSON, in the form in which it came.

use std::collections::{HashMap, VecDeque};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{KEYS, OutputFiles, OutputRef, is_key, url_of};

/// Serialises as the output came: missing fields are left out, and the only URL of a list is not
/// repeated as the single one.
impl Serialize for OutputRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (single_key, list_key, kind) in KEYS {
            let (single, several) = self.fields(kind);
            let is_repeated = several.len() == 1 && single == several.first().map(|url| &**url);
            let single = if is_repeated { None } else { single };
            let value = match (single, self.member(single_key)) {
                (Some(url), None) => Some(url.into()),
                (url, rest) => write(url.as_slice(), rest),
            };
            if let Some(value) = value {
                map.serialize_entry(single_key, &value)?;
            }
            if let Some(value) = write(several, self.member(list_key)) {
                map.serialize_entry(list_key, &value)?;
            }
        }
        for (key, value) in self.members().filter(|(key, _)| !is_key(key)) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Serialises a generated output.
pub fn serialize_output<O: OutputFiles, S: Serializer>(
    output: &O,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    output.as_output().serialize(serializer)
}

/// The value of a key: its URLs, and the objects that came with them.
fn write<U: AsRef<str>>(urls: &[U], rest: Option<&Value>) -> Option<Value> {
    let rest = match (urls, rest) {
        ([], rest) => return rest.cloned(),
        ([url], Some(object @ Value::Object(_))) if url_of(object) == Some(url.as_ref()) => {
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
        let detail = details.get_mut(url.as_ref()).and_then(VecDeque::pop_front);
        written.push(match detail.and_then(|index| rest.get(index).map(|item| (index, item))) {
            Some((index, item)) => {
                is_written[index] = true;
                item.clone()
            }
            None => url.as_ref().into(),
        });
    }
    let left = rest.iter().zip(is_written).filter(|(_, is_written)| !is_written);
    written.extend(left.map(|(item, _)| item.clone()));
    Some(written.into())
}
