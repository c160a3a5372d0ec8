//! The JSON objects in a text that is not JSON as a whole.

use std::ops::Range;

use runcomfy_schema::json::syntax::{offset_of, reason};

use crate::schemas::tree::Tree;

/// A JSON value in a text. Objects inside it are no blocks of their own.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) range: Range<usize>,
    pub(super) line: usize,
    pub(super) tree: Tree,
}

impl Block {
    /// Whether the text around the value shows that it stands inside another one, whose beginning or end
    /// is missing: a key before it, or a bracket after it.
    pub(super) fn is_part(&self, text: &str) -> bool {
        let before = text[..self.range.start].trim_end();
        let after = text[self.range.end..].trim_start();
        let has_key = before.strip_suffix(':').is_some_and(|key| key.trim_end().ends_with('"'));
        let goes_on = after
            .strip_prefix(',')
            .is_some_and(|next| next.trim_start().starts_with(['"', '{', '[']));
        has_key || goes_on || after.starts_with(['}', ']'])
    }
}

/// An object that begins like JSON, and is none.
#[derive(Debug)]
pub(super) struct Broken {
    /// From its start to its last brace, as far as the braces tell.
    range: Range<usize>,
    pub(super) line: usize,
    pub(super) reason: String,
    /// Whether it begins like a schema.
    pub(super) is_like_schema: bool,
}

impl Broken {
    /// Whether a block is a part of it. Then the block is not the schema of a model.
    pub(super) fn holds(&self, block: &Block) -> bool {
        self.range.contains(&block.range.start)
    }
}

/// How many bytes are read in vain before a text is given up.
pub(super) const MAX_WASTE: usize = 64 << 20;

/// What a text has.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) blocks: Vec<Block>,
    pub(super) broken: Vec<Broken>,
}

/// The line of a position, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// How many objects may be broken before a text is given up: each may be read to the end of the text.
const MAX_BROKEN: usize = 200;

/// Finds the outermost JSON values of a text.
pub(super) fn find(text: &str) -> Blocks {
    find_within(text, MAX_WASTE)
}

fn find_within(text: &str, max_waste: usize) -> Blocks {
    let mut found = Blocks::default();
    let (mut at, mut counted, mut line) = (0, 0, 1);
    let mut left = max_waste;
    while let Some(start) = next_start(text, at) {
        line += text[counted..start].matches('\n').count();
        counted = start;
        match Tree::at_start(&text[start..]) {
            Ok((tree, len)) => {
                at = start + len;
                found.blocks.push(Block { range: start..at, line, tree });
            }
            Err(error) => {
                let is_eof = error.is_eof();
                let error = if is_eof { error } else { better(&text[start..], error) };
                let failed = start + offset_of(&text[start..], &error);
                let reason = format!("line {}: {}", line_at(text, failed), reason(&error));
                let before = &text[start..failed];
                let is_like_schema = [
                    "\"properties\"",
                    "\"$ref\"",
                    "\"$defs\"",
                    "\"$schema\"",
                    "\"input_schema\"",
                    "\"openapi\"",
                ]
                .iter()
                .any(|key| before.contains(key));
                let whole = balanced(&text[start..]);
                left = left.saturating_sub(whole.unwrap_or(text.len() - start));
                let end = match whole {
                    _ if is_eof => text.len(),
                    Some(len) => start + len,
                    None => failed,
                };
                found.broken.push(Broken { range: start..end, line, reason, is_like_schema });
                at = failed.max(start + 1);
                if is_eof {
                    // Whatever follows is a part of it.
                    break;
                }
                if found.broken.len() >= MAX_BROKEN || left == 0 {
                    // The rest is not read, so nothing may be taken from this text.
                    let reason = "and there are more of them".to_owned();
                    let range = 0..text.len();
                    found.broken.push(Broken { range, line, reason, is_like_schema: true });
                    break;
                }
            }
        }
    }
    found
}

/// The next place where an object begins: `{` and a key, or a list of objects. `{request_id}` is none.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let begins = |rest: &str| {
        let object = |rest: &str| {
            rest.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
        };
        object(rest) || rest.strip_prefix('[').is_some_and(|rest| object(rest.trim_start()))
    };
    let places = text.get(from..)?.match_indices(['{', '[']);
    places.map(|(at, _)| from + at).find(|at| begins(&text[*at..]))
}

/// The error of a reader that builds a value: it knows more than one that only looks for the end.
fn better(text: &str, error: serde_json::Error) -> serde_json::Error {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    values.next().and_then(Result::err).unwrap_or(error)
}

/// The length of an object by its braces. `None` if they do not match.
fn balanced(text: &str) -> Option<usize> {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_string => is_escaped = true,
            '"' => is_string = !is_string,
            '{' if !is_string => depth += 1,
            '}' if !is_string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_outermost_objects_are_blocks() {
        let found = find(
            "see {request_id} {} x\n{\"a\": {\"b\": 1}}{ \"c\": [{}] } [{\"d\": 1}, 2] { \"e\"",
        );
        let shown: Vec<_> = found.blocks.iter().map(|block| block.tree.to_string()).collect();
        assert_eq!(shown, ["{}", "{\"a\": {\"b\": 1}}", "{\"c\": [{}]}", "[{\"d\": 1}, 2]"]);
        assert_eq!(found.blocks[2].line, 2);
        assert_eq!(found.broken.len(), 1);
    }

    #[test]
    fn a_part_of_a_broken_object_is_known_as_one() {
        for text in [
            "{\"type\": \"object\", \"properties\": {\"a\": {\"properties\": {}},}}",
            "{\"type\" \"object\", \"properties\": {\"a\": {\"properties\": {}}}}",
        ] {
            let found = find(text);
            assert!(!found.broken.is_empty());
            for block in &found.blocks {
                assert!(found.broken.iter().any(|broken| broken.holds(block)), "{text}");
            }
        }
    }

    /// Each attempt reads the text at most to its end, so few attempts take little time.
    #[test]
    fn hostile_text_takes_few_attempts() {
        for (part, blocks, broken) in [
            ("{}\n", 20_000, 0),
            ("{\"", 0, MAX_BROKEN + 1),
            ("{\"a\":", 0, 1),
            ("[{}", 0, MAX_BROKEN + 1),
        ] {
            let found = find(&part.repeat(20_000));
            assert_eq!((found.blocks.len(), found.broken.len()), (blocks, broken), "{part}");
        }
        // Of a long text, fewer: each of these attempts is in vain for about 2,000 bytes.
        let found = find_within(&"{\"".repeat(1000), 9_000);
        assert_eq!(found.broken.len(), 5 + 1);
    }
}
