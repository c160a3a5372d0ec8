//! The content of saved files: the file that was asked for, under the extension of its content.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use runcomfy_models::{DownloadOptions, Error, IfExists, MediaKind};
use serde_json::json;

use crate::secrets::shown;
use crate::service::{ID, Response, Service, TOKEN, answer};

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
const MP3: &[u8] = b"ID3\x03\0\0\0\0\0\x0f";
const PAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>x</body></html>";
const CODE: &str = r#"{"error_code": 404001, "error_message": "expired"}"#;

pub(crate) fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn data_uri(mime: &str, content: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(content))
}

#[tokio::test]
async fn data_uris_are_saved_like_files() {
    let large = [PNG, &vec![7; 2_000_000]].concat();
    let output = |origin: &str| {
        json!({
            "image": data_uri("image/png", PNG),
            "images": [data_uri("image/png", &large), "data:image/svg+xml,%3Csvg/%3E"],
            "audio": "data:,hello",
            "video": format!("{origin}/v.mp4"),
            "mask": data_uri("application/octet-stream", PNG),
        })
    };
    let service = Service::of_job(output, &[("/v.mp4", answer("video/mp4", MP4))]).await;
    let folder = tempfile::tempdir().unwrap();
    let saved = service.done().await.download_all(&folder).await.unwrap();
    let found: Vec<_> = saved
        .iter()
        .map(|file| {
            let name = file.path.file_name().unwrap().to_str().unwrap();
            (name, std::fs::read(&file.path).unwrap(), file.kind, file.content_type.as_deref())
        })
        .collect();
    use MediaKind::{Image, Video};
    assert!(
        found
            == [
                ("req-1-image.png", PNG.to_vec(), Some(Image), Some("image/png")),
                ("req-1-v.mp4", MP4.to_vec(), Some(Video), Some("video/mp4")),
                ("req-1-audio", b"hello".to_vec(), None, None),
                ("req-1-image-2.png", large.clone(), Some(Image), Some("image/png")),
                ("req-1-image.svg", b"<svg/>".to_vec(), Some(Image), Some("image/svg+xml")),
                ("req-1-output.png", PNG.to_vec(), Some(Image), Some("image/png")),
            ],
        "{saved:#?}"
    );
    assert!(format!("{saved:?}").len() < 2000);
    // The same options work for a single file.
    let path = folder.path().join("own.png");
    let client = service.client();
    let uri = data_uri("image/png", &large);
    let error = client.download(&uri, folder.path()).await.unwrap_err();
    assert!(error.to_string().contains("there is a folder"), "{error}");
    let small = DownloadOptions::default().largest(1_000_000);
    let error = client.download_with(&uri, &path, &small).await.unwrap_err();
    assert!(error.to_string().contains("DownloadOptions::largest"), "{error}");
    assert_eq!(client.download(&uri, &path).await.unwrap(), large.len() as u64);
    assert!(client.download(&uri, &path).await.is_err(), "it exists");
    let keep = DownloadOptions::default().existing(IfExists::Keep);
    assert_eq!(client.download_with("data:,x", &path, &keep).await.unwrap(), large.len() as u64);
}

#[tokio::test]
async fn broken_data_uri_stops_no_other_file_and_is_not_quoted() {
    let broken = format!("data:image/png;base64,{}!", "iVBORw0K".repeat(250_000));
    let output = |origin: &str| json!({"image": broken, "video": format!("{origin}/v.mp4")});
    let service = Service::of_job(output, &[("/v.mp4", answer("video/mp4", MP4))]).await;
    let folder = tempfile::tempdir().unwrap();
    let error = service.done().await.download_all(&folder).await.unwrap_err();
    let text = shown(&error);
    assert!(text.len() < 4000 && !text.contains("iVBORw0K"), "{}", &text[..4000]);
    assert!(text.contains("data:image/png;base64,... (2000023 bytes)"), "{text}");
    assert!(text.contains("base64"), "{text}");
    assert_eq!(files(folder.path()), ["req-1-v.mp4"]);
}

/// The answer to a download from this path, saved under this name, by an output key of this kind.
async fn download(
    path: &str,
    key: &str,
    sent: &Response,
) -> (Result<Vec<runcomfy_models::Downloaded>, Error>, Vec<String>) {
    let output = |origin: &str| json!({key: format!("{origin}{path}?signature=sekrit")});
    let service = Service::of_job(output, &[(path, sent.clone())]).await;
    let folder = tempfile::tempdir().unwrap();
    let saved = service.done().await.download_all(&folder).await;
    (saved, files(folder.path()))
}

#[tokio::test]
async fn error_page_is_not_saved_as_a_file() {
    let page = format!("\u{feff}  <!-- by nginx -->\n{PAGE}");
    let xml = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
    let latin = [b"<html><title>Acc\xe8s".as_slice(), b" refus\xe9</title>"].concat();
    for (path, key, sent, words) in [
        (
            "/a.png",
            "x",
            answer("text/html", "<html>sign in</html>"),
            "a web page came instead of an image",
        ),
        ("/a.png", "x", answer("image/png", PAGE), "instead of an image (Sign in)"),
        ("/a", "image", answer("", PAGE), "instead of an image (Sign in)"),
        ("/a.html", "video", answer("text/html", PAGE), "instead of a video"),
        (
            "/a.mp3",
            "x",
            answer("application/octet-stream", page),
            "instead of an audio file (Sign in)",
        ),
        ("/a.mp4", "x", answer("text/html; charset=utf-8", "Please sign in"), "a web page came"),
        ("/a.mp4", "x", answer("text/html", latin), "(Acc\u{fffd}s refus\u{fffd})"),
        ("/a.glb", "x", answer("text/html", PAGE), "a web page came instead of the file"),
        ("/a.json", "x", answer("text/html", PAGE), "a web page came instead of the file"),
        ("/a.webp", "x", answer("application/json", CODE), "an error message came"),
        ("/a", "audio", answer("text/plain", CODE), "error_code"),
        ("/a.zip", "x", answer("text/plain", CODE), "expired"),
        ("/a.png", "x", answer("application/xml", xml), "AccessDenied"),
        ("/a.mp4", "x", answer("video/mp4", ""), "an empty file came instead of a video"),
    ] {
        let (saved, left) = download(path, key, &sent).await;
        let error = saved.map(|_| path).unwrap_err();
        assert!(error.to_string().contains(words), "{path}: {error}");
        assert!(error.to_string().contains("result gives a new one"), "{error}");
        assert_eq!(error.request_id().unwrap(), ID);
        assert_eq!(left, [""; 0], "{path}");
    }
}

#[tokio::test]
async fn unusual_but_valid_files_are_saved() {
    let svg =
        "<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<svg xmlns=\"x\"><title>a</title></svg>";
    for (path, key, sent, name, content_type) in [
        // The right file, from a server that declares another type.
        ("/a.png", "x", answer("text/html", PNG), "a.png", "image/png"),
        ("/a.svg", "x", answer("text/html", svg), "a.svg", "image/svg+xml"),
        ("/a.png", "x", answer("image/png", "no real image"), "a.png", "image/png"),
        (
            "/a",
            "video",
            answer("application/vnd.apple.mpegurl", "#EXTM3U\n"),
            "a",
            "application/vnd.apple.mpegurl",
        ),
        // Pages and JSON, under names that expect no image, video or audio.
        ("/a.html", "x", answer("text/html", PAGE), "a.html", "text/html"),
        ("/a.json", "x", answer("application/json", CODE), "a.json", "application/json"),
        ("/a.txt", "x", answer("text/plain", PAGE), "a.txt", "text/html"),
        ("/a.txt", "x", answer("text/plain", ""), "a.txt", "text/plain"),
        ("/a", "x", answer("text/html", PAGE), "a.html", "text/html"),
        ("/a", "x", answer("application/json", CODE), "a.json", "application/json"),
        ("/a.glb", "x", answer("", "glTF\u{2}\0\0\0"), "a.glb", "model/gltf-binary"),
        // Files whose names do not show their type.
        ("/a", "image", answer("", PNG), "a.png", "image/png"),
        ("/a", "x", answer("", &b"\0\0\0\x10ftyp3gp5\0\0\0\0"[..]), "a.3gp", "video/3gpp"),
        ("/a", "x", answer("", &b"\0\0\0\x10ftypheic\0\0\0\0"[..]), "a.heic", "image/heic"),
        ("/a", "x", answer("", &b"\0\0\0\x10ftypzzzz\0\0\0\0"[..]), "a.mp4", "video/mp4"),
        ("/a", "x", answer("application/octet-stream", MP4), "a.mp4", "video/mp4"),
        ("/a", "x", answer("audio/mpeg; q=1", "?"), "a.mp3", "audio/mpeg"),
        ("/a.v2", "x", answer("", PNG), "a.v2.png", "image/png"),
        ("/a.bin", "x", answer("image/webp", "?"), "a.bin.webp", "image/webp"),
        ("/a.usdz", "x", answer("", b"PK\x03\x04".as_slice()), "a.usdz", "application/zip"),
        // A sound in a container that may hold a video, too.
        ("/a.m4a", "x", answer("", MP4), "a.m4a", "audio/mp4"),
        ("/a", "audio", answer("audio/mp4", MP4), "a.m4a", "audio/mp4"),
        // A name whose extension is of the same kind of file is kept.
        ("/a.jpg", "x", answer("", PNG), "a.jpg", "image/png"),
        ("/a.mp3", "x", answer("", MP3), "a.mp3", "audio/mpeg"),
    ] {
        let (saved, left) = download(path, key, &sent).await;
        let saved = saved.unwrap_or_else(|error| panic!("{path}: {error}")).remove(0);
        assert_eq!(left, [format!("req-1-{name}")], "{path}");
        assert_eq!(saved.content_type.as_deref(), Some(content_type), "{path}");
        assert!(saved.path.ends_with(&left[0]));
        assert_eq!(saved.size, sent.body.len() as u64);
    }
}

#[tokio::test]
async fn file_named_without_extension_is_found_again() {
    let output = |origin: &str| {
        json!([format!("{origin}/a"), format!("{origin}/b/a"), format!("{origin}/a.png")])
    };
    let answers = ["/a", "/b/a", "/a.png"].map(|path| (path, answer("image/png", PNG)));
    let service = Service::of_job(output, &answers).await;
    let folder = tempfile::tempdir().unwrap();
    let done = service.done().await;
    let saved = done.download_all(&folder).await.unwrap();
    let names = ["req-1-a-2.png", "req-1-a-3.png", "req-1-a.png"];
    assert_eq!(files(folder.path()), names);
    let error = done.download_all(&folder).await.unwrap_err();
    assert!(error.to_string().contains("exists already, as \"req-1-a"), "{error}");
    std::fs::remove_file(&saved[1].path).unwrap();
    let keep = DownloadOptions::default().existing(IfExists::Keep);
    assert_eq!(done.download_all_with(&folder, &keep).await.unwrap(), saved);
    let overwrite = DownloadOptions::default().existing(IfExists::Overwrite);
    assert_eq!(done.download_all_with(&folder, &overwrite).await.unwrap(), saved);
    assert_eq!(files(folder.path()), names);
}

#[tokio::test]
async fn output_without_a_key_is_a_file_on_any_host() {
    // Of a known kind or not, it is the file that was paid for.
    for name in ["a", "a.png"] {
        let output = |_: &str| json!(format!("https://files.example/{name}"));
        let service = Service::of_job(output, &[]).await;
        let folder = tempfile::tempdir().unwrap();
        let error = service.done().await.download_all(&folder).await.unwrap_err();
        assert!(error.to_string().contains("DownloadOptions::allow_host"), "{error}");
    }
}

#[tokio::test]
async fn errors_name_the_job_and_hide_signatures_and_the_token() {
    let paths = ["/a.png", "/b.png", "/c.png"];
    let output = |origin: &str| {
        let mut urls = paths.map(|path| format!("{origin}{path}?X-Amz-Signature=sekrit#sekrit"));
        urls[1] = urls[1].replace("http://", "http://user:sekrit@");
        urls[2] = urls[2].replace("/c", &format!("/{TOKEN}"));
        json!({"images": urls, "video": "ftp://user:sekrit@files.example/v.mp4?sekrit"})
    };
    let service = Service::of_job(output, &[("/a.png", answer("image/png", PNG))]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut done = service.done().await;
    let error = done.download_all(&folder).await.unwrap_err();
    assert!(error.to_string().contains("ftp://files.example/v.mp4?..."), "{error}");
    assert_eq!(files(folder.path()), ["req-1-a.png"]);
    done.output.video = None;
    let keep = DownloadOptions::default().existing(IfExists::Keep);
    for _ in 0..2 {
        let error = done.download_all_with(&folder, &keep).await.unwrap_err();
        assert_eq!(error.request_id().unwrap(), ID);
        let text = shown(&error);
        assert!(text.contains("(request req-1)") && text.contains("HTTP 404"), "{text}");
        assert!(text.contains(".png?...") && !text.contains("sekrit"), "{text}");
        done.output.images.swap_remove(1);
    }
    // By itself, it is a file of no job; and one that is not there.
    let path = folder.path().join("x");
    let url = format!("{}/x?sekrit", service.origin);
    let error = service.client().download(&url, &path).await.unwrap_err();
    assert_eq!(error.request_id(), None);
    assert!(!shown(&error).contains("sekrit"), "{error}");
    let long = format!("{}/{}?sekrit", service.origin, "x".repeat(1_000_000));
    let error = service.client().download(&long, &path).await.unwrap_err();
    assert!(shown(&error).len() < 8000);
}
