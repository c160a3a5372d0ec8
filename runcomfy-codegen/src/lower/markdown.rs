//! Strings of a schema as Markdown that shows them literally: none of their characters is markup, and
//! none of their HTML reaches rustdoc's pages.

use crate::printable::{is_hidden, printable};

/// Inline code. The fence is longer than any run of backticks inside.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        // Markdown has no empty code: two backticks would open a longer fence.
        return "`\"\"`".to_owned();
    }
    let text = printable(text);
    let longest = if text.contains('`') {
        text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
    } else {
        0
    };
    let fence = "`".repeat(longest + 1);
    // Markdown strips one space from both sides, unless the code is all spaces.
    let (start, end) = (text.chars().next(), text.chars().next_back());
    let has_spaces = start == Some(' ') && end == Some(' ') && text.contains(|c| c != ' ');
    let pad = if has_spaces || start == Some('`') || end == Some('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Code in a cell of a table, which a `|` would end.
pub(super) fn cell(text: &str) -> String {
    if text.contains('|') { paragraph(&words(&printable(text))) } else { code(text) }
}

/// A title without its last full stop or colon.
pub(super) fn title(title: &str) -> String {
    paragraph(words(title).trim_end_matches(['.', ':']))
}

/// A link to a type of the same module. It says `type@`, since the prelude may have a macro of the
/// same name: `Clone`, `Hash`.
pub(crate) fn link(type_name: &str) -> String {
    format!("[`type@{type_name}`]")
}

/// A title as a sentence.
pub(super) fn sentence(title: &str) -> String {
    let title = words(title);
    if title.is_empty() || title.ends_with(['.', '!', '?']) {
        paragraph(&title)
    } else {
        paragraph(&(title + "."))
    }
}

/// Paragraphs of plain text: no character is markup, and indentation does not make code.
pub(super) fn escape(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(|part| paragraph(&words(part)));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The words of a string, with one space between them, without invisible characters.
fn words(text: &str) -> String {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let words = text.split(is_gap).map(|word| word.replace(is_hidden, ""));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Escapes words on one line, so that they form one paragraph.
fn paragraph(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    let number = words.trim_start_matches(|c: char| c.is_ascii_digit());
    let before_number = words.len() - number.len();
    let mut before = None;
    for (at, c) in words.char_indices() {
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' => true,
            // Would begin a list, a rule or a heading; and two hyphens would become a dash.
            '-' => at == 0 || before == Some('-'),
            '+' | '=' => at == 0,
            // Would begin a numbered list.
            '.' | ')' => at > 0 && at == before_number,
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// Rustdoc's extensions of CommonMark, without its smart punctuation.
    const RUSTDOC: Options = Options::ENABLE_TABLES
        .union(Options::ENABLE_FOOTNOTES)
        .union(Options::ENABLE_STRIKETHROUGH)
        .union(Options::ENABLE_TASKLISTS);

    /// The paragraphs of a Markdown text, with marks around code. Panics on any other markup.
    fn read(markdown: &str, options: Options) -> Vec<String> {
        let mut paragraphs: Vec<String> = Vec::new();
        for event in Parser::new_ext(markdown, options) {
            let last = paragraphs.last_mut();
            match (event, last) {
                (Event::Start(Tag::Paragraph), _) => paragraphs.push(String::new()),
                (Event::End(TagEnd::Paragraph), _) => {}
                (Event::Text(text), Some(last)) => last.push_str(&text),
                (Event::Code(code), Some(last)) => last.push_str(&format!("\u{1}{code}\u{2}")),
                (other, _) => panic!("{other:?} in {markdown:?}"),
            }
        }
        paragraphs
    }

    /// A random string of pieces that may be markup.
    fn text(random: &mut fastrand::Rng) -> String {
        const PARTS: [&str; 60] = [
            "a",
            "word",
            "1",
            "23",
            " ",
            " ",
            "  ",
            "\t",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            "    ",
            "`",
            "``",
            "```",
            "~~~",
            "~",
            "*",
            "**",
            "_",
            "__",
            "[",
            "]",
            "(",
            ")",
            "[x]",
            "![",
            "^",
            "[^1]",
            ": ",
            "<",
            ">",
            "<b>",
            "</script>",
            "<!--",
            "<?",
            "<![CDATA[",
            "<a@b.cd>",
            "<https://e.com>",
            "&",
            "&amp;",
            "&#60;",
            "#",
            "# ",
            "-",
            "--",
            "- ",
            "+ ",
            "=",
            "===",
            "|",
            "|-|",
            ".",
            ". ",
            "!",
            "\\",
            "\"",
            "'",
            "\u{2028}",
        ];
        (0..random.usize(0..12)).map(|_| *random.choice(&PARTS).unwrap()).collect()
    }

    fn plain(text: &str) -> String {
        words(text)
    }

    #[test]
    fn strings_stay_plain_text_in_markdown() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..100_000 {
            let text = text(&mut random);
            let escaped = escape(&text);
            read(&escaped, RUSTDOC | Options::ENABLE_SMART_PUNCTUATION);
            let paragraphs = read(&escaped, RUSTDOC).join(" ");
            assert_eq!(paragraphs, plain(&text.replace("\r\n", "\n")), "{text:?}: {escaped:?}");
            let one = read(&sentence(&text), RUSTDOC).concat();
            assert_eq!(one.trim_end_matches('.'), plain(&text).trim_end_matches('.'), "{text:?}");
        }
    }

    #[test]
    fn code_stays_code_with_any_content_and_neighbours() {
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..100_000 {
            let (first, second) = (text(&mut random), text(&mut random));
            let markdown = format!(
                "{}, {} and {}.",
                code(&first),
                escape(&second).replace("\n\n", " "),
                code(&second)
            );
            let shown = |text: &str| {
                if text.is_empty() { "\"\"".to_owned() } else { printable(text).into_owned() }
            };
            let expected = format!(
                "\u{1}{}\u{2}, {} and \u{1}{}\u{2}.",
                shown(&first),
                plain(&second),
                shown(&second)
            );
            let collapsed = |text: &str| text.replace(",  and", ", and");
            assert_eq!(
                collapsed(&read(&markdown, RUSTDOC).concat()),
                collapsed(&expected),
                "{first:?} {second:?}: {markdown}"
            );
            read(&markdown, RUSTDOC | Options::ENABLE_SMART_PUNCTUATION);
        }
    }

    #[test]
    fn common_strings_are_barely_escaped() {
        for (text, expected) in [
            ("Number of steps", "Number of steps."),
            ("What? (W:H)", "What? (W:H)."),
            ("snake_case *and* [link]", "snake\\_case \\*and\\* \\[link\\]."),
            ("1. First", "1\\. First."),
            ("1", "1\\."),
            ("- a -- b-c", "\\- a -\\- b-c."),
            ("v1.5", "v1.5."),
        ] {
            assert_eq!(sentence(text), expected);
        }
        for (text, expected) in [
            ("149_steps", "`149_steps`"),
            ("", "`\"\"`"),
            (" ", "` `"),
            ("`", "`` ` ``"),
            ("x `` [Foo] y", "```x `` [Foo] y```"),
            ("a``b`c", "```a``b`c```"),
            (" a ", "`  a  `"),
            ("a\r\n\u{2028}b", "`a\\r\\n\\u{2028}b`"),
        ] {
            assert_eq!(code(text), expected);
        }
    }
}
