//! The names of saved files: safe whatever the URL says.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use runcomfy_types::media_type::{self, extension, extension_of_mime, mime_of_extension};
use runcomfy_types::{MediaKind, data_uri};
use url::Url;

use crate::digest;

/// Where a file goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Destination<'a> {
    Exactly(&'a Path),
    /// The name gets the extension of what comes.
    Stem(&'a Path),
}

impl<'a> Destination<'a> {
    pub(super) fn path(self) -> &'a Path {
        match self {
            Self::Exactly(path) | Self::Stem(path) => path,
        }
    }

    pub(super) fn file_name(self) -> Option<String> {
        self.path().file_name().map(|name| name.to_string_lossy().into_owned())
    }

    /// Where the file may be already.
    pub(super) fn candidates(self) -> Vec<PathBuf> {
        let mut paths = vec![self.path().to_owned()];
        if let Self::Stem(path) = self {
            paths.extend(media_type::extensions().map(|extension| with(path, extension)));
        }
        paths
    }

    /// Where a file of this type goes.
    pub(super) fn named(self, extension: Option<&str>, kind: Option<MediaKind>) -> PathBuf {
        let Self::Stem(path) = self else { return self.path().to_owned() };
        // An extension that is not known here may be the right one for what is no media.
        let has_one = self.file_name().is_some_and(|name| !split(&name).1.is_empty());
        match extension {
            Some(extension) if kind.is_some() || !has_one => with(path, extension),
            _ => path.to_owned(),
        }
    }
}

/// The extension comes behind whatever there is: `a.v2` is no name with an extension to replace.
fn with(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(extension);
    path.with_file_name(name)
}

/// The name of a file of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileName {
    pub(super) name: String,
    /// Whether it says nothing of the file's type.
    pub(super) is_open: bool,
}

/// A name for each file of a job, no two of them the same. `redact` keeps secrets out of them.
pub(super) fn of_files(
    request_id: &str,
    files: &[(&str, Option<MediaKind>)],
    redact: impl Fn(&str) -> String,
) -> Vec<FileName> {
    let mut taken = Taken::default();
    let name = |(url, kind): &(&str, Option<MediaKind>)| {
        let name = of_file(request_id, &redact(&given_name(url, *kind)));
        let is_open = extension(&name).and_then(mime_of_extension).is_none();
        taken.free(FileName { name, is_open })
    };
    files.iter().map(name).collect()
}

/// The names that are taken, in small letters: there are file systems that do not tell capital ones.
#[derive(Default)]
struct Taken {
    names: HashSet<String>,
    /// The names without their extensions.
    stems: HashSet<String>,
    /// The names that may get any extension.
    open: HashSet<String>,
    /// The last number that a name got behind it.
    numbers: HashMap<String, usize>,
}

impl Taken {
    /// The name, or a free one like it; taken from now on.
    fn free(&mut self, file: FileName) -> FileName {
        let FileName { name, is_open } = file;
        let (stem, end) = split(&name);
        let number = self.numbers.entry(name.to_lowercase()).or_insert(1);
        let mut free = name.clone();
        loop {
            let lower = free.to_lowercase();
            let start = lower.rsplit_once('.').map(|(start, _)| start.to_owned());
            let clashes = self.names.contains(&lower)
                || is_open && self.stems.contains(&lower)
                || start.as_ref().is_some_and(|start| self.open.contains(start));
            if !clashes {
                self.stems.extend(start);
                if is_open {
                    self.open.insert(lower.clone());
                }
                self.names.insert(lower);
                return FileName { name: free, is_open };
            }
            *number += 1;
            free = format!("{stem}-{number}{end}");
        }
    }
}

/// The name that a file comes with.
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

/// The last part of a URL's path, decoded.
pub(super) fn last_segment(url: &Url) -> Option<String> {
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    Some(percent_decode_str(last).decode_utf8_lossy().into_owned())
}

fn of_file(request_id: &str, name: &str) -> String {
    let (request_id, name) = (short(&safe(request_id)), safe(name));
    let name = if name.is_empty() { "output".to_owned() } else { name };
    // Other jobs give files of the same name.
    let rest = name.strip_prefix(request_id.as_str());
    let has_it = rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let name = if has_it { name } else { format!("{request_id}-{name}") };
    let (stem, extension) = split(&name);
    format!("{}{extension}", within(stem, LONGEST - extension.len()))
}

/// In bytes; file systems take 255, and there is a suffix while the file is fetched.
const LONGEST: usize = 180;
const LONGEST_EXTENSION: usize = 16;

/// Letters and digits of any script, and marks that mean nothing to a file system or a shell.
fn safe(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    text.trim_matches(['.', '_']).to_owned()
}

/// An id that is so long that names would be cut within it, cut so that it is still one of its own.
fn short(id: &str) -> String {
    const LONGEST: usize = 80;
    if id.len() <= LONGEST {
        return id.to_owned();
    }
    format!("{}-{}", within(id, LONGEST - 20), digest::short(id))
}

fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= LONGEST_EXTENSION => name.split_at(dot),
        _ => (name, ""),
    }
}

fn within(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
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
    fn a_name_is_safe_whatever_the_url_says() {
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
    fn a_long_name_is_cut_and_keeps_its_extension() {
        let name = named(&format!("https://a.runcomfy.net/{}.mp4", "ü".repeat(500)));
        assert!(name.len() <= LONGEST && name.ends_with("ü.mp4"), "{name}");
        let name = named(&format!("https://a.runcomfy.net/a.{}", "b".repeat(500)));
        assert!(name.len() <= LONGEST, "{name}");
    }

    #[test]
    fn no_two_files_share_a_name() {
        let urls = ["a/image.png", "b/image.png", "c/IMAGE.png", "d/image-2.png"];
        let urls = urls.map(|path| format!("https://a.runcomfy.net/{path}"));
        assert_eq!(
            names("r", &urls.each_ref().map(String::as_str)),
            ["r-image.png", "r-image-2.png", "r-IMAGE-3.png", "r-image-2-2.png"]
        );
    }
}
