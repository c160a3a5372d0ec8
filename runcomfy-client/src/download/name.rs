//! Names for the files of a job. They are safe for every URL.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use runcomfy_journal::digest;
use runcomfy_schema::truncate::start;
use runcomfy_types::media_type::{extension, extension_of_mime, mime_of_extension};
use runcomfy_types::{MediaKind, data_uri};
use url::Url;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileName {
    pub(super) name: String,
    /// Whether the name does not tell the file's type.
    pub(super) needs_extension: bool,
}

/// A unique name for each file of a job. `redact` removes secrets from the names.
pub(super) fn of_files(
    request_id: &str,
    files: &[(&str, Option<MediaKind>)],
    redact: impl Fn(&str) -> String,
) -> Vec<FileName> {
    let mut taken = TakenNames::default();
    let name = |(url, kind): &(&str, Option<MediaKind>)| {
        let name = of_file(request_id, &redact(&given_name(url, *kind)));
        let needs_extension = extension(&name).and_then(mime_of_extension).is_none();
        taken.reserve(FileName { name, needs_extension })
    };
    files.iter().map(name).collect()
}

/// The names in use, in lower case: some file systems ignore case.
#[derive(Default)]
struct TakenNames {
    names: HashSet<String>,
    /// The names without their extensions.
    stems: HashSet<String>,
    /// The names that will get an extension later.
    without_extension: HashSet<String>,
    /// The last number that was appended to each name.
    numbers: HashMap<String, usize>,
}

impl TakenNames {
    /// Reserves the name, or a similar one if it is taken.
    fn reserve(&mut self, file: FileName) -> FileName {
        let FileName { name, needs_extension } = file;
        let (stem, end) = split_extension(&name);
        let number = self.numbers.entry(name.to_lowercase()).or_insert(1);
        let mut free = name.clone();
        loop {
            let lower = free.to_lowercase();
            let start = lower.rsplit_once('.').map(|(start, _)| start.to_owned());
            let clashes = self.names.contains(&lower)
                || needs_extension && self.stems.contains(&lower)
                || start.as_ref().is_some_and(|start| self.without_extension.contains(start));
            if !clashes {
                self.stems.extend(start);
                if needs_extension {
                    self.without_extension.insert(lower.clone());
                }
                self.names.insert(lower);
                return FileName { name: free, needs_extension };
            }
            *number += 1;
            free = format!("{stem}-{number}{end}");
        }
    }
}

/// The name that the URL gives.
fn given_name(url: &str, kind: Option<MediaKind>) -> String {
    match data_uri::mime(url) {
        Some(mime) => {
            let stem = kind.map_or("output".to_owned(), |kind| kind.to_string());
            match extension_of_mime(mime) {
                Some(extension) => format!("{stem}.{extension}"),
                None => stem,
            }
        }
        None => Url::parse(url).ok().as_ref().and_then(last_segment).unwrap_or_default(),
    }
}

/// The last segment of a URL's path, decoded.
pub(super) fn last_segment(url: &Url) -> Option<String> {
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    Some(percent_decode_str(last).decode_utf8_lossy().into_owned())
}

fn of_file(request_id: &str, name: &str) -> String {
    let (request_id, name) = (shortened_id(&safe(request_id)), safe(name));
    let name = if name.is_empty() { "output".to_owned() } else { name };
    // The request id keeps files of different jobs apart.
    let rest = name.strip_prefix(request_id.as_str());
    let has_it = rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let name = if has_it { name } else { format!("{request_id}-{name}") };
    let (stem, extension) = split_extension(&name);
    format!("{}{extension}", start(stem, MAX_NAME_LEN - extension.len()))
}

/// In bytes. File systems allow 255, and a partial file has a suffix.
const MAX_NAME_LEN: usize = 180;
/// In bytes, with the dot.
const MAX_EXTENSION_LEN: usize = 16;
const MAX_ID_LEN: usize = 80;

/// Keeps letters, digits and characters that are harmless in file systems and shells.
fn safe(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    text.trim_matches(['.', '_']).to_owned()
}

/// Truncates a long id. The digest keeps it unique.
fn shortened_id(id: &str) -> String {
    if id.len() <= MAX_ID_LEN {
        return id.to_owned();
    }
    format!("{}-{}", start(id, MAX_ID_LEN - 20), digest::short(id))
}

/// The stem, and the extension with its dot.
pub(super) fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= MAX_EXTENSION_LEN => name.split_at(dot),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(request_id: &str, urls: &[&str]) -> Vec<String> {
        let files: Vec<_> = urls.iter().map(|url| (*url, None)).collect();
        of_files(request_id, &files, str::to_owned).into_iter().map(|name| name.name).collect()
    }

    fn named(url: &str) -> String {
        names("req-1", &[url]).remove(0)
    }

    #[test]
    fn names_are_safe_for_every_url() {
        for (url, name) in [
            ("https://a.runcomfy.net/x/video.mp4", "req-1-video.mp4"),
            ("https://a.runcomfy.net/x/video.mp4?sig=a/../b#c", "req-1-video.mp4"),
            ("https://a.runcomfy.net/req-1.mp4", "req-1.mp4"),
            ("https://a.runcomfy.net/", "req-1-output"),
            ("https://a.runcomfy.net/..%2f..%2fetc%2fpasswd", "req-1-etc_passwd"),
            ("https://a.runcomfy.net/..%5c..%5cboot.ini", "req-1-boot.ini"),
            ("https://a.runcomfy.net/%2e%2e/", "req-1-output"),
            ("https://a.runcomfy.net/.bashrc", "req-1-bashrc"),
            ("https://a.runcomfy.net/CON", "req-1-CON"),
            ("https://a.runcomfy.net/a%00b%0a.png", "req-1-a_b_.png"),
            ("https://a.runcomfy.net/C:%5ca.png:stream", "req-1-C__a.png_stream"),
            ("https://a.runcomfy.net/%ff%fe.png", "req-1-png"),
            ("https://a.runcomfy.net/b%C3%BCcher%20(1).png", "req-1-bücher__1_.png"),
            ("not a URL", "req-1-output"),
        ] {
            assert_eq!(named(url), name, "{url}");
        }
        assert_eq!(names("a", &["https://a.runcomfy.net/abc.mp4"]), ["a-abc.mp4"]);
        let long = |end: &str| format!("{}{end}", "x".repeat(250));
        let long_names = [long("1"), long("2")].map(|id| names(&id, &["x"]).remove(0));
        assert!(long_names[0] != long_names[1] && long_names[0].len() < 120, "{long_names:?}");
        assert_eq!(names("a:b/../c", &["x"]), ["a_b_.._c-output"]);
    }

    #[test]
    fn a_long_name_is_truncated_before_its_extension() {
        let name = named(&format!("https://a.runcomfy.net/{}.mp4", "ü".repeat(500)));
        assert!(name.len() <= MAX_NAME_LEN && name.ends_with("ü.mp4"), "{name}");
        let name = named(&format!("https://a.runcomfy.net/a.{}", "b".repeat(500)));
        assert!(name.len() <= MAX_NAME_LEN, "{name}");
    }

    #[test]
    fn names_are_unique() {
        let urls = ["a/image.png", "b/image.png", "c/IMAGE.png", "d/image-2.png"];
        let urls = urls.map(|path| format!("https://a.runcomfy.net/{path}"));
        assert_eq!(
            names("r", &urls.each_ref().map(String::as_str)),
            ["r-image.png", "r-image-2.png", "r-IMAGE-3.png", "r-image-2-2.png"]
        );
    }
}
