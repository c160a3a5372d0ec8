//! Media inputs, and whether the service could fetch them. Judged by their text: the sandbox never
//! goes to the network.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;
use url::{Host, Url};

use super::parts::parts;
use crate::kind::Kind;

/// A text in a place for media.
pub(crate) struct MediaInput<'a> {
    /// The keys and indices that lead to it.
    pub(crate) path: Vec<String>,
    pub(crate) text: &'a str,
}

/// The kind of a top-level input, if it is media.
pub(crate) fn kind_of_input(schema: &Value, key: &str) -> Option<Kind> {
    let parts = parts(schema, [schema], true);
    let declared = parts.iter().filter_map(|part| part.get("properties")?.get(key));
    kind_of(key, &declared.collect::<Vec<_>>())
}

/// Every media text of an input that its schema declares.
pub(crate) fn media_inputs<'a>(schema: &'a Value, input: &'a Value) -> Vec<MediaInput<'a>> {
    let mut found = Vec::new();
    collect(schema, &[schema], input, false, &mut Vec::new(), &mut found);
    found
}

/// Walks a value along with the schemas for it.
fn collect<'a>(
    root: &'a Value,
    schemas: &[&'a Value],
    value: &'a Value,
    is_media: bool,
    path: &mut Vec<String>,
    found: &mut Vec<MediaInput<'a>>,
) {
    match value {
        Value::String(text) if is_media => {
            found.push(MediaInput { path: path.clone(), text });
        }
        Value::Object(members) => {
            let all = parts(root, schemas.iter().copied(), true);
            for (key, member) in members {
                let properties = all.iter().filter_map(|schema| schema.get("properties")?.get(key));
                let declared = parts(root, properties, true);
                if !declared.is_empty() {
                    path.push(key.clone());
                    let is_media = kind_of(key, &declared).is_some();
                    collect(root, &declared, member, is_media, path, found);
                    path.pop();
                }
            }
        }
        Value::Array(items) => {
            let all = parts(root, schemas.iter().copied(), true);
            let declared = all.iter().filter_map(|schema| schema.get("items"));
            let declared = parts(root, declared, true);
            let is_media = is_media || declared.iter().any(|schema| format_kind(schema).is_some());
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                collect(root, &declared, item, is_media, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn format_kind(schema: &Value) -> Option<Kind> {
    schema.get("format").and_then(Value::as_str).and_then(Kind::of_format)
}

/// The kind of a property: by its format, or by its name where it is no choice among values.
fn kind_of(key: &str, declared: &[&Value]) -> Option<Kind> {
    let by_format = declared.iter().find_map(|schema| format_kind(schema));
    let is_choice = || {
        declared.iter().any(|schema| schema.get("enum").is_some() || schema.get("const").is_some())
    };
    by_format.or_else(|| {
        let name = declared.first().map(|schema| name(key, schema))?;
        Kind::of_name(&name).filter(|_| !is_choice())
    })
}

/// The name of a field, in snake_case: `143_image` is `image`, and `21_value` is named by its title.
fn name(key: &str, schema: &Value) -> String {
    let text = |member: &str| schema.get(member).and_then(Value::as_str);
    if let Some(name) = text("x-rust-name") {
        return snake(name);
    }
    let after_id = key.trim_start_matches(|c: char| c.is_ascii_digit());
    let own = match after_id.strip_prefix('_') {
        Some(own) if after_id.len() < key.len() => own,
        _ => key,
    };
    let has_letter = |text: &str| text.contains(|c: char| c.is_ascii_alphabetic());
    let is_value = own.strip_prefix("value").is_some_and(|rest| !has_letter(rest));
    // Two inputs made one: `169_valuex170_value`.
    let is_fused = own.rsplit('_').skip(1).any(|word| {
        let tail = word.rsplit_once('x').map(|(_, tail)| tail);
        tail.is_some_and(|tail| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit()))
    });
    let title = text("title").and_then(|title| title.split('(').next()).filter(|t| has_letter(t));
    match title {
        _ if has_letter(own) && !is_value && !is_fused => snake(own),
        Some(title) => snake(title),
        None => snake(key),
    }
}

fn snake(text: &str) -> String {
    let mut name = String::new();
    let mut before = '_';
    for c in text.chars() {
        let is_word = c.is_alphanumeric();
        let begins = c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        if (begins || !is_word) && !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
        if is_word {
            name.extend(c.to_lowercase());
        }
        before = c;
    }
    name.trim_end_matches('_').to_owned()
}

/// Why the service could not fetch what the text stands for; `None` where nothing shows it.
pub(crate) fn why_unfetchable(text: &str) -> Option<String> {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("data") => None,
        Some(scheme) if is_scheme(scheme) => match Url::parse(text) {
            _ if scheme != "https" => Some(format!("the scheme is {scheme}, not https")),
            Err(error) => Some(format!("not a URL: {error}")),
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                Some("the URL has a login".to_owned())
            }
            Ok(url) => match url.host() {
                Some(host) if is_public(&host) => None,
                host => {
                    let host = host.map(|host| host.to_string()).unwrap_or_default();
                    Some(format!("no public host: {host:?}"))
                }
            },
        },
        // A bare name is that of a file which the service hosts.
        _ if text.is_empty() => Some("empty".to_owned()),
        _ if text.contains(|c: char| c.is_control() || "/\\".contains(c)) => {
            Some("neither a URL nor the name of a hosted file".to_owned())
        }
        _ => None,
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Names that the public DNS does not resolve, by their last label.
const UNRESOLVABLE: [&str; 14] = [
    "alt",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
    "test",
];

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
            let last = name.rsplit_once('.').map(|(_, last)| last);
            last.is_some_and(|last| !UNRESOLVABLE.contains(&last)) && !name.ends_with(".home.arpa")
        }
        Host::Ipv4(address) => is_public_v4(*address),
        Host::Ipv6(address) => is_public_v6(*address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_benchmark = first == 198 && (18..20).contains(&second);
    let is_protocol = [first, second, third] == [192, 0, 0];
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || is_shared
        || is_benchmark
        || is_protocol)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(address) = address.to_ipv4_mapped() {
        return is_public_v4(address);
    }
    let [first, second, ..] = address.segments();
    // Global addresses are 2000::/3; the documentation's are among them.
    (0x2000..0x4000).contains(&first) && !(first == 0x2001 && second == 0x0db8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn media_inputs_are_found_by_format_and_by_name_at_any_depth() {
        let schema = json!({
            "type": "object",
            "properties": {
                "prompt": {"type": "string"},
                "143_image": {"type": "string"},
                "21_value": {"type": "string", "title": "End Image (optional)"},
                "22_value": {"type": "string", "title": "Style"},
                "promptImage": {"type": "string"},
                "image_mode": {"type": "string"},
                "image": {"type": "string", "enum": ["a", "b"]},
                "first": {"type": "string", "format": "image_uri"},
                "clips": {"type": "array", "format": "video_uris"},
                "shots": {"type": "array", "items": {"$ref": "#/$defs/Shot"}},
                "audio_urls": {"anyOf": [{"type": "array", "items": {"type": "string"}}]}
            },
            "$defs": {"Shot": {"type": "object", "properties": {
                "image_url": {"type": "string"},
                "next": {"$ref": "#/$defs/Shot"}
            }}}
        });
        let input = json!({
            "prompt": "p", "143_image": "1", "21_value": "2", "22_value": "s", "promptImage": "3",
            "image_mode": "m", "image": "a", "first": "4", "clips": ["5", "6"],
            "shots": [{"image_url": "7", "next": {"image_url": "8"}}], "audio_urls": ["9"],
            "undeclared_image": "u"
        });
        let mut found: Vec<_> = media_inputs(&schema, &input)
            .into_iter()
            .map(|media| (media.text, media.path.join("/")))
            .collect();
        found.sort_unstable();
        let expected = [
            ("1", "143_image"),
            ("2", "21_value"),
            ("3", "promptImage"),
            ("4", "first"),
            ("5", "clips/0"),
            ("6", "clips/1"),
            ("7", "shots/0/image_url"),
            ("8", "shots/0/next/image_url"),
            ("9", "audio_urls/0"),
        ];
        assert_eq!(found, expected.map(|(text, path)| (text, path.to_owned())));
    }

    #[test]
    fn what_cannot_be_fetched_is_seen_by_its_text() {
        for text in [
            "https://example.com/a.png",
            "HTTPS://EXAMPLE.com:8443/a.png?sig=1",
            "https://8.8.8.8/a.png",
            "https://[2606:4700::1111]/a.png",
            "https://bücher.de/a.png",
            "data:image/png;base64,AAAA",
            "Runcomfy_example_1268_1.png",
            "my file.png",
        ] {
            assert_eq!(why_unfetchable(text), None, "{text}");
        }
        for text in [
            "",
            "http://example.com/a.png",
            "ftp://example.com/a.png",
            "file:///etc/passwd",
            "https://",
            "https://localhost/a.png",
            "https://nas/a.png",
            "https://a.invalid/a.png",
            "https://a.TEST./a.png",
            "https://a.example/a.png",
            "https://a.internal/a.png",
            "https://router.home.arpa/a.png",
            "https://user:secret@example.com/a.png",
            "https://127.0.0.1/a.png",
            "https://0x7f000001/a.png",
            "https://10.1.2.3/a.png",
            "https://169.254.169.254/a.png",
            "https://192.0.2.1/a.png",
            "https://100.64.0.1/a.png",
            "https://[::1]/a.png",
            "https://[::ffff:10.0.0.1]/a.png",
            "https://[2001:db8::1]/a.png",
            "https://[fe80::1]/a.png",
            "../a.png",
            "C:\\a.png",
        ] {
            assert!(why_unfetchable(text).is_some(), "{text}");
        }
    }
}
