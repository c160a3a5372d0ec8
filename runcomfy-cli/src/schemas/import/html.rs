//! A saved web page as text: what a reader sees, and the data of its scripts.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// A web page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The visible text; each block begins on a line of its own.
    pub(super) text: String,
    /// The contents of the scripts.
    pub(super) scripts: Vec<String>,
}

/// Whether a text is HTML.
pub(super) fn is_html(text: &str) -> bool {
    let start: String =
        text.trim_start().chars().take(2000).collect::<String>().to_ascii_lowercase();
    // A saved page may begin with a comment.
    let after_comments = start.rsplit_once("-->").map_or(&*start, |(_, rest)| rest);
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag))
        || (start.starts_with("<!--") && after_comments.contains("<html"))
        || (start.starts_with('<') && start.contains("<pre"))
}

/// Reads a page.
pub(super) fn read(html: &str) -> Page {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // The sink asks for no script to be run, so the tokenizer reads to the end.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().page
}

#[derive(Default)]
struct Sink(RefCell<State>);

#[derive(Default)]
struct State {
    page: Page,
    /// The element whose content is no visible text, and how many of its kind are open inside it.
    skipped: Option<(String, usize)>,
    is_script: bool,
    /// How many elements are open in which white space counts.
    verbatim: usize,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) => return state.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str) {
        if self.is_script {
            if let Some(script) = self.page.scripts.last_mut() {
                script.push_str(text);
            }
        } else if self.skipped.is_some() {
            // Not for readers.
        } else if self.verbatim > 0 {
            self.page.text.push_str(text);
        } else {
            for c in text.chars() {
                let c = if c.is_whitespace() { ' ' } else { c };
                if c != ' ' || !self.page.text.ends_with([' ', '\n']) {
                    self.page.text.push(c);
                }
            }
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let is_start = tag.kind == TagKind::StartTag;
        if let Some((skipped, open)) = &mut self.skipped {
            if name == skipped {
                *open = if is_start { *open + 1 } else { open.saturating_sub(1) };
                if *open == 0 {
                    self.skipped = None;
                    self.is_script = false;
                }
            }
            return TokenSinkResult::Continue;
        }
        if matches!(name, "pre" | "code" | "textarea") {
            self.verbatim =
                if is_start { self.verbatim + 1 } else { self.verbatim.saturating_sub(1) };
        }
        if is_block(name) && !self.page.text.is_empty() && !self.page.text.ends_with('\n') {
            self.page.text.push('\n');
        }
        if !is_start {
            return TokenSinkResult::Continue;
        }
        if name == "script" {
            self.is_script = true;
            self.page.scripts.push(String::new());
        }
        // `<svg/>` has no content, nor have `<br>` and the like.
        let is_empty = tag.self_closing || is_void(name);
        if (is_hidden(name) || is_line_number(tag)) && (name == "script" || !is_empty) {
            self.skipped = Some((name.to_owned(), 1));
        }
        match name {
            "script" => TokenSinkResult::RawData(ScriptData),
            "style" | "noscript" | "iframe" | "xmp" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(Rawtext)
            }
            "textarea" | "title" => TokenSinkResult::RawData(Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

/// Whether the content of an element is not for readers, or no part of the text.
fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "button"
            | "title"
            | "iframe"
            | "noembed"
            | "noframes"
    )
}

/// Whether an element never has content, and so no end tag.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether an element begins a line.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "br"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "td"
            | "th"
            | "tr"
            | "ul"
    )
}

/// Whether an element holds the number of a line of code, which is no part of the code.
fn is_line_number(tag: &Tag) -> bool {
    let classes = tag.attrs.iter().filter(|attribute| &*attribute.name.local == "class");
    let is_it = |class: &str| {
        let class = class.to_ascii_lowercase().replace(['-', '_'], "");
        class.ends_with("linenumber") || class.ends_with("lineno")
    };
    classes.flat_map(|attribute| attribute.value.split_ascii_whitespace()).any(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_a_reader_sees() {
        let html = "<!DOCTYPE html><html><head><title>t</title><style>a{}</style>\
            <script>let a = \"<p>\";</script></head><body><h1>One &amp;\n two</h1>\n<p>three<button>Copy {</button>\
            <pre><code><span class=\"react-syntax-highlighter-line-number\">1</span><span>{&quot;a&quot;:</span>\n  <b>1</b>}</code></pre>end\
            <svg/><input class=\"lineno\"><svg><text>{}</text></svg> here</body></html>";
        let page = read(html);
        assert_eq!(page.text, "One & two\nthree\n{\"a\":\n  1}\nend here");
        assert_eq!(page.scripts, ["let a = \"<p>\";"]);
        assert!(is_html(html) && is_html("<!-- saved from url=(0014)about:internet -->\n<html>"));
        assert!(!is_html("{\"a\": \"<html>\"}") && !is_html("curl https://x.example"));
    }

    #[test]
    fn broken_pages_are_read_to_the_end() {
        for (html, text, scripts) in [
            ("<p>a<script>let b", "a", &["let b"][..]),
            ("a<p>b</div>c", "a\nb\nc", &[]),
            ("a<pre", "a", &[]),
            ("a<!-- b", "a", &[]),
            ("a<button>b<button>c", "a", &[]),
            ("a</pre></pre>&#xfffffff;b", "a\n\u{fffd}b", &[]),
            ("a\0<", "a<", &[]),
        ] {
            let page = read(html);
            assert_eq!(page.text, text, "{html}");
            assert_eq!(page.scripts, scripts, "{html}");
        }
    }
}
