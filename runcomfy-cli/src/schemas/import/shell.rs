//! The `curl` commands in a text.

use std::ops::Range;

use super::blocks::MAX_WASTE;
use crate::schemas::tree::Tree;

/// A `curl` command.
#[derive(Debug)]
pub(super) struct Command {
    /// Its place in the text.
    pub(super) range: Range<usize>,
    pub(super) urls: Vec<String>,
    /// What it sends.
    pub(super) data: Option<String>,
    method: Option<String>,
}

impl Command {
    /// Whether it sends a request to a model.
    pub(super) fn is_post(&self) -> bool {
        match &self.method {
            Some(method) => method.eq_ignore_ascii_case("POST"),
            None => self.data.is_some(),
        }
    }

    /// The body, if it is a JSON object.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn body(&self) -> Result<Tree, String> {
        let data = self.data.as_deref().ok_or("the command has no body (`--data`)")?.trim_start();
        if let Some(file) = data.strip_prefix('@') {
            return Err(format!("the body is in the file {file:?}; write it into the command"));
        }
        // Copied text may go on right after the command.
        match Tree::at_start(data) {
            Ok((tree, _)) if tree.is_object() => Ok(tree),
            Ok(_) => Err("the body is not a JSON object".to_owned()),
            Err(error) => Err(format!("the body is not JSON: {error}")),
        }
    }
}

/// Finds the commands of a text.
pub(super) fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let (mut from, mut left) = (0, MAX_WASTE);
    while let Some(found) = text[from..].find("curl") {
        let start = from + found;
        from = start + "curl".len();
        let is_word = !text[..start].ends_with(|c: char| c.is_alphanumeric() || "_-./".contains(c));
        let rest = text[from..].strip_prefix(".exe").unwrap_or(&text[from..]);
        if !is_word || !rest.starts_with([' ', '\t', '\\']) {
            continue;
        }
        let end = end_of(&text[start..]);
        match end.and_then(|end| command(&text[start..start + end], start)) {
            Some(command) => {
                from = command.range.end;
                commands.push(command);
            }
            // Prose.
            None => left = left.saturating_sub(end.unwrap_or(text.len() - start)),
        }
        if left == 0 {
            break;
        }
    }
    commands
}

/// The length of the command at the start of a text. `None` if a quote does not end.
fn end_of(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        match (quote, c) {
            (None, '\n') => return Some(at),
            // `^` is the backslash of Windows.
            (None | Some('"'), '\\') | (None, '^') => {
                let escaped = characters.next();
                // A new line of Windows is two characters.
                _ = escaped
                    .and_then(|(_, c)| characters.next_if(|(_, next)| (c, *next) == ('\r', '\n')));
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if c == open => {
                quote = None;
                // Copied text may go on right after the command.
                let goes_on = |next: char| next.is_whitespace() || "'\"\\^$|;&".contains(next);
                match characters.peek() {
                    Some((end, next)) if !goes_on(*next) => return Some(*end),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    quote.is_none().then_some(text.len())
}

fn command(text: &str, start: usize) -> Option<Command> {
    let unix = text.replace("^\r\n", "\\\n").replace("^\n", "\\\n").replace("\\\r\n", "\\\n");
    let mut words = shlex::split(&unix)?.into_iter().skip(1);
    let mut command =
        Command { range: start..start + text.len(), urls: Vec::new(), data: None, method: None };
    const DATA: [&str; 5] = ["--data", "--data-raw", "--data-binary", "--data-ascii", "--json"];
    while let Some(word) = words.next() {
        let (option, mut value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
            _ => (&*word, None),
        };
        // `-d'{}'`, `-XPOST`
        let short = ["-d", "-X"].into_iter().find(|short| word.starts_with(short));
        let option = match short {
            Some(short) => {
                value = Some(word[short.len()..].to_owned()).filter(|value| !value.is_empty());
                short
            }
            None => option,
        };
        match option {
            "-d" => command.data = value.or_else(|| words.next()),
            _ if DATA.contains(&option) => command.data = value.or_else(|| words.next()),
            "-X" | "--request" => command.method = value.or_else(|| words.next()),
            "--url" => command.urls.extend(value.or_else(|| words.next())),
            "-H" | "--header" if value.is_none() => _ = words.next(),
            _ if word.starts_with("http://") || word.starts_with("https://") => {
                command.urls.push(word);
            }
            _ => {}
        }
    }
    (!command.urls.is_empty()).then_some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_any_form() {
        for (text, body) in [
            (
                "curl --request POST \\\n --url https://x.example/a --data '{\"a\": 1}'",
                "{\"a\": 1}",
            ),
            ("$ curl https://x.example/a -d'{\"a\": 1}'Und weiter: it's {", "{\"a\": 1}"),
            ("curl -XPOST https://x.example/a --json={} ; echo", "{}"),
            ("curl.exe https://x.example/a ^\r\n -d \"{\\\"a\\\": 1}\"\r\n{", "{\"a\": 1}"),
            (r#"curl "https://x.example/a" --data-raw '{"a": "it'\''s"}'"#, r#"{"a": "it's"}"#),
        ] {
            let commands = commands(text);
            assert_eq!(commands.len(), 1, "{text}");
            assert_eq!(commands[0].urls, ["https://x.example/a"], "{text}");
            assert!(commands[0].is_post(), "{text}: {commands:?}");
            assert_eq!(commands[0].body().unwrap().to_string(), body, "{text}");
        }
    }

    #[test]
    fn prose_is_not_a_command() {
        for text in [
            "Use curl to call it. Don't {\"type\"",
            "curly https://x.example",
            "curl",
            "libcurl https://x.example",
            "curl 'https://x.example",
        ] {
            assert!(commands(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_body_that_is_none_says_why() {
        let body = |text: &str| commands(text)[0].body().unwrap_err();
        assert!(body("curl https://x.example").contains("no body"));
        assert!(
            body("curl https://x.example -d @a.json").contains("\"@a.json\"")
                || body("curl https://x.example -d @a.json").contains("\"a.json\"")
        );
        assert!(body("curl https://x.example -d '[1]'").contains("not a JSON object"));
        assert!(body("curl https://x.example -d '{'").contains("not JSON"));
    }
}
