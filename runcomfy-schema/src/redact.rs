//! Removes credentials from texts for people: the user names, passwords, queries and fragments of
//! URLs. A pre-signed URL is a password. Every value that a message quotes goes through here.

use std::borrow::Cow;

use crate::truncate::start;

/// The text without the user names and passwords of its URLs, and with `...` in place of their
/// queries and fragments: `https://user:pw@host/a.png?sig=x` becomes `https://host/a.png?...`.
///
/// A URL ends at white space, a double quote, a backtick or an angle bracket. Truncate a text after
/// this, not before: the character that separates a password from a host may be lost.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    if !may_hold_secrets(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(word_len(rest));
        show_word(word, &mut shown);
        let next = after.find(|c| !ends_word(c)).unwrap_or(after.len());
        shown.push_str(&after[..next]);
        rest = &after[next..];
    }
    Cow::Owned(shown)
}

/// A text that is one URL, without its secrets: a space in its signature does not end it.
pub fn url_without_secrets(url: &str) -> Cow<'_, str> {
    if !may_hold_secrets(url) {
        return Cow::Borrowed(url);
    }
    let mut shown = String::with_capacity(url.len());
    show_word(url, &mut shown);
    Cow::Owned(shown)
}

/// A message quotes at most this many bytes of a value.
const MAX_QUOTED_LEN: usize = 4 * 1024;

/// The start of a value for a message. It counts as one URL if it begins like one, otherwise as
/// text.
pub fn quotable(value: &str) -> Cow<'_, str> {
    let value = start(value, MAX_QUOTED_LEN);
    let first = &value[..word_len(value)];
    let is_url = authority_start(first).is_some() || url_without_secrets(first) != first;
    if is_url { url_without_secrets(value) } else { without_secrets(value) }
}

/// The start of a value that should be a URL, for a message.
pub fn quotable_url(value: &str) -> Cow<'_, str> {
    url_without_secrets(start(value, MAX_QUOTED_LEN))
}

fn may_hold_secrets(text: &str) -> bool {
    text.contains([':', '@', '?', '#'])
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || c.is_control() || ends_quotation(c)
}

fn ends_quotation(c: char) -> bool {
    matches!(c, '"' | '`' | '<' | '>' | '\n')
}

/// The length of the first word. A space inside a password does not end it.
fn word_len(text: &str) -> usize {
    let end = text.find(ends_word).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let Some((before, authority)) = word.rsplit_once(['/', '\\']) else { return end };
    let is_authority = before.trim_end_matches(['/', '\\']).ends_with(':');
    if !is_authority || authority.contains(['@', '?', '#']) || has_port(authority) {
        return end;
    }
    let quoted = start(after, MAX_PASSWORD_LEN).split(ends_quotation).next().unwrap_or_default();
    match quoted.find('@') {
        Some(at) => end + at + after[at..].find(ends_word).unwrap_or(after.len() - at),
        None => end,
    }
}

/// The search for the end of a password stops after this many bytes.
const MAX_PASSWORD_LEN: usize = 256;

/// Whether a host has at most a port, and not a user name and the start of a password: only digits
/// and final punctuation follow its colon.
fn has_port(authority: &str) -> bool {
    port(authority).is_none_or(|(_, port)| {
        let port = port.trim_end_matches(|c: char| c.is_ascii_punctuation());
        port.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The texts before and after the colon of a port.
fn port(authority: &str) -> Option<(&str, &str)> {
    let address = authority.rfind(']').unwrap_or_default();
    let colon = address + authority[address..].find(':')?;
    Some((&authority[..colon], &authority[colon + 1..]))
}

fn authority_of(url: &str) -> &str {
    &url[..url.find(['/', '\\', '?', '#']).unwrap_or(url.len())]
}

/// The start of the first authority in a word: after `scheme://`, even with the slashes that JSON
/// or careless people write.
fn authority_start(word: &str) -> Option<usize> {
    word.match_indices(':').find_map(|(colon, _)| {
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let scheme = word[..colon].rsplit(|c| !is_scheme(c)).next().unwrap_or_default();
        let after = word[colon + 1..].bytes();
        let slashes = after.take_while(|byte| matches!(byte, b'/' | b'\\')).count();
        let needed = match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => 1,
            _ => 2,
        };
        // A single letter is a drive.
        (scheme.len() > 1 && slashes >= needed).then_some(colon + 1 + slashes)
    })
}

/// Appends a word that may be a URL, contain URLs, or be a URL without its scheme.
fn show_word(word: &str, shown: &mut String) {
    let mut start = authority_start(word);
    let before = &word[..start.unwrap_or(word.len())];
    let query = before
        .match_indices(['?', '#'])
        .find(|(mark, _)| is_parameter(&word[mark + 1..]))
        .map(|(mark, _)| mark);
    let slashes = before.len() - before.trim_start_matches('/').len();
    let host = authority_of(&before[slashes..]);
    let userinfo = host.rfind('@').filter(|at| host[..*at].contains(':'));
    let from = userinfo.map_or(0, |at| slashes + at + 1);
    if let Some(mark) = query {
        shown.push_str(before.get(from..=mark).unwrap_or_default());
        shown.push_str("...");
        return;
    }
    shown.push_str(&before[from..]);
    let mut rest = word;
    while let Some(next) = start {
        rest = &rest[next..];
        rest = &rest[userinfo_len(rest)..];
        let authority = authority_of(rest);
        if let Some((host, _)) = port(authority).filter(|_| !has_port(authority)) {
            shown.push_str(host);
            shown.push_str(":...");
            rest = &rest[authority.len()..];
        }
        start = authority_start(rest);
        let url = &rest[..start.unwrap_or(rest.len())];
        match url.find(['?', '#']) {
            Some(mark) if mark + 1 < rest.len() => {
                shown.push_str(&url[..=mark]);
                shown.push_str("...");
                return;
            }
            _ => shown.push_str(url),
        }
    }
}

/// Whether the text begins like a query, with `name=`.
fn is_parameter(text: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || "-._~%[]".contains(c);
    text.trim_start_matches(is_name).starts_with('=')
}

/// The length of the user name and password at the start of a URL without its scheme. They may
/// contain the characters that end an authority, if somebody forgot to encode them.
fn userinfo_len(url: &str) -> usize {
    let authority = authority_of(url);
    let at = match authority.rfind('@') {
        Some(at) => Some(at),
        None if port(authority).is_none() => None,
        None if has_port(authority) => {
            start(url, MAX_PASSWORD_LEN).split(['?', '#']).next().and_then(|one| one.rfind('@'))
        }
        None => start(url, MAX_PASSWORD_LEN).rfind('@'),
    };
    at.map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_their_credentials() {
        for (text, expected) in [
            ("https://host/a.png", "https://host/a.png"),
            ("https://host:8443/a.png", "https://host:8443/a.png"),
            ("https://[::1]:80/a@b.png", "https://b.png"),
            ("https://[2001:db8::1]/a.png", "https://[2001:db8::1]/a.png"),
            ("https://host/@name/a.png", "https://host/@name/a.png"),
            ("https://user:SECRET@host/a.png", "https://host/a.png"),
            ("https://SECRET@host/a.png", "https://host/a.png"),
            ("https://user:SEC@RET@host/a.png", "https://host/a.png"),
            ("https://user:SEC/RET@host/a.png", "https://host/a.png"),
            ("https://user:12/SECRET@host/a.png", "https://host/a.png"),
            ("https://user:SEC?RET#SECRET@host/a.png", "https://host/a.png"),
            ("https://user:SECRET", "https://user:..."),
            ("HTTPS://user:SECRET@host", "HTTPS://host"),
            ("https:/user:SECRET@host/a", "https:/host/a"),
            ("https:user:SECRET@host/a", "host/a"),
            ("user:SECRET@host/a", "host/a"),
            ("//user:SECRET@host/a", "host/a"),
            (r"https:\\user:SECRET@host\a", r"https:\\host\a"),
            (r"https:\/\/user:SECRET@host\/a?SECRET", r"https:\/\/host\/a?..."),
            ("postgres://user:SECRET@host/db", "postgres://host/db"),
            ("https://host/a?X-Amz-Signature=SECRET&b=SECRET", "https://host/a?..."),
            ("https://host/a?b=https://user:SECRET@c/d", "https://host/a?..."),
            ("https://host?SECRET", "https://host?..."),
            ("https://host/a?", "https://host/a?"),
            ("https://host/a#access_token=SECRET", "https://host/a#..."),
            ("https://host/a#b?SECRET", "https://host/a#..."),
            ("https://a/b,https://user:SECRET@c/d?SECRET", "https://a/b,https://c/d?..."),
            ("/a.png?sig=SECRET", "/a.png?..."),
            ("host/a.png?X-Goog-Signature=SECRET", "host/a.png?..."),
            ("a.png#token=SECRET", "a.png#..."),
            ("data:image/png;base64,AAAA/+==", "data:image/png;base64,AAAA/+=="),
            (r"C:\me@home\a.png", r"C:\me@home\a.png"),
        ] {
            assert_eq!(without_secrets(text), expected);
            assert_eq!(url_without_secrets(text), expected);
        }
    }

    #[test]
    fn texts_keep_the_words_around_urls() {
        for (text, expected) in [
            ("no URL: why? me@home, #1", "no URL: why? me@home, #1"),
            ("GET https://u:SECRET@h/a?b=SECRET failed: 403", "GET https://h/a?... failed: 403"),
            (
                r#"{"url":"https://h/a?b=1\u0026sig=SECRET","id":"https://u:SECRET@h"}"#,
                r#"{"url":"https://h/a?...","id":"https://h"}"#,
            ),
            (
                "<a href=\"https://h/a?SECRET\">x</a>\nhttps://h/b?SECRET",
                "<a href=\"https://h/a?...\">x</a>\nhttps://h/b?...",
            ),
            ("(see https://h:80, or https://h:8080.)", "(see https://h:80, or https://h:8080.)"),
            ("\"https://u:SEC RET@h/a\" is no URL", "\"https://h/a\" is no URL"),
            ("\"https://u:SECRET\" and me@home", "\"https://u:...\" and me@home"),
        ] {
            assert_eq!(without_secrets(text), expected);
        }
    }

    #[test]
    fn space_does_not_end_a_lone_url() {
        for url in [
            "https://h/a?sig=SECRET SECRET",
            "https://h/a?sig=\"SECRET\" <SECRET>",
            "h/a?sig=SECRET SECRET",
            "https://u:SECRET SECRET\nSECRET@h/a",
            "https://u:SECRET SECRET",
        ] {
            assert!(!url_without_secrets(url).contains("SECRET"), "{url}");
        }
    }

    #[test]
    fn quoted_value_is_a_url_or_a_text() {
        for (value, expected) in [
            ("https://h/a?sig=SECRET SECRET", "https://h/a?..."),
            ("see https://h/a?sig=SECRET now", "see https://h/a?... now"),
            ("a prompt: what? #1", "a prompt: what? #1"),
        ] {
            assert_eq!(quotable(value), expected);
        }
        let long = format!("https://u:{}@h", "SECRET".repeat(1000));
        assert_eq!(quotable(&long), "https://u:...");
        assert!(quotable(&"ä".repeat(10_000)).len() < 5000);
    }

    #[test]
    fn long_texts_take_linear_time() {
        for part in
            ["ab://b:c/", "ab://b:1/", "ab://b@", "a?a", ":", "ab://", "https://u:p ", "\\/"]
        {
            let text = part.repeat(200_000 / part.len());
            assert!(without_secrets(&text).len() <= 2 * text.len());
        }
    }
}
