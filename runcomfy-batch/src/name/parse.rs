//! A template from its text.

use std::str::FromStr;

use runcomfy_schema::printable::is_hidden;
use runcomfy_types::media_type::mime_of_extension;

use super::clean::is_reserved;
use super::{FIELD_PREFIX, InvalidNameTemplate, NameTemplate, OWN, Part, Placeholder};

/// In bytes.
const MAX_TEMPLATE_LEN: usize = 1000;
const MAX_SEGMENTS: usize = 8;
/// In bytes, of the literal text of a segment. The rest is for values.
const MAX_LITERAL_LEN: usize = 60;

impl FromStr for NameTemplate {
    type Err = InvalidNameTemplate;

    fn from_str(template: &str) -> Result<Self, Self::Err> {
        let fail = |reason: String| InvalidNameTemplate::new(template, reason);
        if template.len() > MAX_TEMPLATE_LEN {
            return Err(fail(format!("it is longer than {MAX_TEMPLATE_LEN} bytes")));
        }
        let mut segments = split(template).map_err(fail)?;
        if segments.len() > MAX_SEGMENTS {
            return Err(fail(format!(
                "it has more than {MAX_SEGMENTS} parts with `/` between them"
            )));
        }
        if let Some(last) = segments.last_mut() {
            drop_extension(last);
        }
        segments.iter().try_for_each(|segment| check(segment).map_err(fail))?;
        Ok(Self { segments })
    }
}

fn split(template: &str) -> Result<Vec<Vec<Part>>, String> {
    let mut segments = Vec::new();
    let (mut segment, mut literal) = (Vec::new(), String::new());
    let end_literal = |literal: &mut String, segment: &mut Vec<Part>| {
        if !literal.is_empty() {
            segment.push(Part::Literal(std::mem::take(literal)));
        }
    };
    let mut rest = template.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '{' | '}' if rest.next_if(|(_, next)| *next == c).is_some() => literal.push(c),
            '{' => {
                let after = &template[at + 1..];
                let Some(len) = after.find('}') else {
                    return Err("a `{` is never closed; a brace itself is written `{{`".to_owned());
                };
                let name = &after[..len];
                end_literal(&mut literal, &mut segment);
                segment.push(Part::Value(placeholder(name)?));
                while rest.next_if(|(place, _)| *place <= at + 1 + len).is_some() {}
            }
            '}' => return Err("a `}` was never opened; a brace itself is written `}}`".to_owned()),
            '/' => {
                end_literal(&mut literal, &mut segment);
                segments.push(std::mem::take(&mut segment));
            }
            '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | ';' => {
                return Err(format!(
                    "file names cannot contain {c:?} everywhere; folders are separated by `/`"
                ));
            }
            c if is_hidden(c) => {
                return Err(format!("it contains the invisible character {}", c.escape_default()));
            }
            c => literal.push(c),
        }
    }
    end_literal(&mut literal, &mut segment);
    segments.push(segment);
    Ok(segments)
}

fn placeholder(name: &str) -> Result<Placeholder, String> {
    let own = OWN.iter().find(|(own, _)| *own == name);
    if let Some((_, own)) = own {
        return Ok(own.clone());
    }
    let field = name.strip_prefix(FIELD_PREFIX).unwrap_or(name);
    if field.is_empty() || field.contains(['{', '}', '/']) || field.contains(is_hidden) {
        let own: Vec<_> = OWN.iter().map(|(name, _)| format!("`{{{name}}}`")).collect();
        return Err(format!(
            "`{{{}}}` names nothing; there are {}, and the fields of the input, such as `{{seed}}`",
            runcomfy_schema::printable::printable(name),
            own.join(", ")
        ));
    }
    Ok(Placeholder::Field(field.to_owned()))
}

/// A file has the extension of its type, and not two of them.
fn drop_extension(segment: &mut Vec<Part>) {
    if let [.., Part::Literal(dot), Part::Value(Placeholder::Field(field))] = &mut **segment
        && field == "ext"
        && dot.ends_with('.')
    {
        segment.pop();
        if let Some(Part::Literal(dot)) = segment.last_mut() {
            dot.pop();
        }
    } else if let Some(Part::Literal(literal)) = segment.last_mut()
        && let Some((stem, extension)) = literal.rsplit_once('.')
        && mime_of_extension(extension).is_some()
    {
        literal.truncate(stem.len());
    }
    segment.pop_if(|part| matches!(part, Part::Literal(text) if text.is_empty()));
}

fn check(segment: &[Part]) -> Result<(), String> {
    let mut literal_len = 0;
    for (at, part) in segment.iter().enumerate() {
        match part {
            Part::Literal(text) => literal_len += text.len(),
            Part::Value(placeholder) if segment[..at].contains(part) => {
                return Err(format!("the name of a folder or file has `{{{placeholder}}}` twice"));
            }
            Part::Value(_) => {}
        }
    }
    if literal_len > MAX_LITERAL_LEN {
        return Err(format!(
            "the name of a folder or file has more than {MAX_LITERAL_LEN} bytes besides placeholders"
        ));
    }
    match segment {
        [] => Err("the name of a folder or file is empty".to_owned()),
        [Part::Literal(text), ..] if text.starts_with(['.', ' ']) => {
            Err("the name of a folder or file begins with `.` or a space".to_owned())
        }
        [Part::Literal(text)] if is_reserved(text) => Err(format!("the name {text:?} is reserved")),
        [.., Part::Literal(text)] if text.ends_with(['.', ' ']) => {
            Err("the name of a folder or file ends with `.` or a space".to_owned())
        }
        _ => Ok(()),
    }
}

/// A wire key without the id of a workflow's node: `149_steps` is `steps`.
pub(super) fn without_node_id(key: &str) -> &str {
    match key.split_once('_') {
        Some((id, rest))
            if !id.is_empty()
                && !rest.is_empty()
                && id.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            rest
        }
        _ => key,
    }
}
