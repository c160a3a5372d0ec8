//! The capability of a model, such as `text-to-video`, derived from its id.

use crate::kind::Kind;

/// Id segments for quality or size rather than capability.
const QUALIFIERS: [&str; 19] = [
    "base", "beta", "dev", "draft", "fast", "flash", "hd", "lite", "master", "max", "mini", "plus",
    "preview", "pro", "quality", "schnell", "standard", "turbo", "ultra",
];

/// Words that imply a video without naming it.
const VIDEO_WORDS: [&str; 7] =
    ["animate", "avatar", "frame", "lipsync", "motion", "talking", "transition"];

const AUDIO_WORDS: [&str; 6] = ["music", "song", "sound", "speech", "tts", "voice"];

/// The last id segment that names the capability. The first two segments are vendor and family.
fn word(id: &str) -> Option<String> {
    let segments: Vec<_> = id.split('/').map(str::to_lowercase).collect();
    // In an id of two segments, the family may name it.
    let own = if segments.len() > 2 { &segments[2..] } else { &segments[1..] };
    let names_capability = |segment: &&String| match segments.len() {
        0..=2 => kind_of_word(segment).is_some() || segment.contains("edit"),
        _ => !is_qualifier(segment),
    };
    own.iter().rev().find(names_capability).cloned()
}

fn is_qualifier(segment: &str) -> bool {
    let rest = segment.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let is_size = rest.len() < segment.len() && matches!(rest, "" | "p" | "k" | "b");
    is_size || QUALIFIERS.contains(&segment)
}

/// The kind of media that a capability word makes.
pub(crate) fn kind_of_word(word: &str) -> Option<Kind> {
    // The result follows the last `to-`.
    let made = word.rsplit("to-").next().unwrap_or(word);
    let says = |words: &[&str]| words.iter().any(|word| made.contains(word));
    let literal = Kind::ALL.into_iter().find(|kind| made.contains(kind.word()));
    literal.or_else(|| {
        if says(&AUDIO_WORDS) {
            Some(Kind::Audio)
        } else if says(&VIDEO_WORDS) {
            Some(Kind::Video)
        } else {
            None
        }
    })
}

/// The kind of media that a model makes, by its id.
pub(crate) fn kind(id: &str) -> Option<Kind> {
    word(id).as_deref().and_then(kind_of_word)
}

/// The capability word of a model that makes this kind; `from` is the kind that it requires, if
/// any.
pub(crate) fn capability(id: &str, from: Option<Kind>, makes: Kind) -> String {
    let makes = makes.word();
    match word(id).as_deref() {
        Some("image" | "video" | "audio") | None => {
            format!("{}-to-{makes}", from.map_or("text", Kind::word))
        }
        Some(verb @ ("edit" | "extend" | "upscale")) => format!("{verb}-{makes}"),
        Some(word) => match word.split_once('-') {
            // Both `video-edit` and `edit-video` occur; use one of them.
            Some((kind @ ("image" | "video" | "audio"), "edit")) => format!("edit-{kind}"),
            _ => word.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_meaningful_segment_names_the_capability() {
        for (id, makes, capability) in [
            ("kling/kling-2-1/master/image-to-video", Kind::Video, "image-to-video"),
            ("bytedance/seedance-2.5/text-to-video/1080p", Kind::Video, "text-to-video"),
            ("kling/kling-video-o3/4K/text-to-video", Kind::Video, "text-to-video"),
            ("blackforestlabs/flux-3/text-to-video/draft", Kind::Video, "text-to-video"),
            ("blackforestlabs/flux-2-klein/4b/text-to-image", Kind::Image, "text-to-image"),
            ("blackforestlabs/flux-3/extend-video", Kind::Video, "extend-video"),
            ("blackforestlabs/flux-3/image", Kind::Image, "text-to-image"),
            ("google/gemini-omni-flash/video-edit", Kind::Video, "edit-video"),
            ("qwen/qwen-image-3.0/pro/edit", Kind::Image, "edit-image"),
            ("acestep-ai/ace-step/audio-inpaint", Kind::Audio, "audio-inpaint"),
            ("elevenlabs/elevenlabs/music-generation", Kind::Audio, "music-generation"),
            ("pixverse/pixverse-v6/transition", Kind::Video, "transition"),
            ("bytedance/seedance-2.5/first-last-frame/720p", Kind::Video, "first-last-frame"),
            ("acme/video-to-audio", Kind::Audio, "video-to-audio"),
            ("acme/text-to-speech", Kind::Audio, "text-to-speech"),
            ("acme/upscaler", Kind::Image, "text-to-image"),
            ("acme", Kind::Image, "text-to-image"),
        ] {
            let found = kind(id).unwrap_or(Kind::Image);
            assert_eq!(found, makes, "{id}");
            assert_eq!(super::capability(id, None, found), capability, "{id}");
        }
        // This id does not name a capability.
        let id = "bytedance/seedance-2.0/fast";
        assert_eq!(kind(id), None);
        assert_eq!(capability(id, Some(Kind::Image), Kind::Video), "image-to-video");
    }
}
