//! The types of files that models make: MIME types, file extensions, and the kind of media.
//!
//! This module goes by names and headers; the HTTP client's downloads also look at the content.

use url::Url;

use crate::data_uri;
use crate::media::MediaKind;

/// A MIME type.
struct MediaType {
    /// The usual name, then other names in use.
    mime: &'static [&'static str],
    /// The usual extension, then others in use.
    extensions: &'static [&'static str],
}

const fn media_type(
    mime: &'static [&'static str],
    extensions: &'static [&'static str],
) -> MediaType {
    MediaType { mime, extensions }
}

const TYPES: [MediaType; 34] = [
    media_type(&["image/png"], &["png", "apng"]),
    media_type(&["image/jpeg", "image/jpg"], &["jpg", "jpeg", "jfif"]),
    media_type(&["image/webp"], &["webp"]),
    media_type(&["image/gif"], &["gif"]),
    media_type(&["image/avif"], &["avif"]),
    media_type(&["image/bmp", "image/x-ms-bmp"], &["bmp"]),
    media_type(&["image/tiff"], &["tiff", "tif"]),
    media_type(&["image/svg+xml"], &["svg"]),
    media_type(
        &["image/heif", "image/heic", "image/heic-sequence", "image/heif-sequence"],
        &["heic", "heif"],
    ),
    media_type(&["video/mp4"], &["mp4"]),
    media_type(&["video/webm"], &["webm"]),
    media_type(&["video/quicktime"], &["mov"]),
    media_type(&["video/x-matroska"], &["mkv"]),
    media_type(&["video/x-m4v"], &["m4v"]),
    media_type(&["video/x-msvideo", "video/avi"], &["avi"]),
    media_type(&["video/3gpp"], &["3gp"]),
    media_type(&["video/3gpp2"], &["3g2"]),
    media_type(&["audio/mpeg", "audio/mp3"], &["mp3"]),
    media_type(&["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"], &["wav"]),
    media_type(&["audio/ogg"], &["ogg", "oga"]),
    media_type(&["audio/flac", "audio/x-flac"], &["flac"]),
    media_type(&["audio/mp4", "audio/m4a", "audio/x-m4a"], &["m4a", "m4b"]),
    media_type(&["audio/aac"], &["aac"]),
    media_type(&["audio/opus"], &["opus"]),
    media_type(&["text/html", "application/xhtml+xml"], &["html", "htm", "xhtml"]),
    media_type(&["text/plain"], &["txt"]),
    media_type(&["text/csv"], &["csv"]),
    media_type(&["application/json", "text/json"], &["json"]),
    media_type(&["application/pdf"], &["pdf"]),
    media_type(&["application/zip", "application/x-zip-compressed"], &["zip"]),
    media_type(&["model/gltf-binary"], &["glb"]),
    media_type(&["model/gltf+json"], &["gltf"]),
    media_type(&["model/stl"], &["stl"]),
    media_type(&["model/obj"], &["obj"]),
];

/// The kind of a MIME type, even of one that is not in the table.
pub fn kind_of_mime(mime: &str) -> Option<MediaKind> {
    let (kind, _) = mime.trim().split_once('/')?;
    [("image", MediaKind::Image), ("video", MediaKind::Video), ("audio", MediaKind::Audio)]
        .into_iter()
        .find(|(name, _)| kind.eq_ignore_ascii_case(name))
        .map(|(_, kind)| kind)
}

/// The MIME type of files with this extension.
pub fn mime_of_extension(extension: &str) -> Option<&'static str> {
    let is_it = |known: &&str| extension.eq_ignore_ascii_case(known);
    TYPES.iter().find(|one| one.extensions.iter().any(is_it)).map(|one| one.mime[0])
}

/// The extension of files of this MIME type.
pub fn extension_of_mime(mime: &str) -> Option<&'static str> {
    let is_it = |known: &&str| mime.trim().eq_ignore_ascii_case(known);
    TYPES.iter().find(|one| one.mime.iter().any(is_it)).map(|one| one.extensions[0])
}

/// Every extension of the table.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    TYPES.iter().flat_map(|one| one.extensions).copied()
}

/// The extension of a file name: the part after its last dot.
pub fn extension(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then_some(extension)
}

/// The kind of the file at a URL, by its file name; for a `data:` URI, by its MIME type.
pub fn kind_of_url(url: &str) -> Option<MediaKind> {
    if let Some(mime) = data_uri::mime(url) {
        return kind_of_mime(mime);
    }
    let url = Url::parse(url).ok().filter(Url::has_host)?;
    let name = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    kind_of_mime(mime_of_extension(extension(name)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_file_names_and_mime_types() {
        use MediaKind::{Audio, Image, Video};
        for (url, kind) in [
            ("https://a.example/x/v.mp4", Some(Video)),
            ("https://a.example/x/V.MP4?name=a.png#b.png", Some(Video)),
            ("http://127.0.0.1:1/o/i.jpeg", Some(Image)),
            ("https://a.example/a.tar.webp", Some(Image)),
            ("https://a.example/a.opus", Some(Audio)),
            ("https://a.example/a.mp3/", Some(Audio)),
            ("https://a.example/a.json", None),
            ("https://a.example/png", None),
            ("https://a.example/.png", None),
            ("https://a.example/a.", None),
            ("https://png", None),
            ("a.png", None),
            ("/x/a.png", None),
            ("C:/a.png", None),
            ("data:image/png;base64,AAAA", Some(Image)),
            ("DATA:Video/MP4,x", Some(Video)),
            ("data:audio/x-odd;a=b;base64,AAAA", Some(Audio)),
            ("data:application/json,{}", None),
            ("data:,hello.png", None),
            ("data: I like https://a.example/a.png, too", None),
            ("data:image/png", None),
            ("", None),
        ] {
            assert_eq!(kind_of_url(url), kind, "{url}");
        }
    }

    #[test]
    fn the_table_agrees_with_itself() {
        for MediaType { mime: mimes, extensions } in TYPES {
            for extension in extensions {
                assert_eq!(mime_of_extension(&extension.to_uppercase()), Some(mimes[0]));
            }
            for mime in mimes {
                assert_eq!(extension_of_mime(&mime.to_uppercase()), Some(extensions[0]));
            }
        }
    }
}
