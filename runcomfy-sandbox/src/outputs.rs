//! What a completed job gives: a real file of the kind that the model makes.

use serde_json::{Value, json};

/// The kind of file that a model makes, told by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Video,
    Audio,
}

impl Kind {
    pub(crate) fn of_model(id: &str) -> Self {
        // What stands behind the last `to-` is what is made.
        let made = id.rsplit("to-").next().unwrap_or(id);
        if made.contains("video") {
            Self::Video
        } else if ["audio", "speech", "music", "sound"].iter().any(|word| made.contains(word)) {
            Self::Audio
        } else {
            Self::Image
        }
    }

    fn of_extension(extension: &str) -> Option<Self> {
        [Self::Image, Self::Video, Self::Audio]
            .into_iter()
            .find(|kind| kind.extension() == extension)
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Image => "png",
            Self::Video => "mp4",
            Self::Audio => "mp3",
        }
    }

    fn content(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::Image => ("image/png", include_bytes!("../assets/image.png")),
            Self::Video => ("video/mp4", include_bytes!("../assets/video.mp4")),
            Self::Audio => ("audio/mpeg", include_bytes!("../assets/audio.mp3")),
        }
    }
}

/// The `output` of a job.
pub(crate) fn output(model_id: &str, request_id: &str, origin: &str) -> Value {
    let kind = Kind::of_model(model_id);
    let url = format!("{origin}/outputs/{request_id}.{}", kind.extension());
    match kind {
        Kind::Image => json!({ "image": url, "images": [url] }),
        Kind::Video => json!({ "video": url }),
        Kind::Audio => json!({ "audio": url }),
    }
}

/// The content type and the bytes of an output file.
pub(crate) fn file(name: &str) -> Option<(&'static str, &'static [u8])> {
    let (_, extension) = name.rsplit_once('.')?;
    Kind::of_extension(extension).map(Kind::content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_told_by_what_the_model_makes() {
        for (id, kind) in [
            ("kling/kling-2-1/master/image-to-video", Kind::Video),
            ("bytedance/seedance-2.5/text-to-video/1080p", Kind::Video),
            ("acme/video-to-audio", Kind::Audio),
            ("acme/text-to-speech", Kind::Audio),
            ("blackforestlabs/flux-2/text-to-image", Kind::Image),
            ("acme/upscaler", Kind::Image),
        ] {
            assert_eq!(Kind::of_model(id), kind, "{id}");
        }
    }
}
