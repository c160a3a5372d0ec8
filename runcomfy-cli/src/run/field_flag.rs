//! The flag of a field, with what `--help` says of it.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use runcomfy_client::{FieldKind, MediaKind, ModelField};
use runcomfy_models::Value;
use runcomfy_schema::counted::counted_within;
use runcomfy_schema::printable::printable;
use runcomfy_schema::sentence::first_sentence;

use crate::flag::flag_of;

/// The heading of the fields in `--help`.
const HEADING: &str = "Fields of the model";
/// More values than this are not listed in `--help`. `rcf models show` lists them all.
const MAX_VALUES: usize = 24;
const MAX_TEXT_LEN: usize = 160;

/// The flags of a model, and the fields that have none because another flag has their name.
pub(super) fn field_flags<'a>(
    fields: &[ModelField<'a>],
) -> (Vec<(ModelField<'a>, Arg)>, Vec<ModelField<'a>>) {
    let mut names: Vec<String> = Vec::new();
    let (mut flags, mut others) = (Vec::new(), Vec::new());
    for field in fields {
        match flag_of(field.name).filter(|flag| is_flag(flag) && !names.contains(flag)) {
            Some(flag) => {
                names.push(flag.clone());
                flags.push((*field, flag));
            }
            None => others.push(*field),
        }
    }
    let mut with_aliases = Vec::new();
    for (field, flag) in flags {
        // The Rust name and the key are other ways to write the flag, unless they are another one.
        let mut aliases: Vec<String> = Vec::new();
        for alias in [field.name, field.key] {
            let is_free = is_flag(alias) && flag_of(alias).is_some();
            if is_free && !names.iter().chain(&aliases).any(|known| known == alias) {
                aliases.push(alias.to_owned());
            }
        }
        names.extend(aliases.iter().cloned());
        with_aliases.push((field, arg(&field, flag, aliases)));
    }
    (with_aliases, others)
}

/// Whether a text can be a flag.
fn is_flag(text: &str) -> bool {
    !text.starts_with('-')
        && !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// The id of a field's argument. No flag of the program has such an id.
pub(super) fn arg_id(field: &ModelField<'_>) -> String {
    format!("field {}", field.key)
}

/// Whether an argument is a field's.
pub(super) fn is_field(arg: &Arg) -> bool {
    arg.get_id().as_str().starts_with("field ")
}

fn arg(field: &ModelField<'_>, flag: String, aliases: Vec<String>) -> Arg {
    let arg = Arg::new(arg_id(field))
        .long(flag)
        .aliases(aliases)
        .value_name(value_name(field))
        .help(help(field))
        .help_heading(HEADING)
        .allow_negative_numbers(true);
    let arg = match (field.kind(), field.item_kind()) {
        (FieldKind::Media(_), _) | (_, Some(FieldKind::Media(_))) => {
            arg.value_hint(ValueHint::FilePath)
        }
        (FieldKind::Boolean, _) => with_candidates(arg, vec!["true".into(), "false".into()]),
        _ => with_candidates(arg, field.values().iter().map(|value| plain(value).into()).collect()),
    };
    match field.kind() {
        FieldKind::Boolean => arg.num_args(0..=1).default_missing_value("true"),
        FieldKind::Array => arg.num_args(1..).action(ArgAction::Append),
        _ => arg,
    }
}

/// Tells a shell which values to offer.
pub(super) fn with_candidates(arg: Arg, values: Vec<OsString>) -> Arg {
    let candidates = move || values.iter().map(CompletionCandidate::new).collect::<Vec<_>>();
    arg.add(ArgValueCandidates::new(candidates))
}

fn value_name(field: &ModelField<'_>) -> String {
    let name = |kind: FieldKind| match kind {
        FieldKind::Integer => "INTEGER",
        FieldKind::Number => "NUMBER",
        FieldKind::String => "TEXT",
        FieldKind::Boolean => "true|false",
        FieldKind::Media(MediaKind::Image) => "IMAGE",
        FieldKind::Media(MediaKind::Video) => "VIDEO",
        FieldKind::Media(MediaKind::Audio) => "AUDIO",
        FieldKind::Media(_) => "FILE",
        FieldKind::Object => "JSON",
        _ => "VALUE",
    };
    let kind = field.kind();
    match field.item_kind() {
        Some(item) => name(item).to_owned(),
        None if !field.values().is_empty() => "VALUE".to_owned(),
        None => name(kind).to_owned(),
    }
}

/// What a field is, and what it takes.
fn help(field: &ModelField<'_>) -> String {
    let text =
        if field.description.is_empty() { field.title } else { first_sentence(field.description) };
    let mut help = short(text.trim_end_matches(['.', '。']));
    for fact in facts(field, MAX_VALUES) {
        if !help.is_empty() {
            help.push(' ');
        }
        help.push_str(&format!("[{fact}]"));
    }
    help
}

/// What a field takes, in short.
pub(super) fn facts(field: &ModelField<'_>, max_values: usize) -> Vec<String> {
    let mut facts = Vec::new();
    if field.required {
        facts.push("required".to_owned());
    }
    let values = field.values();
    if !values.is_empty() {
        let shown: Vec<_> = values.iter().take(max_values).map(plain).collect();
        let more = if values.len() > max_values { ", ..." } else { "" };
        facts.push(format!("values: {}{more}", shown.join(", ")));
    } else if let Some(range) = range(field) {
        facts.push(range);
    }
    let (length, count) = (field.length(), field.count());
    facts.extend(counted_within(length.0, length.1, "character"));
    facts.extend(counted_within(count.0, count.1, "item"));
    // The service does not use the default of a required field.
    if !field.required
        && let Some(default) = field.default().filter(|default| default.as_str() != Some(""))
    {
        facts.push(format!("default: {}", plain(&default)));
    }
    facts
}

fn range(field: &ModelField<'_>) -> Option<String> {
    let above = field.exclusive_minimum().map(|min| format!("above {min}"));
    let below = field.exclusive_maximum().map(|max| format!("below {max}"));
    match (field.minimum(), field.maximum()) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(join(Some(format!("at least {min}")), below)?),
        (None, Some(max)) => Some(join(above, Some(format!("at most {max}")))?),
        (None, None) => join(above, below),
    }
}

fn join(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}, {other}")),
        (one, other) => one.or(other),
    }
}

/// A value as a person writes it in a shell, short and on one line.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => short(text),
        other => short(&other.to_string()),
    }
}

/// A text on one line, truncated.
fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_TEXT_LEN) {
        None => printable(&text).into_owned(),
        Some((end, _)) => format!("{}...", printable(text[..end].trim_end())),
    }
}

#[cfg(test)]
mod tests {
    use runcomfy_client::DynamicModel;

    use super::*;

    #[test]
    fn help_says_what_a_field_takes() {
        let schema = r#"{"type": "object", "required": ["a", "file"], "properties": {
            "a": {"type": "string", "maxLength": 1, "description": "The first. The second.", "default": "x"},
            "file": {"type": "string", "format": "image_uri", "title": "A file"},
            "b": {"type": "integer", "minimum": -1, "maximum": 20, "default": 6, "description": "Ends here"},
            "c": {"type": "number", "exclusiveMinimum": 0},
            "d": {"type": "number", "minimum": 0.5, "exclusiveMaximum": 2},
            "e": {"enum": ["16:9", "9:16"], "default": "16:9", "description": "A\nshape\u001b[2J."},
            "f": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
            "g": {"type": "boolean", "default": false},
            "h": {"type": "string", "default": ""}
        }}"#;
        let model = DynamicModel::parse("acme/m", schema).unwrap();
        let helps: Vec<_> = model
            .fields()
            .iter()
            .map(|field| format!("{} <{}> {}", field.name, value_name(field), help(field)))
            .collect();
        let expected = [
            "a <TEXT> The first [required] [at most 1 character]",
            "file <IMAGE> A file [required]",
            "b <INTEGER> Ends here [-1 to 20] [default: 6]",
            "c <NUMBER> [above 0]",
            "d <NUMBER> [at least 0.5, below 2]",
            "e <VALUE> A shape\\u{1b}[2J [values: 16:9, 9:16] [default: 16:9]",
            "f <TEXT> [1 to 3 items]",
            "g <true|false> [default: false]",
            "h <TEXT> ",
        ];
        assert_eq!(helps, expected);
    }
}
