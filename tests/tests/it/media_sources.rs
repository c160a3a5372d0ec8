//! Where the files of a request come from: what each constructor of `Media` takes, and what it says of
//! anything else.

use std::io::{self, Read};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_models::{Media, MediaError, ReadMedia};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};

const URL: &str = "https://example.com/a.png";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const SVG: &str = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>";

#[test]
fn constructors_name_the_right_one() {
    let url = |text: &str| Media::url(text).map(drop);
    let hosted = |text: &str| Media::hosted(text).map(drop);
    let path = |text: &str| Media::path(text).map(drop);
    let parse = |text: &str| text.parse::<Media>().map(drop);
    type Make<'a> = &'a dyn Fn(&str) -> Result<(), MediaError>;
    let space = "begins or ends with white space; remove it, for example with `trim`";
    let name = "a bare file name, not a URL: for a file on this machine use `Media::path(\"face.png\")`, \
                and for one that the service hosts `Media::hosted(\"face.png\")`";
    let not_hosted =
        "a URL, not the name of a hosted file: use `Media::url(\"https://example.com/a.png\")`";
    let no_path = "a path, not a URL or the name of a hosted file: use";
    let table: [(Make<'_>, &str, &str); 22] = [
        (&url, "face.png", name),
        (&url, "/home/x.png", "a path, not a URL: use `Media::path(\"/home/x.png\")`"),
        (&url, "./x.png", "a path, not a URL: use `Media::path(\"./x.png\")`"),
        (&url, "C:\\x.png", "a path, not a URL: use `Media::path(\"C:\\\\x.png\")`"),
        (&url, "c:/x.png", "a path, not a URL: use `Media::path(\"c:/x.png\")`"),
        (
            &url,
            "example.com/x.png",
            "a URL without its scheme: write \"https://example.com/x.png\"",
        ),
        (&url, " https://example.com/a.png", space),
        (&url, "https://example.com/a.png\n", space),
        (&url, "data:image/png;base64,AAAA", "a data: URI, not a URL: use `text.parse::<Media>()`"),
        (
            &url,
            "file:///x.png",
            "the scheme `file` cannot be fetched by the service; use https, or `Media::path` for a local file",
        ),
        (&hosted, URL, not_hosted),
        (&hosted, "/home/x.png", &format!("{no_path} `Media::path(\"/home/x.png\")`")),
        (&hosted, " face.png", space),
        (
            &hosted,
            "data:image/png;base64,AAAA",
            "a data: URI, not the name of a hosted file: use `text.parse::<Media>()`",
        ),
        // The secrets of a URL are not shown.
        (
            &hosted,
            "https://example.com/a.png?sig=sekrit",
            "a URL, not the name of a hosted file: use `Media::url(\"https://example.com/a.png?...\")`",
        ),
        (&path, URL, "a URL, not a path: use `Media::url(\"https://example.com/a.png\")`"),
        (&path, "file:///no/such.png", "a file: URL, not a path: give the path alone"),
        (
            &path,
            "data:image/png;base64,AAAA",
            "a data: URI, not a path: use `text.parse::<Media>()`",
        ),
        (&parse, "./face.png", &format!("{no_path} `Media::path(\"./face.png\")`")),
        (&parse, "..", &format!("{no_path} `Media::path(\"..\")`")),
        (&parse, " https://example.com/a.png", space),
        (
            &parse,
            "example.com/x.png",
            "a URL without its scheme: write \"https://example.com/x.png\"",
        ),
    ];
    for (make, text, expected) in table {
        assert_eq!(make(text).unwrap_err().to_string(), expected, "{text:?}");
    }
    let built = Input::builder().image("../face.png").video(URL).positive_prompt("x").build();
    assert_eq!(
        built.unwrap_err().to_string(),
        format!("image (143_image): \"../face.png\": {no_path} `Media::path(\"../face.png\")`")
    );
}

#[test]
fn stated_types_are_checked() {
    let raw = [1, 2, 3, 0xff];
    for (mime, expected) in [
        ("image/x-adobe-dng", "data:image/x-adobe-dng;base64,AQID/w=="),
        ("Video/MP2T", "data:video/mp2t;base64,AQID/w=="),
        ("audio/x-mod", "data:audio/x-mod;base64,AQID/w=="),
        ("application/mp4", "data:application/mp4;base64,AQID/w=="),
    ] {
        assert_eq!(Media::bytes_as(raw, mime).unwrap().as_str(), expected);
        assert_eq!(Media::reader_as(&raw[..], mime).unwrap().as_str(), expected);
    }
    for mime in
        ["", "png", "image", "image/", "image/p ng", "image/png; q=1", "image/png,", "a/b\n"]
    {
        let refusal = Media::bytes_as(raw, mime).unwrap_err();
        assert!(matches!(refusal, MediaError::NotAMime { .. }), "{mime:?}: {refusal}");
    }
    for mime in ["text/plain", "text/html", "application/json", "application/octet-stream"] {
        let refusal = Media::bytes_as(raw, mime).unwrap_err();
        assert!(matches!(refusal, MediaError::NotMedia { .. }), "{mime:?}: {refusal}");
    }
    // A type that the content contradicts.
    let refusal = Media::bytes_as(PNG, "video/mp4").unwrap_err().to_string();
    assert_eq!(
        refusal,
        "the type is stated as video/mp4, but the content is image/png; correct the one that is wrong"
    );
    assert!(Media::bytes_as(PNG, "image/apng").is_ok());
    assert!(Media::bytes_as("GIF89a", "video/x-gif").is_ok());
    assert!(matches!(Media::bytes_as("", "image/png"), Err(MediaError::NoContent)));
    // The field has its own say.
    let video = Media::bytes_as(raw, "video/mp2t").unwrap();
    let built = Input::builder().image(video).video(URL).positive_prompt("x").build();
    let message = built.unwrap_err().to_string();
    assert!(
        message.ends_with("its type is video/mp2t, but the field takes image files"),
        "{message}"
    );
    assert!(
        Media::path_as("/no/such/file", "image/png")
            .unwrap_err()
            .to_string()
            .contains("/no/such/file")
    );
}

#[test]
fn svg_is_an_image_by_its_content() {
    let svg = Media::bytes(SVG).unwrap();
    assert!(svg.as_str().starts_with("data:image/svg+xml;base64,PD94bWw"));
    let build = |image: Media, video: Media| {
        Input::builder().image(image).video(video).positive_prompt("x").build()
    };
    let url = || Media::url(URL).unwrap();
    assert!(build(svg.clone(), url()).is_ok());
    let message = build(url(), svg).unwrap_err().to_string();
    assert!(
        message.ends_with("its type is image/svg+xml, but the field takes video files"),
        "{message}"
    );
    // A page with an image inside is none.
    for text in ["<!DOCTYPE html><svg></svg>", "<html><svg/></html>", "see <svg>", "<svg"] {
        assert!(matches!(Media::bytes(text), Err(MediaError::UnknownType)), "{text}");
    }
}

/// Gives a few bytes at a time, and then fails or ends.
struct Pieces {
    content: &'static [u8],
    fails: bool,
}

impl Pieces {
    fn next(&mut self, room: usize) -> io::Result<&'static [u8]> {
        if self.content.is_empty() && self.fails {
            return Err(io::Error::other("the line is dead"));
        }
        let (piece, rest) = self.content.split_at(self.content.len().min(room).min(5));
        self.content = rest;
        Ok(piece)
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.next(buffer.len())?;
        buffer[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let piece = self.next(buffer.remaining())?;
        buffer.put_slice(piece);
        Poll::Ready(Ok(()))
    }
}

#[test]
fn readers_are_read_to_their_end() {
    let whole = Media::bytes(PNG).unwrap();
    assert_eq!(Media::reader(Pieces { content: PNG, fails: false }).unwrap(), whole);
    let error = Media::reader(Pieces { content: PNG, fails: true }).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the content: the line is dead");
    assert!(matches!(Media::reader(io::empty()), Err(MediaError::NoContent)));
}

#[tokio::test]
async fn asynchronous_sources_are_read_to_their_end() {
    let whole = Media::bytes(PNG).unwrap();
    assert_eq!(Media::read(Pieces { content: PNG, fails: false }).await.unwrap(), whole);
    let error = Media::read(Pieces { content: PNG, fails: true }).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot read the content: the line is dead");
    let stated = Media::read_as(&[1, 2, 3][..], "image/x-adobe-dng").await.unwrap();
    assert_eq!(stated.as_str(), "data:image/x-adobe-dng;base64,AQID");
    assert!(matches!(Media::read(tokio::io::empty()).await, Err(MediaError::NoContent)));

    // A writer that waits for its reader, with more than one piece.
    let mut content = PNG.to_vec();
    content.resize(300_000, 7);
    let (mut writer, reader) = tokio::io::duplex(1000);
    let (written, media) = tokio::join!(
        async {
            let result = writer.write_all(&content).await;
            drop(writer);
            result
        },
        Media::read(reader)
    );
    written.unwrap();
    assert_eq!(media.unwrap(), Media::bytes(&content).unwrap());

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("media/plain.webp");
    let media = Media::read(&std::fs::read(&file).unwrap()[..]).await.unwrap();
    assert_eq!(media, Media::path(file).unwrap());
}
