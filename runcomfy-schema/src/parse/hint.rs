//! Which strings are files: by `x-media`, by the `format`, or by the name of the field.
//!
//! `x-media` counts for the value that it stands at, in all of its forms, and for the items of a
//! list. The nearest one counts.

use super::merge::merge_all_of;
use super::schema::{Definitions, Schema, XMedia};
use crate::keyword::types::Types;
use crate::media::MediaKind;

/// What the surroundings of a value say about the files in it.
#[derive(Clone, Copy, Debug)]
pub struct Hint<'h> {
    /// The name of its field, which may stand for a file.
    pub name: &'h str,
    /// What an `x-media` around the value says, or the `format` of a list about its items.
    pub(crate) given: Option<XMedia>,
}

impl<'h> Hint<'h> {
    #[must_use]
    pub fn new(name: &'h str) -> Self {
        Self { name, given: None }
    }

    /// For a value without a name of its own, such as a member of a map.
    #[must_use]
    pub fn nameless() -> Self {
        Self::new("")
    }

    /// The hint for the forms of a value. `whole` is the merged schema.
    #[must_use]
    pub fn of_forms(self, whole: &Schema) -> Self {
        Self { given: whole.x_media.or(self.given), ..self }
    }

    /// The hint for the items of a list.
    #[must_use]
    pub fn of_items(self, definitions: &Definitions, list: &Schema, items: &Schema) -> Self {
        let each = merge_all_of(definitions, items);
        if let Some(given) = each.x_media.or(list.x_media).or(self.given) {
            return Self { given: Some(given), ..self };
        }
        let is_text = each.types == Some(Types(Types::STRING)) && each.enum_values.is_none();
        let kind = kind_of_format(list).or_else(|| self.by_format_or_name(&each));
        Self { given: kind.filter(|_| is_text).map(XMedia::File), ..self }
    }

    /// The kind of file that a string is.
    #[must_use]
    pub fn file(self, whole: &Schema) -> Option<MediaKind> {
        match whole.x_media.or(self.given) {
            Some(given) => given.kind(),
            None => self.by_format_or_name(whole),
        }
    }

    /// The kind of the files in a list without `items`. The name is not enough: such a list takes
    /// anything.
    #[must_use]
    pub fn files(self, list: &Schema) -> Option<MediaKind> {
        match list.x_media.or(self.given) {
            Some(given) => given.kind(),
            None => kind_of_format(list),
        }
    }

    /// Whether an `x-media` says that the value is a file.
    pub(crate) fn is_given(self, whole: &Schema) -> bool {
        whole.x_media.or(self.given).is_some_and(|given| given.kind().is_some())
    }

    /// Whether the `format` says that the value is a file or a list of files, and no `x-media` says
    /// otherwise.
    pub(crate) fn is_formatted(self, whole: &Schema) -> bool {
        whole.x_media.or(self.given).is_none() && kind_of_format(whole).is_some()
    }

    /// Whether `x-media` or the `format` says that a string is a file, and not its name alone.
    pub(crate) fn is_declared(self, whole: &Schema) -> bool {
        self.given.is_some() || Self::nameless().file(whole).is_some()
    }

    fn by_format_or_name(self, whole: &Schema) -> Option<MediaKind> {
        kind_of_format(whole).or_else(|| kind_of_name(self.name))
    }
}

/// The kind of a `format` of the service, in any case, like the names of types. `image_uri` at a list
/// means its items, and `image_uris` at a string means the string.
pub(crate) fn kind_of_format(schema: &Schema) -> Option<MediaKind> {
    let format = schema.format.as_ref()?.to_ascii_lowercase();
    match format.strip_suffix("_uris").or_else(|| format.strip_suffix("_uri"))? {
        "image" => Some(MediaKind::Image),
        "video" => Some(MediaKind::Video),
        "audio" => Some(MediaKind::Audio),
        _ => None,
    }
}

/// The kind of media that a field holds, by its Rust name: `image`, `image_url_1`, `ref_videos`.
pub(super) fn kind_of_name(name: &str) -> Option<MediaKind> {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let name = ["_url", "_urls", "_uri", "_uris"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    let name = name.strip_suffix('s').unwrap_or(name);
    [
        ("image", MediaKind::Image),
        ("img", MediaKind::Image),
        ("video", MediaKind::Video),
        ("audio", MediaKind::Audio),
    ]
    .into_iter()
    .find(|(word, _)| name.ends_with(word))
    .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_media_by_their_names() {
        for name in [
            "image",
            "img",
            "image_url",
            "image_url_1",
            "ref_videos",
            "audio_uris",
            "startimage",
            "image_143",
            "image2",
        ] {
            assert!(kind_of_name(name).is_some(), "{name}");
        }
        for name in ["image_prompt", "imagery", "video_length", "prompt", "url", "audio_format"] {
            assert!(kind_of_name(name).is_none(), "{name}");
        }
    }
}
