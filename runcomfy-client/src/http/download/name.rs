//! The names of saved files: safe whatever the URL says.

use percent_encoding::percent_decode_str;
use url::Url;

use super::super::digest;

/// A name for each file of a job, no two of them the same.
pub(super) fn of_files(request_id: &str, urls: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for url in urls {
        let name = of_file(request_id, url);
        let mut number = 1;
        let mut free = name.clone();
        // There are file systems that do not tell capital letters.
        while names.iter().any(|other| other.to_lowercase() == free.to_lowercase()) {
            number += 1;
            let (stem, extension) = split(&name);
            free = format!("{stem}-{number}{extension}");
        }
        names.push(free);
    }
    names
}

fn of_file(request_id: &str, url: &str) -> String {
    let last = Url::parse(url).ok().and_then(|url| {
        let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
        Some(percent_decode_str(last).decode_utf8_lossy().into_owned())
    });
    let (request_id, name) = (short(&safe(request_id)), safe(&last.unwrap_or_default()));
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

    fn named(url: &str) -> String {
        of_files("req-1", &[url.to_owned()]).remove(0)
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
        assert_eq!(of_files("a", &["https://a.runcomfy.net/abc.mp4".into()]), ["a-abc.mp4"]);
        let long = |end: &str| format!("{}{end}", "x".repeat(250));
        let names = [long("1"), long("2")].map(|id| of_files(&id, &["x".into()]).remove(0));
        assert!(names[0] != names[1] && names[0].len() < 120, "{names:?}");
        assert_eq!(of_files("a:b/../c", &["x".into()]), ["a_b_.._c-output"]);
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
            of_files("r", &urls),
            ["r-image.png", "r-image-2.png", "r-IMAGE-3.png", "r-image-2-2.png"]
        );
    }
}
