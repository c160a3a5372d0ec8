//! Resolves references.

use crate::keyword::nearest;
use crate::pointer;

use super::diagnostics::Diagnostics;
use super::json::{Node, Value};
use super::keywords::SchemaReader;
use super::schema::{Definitions, Reference, Root, Schema, SchemaId};

/// Reads a schema and the targets of its references. A reference is looked up from `root`, then
/// from the root of the file.
pub(crate) fn read(file: &Node, root: &Node, schema: &Node, diagnostics: &mut Diagnostics) -> Root {
    let mut reader = SchemaReader {
        diagnostics,
        references: Vec::new(),
        root: SchemaId::of(root),
        is_before_2019: is_before_2019(root),
        has_dynamic_anchors: has_dynamic_anchors(root),
    };
    let schema = reader.read(schema);
    let mut definitions = Definitions::default();
    while let Some(reference) = reader.references.pop() {
        if definitions.get(&reference.text).is_some() {
            continue;
        }
        let found = target(root, &reference.text).or_else(|| target(file, &reference.text));
        let Some(target) = found else {
            let Reference { keyword, text, .. } = &reference;
            let message = format!("`{keyword}` {text:?} has no target in the file");
            let help = match similar(root, text).or_else(|| similar(file, text)) {
                Some(near) => format!("did you mean {near:?}?"),
                None => "write a JSON pointer into the file, as in \"#/$defs/name\"".to_owned(),
            };
            reader.diagnostics.error(&reference.location, message, help);
            continue;
        };
        let target = reader.read(target);
        definitions.0.insert(reference.text, target);
    }
    if report_endless(&definitions, diagnostics) {
        // A cycle must not be followed any further.
        definitions = Definitions::default();
    }
    Root { schema, definitions }
}

/// A reference to a neighbour of the target, whose name is similar.
fn similar(root: &Node, text: &str) -> Option<String> {
    let (parent, name) = text.rsplit_once('/')?;
    let Value::Object(members) = &target(root, parent)?.value else { return None };
    let keys = members.iter().map(|member| member.key.as_str());
    // A key with these characters would be written in another way.
    let near = nearest(name, keys.filter(|key| !key.contains(['~', '/', '%'])))?;
    Some(format!("{parent}/{near}"))
}

fn is_before_2019(root: &Node) -> bool {
    let draft = match root.member("$schema").map(|node| &node.value) {
        Some(Value::String(draft)) => draft,
        _ => return false,
    };
    ["draft-03", "draft-04", "draft-06", "draft-07"].iter().any(|old| draft.contains(old))
}

/// Whether the file has anchors that can change the target of a reference.
fn has_dynamic_anchors(node: &Node) -> bool {
    match &node.value {
        Value::Array(items) => items.iter().any(has_dynamic_anchors),
        Value::Object(members) => members.iter().any(|member| match member.key.as_str() {
            "$dynamicAnchor" => true,
            "$recursiveAnchor" => member.node.value == Value::Bool(true),
            "enum" | "const" | "default" | "examples" => false,
            _ => has_dynamic_anchors(&member.node),
        }),
        _ => false,
    }
}

/// The target of `#`, `#/a/json/pointer` or `#anchor`.
fn target<'a>(root: &'a Node, reference: &str) -> Option<&'a Node> {
    let fragment = decoded(reference.strip_prefix('#')?)?;
    if fragment.is_empty() {
        return Some(root);
    }
    let Some(pointer) = fragment.strip_prefix('/') else { return anchored(root, &fragment) };
    pointer.split('/').try_fold(root, |node, segment| {
        let segment = pointer::unescape(segment);
        match &node.value {
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
            _ => node.member(&segment),
        }
    })
}

/// Decodes the `%` escapes in the fragment of a URI.
fn decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The schema with this `$anchor` or, in draft 7, with this `$id`.
fn anchored<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    let is_name = |key: &str, text: &str| match node.member(key).map(|node| &node.value) {
        Some(Value::String(anchor)) => anchor == text,
        _ => false,
    };
    if is_name("$anchor", name) || is_name("$id", &format!("#{name}")) {
        return Some(node);
    }
    match &node.value {
        Value::Array(items) => items.iter().find_map(|item| anchored(item, name)),
        Value::Object(members) => {
            // These contain data, not schemas.
            let data = ["enum", "const", "default", "examples"];
            let mut members = members.iter().filter(|member| !data.contains(&member.key.as_str()));
            members.find_map(|member| anchored(&member.node, name))
        }
        _ => None,
    }
}

/// Reports references that form a cycle without a step into the value, and chains of very many
/// references, which would overflow the stack.
fn report_endless(definitions: &Definitions, diagnostics: &mut Diagnostics) -> bool {
    let mut endless = false;
    let mut done = Vec::new();
    let mut texts: Vec<&str> = definitions.0.keys().map(String::as_str).collect();
    texts.sort_unstable();
    for text in texts {
        let Some(target) = definitions.get(text) else { continue };
        if let Some(found) = endless_in(target, definitions, &mut vec![text], &mut done) {
            let (Endless::Loop(reference) | Endless::Long(reference)) = found;
            let help = format!(
                "refer to it from a property or from the items of an array, or remove the `{}`",
                reference.keyword
            );
            diagnostics.error(&reference.location, found.message(), help);
            endless = true;
            // Each reference of a long chain would be reported.
            if matches!(found, Endless::Long(_)) {
                break;
            }
        }
    }
    endless
}

/// With the reference at which it was found.
#[derive(Clone, Copy)]
enum Endless<'a> {
    Loop(&'a Reference),
    Long(&'a Reference),
}

impl Endless<'_> {
    fn message(self) -> String {
        match self {
            Self::Loop(Reference { keyword, .. }) => {
                format!("`{keyword}` refers back to itself without a step into the value")
            }
            Self::Long(Reference { keyword, .. }) => {
                format!("`{keyword}` refers through more than {MAX_CHAIN} others")
            }
        }
    }
}

/// No schema has more references in a row, and the stack is large enough for these.
const MAX_CHAIN: usize = 64;

fn endless_in<'a>(
    schema: &'a Schema,
    definitions: &'a Definitions,
    path: &mut Vec<&'a str>,
    done: &mut Vec<&'a str>,
) -> Option<Endless<'a>> {
    if let Some(reference @ Reference { text, .. }) = &schema.reference {
        if path.contains(&text.as_str()) {
            return Some(Endless::Loop(reference));
        }
        if path.len() == MAX_CHAIN {
            return Some(Endless::Long(reference));
        }
        if !done.contains(&text.as_str())
            && let Some(target) = definitions.get(text)
        {
            path.push(text);
            let found = endless_in(target, definitions, path, done);
            path.pop();
            if found.is_some() {
                return found;
            }
            done.push(text);
        }
    }
    schema.in_place().into_iter().find_map(|part| endless_in(part, definitions, path, done))
}
