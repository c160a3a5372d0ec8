//! A fast check for the texts that most media fields hold.

use super::host::{MAX_LABEL_LEN, MAX_NAME_LEN, is_local};

/// Whether a text is a simple URL or file name: either `https:`, a public name in lower case, and a
/// path without escapes, or letters, digits, `-`, `_` and dots. Most texts are simple, and parsing a
/// URL costs more than all other checks of a request.
pub(super) fn is_plain(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        let text = text.as_bytes();
        return all_are(text, NAME) && text.iter().any(|byte| *byte != b'.');
    };
    let rest = rest.as_bytes();
    let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    all_are(path, PATH) && is_plain_host(host)
}

/// A character of a simple file name.
const NAME: u8 = 1;
/// A character of a simple path.
const PATH: u8 = 2;
/// A letter or digit of a simple host.
const HOST: u8 = 4;

/// The kinds of text that each byte may be part of. A look-up is faster than comparisons.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < kinds.len() {
        #[expect(clippy::cast_possible_truncation, reason = "less than 256")]
        let kind = match byte as u8 {
            b'a'..=b'z' | b'0'..=b'9' => NAME | PATH | HOST,
            b'A'..=b'Z' | b'-' | b'.' | b'_' => NAME | PATH,
            b'/' | b'~' => PATH,
            _ => 0,
        };
        kinds[byte] = kind;
        byte += 1;
    }
    kinds
};

fn all_are(text: &[u8], kind: u8) -> bool {
    text.iter().all(|byte| KINDS[usize::from(*byte)] & kind != 0)
}

/// Whether a host is a simple public name. [`super::host::check_host`] agrees with each of them.
pub(super) fn is_plain_host(host: &[u8]) -> bool {
    // After a dot or a hyphen, and at the start, only a letter or a digit may follow.
    let mut is_between = true;
    let mut label = 0;
    for (position, byte) in host.iter().enumerate() {
        if KINDS[usize::from(*byte)] & HOST != 0 {
            is_between = false;
            continue;
        }
        match byte {
            // A name with two hyphens in a row may be encoded, and has its own rules. No label ends
            // with a hyphen.
            b'-' | b'.' if is_between => return false,
            b'-' => is_between = true,
            b'.' if position - label > MAX_LABEL_LEN => return false,
            b'.' => (is_between, label) = (true, position + 1),
            _ => return false,
        }
    }
    let top = &host[label..];
    label > 0
        && host.len() <= MAX_NAME_LEN
        && top.len() <= MAX_LABEL_LEN
        && top.len() >= 2
        && top.iter().all(u8::is_ascii_lowercase)
        && top != b"arpa"
        && !is_local(top)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::check::check;

    #[test]
    fn simple_texts_pass_the_full_check() {
        let plain = [
            "https://example.com",
            "https://example.com/face.png",
            "https://a-b.c1.example.co.uk/x/y_z~1/../a.png",
            "https://storage-9.example.io//a",
            "face.png",
            "Runcomfy_example_1268-1.PNG",
        ];
        for text in plain {
            assert!(is_plain(text) && check(text).is_ok(), "{text}");
        }
        for text in [
            "https://printer.local/a",
            "https://localhost/a",
            "https://metadata.google.internal/a",
            "https://nas.lan/a",
            "https://nas.home.arpa/a",
            "https://10.0.0.1/a",
            "https://1.2.3.0x7f/a",
            "https://xn--a.com/",
            "https://a-.com/",
            "https://a.com-/",
            "https://com/",
            "https://a.c/",
            "https://a.",
            "https://",
            "",
            ".",
            "..",
            "a b.png",
            "/a.png",
            "https://a..com/",
            "https://-a.com/",
            "https://example.com:8080/",
            "https://me@example.com/",
            "https://example.com/a b",
            "https://example.com/%",
            "https://EXAMPLE.com/",
            "http://example.com/",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn simple_check_accepts_nothing_that_the_full_check_refuses() {
        /// Parts of hosts and paths, with suffixes that are refused.
        const PARTS: [&str; 40] = [
            "a",
            "b1",
            "-",
            "--",
            ".",
            "..",
            "_",
            "~",
            "/",
            "%41",
            "xn--",
            "com",
            "test",
            "example",
            "invalid",
            "localhost",
            "internal",
            "local",
            "arpa",
            "home",
            "mail",
            "alt",
            "onion",
            "org",
            "0",
            "127",
            "1",
            "255",
            "0x7f",
            "[::1]",
            ":",
            "@",
            "?",
            "#",
            "A",
            "ä",
            " ",
            "\\",
            "lan",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ];
        let mut random = fastrand::Rng::with_seed(3);
        let mut plain = 0;
        for _ in 0..300_000 {
            let mut text = if random.u8(0..8) == 0 { String::new() } else { "https://".to_owned() };
            for _ in 0..random.usize(1..7) {
                text.push_str(random.choice(PARTS).unwrap());
                // Most hosts have dots.
                text.push_str(if random.bool() { "." } else { "" });
            }
            if is_plain(&text) {
                plain += 1;
                assert!(check(&text).is_ok(), "{text}: {:?}", check(&text));
            }
        }
        assert!(plain > 1000, "{plain}");
    }
}
