//! Images, videos and audio, and how names and formats tell them apart.

/// A kind of media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Image,
    Video,
    Audio,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Image, Self::Video, Self::Audio];

    /// The singular; append `s` for the plural.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Image => "png",
            Self::Video => "mp4",
            Self::Audio => "mp3",
        }
    }

    /// The content type and bytes of a real file.
    pub(crate) fn file(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::Image => ("image/png", include_bytes!("../assets/image.png")),
            Self::Video => ("video/mp4", include_bytes!("../assets/video.mp4")),
            Self::Audio => ("audio/mpeg", include_bytes!("../assets/audio.mp3")),
        }
    }

    /// The kind of a vendor's format, such as `image_uri` or `image_uris`.
    pub(crate) fn of_format(format: &str) -> Option<Self> {
        let word = format.strip_suffix("_uri").or_else(|| format.strip_suffix("_uris"))?;
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of a snake_case name that ends in `image`, `img`, `video` or `audio`, singular or
    /// plural, optionally followed by `_url(s)` or `_uri(s)`, and by a number.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let digits = |c: char| c.is_ascii_digit();
        let name = name.trim_end_matches(digits).trim_end_matches('_');
        let endings = ["_url", "_urls", "_uri", "_uris"];
        let name = endings.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let word = name.rsplit('_').next().unwrap_or(name).trim_end_matches(digits);
        let word = word.strip_suffix('s').unwrap_or(word);
        match word {
            "img" => Some(Self::Image),
            _ => Self::ALL.into_iter().find(|kind| kind.word() == word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_from_names_and_formats() {
        for (name, kind) in [
            ("image", Some(Kind::Image)),
            ("image_url", Some(Kind::Image)),
            ("image_url_9", Some(Kind::Image)),
            ("reference_images", Some(Kind::Image)),
            ("mask_img2", Some(Kind::Image)),
            ("driving_video_uris", Some(Kind::Video)),
            ("audio1_url", Some(Kind::Audio)),
            ("image_prompt", None),
            ("image_size", None),
            ("url", None),
            ("imagery", None),
            ("", None),
        ] {
            assert_eq!(Kind::of_name(name), kind, "{name}");
        }
        assert_eq!(Kind::of_format("video_uris"), Some(Kind::Video));
        assert_eq!(Kind::of_format("uri"), None);
        assert_eq!(Kind::of_format("date"), None);
    }
}
