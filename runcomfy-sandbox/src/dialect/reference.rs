//! References inside a schema.

use serde_json::Value;

/// The target of a reference into the same schema.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let fragment = reference.strip_prefix('#')?;
    let fragment = percent_decoded(fragment)?;
    if fragment.is_empty() || fragment.starts_with('/') {
        return root.pointer(&fragment);
    }
    find_anchor(root, &fragment)
}

fn find_anchor<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let is_target = schema.get("$anchor").and_then(Value::as_str) == Some(name)
        || schema.get("$id").and_then(Value::as_str).and_then(|id| id.strip_prefix('#'))
            == Some(name);
    if is_target {
        return Some(schema);
    }
    match schema {
        Value::Array(items) => items.iter().find_map(|item| find_anchor(item, name)),
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| !["enum", "const", "default", "examples"].contains(&key.as_str()))
            .find_map(|(_, value)| find_anchor(value, name)),
        _ => None,
    }
}

fn percent_decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Escapes the characters that a URI cannot have: some schemas have them in references.
pub(super) fn percent_encoded(reference: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    let encode = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    reference.bytes().map(encode).collect()
}
