//! What a media field takes: files of its kind, recognised by their content or by what a `data:` URI
//! says, and no texts.

use std::fs;
use std::path::Path;

use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_models::{Media, MediaError};
use serde_json::json;

/// Files that common programs made of a few pixels or a moment of sound, and their types.
const FILES: [(&str, &str); 31] = [
    ("bmp_1_bit.bmp", "image/bmp"),
    ("bmp_24_bits.bmp", "image/bmp"),
    ("bmp_32_bits.bmp", "image/bmp"),
    ("bmp_masks.bmp", "image/bmp"),
    ("fragmented.mp4", "video/mp4"),
    ("mp3_frame.mp3", "audio/mpeg"),
    ("mp3_mpeg_2.mp3", "audio/mpeg"),
    ("plain.aac", "audio/aac"),
    ("plain.aiff", "audio/x-aiff"),
    ("plain.amr", "audio/amr"),
    ("plain.avif", "image/avif"),
    ("plain.flv", "video/x-flv"),
    ("plain.gif", "image/gif"),
    ("plain.ico", "image/vnd.microsoft.icon"),
    ("plain.jp2", "image/jp2"),
    ("plain.jpg", "image/jpeg"),
    ("plain.jxl", "image/jxl"),
    ("plain.m4a", "audio/m4a"),
    ("plain.m4v", "video/x-m4v"),
    ("plain.mkv", "video/x-matroska"),
    ("plain.mov", "video/quicktime"),
    ("plain.mp3", "audio/mpeg"),
    ("plain.mp4", "video/mp4"),
    ("plain.opus", "audio/opus"),
    ("plain.png", "image/png"),
    ("plain.tiff", "image/tiff"),
    ("plain.wav", "audio/x-wav"),
    ("plain.webm", "video/webm"),
    ("plain.webp", "image/webp"),
    ("tiff_big_endian.tiff", "image/tiff"),
    ("tiff_lzw.tiff", "image/tiff"),
];

#[test]
fn real_files_are_recognised() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("media");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), FILES.len());
    for (name, mime) in FILES {
        let media =
            Media::path(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(media.as_str().starts_with(&format!("data:{mime};base64,")), "{name}: {media:?}");
        assert_eq!(Media::bytes(fs::read(folder.join(name)).unwrap()).unwrap(), media);
    }
    // The beginnings of files that are never this small.
    for (head, mime) in [
        (&b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0a\xc4\x42\xf0"[..], "audio/x-flac"),
        (
            b"OggS\0\x02\0\0\0\0\0\0\0\0\xd3\xf4\x01\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis\0",
            "audio/ogg",
        ),
        (b"RIFF\x46\x0a\0\0AVI LIST\x26\x01\0\0", "video/x-msvideo"),
        (b"\0\0\x01\xba\x44\0\x04\0\x04\x01", "video/mpeg"),
        (b"MThd\0\0\0\x06\0\x01\0\x02\x01\xe0", "audio/midi"),
        (b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x01", "image/vnd.adobe.photoshop"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0heic", "image/heif"),
        (b"\0\0\0\x14ftypheic\0\0\0\0mif1", "image/heic"),
        (b"\0\0\0\x14ftyp3gp5\0\0\x01\0isom", "video/3gpp"),
        (b"\0\0\0\x14ftypM4B \0\0\0\0mp42", "audio/mp4"),
        (b"\0\0\0\x10ftypiso8\0\0\x02\0", "video/mp4"),
        (b"\0\0\0\x01mdat\0\0\0\0\0\0\x10\0", "video/quicktime"),
    ] {
        let media = Media::bytes(head).unwrap_or_else(|error| panic!("{mime}: {error}"));
        assert!(media.as_str().starts_with(&format!("data:{mime};base64,")), "{media:?}");
    }
}

#[test]
fn texts_and_other_bytes_are_no_media() {
    for bytes in [
        &b"BM"[..],
        b"BMW makes cars.",
        b"BMW f\xfcr alle, in Latin-1, \xe4\xf6\xfc, and long enough to hold the header of a bitmap",
        b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x29\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0",
        b"GIFs are fun",
        b"GIF89a is a format",
        b"GIF f\xfcr alle",
        b"II*\0\x01\0\0\0\0\0\0\0",
        b"MM\0*\0\0\0\x07\0\0\0\0",
        b"II\xbc\xbc Latin-1",
        b"MM\x00\x00",
        b"8BPS is what a Photoshop file begins with",
        b"8BPS f\xfcr alle",
        b"ID3 tags hold titles",
        b"ID3 f\xfcr alle \xff\xff\xff\xff",
        b"\xff\xfb\xff\xff\xff\xff",
        b"\xff\xf1\xff\xff\xff\xff",
        b"OggS is what Ogg pages begin with",
        b"OggS \xe4",
        b"fLaC is what FLAC files begin with",
        b"fLaC \xe4\xf6\xfc",
        b"MThd begins MIDI files",
        b"12345678WEBP",
        b"RIFFabcdWAVE, said the text",
        b"1234ftypisom, said the text",
        b"\xe4234ftypisom, said the text",
        b"1234moov and so on, said the text",
        b"\xe4234mdat and so on, said the text",
        b"12345678\xe4234mdat and so on",
        b"FORM of AIFF",
        b"DSD \xe4",
        b"MAC address: \xe4",
        b"#!AMR\nsaid the text, and went on",
        b"AC1032 is a room",
        b"AC1032 f\xfcr alle",
        b"\0\0\x01\0\0\0",
        b"\0\0\x01\0\x01\0\x10\x10\0\x01\x01\0\x20\0\x68\x04\0\0\0\0\0\0",
        b"\x89PNG and so on",
        b"<!doctype html><title>Sign in</title>",
        b"{\"error\": \"BM\"}",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"\x7fELF\x02\x01\x01\0",
        b"\xef\xbb\xbfBM",
        b"\0",
    ] {
        let refusal = Media::bytes(bytes);
        assert!(matches!(refusal, Err(MediaError::UnknownType)), "{bytes:?}: {refusal:?}");
    }
    // A character that is cut where the check of a file stops.
    let mut long = "BM".to_owned() + &"ä".repeat(10_000);
    assert!(Media::bytes(&long).is_err());
    long.insert(0, 'B');
    assert!(Media::bytes(&long).is_err());
}

/// What the model says of a `data:` URI in its image or its video.
fn refusal(key: &str, uri: &str) -> Option<String> {
    let mut body = json!({"143_image": "a.png", "160_video": "a.mp4", "155_positive_prompt": "x"});
    body[key] = uri.into();
    Input::try_from(body).err().map(|error| error.to_string())
}

#[test]
fn data_uris_of_no_media_type_are_refused_by_every_field() {
    for mime in [
        "text/html",
        "TEXT/HTML",
        "text/plain",
        "application/json",
        "application/pdf",
        "application/zip",
        "application/javascript",
        "application/xhtml+xml",
        "model/gltf-binary",
        "imagex/png",
        "multipart/form-data",
    ] {
        let uri = format!("data:{mime};base64,PGh0bWw+");
        let said = format!(
            "its type is {}, but media fields take image, video and audio files",
            mime.to_ascii_lowercase()
        );
        for key in ["143_image", "160_video"] {
            let refusal = refusal(key, &uri).unwrap();
            assert!(refusal.ends_with(&said), "{refusal}");
        }
        assert_eq!(uri.parse::<Media>().unwrap_err().to_string(), said);
    }
    for head in [
        "",
        "png",
        "image",
        "image/",
        "/png",
        "image/p ng",
        "image/\u{1b}[2J",
        "<b>/<b>",
        "image/png/x",
    ] {
        let refusal = refusal("143_image", &format!("data:{head};base64,iVBORw0KGgo=")).unwrap();
        assert!(
            refusal.contains("the media type is missing, as in `image/png`"),
            "{head:?}: {refusal}"
        );
    }
    let refusal = refusal("143_image", &format!("data:{}/x;base64,AAAA", "a".repeat(300))).unwrap();
    assert!(refusal.len() < 300, "{refusal}");
}

#[test]
fn fields_take_the_kinds_that_they_hold() {
    let png = "data:application/octet-stream;base64,iVBORw0KGgoAAAANSUhEUg==";
    let mp4 = "data:application/octet-stream;base64,AAAAGGZ0eXBpc29tAAACAGlzb21tcDQx";
    let table: [(&str, Option<&str>, Option<&str>); 15] = [
        ("data:image/png;base64,iVBORw0KGgo=", None, Some("image/png")),
        ("data:image/svg+xml;base64,PHN2Zy8+", None, Some("image/svg+xml")),
        ("data:image/SVG+XML;charset=utf-8;base64,PHN2Zy8+", None, Some("image/svg+xml")),
        ("data:image/gif;base64,R0lGODlh", None, None),
        ("data:image/x-new-one;base64,AAAA", None, Some("image/x-new-one")),
        ("data:video/mp4;base64,AAAA", Some("video/mp4"), None),
        ("DATA:Video/MP4;base64,AAAA", Some("video/mp4"), None),
        ("data:application/mp4;base64,AAAA", Some("application/mp4"), None),
        ("data:audio/mpeg;base64,AAAA", Some("audio/mpeg"), Some("audio/mpeg")),
        // Bytes without a declared type are recognised by their content, or left to the service.
        ("data:application/octet-stream;base64,AAAA", None, None),
        (png, None, Some("image/png")),
        (mp4, Some("video/mp4"), None),
        ("https://example.com/page.html", None, None),
        ("page.html", None, None),
        ("data.json", None, None),
    ];
    for (uri, for_image, for_video) in table {
        for (key, mime, kind) in
            [("143_image", for_image, "image"), ("160_video", for_video, "video")]
        {
            match (refusal(key, uri), mime) {
                (None, None) => {}
                (Some(refusal), Some(mime)) => {
                    let said = format!("its type is {mime}, but the field takes {kind} files");
                    assert!(refusal.ends_with(&said), "{refusal}");
                }
                (refusal, mime) => panic!("{uri} as {kind}: {refusal:?}, not {mime:?}"),
            }
        }
        assert!(uri.parse::<Media>().is_ok(), "{uri}");
    }
}
