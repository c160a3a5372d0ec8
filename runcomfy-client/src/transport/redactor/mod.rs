//! Removes the token from texts for people: a server may repeat it in its response.
//!
//! Responses are parsed first, and redacted when they are shown. A token of fewer than 8 characters
//! is hidden only where it is a whole word. Escapes are decoded four levels deep; base64 is
//! searched at every bit offset; other encodings are not searched. Quoted bodies also lose user
//! names, passwords and queries of URLs, since those can be signed.

mod spelling;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use runcomfy_schema::redact::without_secrets;
use runcomfy_schema::truncate::{self, Start};
use secrecy::{ExposeSecret, SecretString};

use spelling::{SpellingReader, is_introducer};

/// A shorter token is hidden only where it is a word of its own. No real one is that short; and if
/// `let` were hidden wherever it stands, `completed` would not be readable any more.
const MIN_LEN_WITHIN_WORDS: usize = 8;

/// Hides the token in texts for people, in any spelling of a server: as it is, with any of its
/// characters escaped as JSON, URLs or HTML do, escaped again, or as a part of something in base64.
///
/// Redact a text only to show it. Read it before that: a redacted text is another one.
#[derive(Clone)]
pub(super) struct Redactor(Arc<Secrets>);

struct Secrets {
    /// The token, and what base64 makes of it.
    forms: Vec<SecretString>,
    /// For every byte, whether a form, spelled in any way, can begin with it.
    begins: [bool; 256],
    /// The text in its place.
    mark: &'static str,
    only_words: bool,
}

impl Redactor {
    pub(super) fn new(token: &SecretString) -> Self {
        let token = token.expose_secret();
        let only_words = token.len() < MIN_LEN_WITHIN_WORDS;
        let mut forms = vec![token.to_owned()];
        if !only_words {
            forms.extend(in_base64(token.as_bytes()));
        }
        // Without a token there is nothing to hide.
        forms.retain(|form| !form.is_empty());
        let begins = |byte: u8| {
            is_introducer(byte) || forms.iter().any(|form| form.as_bytes().first() == Some(&byte))
        };
        let begins = std::array::from_fn(|byte| begins(byte as u8));
        let forms = forms.into_iter().map(SecretString::from).collect();
        Self(Arc::new(Secrets { forms, begins, mark: mark(token), only_words }))
    }

    /// Whether the text has the token in it. A short one may be a part of anything.
    pub(super) fn finds_in(&self, text: &str) -> bool {
        !self.0.only_words && matches!(self.redact(text), Cow::Owned(_))
    }

    /// The text without the token.
    pub(super) fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact_start(text, usize::MAX)
    }

    /// The start of a text from outside as an error shows it: without the token, without what grants
    /// access in the URLs in it, and cut where it is longer than this.
    pub(super) fn excerpt(&self, text: &str, max_len: usize) -> String {
        /// Bytes that are searched: the rest of a long text is not shown, and costs nothing.
        const MAX_READ: usize = 64 * 1024;
        // The token goes first: it may look like a part of a URL.
        let start = self.redact_start(text, MAX_READ.max(max_len));
        let shown = without_secrets(&start);
        if shown.len() <= max_len && text.len() <= MAX_READ {
            return shown.into_owned();
        }
        Start { shown: truncate::start(&shown, max_len), len: text.len() }.to_string()
    }

    /// The start of a text without the token, of about this many bytes. The caller cuts it: nothing may be
    /// cut before the token is hidden.
    fn redact_start<'t>(&self, text: &'t str, len: usize) -> Cow<'t, str> {
        let Secrets { forms, begins, mark, only_words } = &*self.0;
        let bytes = text.as_bytes();
        let mut reader = SpellingReader::new(text);
        let mut shown = String::new();
        let (mut at, mut copied) = (0, 0);
        // Where escapes end that stand for something between words.
        let mut gaps: HashSet<usize> = HashSet::new();
        while at < bytes.len() {
            if shown.len() + (at - copied) >= len && text.is_char_boundary(at) {
                break;
            }
            if !begins[usize::from(bytes[at])] {
                at += 1;
                continue;
            }
            let forms = forms.iter().map(|form| form.expose_secret().as_bytes());
            let found = forms.filter_map(|form| reader.match_at(at, form)).max();
            let is_word = |end: usize| {
                let before = at.checked_sub(1).map(|before| bytes[before]);
                (before.is_none_or(is_gap) || gaps.contains(&at))
                    && bytes.get(end).copied().is_none_or(is_gap)
            };
            match found.filter(|end| !only_words || is_word(*end)) {
                Some(end) => {
                    shown.push_str(&text[copied..at]);
                    shown.push_str(mark);
                    (at, copied) = (end, end);
                }
                None => {
                    if *only_words && is_introducer(bytes[at]) {
                        let readings = reader.readings(at);
                        let ends = readings.iter().filter(|(c, _)| is_gap(*c)).map(|(_, end)| end);
                        gaps.extend(ends);
                    }
                    at += 1;
                }
            }
        }
        if copied == 0 {
            return Cow::Borrowed(&text[..at]);
        }
        shown.push_str(&text[copied..at]);
        Cow::Owned(shown)
    }
}

/// Whether a byte parts words. One that is not ASCII does, to be on the safe side.
fn is_gap(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && byte != b'_'
}

/// The text in the token's place. It neither is the token nor makes one with the text around it.
fn mark(token: &str) -> &'static str {
    if token.contains(['[', ']']) {
        "…"
    } else if "[token]".contains(token) {
        "[hidden]"
    } else {
        "[token]"
    }
}

/// The part that is the same in all base64 with the secret in it: three forms, since the secret can
/// begin at three positions in a group, in both alphabets.
fn in_base64(secret: &[u8]) -> HashSet<String> {
    let forms = (0..3).flat_map(|before| {
        let bytes = [&[0; 3][..before], secret].concat();
        // Leave out characters that depend on the neighbours, too.
        let inside = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
            .map(|text| text[inside.clone()].to_owned())
    });
    forms.collect()
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(token: &str, text: &str) -> String {
        Redactor::new(&token.into()).redact(text).into_owned()
    }

    #[test]
    fn every_spelling_is_hidden() {
        const TOKEN: &str = "sekrit/TOKEN+1\"&%";
        for spelling in [
            r#"sekrit/TOKEN+1"&%"#,
            r#"sekrit\/TOKEN+1\"&%"#,
            r#"sekrit\\/TOKEN+1\\"&%"#,
            r#"sekrit\\\/TOKEN+1\\\"&%"#,
            r#"\u0073ekrit\u002FTOKEN\u002b1\u0022\u0026%"#,
            r#"\\u0073ekrit\\u002FTOKEN+1\\\"&%"#,
            r#"sekrit\x2fTOKEN+1\'&%"#,
            "sekrit%2FTOKEN%2b1%22%26%25",
            "%73%65%6B%72%69%74%2f%54%4f%4B%45%4e%2B%31%22%26%25",
            "sekrit%252FTOKEN%252B1%2522%2526%2525",
            "sekrit&#47;TOKEN&#x2B;1&quot;&amp;%",
            "sekrit&sol;TOKEN&plus;1&#000034;&amp&percnt;",
            "sekrit&amp;#47;TOKEN+1&amp;quot;&amp;amp;%",
            r#"sekrit%5C%2FTOKEN+1\&quot;\u0026%"#,
            // As parts of `Bearer <token>`, `user:<token>` and `x<token>` in base64.
            "QmVhcmVyIHNla3JpdC9UT0tFTisxIiYl",
        ] {
            let text = format!("ä {spelling} ö");
            let shown = redact(TOKEN, &text);
            if spelling.contains(r"\'") {
                assert_eq!(shown, text, "another character");
            } else if spelling.starts_with("QmVh") {
                assert_eq!(shown, "ä QmVhcmVyIH[token] ö");
            } else {
                assert_eq!(shown, "ä [token] ö", "{spelling}");
            }
        }
        assert_eq!(redact(TOKEN, "nothing"), "nothing");
        assert_eq!(redact("", "nothing"), "nothing");
    }

    #[test]
    fn the_mark_makes_no_token() {
        for (token, text, shown) in [
            ("aXaXaXaX", "aXaXaXaXaXaX", "[token]aXaX"),
            ("token]abc", "token]abcabc", "…abc"),
            ("token", "a token", "a [hidden]"),
            ("hidden", "hidden", "[token]"),
        ] {
            assert_eq!(redact(token, text), shown, "{token}");
        }
    }

    #[test]
    fn a_short_token_is_hidden_as_a_word_alone() {
        for (text, shown) in [
            ("completed", "completed"),
            ("let it", "[token] it"),
            (r#"{"token":"let","outlet":1}"#, r#"{"token":"[token]","outlet":1}"#),
            ("Bearer%20let", "Bearer%20[token]"),
            (r"Bearer\nlet\tx", r"Bearer\n[token]\tx"),
            (r"Bearer\u0020\u006cet", r"Bearer\u0020[token]"),
            ("Bearer%5Cnlet", "Bearer%5Cn[token]"),
            ("outlet&nbsp;let", "outlet&nbsp;[token]"),
            ("let_me", "let_me"),
        ] {
            assert_eq!(redact("let", text), shown);
        }
    }

    #[test]
    fn long_texts_take_no_longer_than_their_length_asks() {
        let redactor = Redactor::new(&r"\%&\%&\%&a".into());
        for part in ["\\", "%25", "%5C", "&amp;", "&#0000000", "\\u005c", "%", "&#x25;32", "a"] {
            let text = part.repeat(100_000 / part.len());
            assert_eq!(redactor.redact(&text).len(), text.len());
        }
    }
}
