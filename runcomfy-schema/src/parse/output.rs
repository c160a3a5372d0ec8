//! The kind of file that a model makes, by its output schema.

use super::document::Document;
use super::hint::{Hint, kind_of_name};
use super::merge::{alternatives, merge_all_of};
use super::schema::{Definitions, Property, Root, Schema};
use crate::keyword::types::Types;
use crate::media::MediaKind;

/// No output has more forms. Further forms do not affect the kind.
const MAX_FORMS: usize = 64;

impl Document {
    /// The kind of file that the model makes. `None` if there is no output schema, or if it names files
    /// of several kinds or of none.
    #[must_use]
    pub fn output_kind(&self) -> Option<MediaKind> {
        let Root { schema, definitions } = self.output.as_ref()?;
        let mut found = Found::new(definitions);
        found.read(schema);
        // A video may come with an image of its first frame, under a key of its own.
        only(&found.common).or_else(|| only(&found.own).filter(|_| found.common.is_empty()))
    }
}

/// The kinds of the files in an output.
struct Found<'a> {
    definitions: &'a Definitions,
    forms_left: usize,
    /// Under the keys that every output has, or as the whole output.
    common: Vec<MediaKind>,
    /// Under other keys.
    own: Vec<MediaKind>,
}

impl<'a> Found<'a> {
    fn new(definitions: &'a Definitions) -> Self {
        Self { definitions, forms_left: MAX_FORMS, common: Vec::new(), own: Vec::new() }
    }

    fn read(&mut self, schema: &Schema) {
        let Some(left) = self.forms_left.checked_sub(1) else { return };
        self.forms_left = left;
        let whole = merge_all_of(self.definitions, schema);
        self.common.extend(self.file(&whole, ""));
        for property in whole.properties.iter().flatten() {
            self.read_property(property);
        }
        let (forms, _) = alternatives(self.definitions, &whole);
        forms.into_iter().for_each(|form| self.read(form));
    }

    fn read_property(&mut self, Property { key, schema, .. }: &Property) {
        let whole = merge_all_of(self.definitions, schema);
        match common_kind(key) {
            Some(kind) if may_be_file(&whole) => self.common.push(kind),
            Some(_) => {}
            None => self.own.extend(self.file(&whole, key)),
        }
    }

    /// The kind of a string, or of the strings in a list.
    fn file(&self, whole: &Schema, name: &str) -> Option<MediaKind> {
        let hint = Hint::new(name);
        match whole.types {
            Some(types) if types.has(Types::STRING) => hint.file(whole),
            Some(types) if types.has(Types::ARRAY) => {
                let of_items = whole.items.as_deref().and_then(|items| {
                    let items = merge_all_of(self.definitions, items);
                    hint.of_items(self.definitions, whole, &items).file(&items)
                });
                of_items.or_else(|| hint.files(whole))
            }
            Some(_) => None,
            None => hint.file(whole).filter(|_| whole.properties.is_none()),
        }
    }
}

/// The kind of a key that every output has: `video`, `images`.
fn common_kind(key: &str) -> Option<MediaKind> {
    let is_common = matches!(key, "image" | "images" | "video" | "videos" | "audio" | "audios");
    kind_of_name(key).filter(|_| is_common)
}

/// Whether it can be a URL, an object with one, or a list of such.
fn may_be_file(whole: &Schema) -> bool {
    whole.types.is_none_or(|types| {
        [Types::STRING, Types::OBJECT, Types::ARRAY].into_iter().any(|one| types.has(one))
    })
}

fn only(kinds: &[MediaKind]) -> Option<MediaKind> {
    let (first, rest) = kinds.split_first()?;
    rest.iter().all(|kind| kind == first).then_some(*first)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::parse::{Diagnostics, parse};

    fn kind(output: Value) -> Option<MediaKind> {
        let entry = json!({
            "input_schema": {"type": "object", "properties": {}},
            "output_schema": output,
            "$defs": {"clip": {"type": "object", "properties": {"videos": {}}}},
        });
        parse("acme/dream", &entry.to_string(), &mut Diagnostics::default())?.output_kind()
    }

    #[test]
    fn output_kind_is_the_only_kind_of_the_outputs_files() {
        use MediaKind::{Audio, Image, Video};
        let uri = json!({"type": "string", "format": "uri"});
        let of = |properties: Value| json!({"type": "object", "properties": properties});
        for (output, expected) in [
            // As the service has it: a URL and a list, perhaps with more beside them.
            (
                json!({"output": of(json!({"video": uri, "videos": {"type": "array"}}))}),
                Some(Video),
            ),
            (of(json!({"image": uri, "seed": {"type": "integer"}})), Some(Image)),
            (of(json!({"audios": {"type": "array", "items": uri}})), Some(Audio)),
            (of(json!({"video": {"type": "object"}, "cover_image_url": uri})), Some(Video)),
            // One URL, or a list of URLs.
            (json!({"type": "string", "format": "audio_uri"}), Some(Audio)),
            (json!({"type": "array", "format": "image_uris"}), Some(Image)),
            (
                json!({"type": "array", "items": {"type": "string", "format": "video_uri"}}),
                Some(Video),
            ),
            (json!({"type": "string", "x-media": "image"}), Some(Image)),
            // Under a key of the model's own.
            (of(json!({"result_video": uri})), Some(Video)),
            (
                of(
                    json!({"clips": {"type": "array", "items": {"type": "string", "format": "video_uri"}}}),
                ),
                Some(Video),
            ),
            // In parts and forms.
            (json!({"$ref": "#/$defs/clip"}), Some(Video)),
            (json!({"allOf": [of(json!({"image": uri}))]}), Some(Image)),
            (
                json!({"oneOf": [of(json!({"image": uri})), {"type": "string", "format": "image_uri"}]}),
                Some(Image),
            ),
            // None, or more than one.
            (Value::Null, None),
            (json!({}), None),
            (uri.clone(), None),
            (of(json!({"text": {"type": "string"}, "image": {"type": "boolean"}})), None),
            (of(json!({"image": uri, "video": uri})), None),
            (of(json!({"image": uri, "video": uri, "last_frame_image": uri})), None),
            (json!({"anyOf": [of(json!({"image": uri})), of(json!({"video": uri}))]}), None),
            (of(json!({"before_image": uri, "after_video": uri})), None),
            (of(json!({"video": {"type": "integer"}})), None),
        ] {
            assert_eq!(kind(output.clone()), expected, "{output}");
        }
    }
}
